"""Bark, a push to one's own telephone; the server may be the organisation's own. Accepted means `code` 200."""

from __future__ import annotations

import json
import re

from fengsui.notifications.channels.carrier import Call
from fengsui.notifications.channels.judging import code_is_zero, post
from fengsui.notifications.channels.kinds import Kind, Letter, Outcome, Text, Wire, base
from fengsui.notifications.channels.wecom import clipped

LIMIT = 3000
"""Bytes of one text; the push service of the maker takes 4,096 for everything."""


def send(wire: Wire, letter: Letter) -> Outcome:
    """Push to one device; an urgent letter breaks through the concentration mode of the telephone."""
    content = {
        "device_key": letter.to[0],
        "title": letter.subject[:120],
        "body": clipped(letter.text, LIMIT),
        "group": letter.number or "fengsui",
        "level": "timeSensitive" if letter.urgent else "active",
    }
    call = Call(
        f"{wire.get('base').rstrip('/')}/push",
        json.dumps(content, ensure_ascii=False).encode(),
        headers={"Content-Type": "application/json; charset=utf-8"},
    )
    return post(wire, letter, call, lambda answer: code_is_zero(answer, "code", 200))


KIND = Kind(
    "bark",
    Text("Bark 手机推送", "Bark push"),
    send,
    (base("https://api.day.app"),),
    address=Text("设备 key", "Device key"),
    pattern=re.compile(r"[A-Za-z0-9]{6,64}"),
)
