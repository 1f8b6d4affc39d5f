"""Registers library: installed packs by digest, and which pack governs which organisation."""

from django.apps import AppConfig


class LibraryConfig(AppConfig):
    """Tells Django where library lives."""

    name = "fengsui.library"
    label = "library"
    default_auto_field = "django.db.models.BigAutoField"
