"""Indexes in the order in which the desk walks: what is under way and what happened last in a whole root; what is open."""

from django.db import migrations, models

LIVE = models.Q(("live", True))


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_whole_roots")]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("active", True)), fields=["root", "opened_at"], name="cases_case_living"
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["root", "last_at"], name="cases_case_latest"),
        ),
        migrations.RemoveIndex(model_name="obligation", name="cases_obligation_desk"),
        migrations.AddIndex(
            model_name="obligation",
            index=models.Index(
                condition=LIVE, fields=["root", "organisation", "due", "id"], name="cases_obligation_near"
            ),
        ),
        migrations.RemoveIndex(model_name="obligation", name="cases_obligation_all"),
        migrations.AddIndex(
            model_name="obligation",
            index=models.Index(condition=LIVE, fields=["root", "due", "id"], name="cases_obligation_next_due"),
        ),
    ]
