"""The robot of a DingTalk group, with its signing secret where it has one. Accepted means `errcode` 0."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from urllib.parse import urlencode

from fengsui.notifications.channels.carrier import Call
from fengsui.notifications.channels.judging import code_is_zero, post
from fengsui.notifications.channels.kinds import PHONE, Field, Kind, Letter, Outcome, Text, Wire, base
from fengsui.notifications.channels.wecom import clipped

LIMIT = 18000
"""Bytes of one text; the service takes 20,000 for the whole body."""


def send(wire: Wire, letter: Letter) -> Outcome:
    """Post to the group and mention the persons by telephone number."""
    asked = {"access_token": wire.get("token"), **signature(wire.get("secret"), letter)}
    content = {
        "msgtype": "text",
        "text": {"content": clipped(letter.whole, LIMIT)},
        "at": {"atMobiles": list(letter.to), "isAtAll": False},
    }
    call = Call(
        f"{wire.get('base').rstrip('/')}/robot/send?{urlencode(asked)}",
        json.dumps(content, ensure_ascii=False).encode(),
        headers={"Content-Type": "application/json; charset=utf-8"},
    )
    return post(wire, letter, call, lambda answer: code_is_zero(answer, "errcode"))


def signature(secret: str, letter: Letter) -> dict[str, str]:
    """Return the two parameters that sign a call; none without a secret."""
    if not secret:
        return {}
    stamp = str(int(letter.at.timestamp() * 1000))
    made = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
    return {"timestamp": stamp, "sign": base64.b64encode(made).decode()}


KIND = Kind(
    "dingtalk",
    Text("钉钉群机器人", "DingTalk group robot"),
    send,
    (
        base("https://oapi.dingtalk.com"),
        Field("token", Text("access_token", "access_token"), secret=True, required=True),
        Field("secret", Text("加签密钥", "Signing secret"), secret=True),
    ),
    address=Text("被@的手机号", "Telephone to mention"),
    pattern=re.compile(PHONE.pattern),
    group=True,
)
