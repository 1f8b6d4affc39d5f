"""Reads of the notifications: notices, attempts, whether reminders flow, channels, who is reached, roll calls."""

from fengsui.notifications.channels.kinds import Field as KindField
from fengsui.notifications.channels.kinds import Kind
from fengsui.notifications.channels.registry import KINDS
from fengsui.notifications.selectors.answers import AnswerRow, answers
from fengsui.notifications.selectors.attempts import AttemptRow, MessageRow, attempts, messages
from fengsui.notifications.selectors.channels import (
    AddressRow,
    ChannelRow,
    addresses,
    channel,
    channel_row,
    channel_rows,
    kept_secrets,
    kinds,
    open_channels,
    quiet_hours,
)
from fengsui.notifications.selectors.findings import Finding, failing, findings
from fengsui.notifications.selectors.notices import SLOW, Flow, NoticeRow, flow, notices
from fengsui.notifications.selectors.reaching import BUILT_IN, ChannelRef
from fengsui.notifications.selectors.rollcall import CallRow, call_rows, called, months, never_answered

__all__ = [
    "BUILT_IN",
    "KINDS",
    "SLOW",
    "AddressRow",
    "AnswerRow",
    "AttemptRow",
    "CallRow",
    "ChannelRef",
    "ChannelRow",
    "Finding",
    "Flow",
    "Kind",
    "KindField",
    "MessageRow",
    "NoticeRow",
    "addresses",
    "answers",
    "attempts",
    "call_rows",
    "called",
    "channel",
    "channel_row",
    "channel_rows",
    "failing",
    "findings",
    "flow",
    "kept_secrets",
    "kinds",
    "messages",
    "months",
    "never_answered",
    "notices",
    "open_channels",
    "quiet_hours",
]
