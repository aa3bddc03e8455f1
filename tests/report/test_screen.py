"""One terminal screen in plain language."""

from types import SimpleNamespace

import numpy as np
import pytest

from sim.observe.measures import LOYALTIES
from sim.report.screen import answer, render
from sim.state.networks import KINDS
from sim.verdict import judge

TOTAL = 180
VENDORS = ("Acme", "Beta", "A vendor with quite a long name")
PLAN = SimpleNamespace(
    burn_in=36, months=144, partners=1000, title="baseline", names=SimpleNamespace(vendors=VENDORS), given=None, schedule=()
)
LATE = np.arange(TOTAL) >= 140


def world(**changed):
    """A replication in which nothing changes but what is given."""
    series = {"memberships_per_partner": 3.0, "attitude": 0.2, "retention": 0.9, "vendor_hhi": 0.2, "joint_share": 0.3}
    series |= {"demand_asked": 1000.0, "demand_unserved": 110.0, "demand_lost": 200.0}
    series |= {"synergy_surplus": 30.0, "synergy_outside": 100.0, "paired_profit": 130.0, "barred_profit": 100.0}
    series |= {f"members_{kind}": 1234.0 for kind in KINDS} | {f"networks_{kind}": 4.0 for kind in KINDS}
    series |= {f"alliances_{form}": 50.0 for form in ("project", "occasional", "formal")}
    for v in range(len(VENDORS)):
        series |= {f"wallet_{v}": 0.3, f"attitude_{v}": 0.2, f"retention_{v}": 0.9}
        series |= {f"dick_basu_{cell}_{v}": 0.25 for cell in LOYALTIES}
    series |= {f"dick_basu_{cell}": 0.25 for cell in LOYALTIES}
    return {name: np.broadcast_to(np.asarray(v, float), TOTAL) for name, v in (series | changed).items()}


def test_the_answer_states_networks_loyalty_and_synergy():
    """The first sentence answers all three questions in words."""
    verdict = judge([world()] * 3, PLAN)
    assert answer(verdict) == (
        "Partner networks are stable (memberships per partner +0 %, 95 % interval +0 to +0); "
        "loyalty to Acme holds (+0.0 points of wallet); and 1 + 1 makes about 2.60."
    )


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"memberships_per_partner": 3.0 + LATE}, "have grown and levelled off (memberships per partner +33 %"),
        ({"memberships_per_partner": 3.0 - LATE}, "have declined and levelled off (memberships per partner -33 %"),
        ({"memberships_per_partner": 3.0 + 0.02 * np.arange(TOTAL)}, "Partner networks are still growing"),
        ({"memberships_per_partner": 9.0 - 0.03 * np.arange(TOTAL)}, "Partner networks are still declining"),
        ({"wallet_0": 0.3 - 0.1 * LATE, "attitude_0": 0.2 - 0.1 * LATE}, "loyalty to Acme erodes (-10.0 points of wallet)"),
        ({"wallet_0": 0.3 - 0.1 * LATE}, "loyalty to Acme erodes in behaviour (-10.0 points of wallet) and holds in attitude"),
        ({"barred_profit": 0.0}, "what 1 + 1 makes is unknown, as the run was too short to tell"),
        ({"memberships_per_partner": np.nan}, "Whether partner networks grow or decline is undecided"),
    ],
)
def test_the_answer_follows_the_verdict(changed, words):
    """A path that levelled off is not said to be growing, and halves of loyalty that disagree are both named."""
    assert words in answer(judge([world(**changed)] * 3, PLAN))


def noisy(n):
    return [
        world(
            **{
                name: path * (1 + 0.2 * np.random.default_rng([r, k]).normal(size=TOTAL))
                for k, (name, path) in enumerate(world().items())
            }
        )
        for r in range(n)
    ]


@pytest.mark.parametrize("data", [[world()], [world()] * 3, noisy(1), noisy(4), [{"partners": np.full(TOTAL, 1.0)}] * 2])
def test_it_fits_one_terminal(data):
    """At most 40 lines of 100 columns, whatever is unknown or undecided, with nothing cut off and no NaN shown."""
    text = render(judge(data, PLAN, focal=2), PLAN, "results/baseline")
    lines = text.splitlines()
    assert len(lines) <= 40
    assert max(map(len, lines)) <= 100
    assert "nan" not in text.lower()
    assert "..." not in text
    assert lines[-1] == "Results: results/baseline"


def test_the_screen_shows_each_kind_with_its_figures():
    """Each kind of network has a line with its number, members, change, interval and verdict."""
    text = render(judge([world(members_vendor=1000 + 300.0 * LATE)] * 3, PLAN), PLAN)
    line = next(line for line in text.splitlines() if line.startswith("vendor-driven"))
    assert line.split() == [
        "vendor-driven",
        "4.0",
        "1,300",
        "+30",
        "%",
        "(+30",
        "to",
        "+30)",
        "+0",
        "%",
        "(+0",
        "to",
        "+0)",
        "grow,",
        "levelled",
        "off",
    ]
    for name in ("pure P2P", "third-party", "distributor", "marketplace", "formal alliances"):
        assert sum(row.startswith(name) for row in text.splitlines()) == 1
    assert "3 replications" in text
    assert "unserved 11 %" in text
    assert "true 25 %, latent 25 %, spurious 25 %, none 25 %" in text
    assert "1 + 1 = 2.60 (2.60 to 2.60)" in text
    assert "Nothing is undecided." in text


def test_one_run_is_told_to_run_more():
    """A single run has no interval; the screen says so and what to do."""
    text = render(judge([world()], PLAN), PLAN)
    assert "1 replication\n" in text
    assert "no interval" in text
    assert "run at least 10 replications" in text


def test_what_is_undecided_comes_with_a_number_of_runs():
    """Open questions are listed, each with about how many more runs would settle it."""
    levels = (1000.0, 1300.0, 1100.0)
    data = [world(members_vendor=1000 + (level - 1000) * LATE) for level in levels]
    verdict = judge(data, PLAN)
    (open_question,) = verdict.undecided
    assert open_question[0] == "vendor-driven networks"
    assert f"Undecided: vendor-driven networks (about {open_question[1]} more runs)." in render(verdict, PLAN)
