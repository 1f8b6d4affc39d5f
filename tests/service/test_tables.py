"""Laws over the tables: every growing table has a root, and the root leads every index and unique constraint."""

from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from django.forms.models import model_to_dict

from fengsui.cases import models as cases
from fengsui.ledger import models as ledger
from fengsui.ledger.ids import new_id
from fengsui.ledger.rows import CALL, called, document, insert

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


@pytest.mark.django_db
def test_an_id_has_one_index_and_none_for_patterns() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("no other database makes a second one")
    with connection.cursor() as cursor:
        cursor.execute("select tablename, indexdef from pg_indexes where schemaname = current_schema()")
        found = cursor.fetchall()
    tables = {model._meta.db_table for model in TABLES if hasattr(model, "root")}
    on_ids = [
        table
        for table, definition in found
        if table in tables and definition.endswith(("(id)", "(id varchar_pattern_ops)"))
    ]
    assert sorted(on_ids) == sorted(set(on_ids)) and len(on_ids) > 20


@pytest.mark.django_db
def test_rows_of_several_tables_are_written_as_they_were_meant() -> None:
    at = datetime(2026, 11, 22, 3, 0, 0, 123456, tzinfo=UTC)
    odd = {"文": ['"quoted"', "back\\slash", "line\nend", 0.5, None, True, {}], "很长": 2**40}
    entries = [
        ledger.Entry(
            id=new_id(at), root="r", stream="s", seq=n, type="t", content=odd, actor="'; --", at=at, digest="d"
        )
        for n in (1, 2)
    ]
    counter = cases.Counter(id=new_id(at), root="r", year=2026, mode="live", last=7)
    insert(entries, [], [counter])
    for meant in (*entries, counter):
        kept = type(meant)._default_manager.get(pk=meant.pk)
        assert model_to_dict(kept) == model_to_dict(meant)


@pytest.mark.django_db
def test_a_program_that_knows_other_columns_is_refused_and_not_misread() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("rows are handed over as lists to PostgreSQL alone")
    row = cases.Counter(id=new_id(datetime(2026, 11, 22, tzinfo=UTC)), root="r", year=2026, mode="live")
    older = document([row]).replace('"year"', '"annum"')
    with pytest.raises(DatabaseError, match="of another version"), transaction.atomic():
        called(CALL, older)
    assert not cases.Counter.objects.filter(root="r").exists()


@pytest.mark.django_db
def test_a_row_that_is_there_already_is_refused() -> None:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    one = [cases.Counter(id=new_id(at), root="r", year=2026, mode="live") for _ in range(2)]
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(one)
    assert not cases.Counter.objects.filter(root="r").exists()
