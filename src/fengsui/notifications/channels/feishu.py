"""The robot of a Feishu group, with its signature check where it has one. Accepted means `code` 0."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from urllib.parse import quote

from fengsui.notifications.channels.carrier import Answer, Call
from fengsui.notifications.channels.judging import code_is_zero, post
from fengsui.notifications.channels.kinds import Field, Kind, Letter, Outcome, Text, Wire, base
from fengsui.notifications.channels.wecom import clipped

LIMIT = 18000
"""Bytes of one text; the service takes 20 kB for the whole body."""


def send(wire: Wire, letter: Letter) -> Outcome:
    """Post to the group and mention the persons by their id."""
    mentions = "".join(f'<at user_id="{one}"></at>' for one in letter.to)
    content = {
        **signature(wire.get("secret"), letter),
        "msg_type": "text",
        "content": {"text": clipped(letter.whole, LIMIT) + (f"\n{mentions}" if mentions else "")},
    }
    call = Call(
        f"{wire.get('base').rstrip('/')}/open-apis/bot/v2/hook/{quote(wire.get('token'), safe='')}",
        json.dumps(content, ensure_ascii=False).encode(),
        headers={"Content-Type": "application/json; charset=utf-8"},
    )
    return post(wire, letter, call, accepted)


def accepted(answer: Answer) -> bool:
    """The present form says `code`, the older one `StatusCode`."""
    return code_is_zero(answer, "code") or code_is_zero(answer, "StatusCode")


def signature(secret: str, letter: Letter) -> dict[str, str]:
    """Return the two fields that sign a call; none without a secret. The secret is part of the key, not of the text."""
    if not secret:
        return {}
    stamp = str(int(letter.at.timestamp()))
    made = hmac.new(f"{stamp}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return {"timestamp": stamp, "sign": base64.b64encode(made).decode()}


KIND = Kind(
    "feishu",
    Text("飞书群机器人", "Feishu group robot"),
    send,
    (
        base("https://open.feishu.cn"),
        Field("token", Text("机器人地址末段", "Last part of the robot's address"), secret=True, required=True),
        Field("secret", Text("签名校验密钥", "Signing secret"), secret=True),
    ),
    address=Text("被@的 Open ID 或 User ID", "Open ID or user id to mention"),
    pattern=re.compile(r"[A-Za-z0-9_-]{2,80}"),
    group=True,
)
