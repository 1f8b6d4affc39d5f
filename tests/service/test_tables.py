"""Laws over the tables: every growing table has a root, and the root leads every index and unique constraint."""

import pytest
from django.apps import apps
from django.db import models

OURS = ("ledger", "library", "directory", "cases", "notifications", "watch", "exercises", "readiness", "documents")
TABLES = [model for label in OURS for model in apps.get_app_config(label).get_models()]
NOT_GROWING = {"SignIn"}
"""The one way in: keyed by the account, because nothing else is known before sign-in."""


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_every_table_has_a_root_that_leads_every_index_and_every_unique_constraint(model: type[models.Model]) -> None:
    root = model._meta.get_field("root")
    assert not root.null
    if model.__name__ in NOT_GROWING:
        return
    for field in model._meta.local_fields:
        assert field.primary_key or not (field.unique or field.db_index), f"{field.name} has an index of its own"
    groups = [c.fields for c in model._meta.constraints if isinstance(c, models.UniqueConstraint)]
    groups += [tuple(index.fields) for index in model._meta.indexes]
    assert groups, "a growing table without any index that begins with its root"
    for fields in groups:
        assert fields[0] == "root"
    assert not model._meta.unique_together


@pytest.mark.django_db
def test_the_migrations_make_exactly_these_tables() -> None:
    from django.core.management import call_command

    # Where a table differs the command exits, which fails the test too.
    assert call_command("makemigrations", check=True, dry_run=True, skip_checks=True, verbosity=0) is None
