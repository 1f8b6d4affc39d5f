"""Writes of the directory: organisations, units, people, appointments, delegations, outside bodies, assets, sign-ins.

Rules
- Every change names its actor and its moment and is an entry of the ledger, in one transaction with the change. What
  changes nothing is no entry.
- Who is appointed to what is checked against the pack that the organisation has adopted, once it has one.
- An administrative office (system, security, audit, plan) is held alone: three offices, three persons (三员分立).
- Rows are ended, never deleted: the log speaks of them.
- `key` is the id of the row to come, made with the form: the same form sent twice makes one row.

Seats, not persons, are what the plan knows; a person's rights on a case are decided by the engine from the seats. Who
may administer what is said by `directory.offices`, and asked by whoever calls from a page.
"""

from fengsui.directory.service.assets import AssetLine, LineProblem, change_asset, create_asset, import_assets
from fengsui.directory.service.people import (
    bind,
    change_person,
    create_person,
    deactivate,
    enrol,
    reset_password,
    set_office,
    set_own_password,
    unlock,
)
from fengsui.directory.service.roster import (
    WEEKS,
    answer_swap,
    ask_swap,
    clear_roster,
    fill_roster,
    give_up_shift,
    hand_over,
    put_shift,
    sign_relief,
    substitute,
    withdraw_swap,
)
from fengsui.directory.service.seats import appoint, delegate, end_appointment, revoke_delegation
from fengsui.directory.service.tokens import make_token, mark_used, revoke_token
from fengsui.directory.service.tree import (
    change_organisation,
    change_unit,
    create_external,
    create_organisation,
    create_unit,
)

__all__ = [
    "WEEKS",
    "AssetLine",
    "LineProblem",
    "answer_swap",
    "appoint",
    "ask_swap",
    "bind",
    "change_asset",
    "change_organisation",
    "change_person",
    "change_unit",
    "clear_roster",
    "create_asset",
    "create_external",
    "create_organisation",
    "create_person",
    "create_unit",
    "deactivate",
    "delegate",
    "end_appointment",
    "enrol",
    "fill_roster",
    "give_up_shift",
    "hand_over",
    "import_assets",
    "make_token",
    "mark_used",
    "put_shift",
    "reset_password",
    "revoke_delegation",
    "revoke_token",
    "set_office",
    "set_own_password",
    "sign_relief",
    "substitute",
    "unlock",
    "withdraw_swap",
]
