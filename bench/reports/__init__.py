"""How many incident reports a second the HTTP interface takes: graded, obligations opened, notices queued, chained.

`make bench-reports` starts `fengsui serve` with two web processes over PostgreSQL and over SQLite, in a folder of
their own, and sends reports from 1, 8 and 32 clients with connections that stay open; see `__main__`.
"""
