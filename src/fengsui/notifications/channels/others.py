"""Other services through apprise: one address of apprise a channel, one target a call.

Rules
- Only services in `SCHEMES`: those that speak HTTP to a server. Nothing of the own machine, no programs.
- Apprise is given both time limits and follows no redirect. It judges by the status of HTTP alone and does not hand
  on the answer of the service: what it says while sending is kept instead, and the page says so.
- The guard of `carrier` stands on its connections too: most addresses name no server, and some services name a further
  one in their answer, so the address alone would not tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import quote

from fengsui.notifications.channels.carrier import CONNECT, READ, WHOLE, masked
from fengsui.notifications.channels.kinds import Fault, Field, Kind, Letter, Outcome, Text, Wire

if TYPE_CHECKING:
    import apprise

SCHEMES = (
    *("ntfy", "ntfys", "gotify", "gotifys", "pushplus", "wxpusher", "pushdeer", "pushdeers", "lark", "qq", "kook"),
    *("tgram", "slack", "msteams", "discord", "matrix", "matrixs", "mmost", "mmosts", "rocket", "rockets", "zulip"),
    *("pover", "prowl", "join", "pagerduty", "opsgenie", "signal", "signals", "synology", "synologys", "wxteams"),
)


def send(wire: Wire, letter: Letter) -> Outcome:
    """Send through one address of apprise; `{to}` in it is the person's value."""
    try:
        sender = opened(wire, letter.to)
    except Fault as fault:
        return Outcome(False, fault.said.both, answered=False)
    told = sender.notify(body=letter.text, title=letter.subject, body_format="text", timeout=WHOLE, log_level=10)
    said = "\n".join(f"{entry.level} {entry.message}" for entry in told.logs())
    secrets = (*wire.secrets.values(), *_parts(wire.get("url")), *letter.to)
    return Outcome(bool(told), masked(f"{told.status.name}\n{said}", secrets), answered=told.status.name != "TIMEOUT")


def opened(wire: Wire, to: Iterable[str]) -> apprise.Apprise:
    """Return the sender for an address. Raises Fault."""
    import apprise  # a third of a second: not before somebody uses it

    url = wire.get("url").replace("{to}", quote("".join(to), safe=""))
    scheme = url.partition("://")[0].lower()
    if scheme not in SCHEMES:
        known = " ".join(SCHEMES)
        raise Fault(f"不支持 {scheme}://，可用：{known}", f"no {scheme}://; there are: {known}")
    asset = apprise.AppriseAsset(http_redirects=False, secure_logging=True, async_mode=False)
    made = apprise.Apprise(asset=asset)
    # As a list of one: a text is taken apart at commas, and what follows would be an address that nobody looked at.
    if not made.add([f"{url}{'&' if '?' in url else '?'}cto={CONNECT}&rto={READ}"]):
        raise Fault("apprise 认不出这个地址", "apprise does not know this address")
    return made


def check(wire: Wire) -> None:
    """Look at an address before it is kept. Raises Fault."""
    opened(wire, ("0",))


def _parts(url: str) -> list[str]:
    return [one for one in re.split(r"[/:@?&=]+", url) if len(one) >= 8]


KIND = Kind(
    "apprise",
    Text("其他（apprise 地址）", "Other (apprise address)"),
    send,
    (
        Field(
            "url",
            Text("apprise 地址", "Apprise address"),
            secret=True,
            required=True,
            hint=Text(
                "如 ntfys://主机/主题/；{to} 处填个人地址。只按 HTTP 状态判断是否收下",
                "such as ntfys://host/topic/; {to} stands for the person. Judged by the HTTP status alone",
            ),
        ),
    ),
    address=Text("个人地址", "Personal address"),
    check=check,
)
