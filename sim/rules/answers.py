"""What a rule answered, checked before the engine works with it: one answer for each question, and one that means something.

A compiled loop reads answers without looking at their number, so too few would be read beyond their end.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.events import AllianceEnd
from sim.state.ties import FORMS


class Question(NamedTuple):
    """What the answers at one point look like."""

    kind: type  # of each answer
    wanted: str  # in words
    column: str  # of the decision table that has their shape
    least: int = 0  # of whole numbers
    most: Callable[[Any], int] | None = None  # of whole numbers, given the decision table


QUESTIONS = {
    "vendor_choice": Question(np.int64, "the row of a vendor, or -1", "deal", -1, lambda table: table.feasible.shape[1] - 1),
    "search": Question(np.float64, "a score", "coverage"),
    "consent": Question(np.bool_, "yes or no", "deal"),
    "form": Question(np.int64, f"a form from 0 to {len(FORMS) - 1}", "pair", 0, lambda table: len(FORMS) - 1),
    "dissolution": Question(np.int64, f"0 or a reason up to {max(AllianceEnd)}", "alliance", 0, lambda table: max(AllianceEnd)),
    "influence": Question(np.float64, "an attitude", "experience"),
}


def decided(point: str, rule: Any, table: Any, chance: Any) -> NDArray[Any]:
    """What a rule decides on a decision table.

    Parameters
    ----------
    point : str
        One of ``QUESTIONS``.
    rule : object
        With ``decide(table, chance)``.
    table : NamedTuple of arrays
        The decision table of that point, D rows.
    chance : callable
        As rules are given it.

    Returns
    -------
    array
        Of the type and shape that ``QUESTIONS`` names: D, D x C for search, N x V for influence.

    Raises
    ------
    ValueError
        When answers are of another number, or mean nothing.
    """
    question = QUESTIONS[point]
    shape = getattr(table, question.column).shape
    wanted = f"the {point} rule has to answer with {question.wanted} for each of {' x '.join(map(str, shape))} questions"
    given = rule.decide(table, chance)
    try:
        answers: NDArray[Any] = np.asarray(given, dtype=question.kind)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{wanted}, but its answers are no array: {error}") from error
    if answers.shape != shape:
        raise ValueError(f"{wanted}, but its answers are {' x '.join(map(str, answers.shape)) or 'one alone'}")
    wrong = _meaningless(answers, question, table)
    if wrong.any():
        raise ValueError(f"{wanted}, but one answer is {answers[wrong][0]}")
    return answers


def _meaningless(answers: NDArray[Any], question: Question, table: Any) -> NDArray[np.bool_]:
    """Which answers mean nothing."""
    if question.kind is np.float64:
        return np.isnan(answers)
    if question.most is None:
        return np.zeros(0, np.bool_)
    most = question.most(table)
    return (answers < question.least) | (answers > most)
