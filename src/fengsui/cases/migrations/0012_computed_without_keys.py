"""What is computed names its case or event without a foreign key of the database (ADR 0031)."""

from collections.abc import Callable

from django.db import migrations, models
from django.db.models import CASCADE, PROTECT


def _computed(table: str, gone: Callable[..., None] = PROTECT) -> models.ForeignKey:
    return models.ForeignKey(table, on_delete=gone, db_constraint=False, db_index=False, related_name="+")


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0011_open_under_a_head"),
    ]

    operations = [
        migrations.AlterField("gram", "case", _computed("cases.case")),
        migrations.AlterField("involved", "case", _computed("cases.case")),
        migrations.AlterField("mention", "event", _computed("cases.event", CASCADE)),
        migrations.AlterField("obligation", "case", _computed("cases.case")),
    ]
