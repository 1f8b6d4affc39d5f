"""Reads that one page asks for again and again: answered once from the tables, then from memory, then forgotten.

Rules
- Only between `with page():`, which the server opens for a GET. Whatever writes (a POST, the worker, the commands)
  and every test that calls a service itself reads the tables each time.
- Only reads whose arguments can be compared and whose answers nobody changes; `at` is one of the arguments.
- A page shows one moment: what another request writes meanwhile is seen by the next page.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar, cast

_P = ParamSpec("_P")
_T = TypeVar("_T")
_kept: ContextVar[dict[object, object] | None] = ContextVar("kept", default=None)


@contextmanager
def page() -> Iterator[None]:
    """Remember what is read until the end of the block."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def once(read: Callable[_P, _T]) -> Callable[_P, _T]:
    """Make a read that is asked for only once per page."""

    @wraps(read)
    def remembered(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        kept = _kept.get()
        if kept is None:
            return read(*args, **kwargs)
        key = (read, args, tuple(kwargs.items()))
        if key not in kept:
            kept[key] = read(*args, **kwargs)
        return cast("_T", kept[key])

    return remembered
