"""Reads of the record, each for a person at a moment: what may be seen, made ready for the pages.

Rules
- Every function names its reader. Absent and forbidden look the same: None.
- A page replays one case at most; lists and the desk read rows alone.
- What comes back is frozen (`pages`); no model and no engine value leaves this room, except to `service`.
"""

from fengsui.cases.selectors.access import case_for

__all__ = ["case_for"]
