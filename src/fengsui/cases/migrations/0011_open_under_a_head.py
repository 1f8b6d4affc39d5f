"""The call that opens a case finds out whether the administration still stands as the caller remembers it."""

from importlib import import_module
from typing import Any

from django.db import migrations

OPEN = """create or replace function cases_open(
  rows jsonb, opened jsonb, place text, counter text, home text, in_year integer, in_mode text, beginning text, known text
) returns text language plpgsql as $body$
declare
  drawn integer;
  number text;
begin
  if known <> '' and known is distinct from (
    select digest from ledger_entry where root = home and stream = 'administration' order by seq desc limit 1
  ) then
    return null;
  end if;
  perform ledger_insert(rows);
  insert into cases_counter (id, root, year, mode, last) values (counter, home, in_year, in_mode, 1)
    on conflict (root, year, mode) do update set last = cases_counter.last + 1 returning last into drawn;
  number := beginning || lpad(drawn::text, greatest(4, length(drawn::text)), '0');
  perform ledger_insert(jsonb_set(opened, array['cases_case', 'rows', '0', place], to_jsonb(number)));
  return number;
end
$body$"""
GONE = "drop function cases_open(jsonb, jsonb, text, text, text, integer, text, text, text)"
BEFORE = "drop function cases_open(jsonb, text, text, text, integer, text, text)"


def make(apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(BEFORE)
        editor.execute(OPEN)


def drop(apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(GONE)
        import_module("fengsui.cases.migrations.0010_open").make(apps, editor)


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0010_open"),
        ("ledger", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(make, drop),
    ]
