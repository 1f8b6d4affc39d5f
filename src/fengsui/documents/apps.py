"""Registers documents: reports and forms owed under a plan, rendered from a case at a given event."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Tells Django where documents lives."""

    name = "fengsui.documents"
    label = "documents"
    default_auto_field = "django.db.models.BigAutoField"
