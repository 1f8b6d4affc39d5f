"""The name of a rung that comes again has room for its number, however long something is owed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0008_where_bodies_are"),
    ]

    operations = [
        migrations.AlterField(
            model_name="fresh",
            name="rung",
            field=models.CharField(blank=True, max_length=24),
        ),
        migrations.AlterField(
            model_name="obligation",
            name="next_rung",
            field=models.CharField(blank=True, max_length=24),
        ),
    ]
