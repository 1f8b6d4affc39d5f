"""The pages of administration under /admin/: what an administrative office keeps, and what it may only read.

`desk` holds what they share; each of the others is one noun. Who may is said by `directory.offices` alone.
"""
