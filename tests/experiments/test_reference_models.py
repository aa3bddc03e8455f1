"""Reference models: label propagation grows the network of its source, and each can be run with any parameters in range."""

import numpy as np
import pytest

from experiments.reference_models.command import reference
from experiments.reference_models.label_propagation import Alliances, LabelPropagation, grow, grow_in_stages, shape
from experiments.runner import RunError

SMALL = LabelPropagation(firms=3_000, events=3_100)


@pytest.fixture(scope="module")
def shapes():
    return {e: [shape(grow(SMALL._replace(established=e), seed)) for seed in range(1, 6)] for e in (0.25, 0.75)}


def test_the_mean_degree_of_the_full_model_is_that_of_the_source():
    of = grow(LabelPropagation())
    assert 2.8 <= shape(of, sources=1).mean_degree <= 3.3
    assert of.links.shape[0] == len(np.unique(of.links, axis=0))


def test_newcomers_who_prefer_the_established_shorten_paths_lower_transitivity_and_enlarge_the_largest_component(shapes):
    few, many = shapes[0.25], shapes[0.75]
    assert max(s.path for s in many) < min(s.path for s in few)
    assert max(s.transitivity for s in many) < min(s.transitivity for s in few)
    assert min(s.largest for s in many) > max(s.largest for s in few)


def test_the_shape_of_a_triangle_with_a_tail_is_as_by_hand():
    of = Alliances(np.array([[0, 1], [0, 2], [1, 2], [2, 3]]), np.zeros(6, int), 6)
    found = shape(of)
    assert found.mean_degree == pytest.approx(8 / 6)
    assert found.took_part == pytest.approx(4 / 6)
    assert found.largest == 1.0
    assert found.transitivity == pytest.approx(6 / 10)  # one triangle; 1 + 1 + 3 triples, each counted twice
    assert found.path == pytest.approx((4 * 1 + 2 * 2) / 6)


def test_labels_spread_by_alliance_and_only_newcomers_lack_one():
    of = grow(SMALL, 3)
    linked = np.zeros(of.firms, bool)
    linked[of.links.ravel()] = True
    assert (of.label[linked] >= 0).all()
    assert (of.label[~linked] == -1).all()
    alone = grow(SMALL._replace(established=0.0, same=1.0, different=0.0), 3)
    assert (alone.label[alone.links[:, 0]] == alone.label[alone.links[:, 1]]).mean() > 0.99


def test_without_consortia_an_alliance_is_one_link_and_nothing_closes_but_by_chance():
    of = grow(SMALL._replace(pairs=1.0), 2)
    assert of.links.shape[0] <= SMALL.events
    assert shape(of, sources=1).transitivity < 0.05


def test_stages_are_the_same_path_looked_at_earlier():
    stages = grow_in_stages(SMALL, 4, 5)
    assert np.array_equal(stages[-1].links, grow(SMALL, 4).links)
    earlier = {tuple(link) for link in stages[1].links.tolist()}
    assert earlier < {tuple(link) for link in stages[2].links.tolist()}


def test_connections_run_from_the_command_and_end_in_the_table(tmp_path, capsys):
    shown = reference("connections", ["cost=0.15"], 1, tmp_path / "page.html", "asked")
    assert "degrees 44444. Pairwise stable of all graphs are {44444}." in shown.verdict
    assert sum("link" in line for line in shown.lines) >= 10
    assert "<svg" in (tmp_path / "page.html").read_text()
    assert "assumed; a path may cycle" in capsys.readouterr().out


def test_bass_runs_from_the_command_near_its_curve(capsys):
    shown = reference("bass", ["firms=2000", "q=0.6", "years=8"], 2, None, "")
    assert float(shown.verdict.split()[-1].rstrip(".")) < 0.1
    assert len([line for line in shown.lines if line.strip()[:1].isdigit()]) == 8


@pytest.mark.parametrize(
    ("name", "setting", "says"),
    [
        ("nonsense", "cost=1", "nonsense: there is no such reference model"),
        ("connections", "price=1", "there is no parameter 'price'"),
        ("connections", "cost=high", "expected a number"),
        ("connections", "firms=40", "expected a value from 2 to 12"),
    ],
)
def test_what_cannot_be_run_is_refused_by_name(name, setting, says):
    with pytest.raises(RunError, match=says):
        reference(name, [setting], 1, None, "")
