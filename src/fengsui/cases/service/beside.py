"""Free text and files go beside the log: the event keeps a salted digest, so a lawful erasure leaves the chain whole.

Rules
- Set aside: title, note, reason, source, who signed a paper, text fields of forms, text-valued facts. Who spoke by
  word stays: the engine must know one person from another.
- A token is `text:` and a digest over salt, text and files; without the salt nothing can be guessed back.
- Files are judged at intake by size, name and first bytes; what does not match is refused before any row is written.
- Names of things in the plan's own vocabulary (levels, bodies, matters, documents) stay in the event.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import PurePath
from typing import Any

from fengsui.cases import models
from fengsui.cases.file_store import store
from fengsui.core.canon import digest
from fengsui.core.case import Act
from fengsui.core.conditions import remember
from fengsui.core.forms import qualified
from fengsui.core.pack import Pack
from fengsui.ledger.ids import new_id, new_salt
from fengsui.ledger.problems import refuse
from fengsui.ledger.rows import insert, made

TOKEN = "text:"
LIMIT = 20 * 1024 * 1024
"""The largest file taken, in bytes."""
MANY = 20
LONGEST = 20_000
"""Characters of one free text."""
NAME, MEDIA = 200, 120
"""Characters of a file's name, and of the kind that its sender says it is."""
UNKEPT = re.compile("\x00")

_ZIP = (b"PK\x03\x04",)
_OLE = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)
SIGNATURES: Mapping[str, tuple[bytes, ...]] = {
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
    "gif": (b"GIF87a", b"GIF89a"),
    "pdf": (b"%PDF-",),
    "docx": _ZIP,
    "xlsx": _ZIP,
    "pptx": _ZIP,
    "ofd": _ZIP,
    "zip": _ZIP,
    "doc": _OLE,
    "xls": _OLE,
    "wps": _OLE,
    "gz": (b"\x1f\x8b",),
    "pcap": (b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4", b"\x4d\x3c\xb2\xa1"),
    "pcapng": (b"\x0a\x0d\x0d\x0a",),
}
PLAIN = ("txt", "log", "csv", "json", "md", "eml")
"""Kinds without a signature: taken when they are text in UTF-8 or GB 18030 and hold no NUL."""
ALLOWED = " ".join((*SIGNATURES, *PLAIN))


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came in. `name` is what the person's machine called it; only its last part is kept."""

    name: str
    content: bytes = field(repr=False)
    media_type: str = "application/octet-stream"

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes."""
        return "sha256:" + hashlib.sha256(self.content).hexdigest()


@dataclass(slots=True)
class Aside:
    """What was taken out of an act: texts by token, and the files that the note's token covers."""

    texts: dict[str, tuple[str, str]] = field(default_factory=dict)
    files: tuple[Upload, ...] = ()
    files_token: str = ""

    def take(self, text: str) -> str:
        """Set a text aside and return its token; an empty text stays what it is."""
        if not text.strip():
            return ""
        _readable(text)
        salt = new_salt()
        token = TOKEN + digest({"salt": salt, "text": text})
        self.texts[token] = (salt, text)
        return token

    def take_with(self, text: str, files: tuple[Upload, ...]) -> str:
        """Set a text and files aside under one token."""
        _readable(text)
        salt = new_salt()
        token = TOKEN + digest({"salt": salt, "text": text, "files": manifest(files)})
        self.texts[token] = (salt, text)
        self.files, self.files_token = files, token
        return token


def set_aside(act: Act, pack: Pack, files: tuple[Upload, ...]) -> tuple[Act, Aside]:
    """Return the act with tokens in place of its free texts, and what was taken."""
    aside = Aside()
    for upload in files:
        check(upload)
    if len(files) > MANY:
        why = {"why": f"一次不超过 {MANY} 个", "why_en": f"at most {MANY} at once"}
        raise refuse("bad_file", name=files[-1].name, allowed=ALLOWED, limit=_size(LIMIT), **why)
    note = aside.take_with(act.note or "", files) if files else aside.take(act.note or "")
    changed = replace(
        act,
        note=note or None,
        reason=aside.take(act.reason or "") or None,
        source=aside.take(act.source),
        facts=_texts(act.facts, remember(pack, "text facts", _text_facts), aside),
        form=_texts(act.form, _text_fields(pack, act.duty), aside) if act.form else act.form,
    )
    if act.registered:
        signed = aside.take(act.registered.signed_by)
        changed = replace(changed, registered=replace(act.registered, signed_by=signed))
    if act.opening:
        changed = replace(changed, opening=replace(act.opening, title=aside.take(act.opening.title)))
    return changed, aside


def _readable(text: str) -> None:
    """Refuse (`bad_input`) a text that is too long, or that no database keeps."""
    why = None
    if len(text) > LONGEST:
        why = {"why": f"超过 {LONGEST} 字", "why_en": f"longer than {LONGEST} characters"}
    elif UNKEPT.search(text):
        why = {"why": "含有不能保存的控制字符", "why_en": "it holds a character that cannot be kept"}
    if why:
        raise refuse("bad_input", what="文字", what_en="the text", **why)


def named(upload: Upload) -> str:
    """Return the last part of a file's name, cut to `NAME` characters before its ending."""
    path = PurePath(UNKEPT.sub("", upload.name))
    return path.name if len(path.name) <= NAME else path.stem[: NAME - len(path.suffix)] + path.suffix[:NAME]


def keep(aside: Aside, row: models.Case, seq: int, at: datetime) -> None:
    """Write what was set aside, in the transaction of the event that holds its tokens."""
    insert(text_rows(aside, row, at))
    keep_files(aside, row, seq, at)


def text_rows(aside: Aside, row: models.Case, at: datetime) -> list[models.Beside]:
    """Return the texts set aside as rows, not yet written."""
    listed = manifest(aside.files)
    return [
        made(
            models.Beside,
            id=new_id(at),
            root=row.root,
            case_id=row.pk,
            token=token,
            salt=salt,
            text=text,
            files=listed if token == aside.files_token else [],
            at=at,
        )
        for token, (salt, text) in aside.texts.items()
    ]


def keep_files(aside: Aside, row: models.Case, seq: int, at: datetime) -> None:
    """Store the files set aside, and write their rows."""
    for upload in aside.files:
        kept = models.File(
            id=new_id(at),
            root=row.root,
            case=row,
            seq=seq,
            name=named(upload),
            digest=upload.digest,
            size=len(upload.content),
            media_type=upload.media_type[:MEDIA],
            at=at,
        )
        store(row.root, kept.pk, upload.content)
        kept.save(force_insert=True)


def manifest(files: tuple[Upload, ...]) -> list[dict[str, str]]:
    """Return what a token says of files: name, digest, size."""
    return [{"name": named(upload), "digest": upload.digest, "size": str(len(upload.content))} for upload in files]


def check(upload: Upload) -> None:
    """Refuse a file (`bad_file`) that is empty, too large, or not what its name says."""
    end = PurePath(upload.name).suffix.lower().removeprefix(".")
    why = _fault(upload.content, end)
    if why:
        raise refuse("bad_file", name=upload.name, why=why[0], why_en=why[1], allowed=ALLOWED, limit=_size(LIMIT))


def _fault(content: bytes, end: str) -> tuple[str, str] | None:
    if not content:
        return "是空文件", "it is empty"
    if len(content) > LIMIT:
        return f"大小 {_size(len(content))}", f"its size is {_size(len(content))}"
    if end in SIGNATURES:
        fits = content.startswith(SIGNATURES[end])
        return None if fits else ("内容与扩展名不符", "its content is not what its name says")
    if end in PLAIN:
        return None if _is_text(content) else ("内容不是文本", "its content is not text")
    return f"不收 .{end} 文件", f".{end} files are not taken"


def _is_text(content: bytes) -> bool:
    if b"\0" in content:
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def _size(size: int) -> str:
    return f"{size / 1024 / 1024:.1f} MB"


def _text_facts(pack: Pack) -> frozenset[str]:
    return frozenset(name for name, rule in pack.facts.items() if rule.type is not None and rule.type.kind == "text")


def _text_fields(pack: Pack, duties: Iterable[str]) -> frozenset[str]:
    """Return the names under which a form's free text may come: a regime's also with its id.

    Where a form of the plan asks under the same name for something else than a text, the plain name is the plan's,
    unless the act discharges a duty of a regime.
    """
    typed = [
        (form, name, rule.type.kind == "text")
        for form, spec in pack.forms.items()
        for name, rule in spec.fields.items()
    ]
    free = {said for form, name, text in typed if text for said in (name, qualified(form, name))}
    if any(":" in duty for duty in duties):
        return frozenset(free)
    own = [(name, text) for form, name, text in typed if ":" not in form]
    return frozenset(free - ({name for name, text in own if not text} - {name for name, text in own if text}))


def _texts(values: Mapping[str, Any], free: frozenset[str], aside: Aside) -> dict[str, Any]:
    return {
        name: aside.take(value) if name in free and isinstance(value, str) and value != "unknown" else value
        for name, value in values.items()
    }
