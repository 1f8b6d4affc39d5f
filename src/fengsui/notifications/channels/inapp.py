"""The notice inside the application: accepted as soon as its row stands; read when the person opens it."""


def send(subject: str, text: str, address: str) -> str | None:
    """Nothing leaves the machine, so nothing can fail."""
    return None
