"""Other services through apprise: one address of apprise a channel, one target a call.

Rules
- Only services in `SCHEMES`: those that speak HTTP to a server. Nothing of the own machine, no programs.
- Apprise is given both time limits and follows no redirect. It judges by the status of HTTP alone and does not hand
  on the answer of the service: what it says while sending is kept instead, and the page says so.
- A server named in the address passes the same guard as every other call.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import quote

from django.conf import settings

from fengsui.notifications.channels.carrier import CONNECT, READ, WHOLE, Barred, masked, permit
from fengsui.notifications.channels.kinds import Field, Kind, Letter, Outcome, Text, Wire

if TYPE_CHECKING:
    import apprise

SCHEMES = (
    *("ntfy", "ntfys", "gotify", "gotifys", "pushplus", "wxpusher", "pushdeer", "pushdeers", "lark", "qq", "kook"),
    *("tgram", "slack", "msteams", "discord", "matrix", "matrixs", "mmost", "mmosts", "rocket", "rockets", "zulip"),
    *("pover", "prowl", "join", "pagerduty", "opsgenie", "signal", "signals", "synology", "synologys", "wxteams"),
)


def send(wire: Wire, letter: Letter) -> Outcome:
    """Send through one address of apprise; `{to}` in it is the person's value."""
    fault, sender = opened(wire, letter.to)
    if sender is None:
        return Outcome(False, fault, answered=False)
    told = sender.notify(body=letter.text, title=letter.subject, body_format="text", timeout=WHOLE, log_level=10)
    said = "\n".join(f"{entry.level} {entry.message}" for entry in told.logs())
    secrets = (*wire.secrets.values(), *_parts(wire.get("url")), *letter.to)
    return Outcome(bool(told), masked(f"{told.status.name}\n{said}", secrets), answered=told.status.name != "TIMEOUT")


def opened(wire: Wire, to: Iterable[str]) -> tuple[str, apprise.Apprise | None]:
    """Return the sender for an address, or why there is none."""
    import apprise  # a third of a second: not before somebody uses it

    url = wire.get("url").replace("{to}", quote("".join(to), safe=""))
    scheme = url.partition("://")[0].lower()
    if scheme not in SCHEMES:
        return f"不支持 {scheme}://，可用：{' '.join(SCHEMES)}", None
    asset = apprise.AppriseAsset(http_redirects=False, secure_logging=True, async_mode=False)
    made = apprise.Apprise(asset=asset)
    limits = f"cto={CONNECT}&rto={READ}"
    if not made.add(f"{url}{'&' if '?' in url else '?'}{limits}"):
        return "apprise 认不出这个地址", None
    try:
        for one in made:
            if getattr(one, "host", None) and not settings.PRIVATE_CHANNELS:
                permit(f"http://{one.host}")
    except (Barred, OSError) as error:
        return str(error), None
    return "", made


def check(wire: Wire) -> str:
    """Say what is wrong with an address before it is kept."""
    import apprise

    url = wire.get("url")
    scheme = url.partition("://")[0].lower()
    if scheme not in SCHEMES:
        return f"不支持 {scheme}://，可用：{' '.join(SCHEMES)}"
    made = apprise.Apprise.instantiate(url.replace("{to}", "0"), suppress_exceptions=True)
    return "" if made else "apprise 认不出这个地址"


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
