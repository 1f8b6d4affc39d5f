"""Reads of cases: the record: event log, case row and obligations; the only door to the engine."""
