"""The whole of an installation in one file, and back: `fengsui backup`, `fengsui restore`.

Rules
- An archive is a tar that any tool opens: the database, `files/` with the evidence, if asked for the secret key, and as
  its last member `manifest.json` with version, migrations, rows per table, and the SHA-256 of every member.
- The database is of one moment, taken while the service runs; evidence is read after it, so nothing a row names is
  missing, unless it was lawfully erased meanwhile.
- Under the name asked for there is a whole archive or nothing: it is written beside, synced, then renamed.
- An archive is read to its end and held against its manifest before anything is touched.
- What was restored is migrated to this version, and every chain is held against itself.
"""

from fengsui.server.archive.backup import back_up
from fengsui.server.archive.restore import Restored, restore

__all__ = ["Restored", "back_up", "restore"]
