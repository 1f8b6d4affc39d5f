"""On PostgreSQL a case is opened in one call: its rows are written, and last of all its number is drawn."""

from typing import Any

from django.db import migrations

OPEN = """create or replace function cases_open(
  document jsonb, place text, counter text, home text, in_year integer, in_mode text, beginning text
) returns text language plpgsql as $body$
declare
  drawn integer;
  number text;
begin
  perform ledger_insert(document - 'cases_case');
  insert into cases_counter (id, root, year, mode, last) values (counter, home, in_year, in_mode, 1)
    on conflict (root, year, mode) do update set last = cases_counter.last + 1 returning last into drawn;
  number := beginning || lpad(drawn::text, greatest(4, length(drawn::text)), '0');
  perform ledger_insert(jsonb_set(jsonb_build_object('cases_case', document->'cases_case'),
    array['cases_case', 'rows', '0', place], to_jsonb(number)));
  return number;
end
$body$"""
GONE = "drop function cases_open(jsonb, text, text, text, integer, text, text)"


def make(apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(OPEN)


def drop(apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(GONE)


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0009_names_of_rungs"),
    ]

    operations = [
        migrations.RunPython(make, drop),
    ]
