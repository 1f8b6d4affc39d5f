"""Reminders by a ladder that may be the organisation's own; partial indexes for what the worker looks for."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0005_newest_and_nearest"),
    ]

    operations = [
        migrations.CreateModel(
            name="Ladder",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("root", models.CharField(max_length=36)),
                ("organisation", models.CharField(max_length=36)),
                ("text", models.TextField(blank=True)),
                ("paper", models.CharField(max_length=200)),
                ("by", models.CharField(max_length=36)),
                ("at", models.DateTimeField()),
                ("pending", models.BooleanField(default=True)),
                ("upto", models.CharField(blank=True, max_length=36)),
            ],
        ),
        migrations.RemoveIndex(
            model_name="case",
            name="cases_case_next",
        ),
        migrations.RemoveIndex(
            model_name="obligation",
            name="cases_obligation_next",
        ),
        migrations.RemoveField(
            model_name="obligation",
            name="rungs_done",
        ),
        migrations.AddField(
            model_name="obligation",
            name="estimated_by",
            field=models.CharField(blank=True, max_length=71),
        ),
        migrations.AddField(
            model_name="obligation",
            name="rung_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("next_at__isnull", False)), fields=["root", "next_at"], name="cases_case_moment"
            ),
        ),
        migrations.AddIndex(
            model_name="obligation",
            index=models.Index(
                condition=models.Q(("next_at__isnull", False)), fields=["root", "next_at"], name="cases_obligation_rung"
            ),
        ),
        migrations.AddIndex(
            model_name="obligation",
            index=models.Index(
                condition=models.Q(("estimated_by__gt", "")),
                fields=["root", "estimated_by", "case"],
                name="cases_obligation_guess",
            ),
        ),
        migrations.AddIndex(
            model_name="ladder",
            index=models.Index(
                condition=models.Q(("pending", True)), fields=["root", "at"], name="cases_ladder_pending"
            ),
        ),
        migrations.AddConstraint(
            model_name="ladder",
            constraint=models.UniqueConstraint(fields=("root", "organisation"), name="cases_ladder_home"),
        ),
    ]
