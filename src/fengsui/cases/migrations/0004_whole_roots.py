"""Indexes for who reads a whole root: the auditor's trail, and what is open anywhere."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_find")]

    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["root", "id"], name="cases_event_all"),
        ),
        migrations.AddIndex(
            model_name="obligation",
            index=models.Index(condition=models.Q(("live", True)), fields=["root", "due"], name="cases_obligation_all"),
        ),
    ]
