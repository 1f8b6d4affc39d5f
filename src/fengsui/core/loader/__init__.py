"""Text → Pack, with line positions and digest; the only module of the core that opens files.

Rules
- A pack is a directory: `pack.yaml`, at most one file per subject, `scenarios/*.yaml`, `text.md`, `CHANGELOG.md`;
  any other file is refused (names that begin with a dot are passed over). A missing file means none.
- All problems of a pack are told at once, sorted by file and line (`PackError`).
- The digest covers every file but scenarios and changelog: canonical data, comments and order left out, `x-` notes
  included, `text.md` by its SHA-256 (language 9.1).
- load, dump, load gives the same pack.

Example: `load(shipped()["demo-linjiang"]).digest`.
"""

from fengsui.core.loader.answers import Answers, answers, fact_name, reading_text, value_text
from fengsui.core.loader.packs import (
    DATA_FILES,
    digest_of,
    dump,
    find,
    load,
    load_scenarios,
    load_shipped,
    load_texts,
    read_data,
    shipped,
    text_digest,
    texts_of,
    unreadable,
    work_calendar,
)
from fengsui.core.loader.reading import Read, decode, read
from fengsui.core.loader.rewriting import rewrite
from fengsui.core.loader.scenarios import Scenario, ScenarioStep, read_scenarios
from fengsui.core.loader.schema import json_schemas

__all__ = [
    "DATA_FILES",
    "Answers",
    "Read",
    "Scenario",
    "ScenarioStep",
    "answers",
    "decode",
    "digest_of",
    "dump",
    "fact_name",
    "find",
    "json_schemas",
    "load",
    "load_scenarios",
    "load_shipped",
    "load_texts",
    "read",
    "read_data",
    "read_scenarios",
    "reading_text",
    "rewrite",
    "shipped",
    "text_digest",
    "texts_of",
    "unreadable",
    "value_text",
    "work_calendar",
]
