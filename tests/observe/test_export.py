"""Tables as CSV files: every replication and column, units beside them, all files or none."""

import csv
import errno

import numpy as np
import pytest

from sim.observe import export
from sim.observe.export import COLUMNS, export_csv
from sim.observe.run import run_replication
from sim.observe.schema import SCHEMA
from sim.observe.store import read_replication
from sim.scenario import load


@pytest.fixture(scope="module")
def replications(tmp_path_factory):
    """Numbers and folders of two tiny replications."""
    plan = load("quick", {"population.partners": 30, "months": 3, "burn_in_months": 1}).plan
    folder = tmp_path_factory.mktemp("results")
    for n in (0, 2):
        run_replication(plan, n, folder / f"replication-{n:03d}")
    return [(n, folder / f"replication-{n:03d}") for n in (0, 2)]


def rows(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_table_is_there_with_every_replication_and_every_column_is_explained(replications, tmp_path):
    """Each table is one file with all replications; each of its columns has a line with unit and meaning."""
    out = export_csv(replications, tmp_path / "new" / "csv", "Title")
    known = rows(out / COLUMNS)
    for name in ("series", *SCHEMA):
        stored = [read_replication(folder).tables.get(name) for _, folder in replications]
        found = rows(out / f"{name}.csv")
        with (out / f"{name}.csv").open() as stream:
            header = next(csv.reader(stream))
        assert header == [row["column"] for row in known if row["table"] == name]
        if name != "series":
            assert len(found) == sum(table.num_rows for table in stored)
    series = rows(out / "series.csv")
    assert [(row["replication"], row["month"]) for row in series] == [(n, str(m)) for n in "02" for m in range(4)]
    attitude = read_replication(replications[1][1]).series["attitude"]
    assert np.allclose([float(row["attitude"]) for row in series[4:]], attitude)
    assert all(row["unit"] for row in known)
    assert "nan" not in (out / "series.csv").read_text().lower()
    ongoing = next(row for row in known if (row["table"], row["column"]) == ("alliances", "end"))
    assert ongoing["empty_means"] == "still running"


def test_a_folder_that_holds_something_is_left_alone(replications, tmp_path):
    """A folder with files in it is refused."""
    (tmp_path / "kept.txt").write_text("mine")
    with pytest.raises(FileExistsError):
        export_csv(replications, tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["kept.txt"]


def test_nothing_is_left_when_the_disk_is_full(replications, tmp_path, monkeypatch):
    """When the disk fills up at the end, neither files nor folders are left."""

    def full(source, target):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(export.os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        export_csv(replications, tmp_path / "a" / "b")
    assert not list(tmp_path.iterdir())
