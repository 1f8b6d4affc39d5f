"""A pack kept on disk is the pack of its files, and nothing else ever comes back from there."""

from __future__ import annotations

import hashlib
import pickle
import shutil
from pathlib import Path

import pytest

from fengsui.core import loader
from fengsui.core.loader import shelf
from fengsui.core.problems import PackError

SHIPPED = loader.shipped()


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_what_was_kept_is_the_pack_of_the_files(name: str, tmp_path: Path) -> None:
    read, kept = shelf.load(SHIPPED[name], tmp_path), shelf.load(SHIPPED[name], tmp_path)
    assert kept == read == loader.load(SHIPPED[name])
    assert isinstance(kept.raw, shelf.Stored) and kept.positions == read.positions
    assert loader.dump(kept) == loader.dump(read)


def test_a_changed_file_is_read_anew_and_its_fault_is_told(tmp_path: Path) -> None:
    pack = Path(shutil.copytree(SHIPPED["demo-linjiang"], tmp_path / "demo-linjiang"))
    kept = tmp_path / "kept"
    assert shelf.load(pack, kept).digest == loader.load(pack).digest
    (pack / "terms.yaml").write_text((pack / "terms.yaml").read_text("utf-8") + "nonsense: 1\n", encoding="utf-8")
    with pytest.raises(PackError):
        shelf.load(pack, kept)
    assert len(list(kept.glob("*.pack"))) == 1


def test_an_unknown_file_beside_a_kept_pack_is_still_refused(tmp_path: Path) -> None:
    pack = Path(shutil.copytree(SHIPPED["demo-linjiang"], tmp_path / "demo-linjiang"))
    shelf.load(pack, tmp_path / "kept")
    (pack / "rules.py").write_text("", encoding="utf-8")
    with pytest.raises(PackError):
        shelf.load(pack, tmp_path / "kept")


def test_torn_bytes_and_foreign_classes_give_nothing_back() -> None:
    kept = shelf.freeze(loader.load(SHIPPED["demo-linjiang"]))
    assert shelf.thaw(kept) is not None
    assert shelf.thaw(kept[:-1]) is None
    for foreign in (Path("x"), print, {"a": 1}):
        body = pickle.dumps(foreign)
        assert shelf.thaw(hashlib.sha256(body).digest() + body) is None


def test_a_torn_file_and_a_place_that_cannot_be_written_cost_only_time(tmp_path: Path) -> None:
    shelf.load(SHIPPED["demo-linjiang"], tmp_path / "kept")
    (file,) = (tmp_path / "kept").glob("*.pack")
    file.write_bytes(b"torn")
    assert shelf.load(SHIPPED["demo-linjiang"], tmp_path / "kept").id == "demo-linjiang"
    assert file.stat().st_size > 4
    (tmp_path / "taken").write_text("a file, no directory", encoding="utf-8")
    assert shelf.load(SHIPPED["demo-linjiang"], tmp_path / "taken").id == "demo-linjiang"


def test_another_state_of_the_program_reads_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = SHIPPED["demo-linjiang"]
    shelf.load(path, tmp_path)
    monkeypatch.setattr(shelf, "_made_by", lambda: "the same version, pulled a day later")
    shelf.load(path, tmp_path)
    assert len(list(tmp_path.glob("*.pack"))) == 2
