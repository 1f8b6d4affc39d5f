"""Registers ledger: the append-only hash chain that cases and administrative changes share."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate  # noqa: TID251 Django's own word that migrations are done


class LedgerConfig(AppConfig):
    """Tells Django where ledger lives."""

    name = "fengsui.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Complete the tables after every migration, when those of all rooms stand."""
        from fengsui.ledger.tables import complete

        post_migrate.connect(complete, sender=self, dispatch_uid="ledger_tables")
