"""The settings of the tests: the real ones, on a data folder of their own and with a fast password hash."""

import os
import tempfile

os.environ["FENGSUI_DATA_DIR"] = tempfile.mkdtemp(prefix="fengsui-tests-")
for _name in [name for name in os.environ if name.startswith("FENGSUI_") and name != "FENGSUI_DATA_DIR"]:
    del os.environ[_name]
os.environ["FENGSUI_CONFIG"] = ""

from fengsui.server.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
