"""E-mail through Django's mail backend (SMTP in production, in memory in tests)."""

from smtplib import SMTPException

from django.core.mail import EmailMessage


def send(subject: str, text: str, address: str) -> str | None:
    """Send one message; return None when the server accepted it, else why not."""
    message = EmailMessage(subject=" ".join(subject.split()), body=text, to=[address])
    try:
        accepted = message.send(fail_silently=False)
    except (SMTPException, OSError) as error:
        return f"{type(error).__name__}: {error}"
    return None if accepted else "the mail server accepted no recipient"
