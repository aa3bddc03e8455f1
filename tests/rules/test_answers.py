"""What a rule of one's own answers is checked at every point, before anything is done with it."""

import numpy as np
import pytest

from sim.rules.answers import QUESTIONS, decided
from sim.rules.registry import make_rule
from sim.rules.search import BestContacts, looks_of
from sim.rules.tables import TABLES

WIDE = ("vendor_choice", "search", "influence")  # their tables have a second axis, but for the columns of names:
NAMES = {"deal", "buyer", "owner", "partner", "openness"}
GOOD = {"vendor_choice": 1, "search": -np.inf, "consent": True, "form": 3, "dissolution": 5, "influence": -0.5}


class Answering:
    """A rule that always answers the same."""

    def __init__(self, answers):
        self.answers = answers

    def decide(self, table, chance):
        """The answers, whatever the question."""
        return self.answers


def asked(point, answers):
    """What three questions about two vendors or contacts come to with such answers."""
    kind = TABLES[point]
    table = kind(*(np.zeros((3, 2) if point in WIDE and field not in NAMES else 3) for field in kind._fields))
    return decided(point, Answering(answers), table, None)


def good(point):
    """Answers as they should be."""
    return np.full((3, 2) if point in ("search", "influence") else 3, GOOD[point])


def test_every_point_is_asked_about():
    assert set(QUESTIONS) == set(TABLES)


@pytest.mark.parametrize("point", QUESTIONS)
def test_answers_as_asked_for_are_taken_as_they_are_as_a_list_too(point):
    for answers in (good(point), good(point).tolist()):
        found = asked(point, answers)
        np.testing.assert_array_equal(found, good(point))
        assert found.dtype == QUESTIONS[point].kind


@pytest.mark.parametrize("point", QUESTIONS)
@pytest.mark.parametrize(
    "change", [lambda a: a[:-1], lambda a: np.concatenate([a, a[:1]]), lambda a: a.ravel()[0]], ids=["short", "long", "one"]
)
def test_too_few_and_too_many_answers_are_refused(point, change):
    with pytest.raises(ValueError, match=rf"the {point} rule has to answer with .* for each of 3( x 2)? questions, but its answers are"):
        asked(point, change(good(point)))


@pytest.mark.parametrize(
    ("point", "value"),
    [
        ("vendor_choice", 2), ("vendor_choice", -2), ("form", 4), ("form", -1), ("dissolution", 6), ("dissolution", -1),
        ("search", np.nan), ("influence", np.nan),
    ],
)  # fmt: skip
def test_an_answer_that_means_nothing_is_refused(point, value):
    answers = good(point)
    answers[1] = value
    with pytest.raises(ValueError, match=rf"the {point} rule has to answer with .*, but one answer is {value}"):
        asked(point, answers)


def test_no_vendor_is_an_answer():
    assert asked("vendor_choice", [-1, 0, 1]).tolist() == [-1, 0, 1]


@pytest.mark.parametrize("answers", [[[1.0], [1.0, 2.0]], None, "many", {0: 1.0}])
def test_what_is_no_array_of_numbers_is_refused(answers):
    with pytest.raises(ValueError, match="the search rule has to answer with a score for each of 3 x 2 questions, but"):
        asked("search", answers)


def test_an_error_in_a_rule_is_left_as_it_is():
    class Fails:
        def decide(self, table, chance):
            raise ValueError("no weight")

    with pytest.raises(ValueError, match=r"^no weight$"):
        decided("search", Fails(), TABLES["search"](*[np.zeros((2, 2))] * 8), None)


def test_a_search_rule_looks_at_as_many_as_ours_where_it_does_not_say():
    class Silent:
        members = 2.5

    assert looks_of(Silent()) == (5, 2, 2.5, 0.5)
    assert looks_of(make_rule("search", "contacts", {"allies": 3})) == (3, 2, 5.0, 0.5)
    assert looks_of(BestContacts()) == looks_of(object())
