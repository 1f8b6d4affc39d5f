"""Django's PostgreSQL with one thing done otherwise (`base`)."""
