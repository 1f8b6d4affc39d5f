"""What stood before the ladder: estimated due times get their column, open obligations wait for their next rung."""

import uuid

from django.db import migrations


def carry(apps, schema_editor):  # type: ignore[no-untyped-def]
    """Fill `estimated_by`, and let the worker set the reminders of every root anew (`Ladder.pending`)."""
    Obligation, Ladder = apps.get_model("cases", "Obligation"), apps.get_model("cases", "Ladder")
    Case = apps.get_model("cases", "Case")
    guessed = Obligation.objects.filter(live=True, data__estimated=True)
    for case in set(guessed.values_list("case", flat=True)):
        calendar = Case.objects.values_list("pin", flat=True).get(pk=case)["calendar"]
        guessed.filter(case=case).update(estimated_by=calendar)
    newest = {root: at for root, at in Case.objects.order_by("opened_at").values_list("root", "opened_at")}
    Ladder.objects.bulk_create(
        Ladder(id=str(uuid.uuid5(uuid.NAMESPACE_OID, f"ladder {root}")), root=root, organisation=root, at=at)
        for root, at in newest.items()
    )


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_ladder")]

    operations = [migrations.RunPython(carry, migrations.RunPython.noop)]
