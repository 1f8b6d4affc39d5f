"""What the audit, the printed code and the wall look up; filled for the events that are there already.

The clauses of old events come with the next rebuild of their case: they need its plan.
"""

import django.db.models.deletion
from django.db import migrations, models

from fengsui.ledger.ids import new_id


def fill(apps, schema_editor):
    Event, Case = apps.get_model("cases", "Event"), apps.get_model("cases", "Case")
    Mention = apps.get_model("cases", "Mention")
    for case in Case.objects.iterator():
        events = list(Event.objects.filter(root=case.root, case=case))
        rows = []
        for event in events:
            event.organisation, event.code = case.organisation, event.digest.removeprefix("sha256:")[:8]
            people = {event.body["by"]["person"], event.body["registered_by"]} - {None, "", "system"}
            words = sorted(f"person:{one}" for one in people)
            rows += [Mention(id=new_id(event.recorded_at), root=case.root, event=event, word=word) for word in words]
        Event.objects.bulk_update(events, ["organisation", "code"], batch_size=200)
        Mention.objects.bulk_create(rows, batch_size=200)
        if case.reported_up:
            told = [event.recorded_at for event in events if event.type == "reported"]
            Case.objects.filter(pk=case.pk).update(told_at=min(told, default=case.last_at or case.opened_at))


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [
        migrations.AddField("case", "told_at", models.DateTimeField(null=True)),
        migrations.AddField("event", "code", models.CharField(default="", max_length=8)),
        migrations.AddField("event", "organisation", models.CharField(default="", max_length=36)),
        migrations.CreateModel(
            name="Mention",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("root", models.CharField(max_length=36)),
                ("word", models.CharField(max_length=160)),
                (
                    "event",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="cases.event",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("root", "word", "event"), name="cases_mention_word")]
            },
        ),
        migrations.AddIndex("case", models.Index(fields=["root", "opened_at"], name="cases_case_all")),
        migrations.AddIndex("event", models.Index(fields=["root", "organisation", "id"], name="cases_event_trail")),
        migrations.AddIndex("event", models.Index(fields=["root", "type", "id"], name="cases_event_type")),
        migrations.AddIndex("event", models.Index(fields=["root", "code"], name="cases_event_code")),
        migrations.AddIndex(
            "obligation",
            models.Index(fields=["root", "organisation", "due", "state"], name="cases_obligation_kept"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
