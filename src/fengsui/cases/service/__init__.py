"""Writes of the record. `submit` is the only door to the engine; everything that changes a case goes through it.

Rules
- Every function names its actor and its moment; the clock is read by nobody here.
- One transaction per act: events, case row, obligations and pointers for followers stand together or not at all.
- Rows of these tables change nowhere else.
"""

from fengsui.cases.pages import Receipt
from fengsui.cases.service.beside import Upload
from fengsui.cases.service.deciding import decide_reading, put_beside
from fengsui.cases.service.door import Conflict, submit
from fengsui.cases.service.erasing import erase
from fengsui.cases.service.finding import drop_view, save_view
from fengsui.cases.service.followers import FreshRef, claim, finish
from fengsui.cases.service.ladders import catch_up, drop_ladder, set_ladder
from fengsui.cases.service.opening import open_case
from fengsui.cases.service.patterns import recognise
from fengsui.cases.service.projection import rebuild
from fengsui.cases.service.sweep import next_due, pass_case, pass_due, ring

__all__ = [
    "Conflict",
    "FreshRef",
    "Receipt",
    "Upload",
    "catch_up",
    "claim",
    "decide_reading",
    "drop_ladder",
    "drop_view",
    "erase",
    "finish",
    "next_due",
    "open_case",
    "pass_case",
    "pass_due",
    "put_beside",
    "rebuild",
    "recognise",
    "ring",
    "save_view",
    "set_ladder",
    "submit",
]
