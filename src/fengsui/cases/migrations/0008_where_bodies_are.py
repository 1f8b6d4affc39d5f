"""Which cases a body was brought into is answered out of an index alone; the words of an event are found by it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0007_ladder_from_before"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="involved",
            name="cases_involved_body",
        ),
        migrations.AddIndex(
            model_name="involved",
            index=models.Index(fields=["root", "organisation", "party", "case"], name="cases_involved_where"),
        ),
        migrations.AddIndex(
            model_name="mention",
            index=models.Index(fields=["root", "event"], name="cases_mention_event"),
        ),
    ]
