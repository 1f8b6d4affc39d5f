"""The robot of a WeCom group (企业微信、政务微信). Accepted means `errcode` 0: HTTP 200 comes with refusals too."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

from fengsui.notifications.channels.carrier import Call
from fengsui.notifications.channels.judging import code_is_zero, post
from fengsui.notifications.channels.kinds import PHONE, Field, Kind, Letter, Outcome, Text, Wire, base

LIMIT = 2048
"""Bytes of one text."""


def send(wire: Wire, letter: Letter) -> Outcome:
    """Post to the group and mention the persons by telephone number."""
    text = {"content": clipped(letter.whole, LIMIT), "mentioned_mobile_list": list(letter.to)}
    url = f"{wire.get('base').rstrip('/')}/cgi-bin/webhook/send?key={quote(wire.get('key'), safe='')}"
    body = json.dumps({"msgtype": "text", "text": text}, ensure_ascii=False).encode()
    call = Call(url, body, headers={"Content-Type": "application/json; charset=utf-8"})
    return post(wire, letter, call, lambda answer: code_is_zero(answer, "errcode"))


def clipped(text: str, limit: int) -> str:
    """Return a text of at most `limit` bytes, cut at a character."""
    whole = text.encode()
    return text if len(whole) <= limit else whole[: limit - 3].decode("utf-8", "ignore") + "…"


KIND = Kind(
    "wecom",
    Text("企业微信群机器人", "WeCom group robot"),
    send,
    (
        base("https://qyapi.weixin.qq.com"),
        Field("key", Text("机器人 key", "Robot key"), secret=True, required=True),
    ),
    address=Text("被@的手机号", "Telephone to mention"),
    pattern=re.compile(PHONE.pattern),
    group=True,
)
