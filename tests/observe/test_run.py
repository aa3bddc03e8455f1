"""One replication from plan to disk, on an engine of three lines."""

import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from sim.observe.run import run_replication
from sim.observe.store import read_replication
from sim.plan import Names
from sim.switches import Switches


@pytest.fixture
def plan(monkeypatch, make_world):
    """A plan of 2 + 3 months, and an engine in which one network opens every month."""

    def build(plan, replication, log):
        world = make_world()
        world.log, world.month = log, 0
        world.networks.open[:] = False
        world.relations.last_bought[:] = -10
        world.record("partner_year", month=0, partner=[2, 1], staff=1.0, revenue=float(replication), allied=0.0, cash=0.0)
        return world

    def advance(world):
        world.networks.open[min(world.month, 3)] = True
        world.month += 1

    engine = ModuleType("sim.engine")
    engine.build, engine.advance = build, advance
    monkeypatch.setitem(sys.modules, "sim.engine", engine)
    names = Names(("s",) * 3, ("v",) * 2, ("r",) * 2, ("Acme", "Beta"), ("d",), ("q",))
    return SimpleNamespace(title="t", seed=3, partners=5, months=3, burn_in=2, names=names, switches=Switches())


def test_every_month_is_observed_once(plan):
    """Entry t of a series is the end of month t, burn-in included, and progress counts to the end."""
    seen = []
    result = run_replication(plan, 4, progress=lambda done, total: seen.append((done, total)))
    assert result.series["networks"].tolist() == [1, 2, 3, 4, 4]
    assert np.isnan(result.series["networks_opened"][0])
    assert result.series["networks_opened"][1:].tolist() == [1, 1, 1, 0]
    assert result.series["active_vendors_median"].tolist() == [2, 2, 0, 0, 0]  # bought in month -10
    assert seen == [(n, 5) for n in range(1, 6)]
    assert result.replication == 4
    assert result.folder is None
    assert result.tables["partner_years"].column("revenue").to_pylist() == [4.0, 4.0]


def test_what_was_run_is_on_disk_with_its_provenance(plan, tmp_path):
    """The folder holds the same series and what is needed to run it again."""
    result = run_replication(plan, 1, tmp_path / "r1")
    back = read_replication(result.folder)
    np.testing.assert_array_equal(back.series["networks"], result.series["networks"])
    wanted = {"seed": 3, "replication": 1, "burn_in": 2, "months": 3, "title": "t"}
    assert wanted.items() <= back.provenance.items()
    assert back.provenance["names"]["vendors"] == ["Acme", "Beta"]


def test_results_already_there_stop_the_run_before_it_starts(plan, tmp_path):
    """Nobody waits for a run whose results cannot be kept."""
    (tmp_path / "r0").mkdir()
    with pytest.raises(FileExistsError):
        run_replication(plan, 0, tmp_path / "r0", progress=lambda *_: pytest.fail("it ran"))
    assert run_replication(plan, 0, tmp_path / "r0", replace=True).folder == tmp_path / "r0"
