"""Runs collected in one place and taken over in another, where the sweep goes on as if it had made them."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from experiments.pool import StudyError
from experiments.sweeps.adoption import adopt
from experiments.sweeps.record import read_record
from experiments.sweeps.store import Store
from experiments.sweeps.study import study_of
from experiments.sweeps.sweeping import collect, run_study, status, table_of
from run_sim import app

HERE = Path("waves.toml")


def waves(samples=4, count=2, title="Waves", high=6.0, seconds=0.0, **sections):
    return study_of(
        {
            "schema_version": 1, "title": title, "function": "experiments.sweep_cluster:wave", "settings": {"seconds": seconds},
            "uncertainties": {"x": {"low": 0.0, "high": high}}, "design": {"kind": "sobol", "samples": samples},
            "replications": {"count": count}, **sections,
        },
        HERE,
    )  # fmt: skip


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """All 8 runs of the study, in a table and in the folder that they come from."""
    place = tmp_path_factory.mktemp("collected")
    run_study(waves(), place / "out", workers=1)
    collect(waves(), place / "runs.parquet", place / "out")
    return place


def part_of(collected, file, keep):
    """The same table with some of its rows."""
    table = pq.read_table(collected / "runs.parquet")
    pq.write_table(table.filter(pa.array([keep(row["point"], row["replication"]) for row in table.to_pylist()])), file)
    return file


def test_what_was_taken_over_is_as_if_it_had_been_run_here(collected, tmp_path):
    assert adopt(waves(), collected / "runs.parquet", tmp_path / "there") == 8
    here, there = status(waves(), collected / "out"), status(waves(), tmp_path / "there")
    assert (there.done, there.total) == (8, 8)
    assert (here.timed, there.timed, there.seconds) == (8, 0, 0.0)
    assert table_of(waves(), tmp_path / "there").equals(table_of(waves(), collected / "out"))
    assert read_record(tmp_path / "there") == read_record(collected / "out")


def test_a_collected_table_is_the_same_wherever_it_was_made(collected, tmp_path):
    adopt(waves(), collected / "runs.parquet", tmp_path / "there")
    collect(waves()._replace(path=Path("elsewhere") / HERE), tmp_path / "runs.parquet", tmp_path / "there")
    assert (tmp_path / "runs.parquet").read_bytes() == (collected / "runs.parquet").read_bytes()


def test_a_sweep_goes_on_from_a_part_and_gives_the_whole_table(collected, tmp_path):
    part = part_of(collected, tmp_path / "part.parquet", lambda point, replication: point != 2 and replication < 1)
    assert adopt(waves(), part, tmp_path / "there") == 3
    assert status(waves(), tmp_path / "there").timed == 0
    before = {p.name: p.read_bytes() for p in (tmp_path / "there").glob("*.parquet")}
    run_study(waves(), tmp_path / "there", workers=1)
    assert before.items() <= {p.name: p.read_bytes() for p in (tmp_path / "there").glob("*.parquet")}.items()
    assert sum(len(m.done) for m in Store(tmp_path / "there", pq.read_schema(part)).manifests()) == 8  # none was run twice
    assert table_of(waves(), tmp_path / "there").equals(table_of(waves(), collected / "out"))


def test_what_is_there_is_left_and_only_the_rest_is_taken(collected, tmp_path):
    part = part_of(collected, tmp_path / "part.parquet", lambda point, replication: point < 2)
    assert adopt(waves(), part, tmp_path / "there") == 4
    assert adopt(waves(), collected / "runs.parquet", tmp_path / "there") == 4
    assert adopt(waves(), collected / "runs.parquet", tmp_path / "there") == 0
    assert len(list((tmp_path / "there").glob("runs-*.parquet"))) == 2
    assert table_of(waves(), tmp_path / "there").equals(table_of(waves(), collected / "out"))


def test_a_table_of_a_longer_study_makes_it_longer_and_one_with_fewer_replications_hides_the_rest(collected, tmp_path):
    run_study(waves(), tmp_path / "grown", workers=1, extend=3)
    collect(waves(), tmp_path / "grown.parquet", tmp_path / "grown")
    assert adopt(waves(), tmp_path / "grown.parquet", tmp_path / "there") == 14
    assert status(waves(), tmp_path / "there").total == 14
    assert adopt(waves(), collected / "runs.parquet", tmp_path / "there") == 0
    assert adopt(waves(count=1), collected / "runs.parquet", tmp_path / "fewer") == 8
    found = status(waves(count=1), tmp_path / "fewer")
    assert (found.done, found.total, found.beyond) == (4, 4, 4)


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"high": 7.0}, "holds runs of another study: .*x"),
        ({"seconds": 0.1}, r"holds runs of another study: settings.seconds was 0\.0, is 0\.1"),
    ],
)
def test_runs_of_another_study_are_refused_and_nothing_is_written(other, says, collected, tmp_path):
    with pytest.raises(StudyError, match=says):
        adopt(waves(**other), collected / "runs.parquet", tmp_path / "there")
    assert not (tmp_path / "there").exists()


def test_runs_of_another_version_can_be_read_but_not_mixed(collected, tmp_path, monkeypatch):
    monkeypatch.setattr("experiments.sweeps.record.versions", lambda: {"simulator": "9.9"})
    assert adopt(waves(), collected / "runs.parquet", tmp_path / "there") == 8
    assert status(waves(), tmp_path / "there").done == 8
    with pytest.raises(StudyError, match=r"version\.simulator was .*, is \"?9\.9"):
        run_study(waves(), tmp_path / "there", workers=1, extend=1)
    run_study(waves(), tmp_path / "mine", workers=1)
    with pytest.raises(StudyError, match=r"runs\.parquet: holds runs of another study or version: version\.simulator"):
        adopt(waves(), collected / "runs.parquet", tmp_path / "mine")


def altered(collected, file, change):
    table = pq.read_table(collected / "runs.parquet")
    pq.write_table(change(table), file)
    return file


def with_column(table, name, values):
    return table.set_column(table.schema.get_field_index(name), table.schema.field(name), values)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda t: with_column(t, "point", pc.subtract(3, t["point"])), "point 3, replication 0 is no run of the study"),
        (lambda t: with_column(t, "point", pc.add(t["point"], 9)), "point 9, replication 0 is no run of the study"),
        (lambda t: with_column(t, "replication", pc.subtract(1, t["replication"])), "point 0, replication 1 is no run"),
        (lambda t: pa.concat_tables([t, t.slice(0, 1)]), "point 0, replication 0 is there twice"),
        (lambda t: t.drop_columns("y"), "its columns are not those of the study"),
        (lambda t: t.replace_schema_metadata(None), "no table of runs in Parquet that collect wrote"),
    ],
)
def test_a_table_whose_rows_are_not_its_runs_is_refused_and_nothing_is_written(change, says, collected, tmp_path):
    with pytest.raises(StudyError, match=says):
        adopt(waves(), altered(collected, tmp_path / "wrong.parquet", change), tmp_path / "there")
    assert not (tmp_path / "there").exists()


def test_what_is_no_such_table_is_named(collected, tmp_path):
    (tmp_path / "text.parquet").write_text("no table", encoding="utf-8")
    for file, says in ((tmp_path / "text.parquet", "no table of runs"), (tmp_path / "none.parquet", "there is no such file")):
        with pytest.raises(StudyError, match=says):
            adopt(waves(), file, tmp_path / "there")


def test_the_command_says_what_it_took_and_how_far_the_study_is(collected, tmp_path):
    text = """
        schema_version = 1
        title = "Waves"
        function = "experiments.sweep_cluster:wave"
        settings.seconds = 0.0
        uncertainties.x = { low = 0.0, high = 6.0 }
        design = { kind = "sobol", samples = 4 }
        replications.count = 3
    """
    (tmp_path / "waves.toml").write_text("\n".join(line.strip() for line in text.splitlines()), encoding="utf-8")
    words = ["sweep", tmp_path / "waves.toml", "--out", tmp_path / "there", "--adopt", collected / "runs.parquet"]
    said = CliRunner().invoke(app, [str(w) for w in words], catch_exceptions=False).output
    assert said.startswith(f"8 runs of {collected / 'runs.parquet'} taken over.\n8 of 12 runs done, 0 failed.\n")
    assert "of computing (8 runs were taken over); " in said
    assert read_record(tmp_path / "there").path == str(tmp_path / "waves.toml")


def test_a_study_that_keeps_series_is_not_filled_from_a_table_without_them(collected, tmp_path):
    tree = {
        "schema_version": 1, "title": "With series", "scenario": "quick", "series": ["memberships_per_partner"],
        "uncertainties": {"demand.novelty": {"low": 0.0, "high": 0.02}}, "design": {"kind": "sobol", "samples": 2},
    }  # fmt: skip
    with pytest.raises(StudyError, match="keeps monthly series, which a table of runs has not"):
        adopt(study_of(tree, HERE), collected / "runs.parquet", tmp_path / "there")


def test_a_folder_that_another_command_begins_meanwhile_is_left_to_it(collected, tmp_path, monkeypatch):
    """Between the look at what is there and holding the folder, another adoption made the study longer."""
    longer = tmp_path / "longer"
    run_study(waves(samples=8), longer, workers=1)
    collect(waves(samples=8), tmp_path / "longer.parquet", longer)

    def made(folder):
        monkeypatch.undo()
        adopt(waves(), tmp_path / "longer.parquet", folder)

    monkeypatch.setattr("experiments.sweeps.adoption.make_folder", made)
    with pytest.raises(StudyError, match=r"there: was begun or made longer by another command just now; run this one again"):
        adopt(waves(), collected / "runs.parquet", tmp_path / "there")
    assert read_record(tmp_path / "there").samples == 8
    assert adopt(waves(), collected / "runs.parquet", tmp_path / "there") == 0
