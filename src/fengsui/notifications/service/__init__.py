"""The follower of the log that tells people: outbox, delivery under a lease, channels, addresses, roll calls.

Rules
- `follow` turns pointers into messages, unique by (event or reminder, person, channel), in the transaction that
  removes the pointer. People are found by the seats they hold at that moment. A notice on the page is sent with it.
- `deliver` claims what is to go out by a conditional update with a lease, sends, then records each try and its answer.
  A crash in between lets the lease run out and it is sent again: we may ring twice, we never stay silent.
- A letter goes to a person's addresses in his order, to the next where one did not accept it; an urgent one to all.
- What is accepted nowhere is tried again, later each time; after `TRIES` it is `failed`, visible, and sent by hand.
- Messages of an exercise begin with 【演练】 and leave the house only by channels that the organisation opened to them.
"""

from fengsui.notifications.service.channels import change_channel, create_channel, dry_run, switch_channel
from fengsui.notifications.service.delivering import BATCH, LEASE, TRIES, deliver, read, resend
from fengsui.notifications.service.following import FOLLOWER, follow
from fengsui.notifications.service.reach import add_address, drop_address, raise_address, set_quiet, try_address
from fengsui.notifications.service.rollcall import answer, roll_call
from fengsui.notifications.service.roster import answer_swap, ask_swap, hand_over

__all__ = [
    "BATCH",
    "FOLLOWER",
    "LEASE",
    "TRIES",
    "add_address",
    "answer",
    "answer_swap",
    "ask_swap",
    "change_channel",
    "create_channel",
    "deliver",
    "drop_address",
    "dry_run",
    "follow",
    "hand_over",
    "raise_address",
    "read",
    "resend",
    "roll_call",
    "set_quiet",
    "switch_channel",
    "try_address",
]
