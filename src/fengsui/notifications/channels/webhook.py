"""A program of the organisation's own: our JSON, signed. Any 2xx is accepted.

The header `Fengsui-Signature` is `t=SECONDS,v1=HEX`: HMAC-SHA256 with the secret over `SECONDS.BODY`. Whoever receives
it computes the same and refuses what is older than some minutes. `id` is the same when a letter is sent again.
"""

from __future__ import annotations

import hashlib
import hmac
import json

from fengsui.notifications.channels.carrier import Call
from fengsui.notifications.channels.judging import post
from fengsui.notifications.channels.kinds import Field, Kind, Letter, Outcome, Text, Wire


def send(wire: Wire, letter: Letter) -> Outcome:
    """Post the letter as JSON."""
    content = {
        "id": letter.key,
        "at": letter.at.isoformat(),
        "number": letter.number,
        "subject": letter.subject,
        "text": letter.text,
        "urgent": letter.urgent,
        "exercise": letter.exercise,
        "to": list(letter.to),
    }
    body = json.dumps(content, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": letter.key}
    if wire.get("secret"):
        headers["Fengsui-Signature"] = signature(wire.get("secret"), int(letter.at.timestamp()), body)
    return post(wire, letter, Call(wire.get("url"), body, headers=headers), lambda answer: answer.ok)


def signature(secret: str, seconds: int, body: bytes) -> str:
    """Return the value of the header that signs a body."""
    made = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={made}"


KIND = Kind(
    "webhook",
    Text("本单位接口", "Webhook"),
    send,
    (
        Field("url", Text("地址", "Address"), required=True),
        Field("secret", Text("签名密钥", "Signing secret"), secret=True),
    ),
    address=Text("对方认得的名字", "Name that the other side knows"),
)
