"""Fixtures of the browser tests; filled below."""

__all__: list[str] = []
