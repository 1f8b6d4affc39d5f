"""Registers directory: organisations, bodies, posts, people, duty rosters, contact points and sign-in identities."""

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    """Tells Django where directory lives."""

    name = "fengsui.directory"
    label = "directory"
    default_auto_field = "django.db.models.BigAutoField"
