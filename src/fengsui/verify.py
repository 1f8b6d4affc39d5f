#!/usr/bin/env python3
"""fengsui-verify: tells whether an exported case is what was written. One file, Python 3.8 or later, nothing else.

    python3 fengsui-verify.py CASE.jsonl [EVIDENCE ...] [--code 1a2b3c4d]

Rules
- A line of the export is JSON. The first says which case; then come its events, the texts kept beside them, its files.
- An event's digest is SHA-256 over its canonical body, and the body holds the digest of the event before it: a byte
  changed, a line left out, added or moved breaks the chain from there on.
- Canonical: UTF-8 JSON, keys sorted, no spaces, text in Unicode NFC, numbers only as integers.
- A text's token is SHA-256 over its salt, the text, and the list of files handed in with it. What was erased by law is
  gone; its token stays in the event.
- Whoever writes the whole chain anew makes another head. So compare the head, or the short code (its first eight
  characters) of any event, with paper or with the address /v/<code> of the organisation.

Ends with 0 when everything holds, 1 when something does not, 2 when the file cannot be read.
"""

from __future__ import annotations

import hashlib
import json
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

FORMAT = "fengsui-case"
NAMES = {
    "event": {"body", "digest"},
    "text": {"token", "salt", "text", "files", "erased"},
    "file": {"seq", "name", "digest", "size", "media_type", "erased"},
}
NEEDED = ("type", "case", "seq", "previous", "recorded_at")


def plain(value: Any) -> Any:
    """Return JSON data with every text in NFC. Raises ValueError for a number that is no integer."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {plain(key): plain(one) for key, one in value.items()}
    raise ValueError("a number that is no integer")


def digest(value: Any) -> str:
    """Return sha256: and the hexadecimal digest of the canonical bytes."""
    text = json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(text.encode("utf-8")).hexdigest()


def read(lines: Iterable[str]) -> tuple[dict[str, Any], list[Any], list[Any], list[Any]]:
    """Return the header, events, texts and files of an export. Raises ValueError where a line cannot be read."""
    found: dict[str, list[Any]] = {kind: [] for kind in NAMES}
    header = None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line, object_pairs_hook=_once)
        except ValueError as error:
            raise ValueError(f"line {number} cannot be read: {error}") from None
        kind = row.pop("kind", None) if isinstance(row, dict) else None
        if header is None:
            if kind != FORMAT:
                raise ValueError("this is no exported case")
            header = row
        elif kind in found and set(row) == NAMES[kind]:
            found[kind].append(row)
        else:
            raise ValueError(f"line {number} is not as an export is written")
    if header is None:
        raise ValueError("the file is empty")
    return header, found["event"], found["text"], found["file"]


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("a name stands twice")
    return dict(pairs)


def check_events(header: dict[str, Any], events: list[Any]) -> list[str]:
    """Return what is wrong with the chain; after the first break nothing more is said of it."""
    previous = ""
    for expected, row in enumerate(events, 1):
        body, said = row.get("body"), row.get("digest")
        if not isinstance(body, dict) or any(name not in body for name in NEEDED):
            return [f"record {expected}: its body is not whole"]
        if body["seq"] != expected:
            return [f"record {expected}: it is numbered {body['seq']}; something is missing, added or moved"]
        if body["case"] != header.get("case"):
            return [f"record {expected}: it belongs to another case"]
        if body["previous"] != previous:
            return [f"record {expected}: it does not follow the record before it"]
        if digest(body) != said:
            return [f"record {expected} ({body['type']}, {body['recorded_at']}): its content was changed"]
        previous = said
    if len(events) != header.get("events") or previous != header.get("head"):
        return [f"the end is not the one the header names: {len(events)} records, head {short(previous)}"]
    return []


def check_texts(events: list[Any], texts: list[Any]) -> list[str]:
    """Return what is wrong with the texts beside the events."""
    known, faults = set(_tokens([row.get("body") for row in events])), []
    for row in texts:
        token = row.get("token", "")
        if token not in known:
            faults.append(f"text {short(token)}: no record speaks of it")
        elif token != _token(row) if not row["erased"] else row["text"] or row["salt"]:
            faults.append(f"text {short(token)}: it was changed")
    return faults


def _token(row: dict[str, Any]) -> str:
    covered = {"salt": row.get("salt"), "text": row.get("text")}
    if row.get("files"):
        covered["files"] = row["files"]
    return "text:" + digest(covered)


def _tokens(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value] if value.startswith("text:") else []
    if isinstance(value, dict):
        value = list(value.values())
    return [token for one in value for token in _tokens(one)] if isinstance(value, list) else []


def check_files(texts: list[Any], files: list[Any]) -> list[str]:
    """Return the files that no text's token covers."""
    covered = {one.get("digest") for row in texts for one in row.get("files") or []}
    kept = [row for row in files if not row.get("erased")]
    return ["file {}: no token covers it".format(row.get("name")) for row in kept if row.get("digest") not in covered]


def check_evidence(files: list[Any], paths: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return one line for each file on this machine: the record it was handed in with, or that it is not known."""
    known = {row.get("digest"): row for row in files}
    faults, told = [], []
    for path in paths:
        with open(path, "rb") as handle:
            said = "sha256:" + hashlib.sha256(handle.read()).hexdigest()
        row = known.get(said)
        if row is None:
            faults.append(f"{path}: no file of this case has these bytes")
        else:
            told.append("{}: handed in with record {} as {}".format(path, row.get("seq"), row.get("name")))
    return faults, told


def short(text: Any) -> str:
    """Return the first eight characters of a digest, as screens and papers show it."""
    return str(text).rsplit(":", 1)[-1][:8]


def verify(lines: Iterable[str], evidence: Sequence[str] = (), code: str = "") -> tuple[list[str], list[str]]:
    """Return (what is wrong, what is to be told). Raises ValueError for a file that cannot be read."""
    header, events, texts, files = read(lines)
    try:
        faults = check_events(header, events) + check_texts(events, texts) + check_files(texts, files)
    except (TypeError, AttributeError) as error:
        raise ValueError(f"not as an export is written: {error}") from None
    wrong, told = check_evidence(files, evidence)
    told.insert(0, f"{header.get('number')}: {len(events)} records, head {header.get('head')}")
    for row in events if code else ():
        if short(row["digest"]) == code[:8].lower():
            told.append("code {}: record {}, {}".format(code, row["body"]["seq"], row["body"]["recorded_at"]))
            break
    else:
        if code:
            wrong.append(f"code {code}: no record of this case has it")
    return faults + wrong, told


def main(argv: Sequence[str] | None = None) -> int:
    """Run on the words of the command line and return its end."""
    words = list(sys.argv[1:] if argv is None else argv)
    code = ""
    if "--code" in words[:-1]:
        place = words.index("--code")
        code = words[place + 1]
        del words[place : place + 2]
    if not words or words[0].startswith("-"):
        print(__doc__.strip())
        return 0 if words[:1] in (["-h"], ["--help"]) else 2
    try:
        with open(words[0], encoding="utf-8-sig") as handle:
            faults, told = verify(handle, words[1:], code)
    except (OSError, ValueError, RecursionError) as error:
        print(f"cannot be checked: {error}")
        return 2
    for line in told + faults:
        print(line)
    print("NOT GENUINE" if faults else "everything holds")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
