"""Reads that one page asks for again and again: answered once from the tables, then from memory, then forgotten.

Rules
- Only between `with page():`, which the server opens for a GET and the worker while it computes, or `with standing():`
  (the opening of a case, the look at a key of the interface). Every other write, and every test that calls a service
  itself, reads the tables each time.
- Only reads whose arguments can be compared and whose answers nobody changes; `at` is one of the arguments.
- A page shows one moment: what another request writes meanwhile is seen by the next page.
- A list that is about to ask the same of many may read them all in one query and lay the answers down (`foresee`).
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar, cast

_P = ParamSpec("_P")
_T = TypeVar("_T")
_A = TypeVar("_A", bound=tuple[object, ...])
_kept: ContextVar[dict[object, object] | None] = ContextVar("kept", default=None)
_standing: ContextVar[tuple[str, dict[object, object]] | None] = ContextVar("standing", default=None)
_held: dict[str, tuple[str, dict[object, object]]] = {}
_steady: set[object] = set()
MOST = 10_000
"""Answers that a process holds of the administration of one root."""


class Moved(Exception):
    """The administration has changed since the head that was remembered: nothing was written, read it and ask again."""


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a root's administration: `read` for this request, or remembered from one before.

    What is answered under a remembered one counts only when the statement that writes has found it in force.
    """

    digest: str
    read: bool = True


def remembered_head(root: str) -> Head | None:
    """Return the head under which this process answered last."""
    known = _held.get(root)
    return Head(known[0], read=False) if known else None


@contextmanager
def page() -> Iterator[None]:
    """Remember what is read until the end of the block."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


@contextmanager
def standing(root: str, head: str) -> Iterator[None]:
    """Remember what is read as on a page; and what only the administration changes, as long as `head` is its head.

    Every change of directory and library is an entry of the ledger in one transaction with the change: while the head
    of that stream is the same, nothing of them has changed (`steady`).
    """
    known = _held.get(root)
    if known is None or known[0] != head or len(known[1]) > MOST:
        known = _held[root] = (head, {})
    token = _standing.set((root, known[1]))
    try:
        with page():
            yield
    finally:
        _standing.reset(token)


def stands(root: str) -> bool:
    """Return whether steady reads of a root are remembered here."""
    now = _standing.get()
    return now is not None and now[0] == root


def steady(read: Callable[_P, _T]) -> Callable[_P, _T]:
    """Make a read of what only the administration changes: `once` on a page, longer between `standing`.

    The root is its first argument, and no moment is among the others.
    """
    remembered = once(read)
    _steady.add(remembered)
    return remembered


def once(read: Callable[_P, _T]) -> Callable[_P, _T]:
    """Make a read that is asked for only once per page."""

    @wraps(read)
    def remembered(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        kept = _answers(remembered, args)
        if kept is None:
            return read(*args, **kwargs)
        key = (read, args, tuple(kwargs.items()))
        if key not in kept:
            kept[key] = read(*args, **kwargs)
        return cast("_T", kept[key])

    return remembered


def unread(read: Callable[..., object], asked: Iterable[_A]) -> list[_A]:
    """Return those arguments for which a read has no answer yet; nothing where nothing is remembered."""
    found = ((args, _answers(read, args)) for args in dict.fromkeys(asked))
    return [args for args, kept in found if kept is not None and _key(read, args) not in kept]


def foresee(read: Callable[..., object], args: tuple[object, ...], answer: object) -> None:
    """Lay down what a read would answer for these arguments, for as long as it would be remembered."""
    kept = _answers(read, args)
    if kept is not None:
        kept[_key(read, args)] = answer


def _answers(read: object, args: tuple[object, ...]) -> dict[object, object] | None:
    """Return where the answers of a read are kept now, of a steady one while the ledger stands; None for nowhere."""
    now = _standing.get()
    return now[1] if now is not None and read in _steady and now[0] == args[0] else _kept.get()


def _key(read: Callable[..., object], args: tuple[object, ...]) -> object:
    return (read.__wrapped__, args, ())  # type: ignore[attr-defined]
