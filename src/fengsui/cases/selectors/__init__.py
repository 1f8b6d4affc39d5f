"""Reads of the record, each for a person at a moment: what may be seen, made ready for the pages.

Rules
- Every function names its reader. Absent and forbidden look the same: None.
- A page replays one case at most (the desk also those that wait for the reader's word); lists read rows alone.
- What comes back is frozen (`pages`); no model and no engine value leaves this room, except to `service`.
"""

from fengsui.cases.selectors.access import case_for
from fengsui.cases.selectors.additions import additions_page
from fengsui.cases.selectors.approvals_page import approvals_page
from fengsui.cases.selectors.audit import archive, audit, every_record
from fengsui.cases.selectors.case_page import act_beside, case_page
from fengsui.cases.selectors.chains import chains, evidence
from fengsui.cases.selectors.discharging import discharge, sent_before
from fengsui.cases.selectors.forms import act_form
from fengsui.cases.selectors.handover import handover_page
from fengsui.cases.selectors.ladder_page import check_ladder, ladder_page
from fengsui.cases.selectors.log import check as verify
from fengsui.cases.selectors.meant import act_named
from fengsui.cases.selectors.news import News, news
from fengsui.cases.selectors.owed import is_for
from fengsui.cases.selectors.plan_page import diff_page, plan_page, source_page
from fengsui.cases.selectors.plan_rules import plan_rules
from fengsui.cases.selectors.plans import plans_page
from fengsui.cases.selectors.questions import question_page, questions_page
from fengsui.cases.selectors.record import by_code, export, obligations_of, obligations_page, record_page
from fengsui.cases.selectors.refusals import refusal
from fengsui.cases.selectors.regimes import regimes_page
from fengsui.cases.selectors.relief import open_keys, open_lines
from fengsui.cases.selectors.reports import preview, report_page
from fengsui.cases.selectors.rows import cases, default_view, desk, every_case, person_bar
from fengsui.cases.selectors.wall import wall

__all__ = [
    "News",
    "act_beside",
    "act_form",
    "act_named",
    "additions_page",
    "approvals_page",
    "archive",
    "audit",
    "by_code",
    "case_for",
    "case_page",
    "cases",
    "chains",
    "check_ladder",
    "default_view",
    "desk",
    "diff_page",
    "discharge",
    "every_case",
    "every_record",
    "evidence",
    "export",
    "handover_page",
    "is_for",
    "ladder_page",
    "news",
    "obligations_of",
    "obligations_page",
    "open_keys",
    "open_lines",
    "person_bar",
    "plan_page",
    "plan_rules",
    "plans_page",
    "preview",
    "question_page",
    "questions_page",
    "record_page",
    "refusal",
    "regimes_page",
    "report_page",
    "sent_before",
    "source_page",
    "verify",
    "wall",
]
