"""The figures behind a decision in words: what was compared, and how likely the decision was."""

import math
from collections.abc import Iterable

from sim.events import TakenOn
from sim.observe.account.weighing import Allying, Drop, Parting, Taking, Worth
from sim.state.ties import FORMS, OCCASIONAL, PROJECT

SMALL = 0.0005  # of gross margin: parts of a worth below it are not told


def percent(value: float, digits: int = 1) -> str:
    """A share as a percentage."""
    return f"{100 * value:.{digits}f} %"


def of_joining(worth: Worth) -> str:
    """Why a firm joined a network."""
    return (
        f"; it expected {_worth(worth)}; at that, one that considers it joins in {percent(worth.chance, 0)} of cases, "
        f"at a worth of nothing in {percent(worth.neutral, 0)}"
    )


def of_leaving(worth: Worth) -> str:
    """Why a firm left a network by its own choice."""
    held = f", with {worth.capital:.1f} months of use built up that it loses" if worth.capital >= 0.05 else ""
    return (
        f": it was {_worth(worth)}{held}; chance of leaving that month {percent(worth.chance)}, "
        f"at a worth of nothing {percent(worth.neutral)}"
    )


def _worth(worth: Worth) -> str:
    named = {"deals": worth.deals, "reach": worth.reach, "tools": worth.tools, "education and support": worth.education,
             "dues": worth.dues, f"attention to {_count(worth.memberships, 'membership')}": worth.attention}  # fmt: skip
    parts = ", ".join(f"{words} {100 * part:+.1f}" for words, part in named.items() if abs(part) >= SMALL)
    return f"worth {100 * worth.total:+.1f} % of a gross margin of {worth.margin:,.0f} US dollars a month ({parts or 'nothing'})"


def of_dropping(drop: Drop) -> str:
    """How likely it was that a vendor was dropped."""
    times = drop.chance / drop.neutral if drop.neutral > 0.0 else math.inf
    rather = ": chance more than discontent" if times < 1.0 else ""
    return (
        f"; chance of dropping it that month {percent(drop.chance, 2)}, {times:.1f} times that at a neutral attitude and "
        f"a fifth of the wallet{rather}"
    )


def of_taking(taking: Taking, way: TakenOn) -> str:
    """Why a vendor was taken on."""
    card = f"with {_count(taking.carried, 'vendor')} on its line card"
    if way == TakenOn.RECRUITED:
        return (
            f"; {card} it is won by some vendor in {percent(taking.chance)} of months, and this one had "
            f"{percent(taking.share, 0)} of the pull"
        )
    if way == TakenOn.SPECIFIED:
        return f"; {card} such a request leads to this in {percent(taking.chance)} of cases"
    return (
        f"; its ally's attitude to it was {taking.ally:+.2f}, its own to its main vendor {taking.own:+.2f}; "
        f"{card} such a deal leads to this in {percent(taking.chance)} of cases"
    )


def of_parting(parting: Parting, why: str) -> str:
    """Why an alliance ended, where its rule looks ahead."""
    months = parting.ahead
    if math.isnan(months):
        return ""
    if why == "value":
        left, right = parting.goodwill + months * parting.saved, months * parting.upkeep
        return (
            f" (goodwill of {parting.goodwill:,.0f} and {months:g} months of {parting.saved:,.0f} saved on coordination make "
            f"{left:,.0f} US dollars, {months:g} months of upkeep {right:,.0f})"
        )
    if why == "outside":
        left = months * parting.better - parting.switching
        right = parting.goodwill + months * parting.flow
        return (
            f" (it promised {parting.better:,.0f} US dollars a month: over {months:g} months, less {parting.switching:,.0f} "
            f"for switching, {left:,.0f}; the alliance's goodwill of {parting.goodwill:,.0f} and {parting.flow:,.0f} a month "
            f"made {right:,.0f})"
        )
    return ""


def of_allying(allying: Allying, form: str) -> str:
    """Why an alliance took its form."""
    said = (
        f"; the more cautious side expected {12 * allying.rate:.1f} joint deals a year with a surplus of "
        f"{allying.surplus:,.0f} US dollars each"
    )
    if not allying.worth:
        return said
    words = (f"{_as(n, form)} {x:,.0f}" for n, x in _ranked(allying.worth, form))
    return f"{said}: over {allying.horizon:g} months worth {', '.join(words)}"


def _ranked(worth: tuple[float, ...], form: str) -> Iterable[tuple[int, float]]:
    """Forms with their worth, the one that was chosen first."""
    return sorted(enumerate(worth, PROJECT), key=lambda item: (FORMS[item[0]] != form, -item[1]))


def _as(form: int, chosen: str) -> str:
    return ("as " if FORMS[form] == chosen else "") + (f"{FORMS[form]} alliance" if form >= OCCASIONAL else "single projects")


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
