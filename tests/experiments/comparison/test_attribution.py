"""Attribution by switching: Shapley's value of a game whose answer is known."""

import pytest

from experiments import arms as arms_module
from experiments.comparison import attribution as module
from experiments.comparison.attribution import attribute, read_all, save
from experiments.comparison.attribution_screen import lines
from experiments.comparison.cases import cases_of
from experiments.comparison.indicators import indicators
from experiments.outcomes import COLUMNS, Outcomes
from experiments.runner import RunError
from experiments.setting import parsed


def pretended(plan, replication):
    """The lever brings 2 through habit, 3 more through habit and trust together, and 1 by itself."""
    lever = plan.parameters["demand"].load > 1.0
    on = plan.switches
    world = 10.0 + replication
    return {c.name: world + lever * (1.0 + 2.0 * on.habit + 3.0 * on.habit * on.trust + 0.1 * replication * on.habit) for c in COLUMNS}


@pytest.fixture
def found(monkeypatch, tmp_path):
    monkeypatch.setattr(arms_module, "compile_once", lambda plan, say: None)
    monkeypatch.setattr(module, "HEADLINE", Outcomes("pretended", COLUMNS, pretended))
    cases = cases_of(["quick"], [("more", [parsed("demand.load=1.2")])], [("", "demand.load", 1.0)])
    indicator = next(i for i in indicators() if i.name == "focal_wallet")
    return lambda *mechanisms: attribute(cases[0], cases[1], indicator, tmp_path, mechanisms, pairs=5)


def test_each_mechanism_carries_its_shapley_value_and_the_rest_is_the_residual(found):
    made = found()
    assert set(made.carried) == {"habit", "trust"}  # the others change nothing and are no players
    assert made.carried["habit"].mean == pytest.approx(2.0 + 1.5 + 0.2)
    assert made.carried["trust"].mean == pytest.approx(1.5)
    assert made.residual.mean == pytest.approx(1.0)
    assert made.total.mean == pytest.approx(6.2)
    assert made.carried["habit"].high > made.carried["habit"].mean > made.carried["habit"].low
    assert made.screened["discovery"].mean == 0.0


def test_mechanisms_may_be_named_and_must_exist(found):
    made = found("habit")
    assert made.carried["habit"].mean == pytest.approx(5.2)
    with pytest.raises(RunError, match="'magic' is not one that is on in both scenarios; there are imitation"):
        found("magic")


def test_it_is_kept_for_the_report_and_says_shares_of_the_difference(found, tmp_path):
    made = found()
    save(made, tmp_path)
    assert read_all(tmp_path) == [made]
    assert any("habit" in line and "+60 %" in line for line in lines(made))
    (tmp_path / "attribution-x-y.json").write_text("{}", encoding="utf-8")
    with pytest.raises(RunError, match="damaged"):
        read_all(tmp_path)
