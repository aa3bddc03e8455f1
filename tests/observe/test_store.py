"""The store: a replication is there complete or not at all."""

import os
import shutil

import numpy as np
import pyarrow.parquet as pq
import pytest

from sim.events import EventLog
from sim.observe import store
from sim.observe.store import read_replication, write_replication
from sim.observe.tables import public_tables


@pytest.fixture
def results():
    log = EventLog()
    log.add("partner_year", month=12, partner=[2, 1], staff=[1.0, 2.0], revenue=[3.0, 4.0], allied=0.5, cash=-1.0)
    series = {"partners": np.array([3.0, 4.0]), "retention": np.array([np.nan, 0.5])}
    return public_tables(log), series, {"seed": 7, "replication": 0}


def test_what_is_written_is_read_back(tmp_path, results):
    """Tables, series with their NaN, and provenance survive the disk."""
    tables, series, provenance = results
    place = write_replication(tmp_path / "deep" / "r0", *results)
    back = read_replication(place)
    assert back.provenance == {"schema_version": 3, **provenance}
    assert back.tables.keys() == tables.keys()
    assert all(back.tables[name].equals(tables[name]) for name in tables)
    assert list(back.series) == ["month", *series]
    assert back.series["month"].tolist() == [0, 1]
    np.testing.assert_array_equal(back.series["retention"], series["retention"])


def test_units_and_meanings_are_on_disk(tmp_path, results):
    """Whoever opens a file with another tool finds each column's unit and meaning."""
    place = write_replication(tmp_path / "r0", *results)
    for path in place.glob("*.parquet"):
        for field in pq.read_schema(path):
            assert field.metadata[b"unit"]
            assert field.metadata[b"meaning"]


def test_equal_results_give_equal_bytes(tmp_path, results):
    """Two equal runs leave identical files."""
    one, other = write_replication(tmp_path / "a", *results), write_replication(tmp_path / "b", *results)
    names = sorted(p.name for p in one.iterdir())
    assert len(names) == 10
    assert names == sorted(p.name for p in other.iterdir())
    assert all((one / name).read_bytes() == (other / name).read_bytes() for name in names)


@pytest.mark.parametrize("breaks", [1, 5, 9])
def test_a_failure_on_the_way_leaves_nothing(tmp_path, results, monkeypatch, breaks):
    """When writing fails at any file, neither the folder nor a draft is left."""
    real, calls = pq.write_table, []

    def fails(*args, **options):
        calls.append(1)
        if len(calls) == breaks:
            raise OSError("disk full")
        real(*args, **options)

    monkeypatch.setattr(store.pq, "write_table", fails)
    with pytest.raises(OSError, match="disk full"):
        write_replication(tmp_path / "r0", *results)
    assert list(tmp_path.iterdir()) == []


def test_the_folder_appears_by_one_rename_of_a_flushed_draft(tmp_path, results, monkeypatch):
    """Until the rename nothing is visible under the name, and every file was flushed to disk before it."""
    flushed, seen = [], []
    monkeypatch.setattr(store, "flush", lambda path: flushed.append(path.name))
    real = os.replace

    def rename(source, target):
        seen.append((os.path.exists(target), set(os.listdir(source)) <= set(flushed), len(os.listdir(source))))
        real(source, target)

    monkeypatch.setattr(store.os, "replace", rename)
    write_replication(tmp_path / "r0", *results)
    assert seen == [(False, True, 10)]


def test_a_killed_writer_leaves_only_a_draft(tmp_path, results, monkeypatch):
    """A process that dies before the rename leaves a .tmp folder that is not read, and the next writer is not hindered."""
    monkeypatch.setattr(store, "_put_in_place", lambda *a: (_ for _ in ()).throw(KeyboardInterrupt))
    monkeypatch.setattr(store.shutil, "rmtree", lambda *a, **k: None)
    with pytest.raises(KeyboardInterrupt):
        write_replication(tmp_path / "r0", *results)
    assert [p.name[:4] + p.name[-4:] for p in tmp_path.iterdir()] == [".r0..tmp"]
    with pytest.raises(FileNotFoundError):
        read_replication(tmp_path / "r0")
    monkeypatch.undo()
    write_replication(tmp_path / "r0", *results)
    assert read_replication(tmp_path / "r0").provenance["seed"] == 7


def test_what_is_there_is_not_overwritten_unless_asked(tmp_path, results):
    """A second write is refused, and with ``replace`` the new results stand alone."""
    place = write_replication(tmp_path / "r0", *results)
    (place / "note.txt").write_text("mine")
    with pytest.raises(FileExistsError):
        write_replication(place, *results)
    assert (place / "note.txt").exists()
    write_replication(place, results[0], results[1], {"seed": 8}, replace=True)
    assert read_replication(place).provenance["seed"] == 8
    assert [p.name for p in tmp_path.iterdir()] == ["r0"]
    assert not (place / "note.txt").exists()


def test_a_failed_replacement_keeps_the_old_results(tmp_path, results, monkeypatch):
    """When the new folder cannot be put in place, the old one is put back."""
    place = write_replication(tmp_path / "r0", *results)
    real = os.replace

    def rename(source, target):
        if os.path.exists(os.path.join(source, "series.parquet")) and str(source) != str(place) and "8" in draft_seed(source):
            raise OSError("no")
        real(source, target)

    def draft_seed(folder):
        with open(os.path.join(folder, "provenance.json")) as file:
            return "8" if '"seed": 8' in file.read() else "7"

    monkeypatch.setattr(store.os, "replace", rename)
    with pytest.raises(OSError, match="no"):
        write_replication(place, results[0], results[1], {"seed": 8}, replace=True)
    assert read_replication(place).provenance["seed"] == 7
    assert [p.name for p in tmp_path.iterdir()] == ["r0"]


def test_wrong_tables_are_refused_before_anything_is_written(tmp_path, results):
    """Missing tables, other columns and series nobody documented are errors and leave nothing."""
    tables, series, provenance = results
    lacking = {name: table for name, table in tables.items() if name != "deals"}
    with pytest.raises(ValueError, match="missing: deals"):
        write_replication(tmp_path / "r0", lacking, series, provenance)
    with pytest.raises(ValueError, match="missing"):
        write_replication(tmp_path / "r0", tables | {"deals": tables["deals"].drop_columns("owner")}, series, provenance)
    with pytest.raises(ValueError, match="no series is called 'wallets'"):
        write_replication(tmp_path / "r0", tables, series | {"wallets": np.zeros(2)}, provenance)
    assert list(tmp_path.iterdir()) == []


def test_another_schema_version_is_not_read(tmp_path, results):
    """A folder of another version is refused, not misread."""
    place = write_replication(tmp_path / "r0", *results)
    text = (place / "provenance.json").read_text().replace('"schema_version": 3', '"schema_version": 1')
    (place / "provenance.json").write_text(text)
    with pytest.raises(ValueError, match="schema version 1"):
        read_replication(place)
    shutil.rmtree(place)
    with pytest.raises(FileNotFoundError):
        read_replication(place)
