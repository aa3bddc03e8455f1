"""What a rule of one's own answers is checked at every point, before anything is done with it."""

import numpy as np
import pytest

from sim.month import advance
from sim.rules.answers import QUESTIONS, decided
from sim.rules.registry import DEFAULTS, RULES, make_rule
from sim.rules.search import BestContacts, looks_of
from sim.rules.tables import TABLES
from tests.analytic.plans import after, built, differing_columns, small_plan, with_rules


class Answering:
    """A rule as ours, whose answers are then changed."""

    def __init__(self, point, change):
        self.ours = RULES[point][DEFAULTS[point]]()
        self.change = change

    def decide(self, table, chance):
        """Our answers, changed."""
        return self.change(np.array(self.ours.decide(table, chance)))


def spoiled(value):
    """The answers with the first one replaced."""

    def change(answers):
        answers = answers.copy()
        answers.ravel()[0] = value
        return answers

    return change


def run_with(point, change, months=6):
    """A small world that lives by such a rule for some months."""
    return after(built(with_rules(small_plan(60), **{point: Answering(point, change)})), months)


def test_every_point_is_asked_about():
    assert set(QUESTIONS) == set(TABLES)


@pytest.mark.parametrize("point", QUESTIONS)
def test_answers_that_are_as_asked_for_are_taken_as_they_are(point):
    """Also as a list, and by an object that says nothing of how many it looks at or what forms cost."""
    plain = after(built(small_plan(60)), 6)
    assert differing_columns(plain, run_with(point, lambda answers: answers.tolist())) == []


@pytest.mark.parametrize("point", QUESTIONS)
@pytest.mark.parametrize("change", [lambda a: a[:-1], lambda a: np.concatenate([a, a[:1]]), lambda a: a.ravel()[0]], ids=["short", "long", "one"])
def test_too_few_and_too_many_answers_are_refused_at_every_point(point, change):
    with pytest.raises(ValueError, match=rf"the {point} rule has to answer with .* for each of \d+( x \d+)? questions, but its answers are"):
        run_with(point, change)


@pytest.mark.parametrize(
    ("point", "value"),
    [
        ("vendor_choice", 99), ("vendor_choice", -2), ("form", 4), ("form", -1), ("dissolution", 6), ("dissolution", -1),
        ("search", np.nan), ("influence", np.nan),
    ],
)  # fmt: skip
def test_an_answer_that_means_nothing_is_refused(point, value):
    with pytest.raises(ValueError, match=rf"the {point} rule has to answer with .*, but one answer is {value}"):
        run_with(point, spoiled(value))


@pytest.mark.parametrize("answers", [[[1.0], [1.0, 2.0]], None, "many", {0: 1.0}])
def test_what_is_no_array_of_numbers_is_refused(answers):
    class Odd:
        def decide(self, table, chance):
            return answers

    with pytest.raises(ValueError, match="the search rule has to answer with a score for each of 2 x 2 questions, but"):
        decided("search", Odd(), TABLES["search"](*[np.zeros((2, 2))] * 8), None)


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


def test_a_world_goes_no_further_than_the_month_of_a_wrong_answer():
    world = built(with_rules(small_plan(60), consent=Answering("consent", lambda a: a[:-1])))
    with pytest.raises(ValueError, match="consent"):
        advance(world)
    assert world.month == 0
