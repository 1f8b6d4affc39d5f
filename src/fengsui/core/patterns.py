"""Groups of like cases whose count becomes an event (language 5.4).

The language is read and typed; the counting over cases is not built, and a book with a pack that declares patterns
is refused with `not_built` (see `book.NOT_BUILT`).
"""
