"""The one error tree: what went wrong, where, by which clause, and what to do next.

Rules
- Every problem has a stable code from `CODES`; `docs/problems.md` is generated from that registry.
- A problem says its sentence and its remedy in Chinese and in English; the code decides both.
- `PackError` carries all problems of a pack at once; `Refused` carries the one reason why an act was not accepted.

Example: `Refused(Problem("not_yours", {"act": "结束", "rightful": "应急工作组"}, clause=("S3-090",)))`.
"""

from fengsui.core.problems import acts, files, plays, reading, tracing
from fengsui.core.problems.tree import (
    CODES,
    Code,
    FengsuiError,
    Lang,
    Later,
    PackError,
    Problem,
    Refused,
    Severity,
    Where,
    declare,
)

__all__ = [
    "CODES",
    "Code",
    "FengsuiError",
    "Lang",
    "Later",
    "PackError",
    "Problem",
    "Refused",
    "Severity",
    "Where",
    "acts",
    "declare",
    "files",
    "plays",
    "reading",
    "tracing",
]
