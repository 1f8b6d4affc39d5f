"""Text messages through any gateway that speaks HTTP: the owner writes the call as a template.

Rules
- The template is data: address, method, headers, body, fields computed before (digests, signatures), and what in the
  answer means accepted. Nothing in it is executed.
- `{name}` is replaced by a value; what it is put into decides how it is written: quoted in an address and in a form,
  escaped in JSON, as it is elsewhere. `{name|url}`, `|json`, `|base64`, `|hex` and `|raw` say it otherwise.
- Known names: to, text, subject, number, key (the same when sent again), unix, ms, utc, date, local, nonce; every
  secret under its own name; every computed field after its line.
- A computed line is `name = how: template`. `how` is plain, md5, sha1, sha256, or hmac-sha1, hmac-sha256 with a key
  (`hmac-sha256 {secret}`); a digest is written in hex, or `/base64`, `/upper`, `/raw` (bytes, as the next key).
- Accepted is 2xx and, where `accepted` is given, `path=value` in the JSON answer, or how the answer begins.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import secrets as luck
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fengsui.notifications.channels.carrier import Answer, Call, permit_form
from fengsui.notifications.channels.judging import at_path, post
from fengsui.notifications.channels.kinds import PHONE, Fault, Field, Kind, Letter, Outcome, Text, Wire

Values = dict[str, bytes]
NAME = re.compile(r"\{([a-z_][a-z0-9_]*)((?:\|[a-z0-9]+)*)\}")
LINE = re.compile(r"([a-z_][a-z0-9_]*)\s*=\s*([a-z0-9-]+)(?:/([a-z0-9]+))?(?:\s+([^:]+?))?\s*:\s?(.*)")
DIGESTS = {"md5": "md5", "sha1": "sha1", "sha256": "sha256"}
FORMS = {
    "json": "application/json; charset=utf-8",
    "form": "application/x-www-form-urlencoded; charset=utf-8",
    "text": "text/plain; charset=utf-8",
}
HOME = ZoneInfo("Asia/Shanghai")


SAMPLE = Letter("key", "subject", "text", ("10000",), datetime(2000, 1, 1, tzinfo=UTC))


class Wrong(Fault):
    """A template that cannot be filled; the sentence says where."""


def send(wire: Wire, letter: Letter) -> Outcome:
    """Send one text message to one telephone."""
    try:
        call = composed(wire, letter)
    except Wrong as wrong:
        return Outcome(False, wrong.said.both, answered=False)
    return post(wire, letter, call, lambda answer: accepted(answer, wire.get("accepted")))


def composed(wire: Wire, letter: Letter) -> Call:
    """Return the call that a template makes of a letter. Raises Wrong."""
    values = known(wire, letter)
    for line in _lines(wire.get("fields")):
        name, how = computed(line, values)
        values[name] = how
    form = wire.get("form") or "json"
    headers = {"Content-Type": FORMS[form]} if wire.get("body") else {}
    for line in _lines(wire.get("headers")):
        name, _, text = line.partition(":")
        value = filled(text.strip(), values, "raw")
        if "\n" in value or "\r" in value or not name.strip().isascii():
            raise Wrong(f"头 {name} 里不能换行", f"no new line in the header {name}")
        headers[name.strip()] = value
    body = filled(wire.get("body"), values, {"json": "json", "form": "url", "text": "raw"}[form])
    return Call(filled(wire.get("url"), values, "url"), body.encode(), wire.get("method") or "POST", headers)


def known(wire: Wire, letter: Letter) -> Values:
    """Return what a template may name from the start."""
    here, world = letter.at.astimezone(HOME), letter.at.astimezone(UTC)
    texts = {
        "to": letter.to[0],
        "text": letter.whole,
        "subject": letter.subject,
        "number": letter.number,
        "key": letter.key,
        "unix": str(int(letter.at.timestamp())),
        "ms": str(int(letter.at.timestamp() * 1000)),
        "utc": f"{world:%Y-%m-%dT%H:%M:%SZ}",
        "date": f"{world:%Y-%m-%d}",
        "local": f"{here:%Y%m%d%H%M%S}",
        "nonce": luck.token_hex(16),
        **own_secrets(wire),
    }
    return {name: text.encode() for name, text in texts.items()}


def own_secrets(wire: Wire) -> dict[str, str]:
    """Return the secrets that the owner wrote as `name = value` lines."""
    found = {}
    for line in _lines(wire.get("secrets")):
        name, _, value = line.partition("=")
        found[name.strip()] = value.strip()
    return found


def computed(line: str, values: Values) -> tuple[str, bytes]:
    """Return name and value of one computed line. Raises Wrong."""
    match = LINE.fullmatch(line)
    if match is None:
        raise Wrong(f"“{line}”写成 名称 = 算法: 模板", f"write '{line}' as name = how: template")
    name, how, written, key, template = match.groups()
    text = _bytes(template.replace("\\n", "\n"), values)
    if how == "plain":
        made = text
    elif how in DIGESTS:
        made = _written(hashlib.new(DIGESTS[how], text, usedforsecurity=False).digest(), written)
    elif how.removeprefix("hmac-") in DIGESTS and key:
        made = _written(hmac.new(_bytes(key, values), text, DIGESTS[how.removeprefix("hmac-")]).digest(), written)
    else:
        raise Wrong(f"“{line}”里没有算法 {how}", f"'{line}' knows no way {how}")
    return name, made


def _written(digest: bytes, how: str | None) -> bytes:
    writes: Mapping[str | None, Callable[[bytes], bytes]] = {
        None: lambda made: made.hex().encode(),
        "hex": lambda made: made.hex().encode(),
        "upper": lambda made: made.hex().upper().encode(),
        "base64": base64.b64encode,
        "raw": bytes,
    }
    if how not in writes:
        raise Wrong(f"不会写成 {how}", f"nothing is written as {how}")
    return writes[how](digest)


def filled(template: str, values: Values, default: str) -> str:
    """Return a template with its names replaced, written as the place wants it. Raises Wrong."""

    def one(match: re.Match[str]) -> str:
        text = _value(match[1], values).decode("utf-8", "replace")
        for way in [step for step in match[2].split("|") if step] or [default]:
            text = _way(text, way)
        return text

    return NAME.sub(one, template)


def _bytes(template: str, values: Values) -> bytes:
    """The same for what is digested: values go in as bytes, unless a way is named."""
    made, end = b"", 0
    for match in NAME.finditer(template):
        made += template[end : match.start()].encode()
        value = _value(match[1], values)
        for way in [step for step in match[2].split("|") if step]:
            value = _way(value.decode("utf-8", "replace"), way).encode()
        made, end = made + value, match.end()
    return made + template[end:].encode()


def _value(name: str, values: Values) -> bytes:
    if name not in values:
        known = " ".join(sorted(values))
        raise Wrong(f"没有 {{{name}}}，可用：{known}", f"no {{{name}}}; there are: {known}")
    return values[name]


def _way(text: str, way: str) -> str:
    ways: Mapping[str, Callable[[str], str]] = {
        "raw": str,
        "url": lambda plain: quote(plain, safe=""),
        "json": lambda plain: json.dumps(plain, ensure_ascii=False)[1:-1],
        "base64": lambda plain: base64.b64encode(plain.encode()).decode(),
        "hex": lambda plain: plain.encode().hex(),
    }
    if way not in ways:
        raise Wrong(f"没有写法 {way}", f"no way of writing {way}")
    return ways[way](text)


def accepted(answer: Answer, rule: str) -> bool:
    """Return whether the gateway took the message; without a rule any 2xx."""
    path, equals, value = rule.strip().partition("=")
    if not path:
        return True
    if not equals:
        return answer.text.strip().startswith(path)
    found = at_path(answer.text, path.strip())
    return (found if isinstance(found, str) else json.dumps(found)) == value.strip()


def check(wire: Wire) -> None:
    """Fill the template with a sample before it is kept. Raises Fault."""
    permit_form(composed(wire, SAMPLE).url)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


NAMES = Text(
    "可写 {to} {text} {subject} {number} {key} {unix} {ms} {utc} {date} {local} {nonce} 和自己的密钥名",
    "may name {to} {text} {subject} {number} {key} {unix} {ms} {utc} {date} {local} {nonce} and your own secrets",
)
KIND = Kind(
    "sms",
    Text("短信网关", "SMS gateway"),
    send,
    (
        Field("url", Text("地址", "Address"), required=True, hint=NAMES),
        Field("method", Text("方法", "Method"), default="POST", choices=("POST", "GET", "PUT")),
        Field("form", Text("正文格式", "Form of the body"), default="json", choices=tuple(FORMS)),
        Field("headers", Text("请求头", "Headers"), lines=True, hint=Text("每行 名称: 值", "a line each, Name: value")),
        Field("body", Text("正文", "Body"), lines=True),
        Field(
            "fields",
            Text("签名字段", "Computed fields"),
            lines=True,
            hint=Text("每行 名称 = 算法: 模板", "a line each, name = how: template"),
        ),
        Field(
            "accepted",
            Text("何为收下", "What means accepted"),
            hint=Text("如 code=0；空着时 HTTP 2xx 即算", "such as code=0; any 2xx where empty"),
        ),
        Field(
            "secrets",
            Text("密钥", "Secrets"),
            secret=True,
            lines=True,
            hint=Text("每行 名称 = 值，保存后不再显示", "a line each, name = value; never shown again"),
        ),
    ),
    address=Text("手机号", "Telephone"),
    pattern=re.compile(PHONE.pattern),
    check=check,
)
