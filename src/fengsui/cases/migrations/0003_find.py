"""The titles of the cases by their characters, and the named filters of the list."""

import django.db.models.deletion
from django.db import migrations, models

from fengsui.cases.selectors.finding import grams
from fengsui.ledger.ids import new_id


def fill(apps, schema_editor):
    Case, Gram = apps.get_model("cases", "Case"), apps.get_model("cases", "Gram")
    for case in Case.objects.only("id", "root", "title", "opened_at").iterator():
        rows = [Gram(id=new_id(case.opened_at), root=case.root, case=case, word=one) for one in sorted(grams(case.title))]
        Gram.objects.bulk_create(rows)


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_audit")]

    operations = [
        migrations.CreateModel(
            name="Gram",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("root", models.CharField(max_length=36)),
                ("word", models.CharField(max_length=2)),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("root", "word", "case"), name="cases_gram_word")]
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("root", models.CharField(max_length=36)),
                ("person", models.CharField(max_length=36)),
                ("name", models.CharField(max_length=40)),
                ("query", models.CharField(max_length=500)),
                ("default", models.BooleanField(default=False)),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("root", "person", "name"), name="cases_savedview_name")
                ]
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
