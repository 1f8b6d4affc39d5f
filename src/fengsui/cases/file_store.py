"""Where the bytes of files lie: in the data folder, by root and id, outside anything a web server hands out.

Rules
- The bytes are on the disk before the row that names them is written: a crash, of the power too, leaves a file nobody
  speaks of, never a row without its file.
"""

import os
from pathlib import Path

from django.conf import settings


def place(root: str, file_id: str) -> Path:
    """Return where the bytes of a file lie."""
    return Path(settings.DATA_DIR) / "files" / root / file_id[-2:] / file_id


def store(root: str, file_id: str, content: bytes) -> None:
    """Write the bytes of a file so that they outlive a power cut."""
    path = place(root, file_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
