"""Clocks under load: what a look costs while nothing is due, and how soon 1,000 that fall due at once are claimed.

Run `make bench-clocks` (10,000 and 1,000,000 open obligations, SQLite and PostgreSQL) or with other numbers:
`make bench-clocks ARGS="--many 100000 --database postgresql"`. Databases are kept under `var/bench/clocks` and filled
anew with `--fresh`. One case is lived through the services; the others are copies of its rows, moved in time, with
chains of their own, written in bulk; a sample is verified and rebuilt. Not copied: what is read by pages only (free
texts, words of the search, bodies brought in).
"""
