"""ServerChan (Server酱), a push to one's own WeChat by one's own SendKey. Accepted means `code` 0."""

from __future__ import annotations

import re
from urllib.parse import quote, urlencode

from fengsui.notifications.channels.carrier import Call
from fengsui.notifications.channels.judging import code_is_zero, post
from fengsui.notifications.channels.kinds import Kind, Letter, Outcome, Text, Wire, base


def send(wire: Wire, letter: Letter) -> Outcome:
    """Push to one SendKey; the title takes 32 characters."""
    fields = {"title": letter.subject[:32], "desp": letter.text.replace("\n", "\n\n")}
    call = Call(
        f"{wire.get('base').rstrip('/')}/{quote(letter.to[0], safe='')}.send",
        urlencode(fields).encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"},
    )
    return post(wire, letter, call, lambda answer: code_is_zero(answer, "code"))


KIND = Kind(
    "serverchan",
    Text("Server酱", "ServerChan"),
    send,
    (base("https://sctapi.ftqq.com"),),
    address=Text("SendKey", "SendKey"),
    pattern=re.compile(r"[A-Za-z0-9-]{10,80}"),
)
