"""The real settings, with a password hash that does not cost a second for each of the many people."""

from fengsui.server.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
