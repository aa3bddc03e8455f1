"""Verdicts on synthetic series of which the truth is known."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

from sim.observe.evidence import Figure, Judgement
from sim.verdict import judge, loyalty_word, trend_word, windows

BURN_IN, MONTHS = 36, 144
TOTAL = BURN_IN + MONTHS
PLAN = SimpleNamespace(
    burn_in=BURN_IN, months=MONTHS, partners=1000, title="test", names=SimpleNamespace(vendors=("Acme", "Beta")), schedule=()
)


def wandering(rng, level, sd, memory=0.9, trend=0.0):
    """An autocorrelated path AR(1) around a level with a trend a month; ``sd`` is that of the stationary path."""
    path = np.zeros(TOTAL)
    path[0] = rng.normal() * sd
    for t in range(1, TOTAL):
        path[t] = memory * path[t - 1] + rng.normal() * sd * math.sqrt(1 - memory**2)
    return level + path + trend * np.arange(TOTAL)


def runs(n, seed=0, **series):
    """Replications of the series given as ``name=(level, sd)`` or ``(level, sd, trend a month)``."""
    out = []
    for r in range(n):
        rng = np.random.default_rng([seed, r])
        out.append({name: wandering(rng, a[0], a[1], trend=a[2] if len(a) > 2 else 0.0) for name, a in series.items()})
    return out


def constant(**series):
    """Three equal replications of series given month by month or as one level."""
    return [{name: np.broadcast_to(np.asarray(v, float), TOTAL) for name, v in series.items()}] * 3


def kind(verdict, name):
    return next(k for k in verdict.kinds if k.kind == name)


def step(before, after, month):
    return np.where(np.arange(TOTAL) < month, before, after)


def test_five_years_back_or_the_first_year_after_burn_in():
    """Late is the last year; early the year five years before it, the first after burn-in when that lies in burn-in."""
    assert windows(36 + 144, 36) == ((108, 120), (168, 180), (156, 180))
    assert windows(36 + 48, 36) == ((36, 48), (72, 84), (60, 84))
    assert windows(36 + 18, 36) == ((36, 45), (45, 54), (36, 54))
    assert windows(36, 36).early == (36, 36)


def test_an_intervention_is_compared_with_the_year_before_it():
    """With ``since`` the early window ends where the intervention began, also at the end of burn-in."""
    assert windows(180, 36, since=84).early == (108, 120)
    assert windows(180, 36, since=60).early == (84, 96)
    assert windows(180, 36, since=0).early == (24, 36)
    with pytest.raises(ValueError, match="not within"):
        windows(180, 36, since=145)


def test_a_trend_is_growth_and_still_growing():
    """Half a percent a month on a level of 100 grows by its slope and by its level."""
    found = kind(judge(runs(8, members_vendor=(100, 1, 0.5)), PLAN), "vendor").members
    assert (found.verdict, found.phase) == ("grow", "still")
    assert found.level.figure.mean == pytest.approx(30 / (100 + 0.5 * 113.5), abs=0.02)
    assert found.slope.figure.low < 6 / (100 + 0.5 * 167.5) < found.slope.figure.high
    assert found.late.mean == pytest.approx(100 + 0.5 * 173.5, abs=1.5)


def test_a_falling_trend_is_decline():
    """The mirror image of growth."""
    found = kind(judge(runs(8, members_vendor=(200, 1, -0.8)), PLAN), "vendor").members
    assert (found.verdict, found.phase) == ("decline", "still")


def test_a_shift_of_level_that_has_ended_is_growth_that_levelled_off():
    """Persistent slopes vanish after saturation: a step up with a flat end has grown."""
    data = constant(members_vendor=step(100, 130, 140), members_community=step(100, 70, 140))
    found = judge(data, PLAN)
    assert kind(found, "vendor").members[1:3] == ("grow", "levelled off")
    assert kind(found, "vendor").members.level.figure.mean == pytest.approx(0.3)
    assert kind(found, "community").members[1:3] == ("decline", "levelled off")


def test_an_old_shift_of_level_is_stability_unless_since_says_otherwise():
    """A step seven years ago lies before the five years, and is seen from the month of the intervention."""
    data = constant(members_vendor=step(100, 130, BURN_IN + 60))
    assert kind(judge(data, PLAN), "vendor").members.verdict == "stabilise"
    assert kind(judge(data, PLAN, since=60), "vendor").members.verdict == "grow"


def test_a_late_fall_after_growth_is_called_a_decline():
    """The end of the path decides where it still moves."""
    t = np.arange(TOTAL)
    path = np.where(t < 150, 100 + np.clip(t - 110, 0, 40), 140 - 0.5 * (t - 150))
    assert kind(judge(constant(members_vendor=path), PLAN), "vendor").members[1:3] == ("decline", "lately")


def test_steady_is_stable_only_when_it_is_known_to_be():
    """Small noise passes the equivalence test; large noise in few runs is undecided, which is not stable."""
    assert kind(judge(runs(8, members_vendor=(100, 1)), PLAN), "vendor").members.verdict == "stabilise"
    noisy = kind(judge(runs(4, members_vendor=(100, 15)), PLAN), "vendor").members
    assert noisy.verdict == "undecided"
    assert 1 <= noisy.more_runs <= 2000


def test_growth_is_rarely_seen_where_there_is_none():
    """Autocorrelated paths without a trend are called growing, and declining, in at most 7 % of 300 studies each."""
    called = []
    for seed in range(300):
        data = runs(8, seed + 1, memberships_per_partner=(3.0, 1.0))
        called.append(judge(data, PLAN).overall.verdict)
    assert called.count("grow") / 300 <= 0.07
    assert called.count("decline") / 300 <= 0.07


def test_the_interval_covers_the_truth():
    """The 95 % interval of the change holds the true change in 91-99 % of 200 studies, trend and autocorrelation included."""
    truth = 60 * 0.01 / (3.0 + 0.01 * 113.5)
    inside = 0
    for seed in range(200):
        found = judge(runs(6, seed + 1000, memberships_per_partner=(3.0, 0.1, 0.01)), PLAN).overall.level.figure
        inside += found.low <= truth <= found.high
    assert 0.91 <= inside / 200 <= 0.99


def test_as_many_more_runs_as_said_decide():
    """Studies that are as much larger as was said decide most of the time, studies of the old size do not."""
    series = {"memberships_per_partner": (3.0, 0.2)}
    small = [judge(runs(5, k, **series), PLAN).overall for k in range(20)]
    said = [trend.more_runs or math.inf for trend in small if trend.verdict == "undecided"]
    assert len(said) > 10
    more = int(np.median(said))
    assert 3 < more < 100
    larger = [judge(runs(5 + more, 50 + k, **series), PLAN).overall.verdict for k in range(20)]
    assert larger.count("undecided") < 10


@pytest.mark.parametrize(
    ("level", "slope", "expected"),
    [
        ("above", "above", ("grow", "still")),
        ("within", "above", ("grow", "lately")),
        ("below", "above", ("grow", "recovering")),
        ("undecided", "above", ("grow", "at the end")),
        ("above", "within", ("grow", "levelled off")),
        ("within", "within", ("stabilise", "")),
        ("below", "within", ("decline", "levelled off")),
        ("undecided", "within", ("undecided", "")),
        ("above", "below", ("decline", "lately")),
        ("within", "below", ("decline", "lately")),
        ("below", "below", ("decline", "still")),
        ("undecided", "below", ("decline", "at the end")),
        ("above", "undecided", ("grow", "slope open")),
        ("within", "undecided", ("undecided", "")),
        ("below", "undecided", ("decline", "slope open")),
        ("undecided", "undecided", ("undecided", "")),
    ],
)
def test_the_table_of_level_and_slope(level, slope, expected):
    """Every cell of the documented table."""
    unclear = Figure(0.0, -1.0, 1.0, 1.0, 5)
    assert trend_word(Judgement(level, unclear, 0.1, 0), Judgement(slope, unclear, 0.03, 0)) == expected


def test_a_small_sure_fall_at_the_end_forbids_to_say_grow():
    """A level above does not count where the slope is undecided but surely on the other side of zero."""
    unclear, falling = Figure(0.2, 0.1, 0.3, 0.1, 5), Figure(-0.029, -0.05, -0.01, 0.02, 5)
    assert trend_word(Judgement("above", unclear, 0.1, 0), Judgement("undecided", falling, 0.03, 9)) == ("undecided", "")


def test_loyalty_that_erodes_in_behaviour_only():
    """Five points of wallet lost with an unchanged attitude are named as such, for the vendor that lost them."""
    found = judge(
        runs(8, wallet_0=(0.4, 0.004, -0.05 / 60), attitude_0=(0.2, 0.01), wallet_1=(0.3, 0.004), attitude_1=(0.2, 0.01)), PLAN
    )
    assert found.vendors[0].verdict == "erodes in behaviour, holds in attitude"
    assert found.vendors[0].behaviour.figure.mean == pytest.approx(-0.05, abs=0.005)
    assert found.vendors[1].verdict == "holds"


def test_both_halves_of_loyalty_have_to_agree():
    """One word is said when both agree, else both are, undecided ones included."""

    def place(word):
        return Judgement(word, Figure(0, 0, 0, 0, 5), 0.02, 0)

    assert loyalty_word(place("above"), place("above")) == "strengthens"
    assert loyalty_word(place("below"), place("below")) == "erodes"
    assert loyalty_word(place("within"), place("undecided")) == "holds in behaviour, undecided in attitude"


@pytest.mark.parametrize(
    ("points", "attitude", "verdict"), [(0.019, 0.049, "holds"), (0.021, 0.051, "strengthens"), (-0.021, -0.051, "erodes")]
)
def test_the_margins_of_loyalty_are_two_points_and_a_twentieth(points, attitude, verdict):
    """A certain change just inside the margins is no change, just outside it is one."""
    late = np.arange(TOTAL) >= 140
    found = judge(constant(wallet_0=0.3 + points * late, attitude_0=0.1 + attitude * late), PLAN).vendors[0]
    assert found.verdict == verdict


def test_loyalty_to_all_vendors_is_retention_and_attitude():
    """Shares of wallet sum to one, so over all vendors behaviour is whether relations are kept."""
    late = np.arange(TOTAL) >= 140
    found = judge(constant(retention=0.9 - 0.1 * late, attitude=0.2, wallet_0=0.1 + 0.3 * late), PLAN).loyalty
    assert found.verdict == "erodes in behaviour, holds in attitude"
    assert found.behaviour_late.mean == pytest.approx(0.8)


def test_dick_basu_is_reported_with_its_change():
    """The shares of the four loyalties in the last year, and how they moved, for the vendor and for all."""
    late = np.arange(TOTAL) >= 140
    found = judge(constant(dick_basu_true=0.4 - 0.1 * late, dick_basu_spurious_1=0.2 + 0.1 * late), PLAN)
    assert found.loyalty.dick_basu["true"].mean == pytest.approx(0.3)
    assert found.loyalty.dick_basu_change["true"].mean == pytest.approx(-0.1)
    assert found.vendors[1].dick_basu_change["spurious"].mean == pytest.approx(0.1)
    assert math.isnan(found.vendors[0].dick_basu["spurious"].mean)


def test_one_plus_one_is_a_ratio_of_sums_over_the_months_compared():
    """Months are summed before the ratio is taken, months without a branch do not count: 2 x 150 / 120."""
    month = np.arange(TOTAL)
    compared = month >= TOTAL - 24
    paired = np.where(compared, np.where(month % 2, 10.0, 20.0), np.nan)
    barred = np.where(compared, np.where(month % 2, 23.0, 1.0), np.nan)
    made = judge(constant(paired_profit=paired, barred_profit=barred), PLAN).synergy.one_plus_one
    assert made.mean == pytest.approx(2 * 15 / 12)
    assert made.low == pytest.approx(made.mean)


def test_one_plus_one_has_an_interval_across_replications():
    """Replications of 2.4 and 2.6 give 2.5 with the t interval of two."""
    data = [{"paired_profit": np.full(TOTAL, s), "barred_profit": np.full(TOTAL, 10.0)} for s in (12.0, 13.0)]
    made = judge(data, PLAN).synergy.one_plus_one
    assert made.mean == pytest.approx(2.5)
    assert made.high - made.mean == pytest.approx(12.706 * 0.1, abs=1e-3)


def test_surplus_of_joint_deals_leaves_burn_in_out():
    """30 over 120, in money, after burn-in."""
    month = np.arange(TOTAL)
    surplus = np.where(month < BURN_IN, 1e6, np.where(month % 2, 10.0, 20.0))
    outside = np.where(month < BURN_IN, 1.0, np.where(month % 2, 119.0, 1.0))
    found = judge(constant(synergy_surplus=surplus, synergy_outside=outside), PLAN).synergy
    assert found.surplus.mean == pytest.approx(30 / 120)


def test_unserved_demand_is_a_share_of_what_was_asked():
    """Over the last year, in money."""
    found = judge(constant(demand_asked=1000.0, demand_unserved=step(500, 120, 150), demand_lost=200.0), PLAN)
    assert (found.unserved.mean, found.lost.mean) == (pytest.approx(0.12), pytest.approx(0.2))


def test_one_replication_decides_nothing():
    """Without a second replication there is no interval, so no verdict and no promise of how many are needed."""
    found = judge(runs(1, members_vendor=(100, 1, 0.5), memberships_per_partner=(3, 0.1, 0.1), wallet_0=(0.3, 0.01)), PLAN)
    assert found.overall.verdict == "undecided"
    assert {k.members.verdict for k in found.kinds} == {"undecided"}
    assert found.vendors[0].verdict == "undecided"
    assert found.overall.level.figure.mean > 0.1
    assert all(more is None for _, more in found.undecided)
    with pytest.raises(ValueError, match="no replication"):
        judge([], PLAN)


def test_constant_series_are_stable():
    """No spread is no problem, and what never existed is stable at nothing."""
    found = judge(constant(members_vendor=50.0, members_community=0.0, networks_vendor=3.0), PLAN)
    assert kind(found, "vendor").members.verdict == "stabilise"
    assert kind(found, "community").members.verdict == "stabilise"
    assert kind(found, "community").members.late.mean == 0.0


def test_a_kind_that_appears_has_grown():
    """From no members to some is growth, although no ratio describes it."""
    found = kind(judge(constant(members_community=step(0, 40, 130)), PLAN), "community").members
    assert (found.verdict, found.phase) == ("grow", "levelled off")


def test_unknown_months_and_series_are_left_out():
    """NaN months do not count, a replication without the figure neither, a missing series leaves the question open."""
    data = runs(6, wallet_0=(0.3, 0.001), attitude_0=(0.2, 0.001), members_vendor=(100, 0.5))
    data[0]["wallet_0"][:] = np.nan
    data[1]["wallet_0"][::2] = np.nan
    found = judge(data, PLAN)
    assert found.vendors[0].verdict == "holds"
    assert found.vendors[0].behaviour.figure.n == 5
    assert found.vendors[1].verdict == "undecided"
    assert found.overall.verdict == "undecided"


def test_too_short_a_run_is_undecided():
    """One month after burn-in leaves nothing to compare."""
    data = [{name: path[: BURN_IN + 1] for name, path in one.items()} for one in runs(3, memberships_per_partner=(3, 0.1))]
    assert judge(data, PLAN).overall.verdict == "undecided"


def test_what_is_undecided_is_listed():
    """Every open question on networks, alliances and the focal vendor is named, and no decided one."""
    late = np.arange(TOTAL) >= 140
    found = judge(constant(memberships_per_partner=3.0, wallet_1=0.3 + 0 * late, attitude_1=0.1), PLAN, focal=1)
    names = [name for name, _ in found.undecided]
    assert "networks" not in names
    assert "loyalty to Beta" not in names
    assert {"marketplace networks", "formal alliances", "loyalty to all vendors"} <= set(names)
    with pytest.raises(ValueError, match="no vendor 2"):
        judge(constant(partners=1.0), PLAN, focal=2)


def test_a_plan_with_events_is_compared_with_the_year_before_the_first():
    """Windows follow the first event within the run; an event after its end counts for nothing."""
    events = tuple(SimpleNamespace(month=month) for month in (60, 36, 500))
    found = judge(constant(memberships_per_partner=2.0), SimpleNamespace(**vars(PLAN) | {"schedule": events}))
    assert found.windows.early == (BURN_IN + 24, BURN_IN + 36)
    assert judge(constant(memberships_per_partner=2.0), PLAN).windows.early != found.windows.early
