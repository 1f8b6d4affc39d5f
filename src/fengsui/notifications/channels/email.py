"""E-mail through Django's mail backend (SMTP in production, files without a mail server, memory in tests)."""

from __future__ import annotations

import re
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage

from fengsui.notifications.channels.carrier import masked
from fengsui.notifications.channels.kinds import Kind, Letter, Outcome, Text, Wire

TAKEN = Text("邮件服务器已收", "the mail server took it")
KEPT = Text("没有邮件服务器：信只存成文件，没有寄出", "no mail server: the letter is only kept as a file")
NOBODY = Text("邮件服务器没有收下任何收件人", "the mail server took no recipient")


def send(wire: Wire, letter: Letter) -> Outcome:
    """Send one letter; accepted when the mail server took its recipient."""
    headers = {"Message-ID": f"<{letter.key}@fengsui>", "X-Priority": "1" if letter.urgent else "3"}
    message = EmailMessage(" ".join(letter.subject.split()), letter.text, to=list(letter.to), headers=headers)
    try:
        accepted = message.send(fail_silently=False)
    except (SMTPException, ValueError, UnicodeError) as error:
        # An address that cannot be written is this letter's fault, not the server's.
        return Outcome(False, masked(f"{type(error).__name__}: {error}", letter.to))
    except OSError as error:
        return Outcome(False, masked(f"{type(error).__name__}: {error}", letter.to), answered=False)
    took = TAKEN if leaves() else KEPT
    return Outcome(bool(accepted), (took if accepted else NOBODY).both)


def leaves() -> bool:
    """Whether letters leave the house: without a mail server they are kept as files, and nobody is reached by them."""
    return not settings.EMAIL_BACKEND.endswith("filebased.EmailBackend")


KIND = Kind(
    "email",
    Text("电子邮件", "E-mail"),
    send,
    address=Text("邮箱", "Mail address"),
    pattern=re.compile(r"[^@\s]{1,64}@[^@\s]{1,180}"),
)
