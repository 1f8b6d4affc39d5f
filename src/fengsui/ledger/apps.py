"""Registers ledger: the append-only hash chain that cases and administrative changes share."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Tells Django where ledger lives."""

    name = "fengsui.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"
