"""Reads of ledger: the append-only hash chain that cases and administrative changes share."""
