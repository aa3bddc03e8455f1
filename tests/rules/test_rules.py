"""Each rule on a decision table written by hand."""

import math

import numpy as np
import pytest

from sim.chance import Purpose, month_key, uniforms_at
from sim.events import AllianceEnd
from sim.rules.consent import KnownSurplus, PrivateEstimate
from sim.rules.dissolution import FixedHazard, Goodwill
from sim.rules.form import FixedForm, HighestValue, costs_of
from sim.rules.influence import DeGroot, FriedkinJohnsen
from sim.rules.registry import DEFAULTS, RULES, RuleError, make_rule
from sim.rules.search import BestContacts, RandomMeeting
from sim.rules.tables import TABLES, Contacts, Offers, Prospects, Standing, VendorOptions, Voices
from sim.rules.vendor_choice import Argmax, Softmax
from sim.state.ties import ACQUAINTANCE, FORMAL, OCCASIONAL, PROJECT


def always(u):
    """Chance that answers the same to everybody."""
    return lambda purpose, uids, j=0: np.full(np.shape(uids), u)


def hashed(purpose, uids, j=0):
    """The engine's own chance, of one month."""
    return uniforms_at(np.uint64(month_key(1, 0, 0)), purpose, uids, j)


# vendor choice


def options(*margins, feasible=None, deals=1, **columns):
    """The same vendors in every deal, alike but for their margins and the columns given."""
    shape = (deals, len(margins))
    zero = np.zeros(shape)
    given = {name: np.broadcast_to(np.array(values, float), shape) for name, values in columns.items()}
    held = np.broadcast_to(np.array(feasible if feasible is not None else [True] * len(margins)), shape)
    rest = [given.get(name, zero) for name in ("attitude", "fit", "habit", "certification")]
    return VendorOptions(np.arange(deals), np.zeros(deals, np.int64), np.broadcast_to(np.array(margins), shape), *rest, held)


WEIGHTS = {"margin": 10.0, "attitude": 1.0, "fit": 1.2, "habit": 2.0, "certification": 0.5}


@pytest.mark.parametrize(
    ("column", "values", "chosen"),
    [  # a margin point weighs .1: vendor 0 leads by .2, which the other column outweighs or not
        ("attitude", (0.0, 0.25), 1),
        ("attitude", (0.0, 0.15), 0),
        ("fit", (0.5, 0.7), 1),
        ("fit", (0.5, 0.6), 0),
        ("habit", (0.0, 0.11), 1),
        ("habit", (0.0, 0.09), 0),
        ("certification", (0.0, 0.5), 1),
        ("certification", (0.0, 0.3), 0),
    ],
)
def test_argmax_takes_the_highest_sum_of_weighted_terms(column, values, chosen):
    """Utility = 10 margin + attitude + 1.2 fit + 2 habit + .5 certification, margins .12 and .10."""
    assert Argmax(**WEIGHTS).decide(options(0.12, 0.10, **{column: values}), always(0.5)).tolist() == [chosen]


@pytest.mark.parametrize("rule", [Argmax(**WEIGHTS), Softmax(**WEIGHTS)])
def test_what_is_not_feasible_is_never_chosen(rule):
    """The best margin is not feasible, or nothing is."""
    assert rule.decide(options(0.9, 0.1, feasible=[False, True]), always(0.5)).tolist() == [1]
    assert rule.decide(options(0.9, 0.1, feasible=[False, False]), always(0.5)).tolist() == [-1]


def test_a_slope_of_zero_is_uniform():
    """A8: 3,000 deals over three vendors of very different margins, 1,000 each within 3 standard errors of 26."""
    chosen = Softmax(**WEIGHTS, slope=0.0).decide(options(0.5, 0.1, 0.0, deals=3_000), hashed)
    assert np.abs(np.bincount(chosen, minlength=3) - 1_000).max() < 3 * math.sqrt(3_000 * 2 / 9)


def test_a_slope_without_bound_is_argmax():
    """A8: as the slope grows every deal goes to the vendor of highest utility."""
    table = options(0.1, 0.12, 0.11, deals=200)
    best = Argmax(**WEIGHTS).decide(table, hashed)
    assert np.array_equal(Softmax(**WEIGHTS, slope=1e9).decide(table, hashed), best)
    assert not np.array_equal(Softmax(**WEIGHTS, slope=1.0).decide(table, hashed), best)


@pytest.mark.parametrize(
    ("margins", "feasible", "chosen"),
    [
        ((0.1, 0.12, 0.11), None, 1),
        ((0.0, 0.0, -0.1), None, 0),  # utilities of zero and below
        ((-0.2, -0.1, -0.1), None, 1),  # a tie goes to the first
        ((0.1, 0.12, 0.12), (True, False, True), 2),
        ((0.1, 0.12, 0.11), (False, False, False), -1),
    ],
)
def test_an_infinite_slope_is_argmax(margins, feasible, chosen):
    """A8: exactly, ties and what is not feasible included."""
    table = options(*margins, feasible=feasible)
    assert Softmax(**WEIGHTS, slope=math.inf).decide(table, hashed).tolist() == [chosen]
    assert Argmax(**WEIGHTS).decide(table, hashed).tolist() == [chosen]


def test_softmax_chooses_by_the_logit():
    """Utilities 1 and 2: e / (1 + e) = .731 of 4,000 deals, within 3 standard errors of 28."""
    chosen = Softmax(**WEIGHTS, slope=1.0).decide(options(0.1, 0.2, deals=4_000), hashed)
    assert abs(chosen.sum() - 4_000 * 0.731059) < 3 * math.sqrt(4_000 * 0.731059 * 0.268941)


# search


def contacts(**columns):
    """One deal, two contacts that cover half of what is missing and are alike but for the columns given."""
    values = {"contact": (21, 22), "coverage": (0.5, 0.5), "trust": (0.4, 0.4), "quality": (0.6, 0.6), "overlap": (0, 0), "near": (0, 0)} | columns
    return Contacts(np.array([7]), np.array([20]), *(np.array([values[name]]) for name in Contacts._fields[2:]))


@pytest.mark.parametrize(
    ("column", "values", "scores"),
    [
        ("coverage", (0.5, 1.0), (1.06, 1.56)),
        ("trust", (0.4, 0.8), (1.06, 1.26)),
        ("quality", (0.6, 0.9), (1.06, 1.24)),
        ("overlap", (0.0, 0.5), (1.06, 1.01)),
        ("near", (0.0, 1.0), (1.06, 1.16)),
        ("coverage", (0.5, 0.0), (1.06, -np.inf)),
        ("contact", (21, -1), (1.06, -np.inf)),
    ],
)
def test_contacts_are_scored_by_what_they_bring(column, values, scores):
    """Score = coverage + .5 x trust + .6 x quality + .1 x near - .1 x overlap; .5 + .2 + .36 for a plain one."""
    rule = BestContacts(trust=0.5, quality=0.6, near=0.1, overlap=0.1)
    assert rule.decide(contacts(**{column: values}), always(0.5))[0].tolist() == pytest.approx(scores)


def test_a_random_meeting_is_guided_by_nothing_but_that_it_helps():
    """The scores of two very different contacts are draws; who covers nothing is out."""
    table = contacts(trust=(0.0, 1.0), coverage=(0.1, 1.0))
    expected = [hashed(Purpose.SEARCH_TIE_BREAK, np.array([7]), c)[0] for c in (0, 1)]
    assert RandomMeeting().decide(table, hashed)[0].tolist() == expected
    assert RandomMeeting().decide(contacts(coverage=(0.0, 1.0)), hashed)[0, 0] == -np.inf


# consent


def offer(share=100.0, outside=50.0, surplus=10.0, trust=0.5):
    return Offers(np.array([7]), np.array([20]), np.array([21]), *(np.array([x]) for x in (share, outside, surplus, trust)))


@pytest.mark.parametrize(("outside", "trust", "accepts"), [(89.0, 0.5, True), (91.0, 0.5, False), (119.0, 1.0, True), (61.0, 0.0, False)])
def test_a_private_estimate_discounts_the_share_by_trust(outside, trust, accepts):
    """100 x (.6 + .6 T): 90 at T = .5, 120 at 1, 60 at 0."""
    rule = PrivateEstimate(noise=0.25, floor=0.6)
    assert rule.decide(offer(outside=outside, trust=trust), always(0.5)).tolist() == [accepts]


@pytest.mark.parametrize(("u", "outside", "accepts"), [(0.0, 56.6, True), (0.0, 56.8, False), (1.0, 143.2, True), (1.0, 143.4, False)])
def test_a_private_estimate_errs_by_at_most_root_three_times_the_noise(u, outside, accepts):
    """At T = 2/3 trust discounts nothing: 100 x (1 -+ .25 x 1.732051) = 56.7 and 143.3."""
    rule = PrivateEstimate(noise=0.25, floor=0.6)
    assert rule.decide(offer(outside=outside, trust=2 / 3), always(u)).tolist() == [accepts]


def test_nobody_consents_to_a_joint_loss():
    """A surplus that is not positive is refused however small the outside option."""
    assert PrivateEstimate().decide(offer(outside=-1e9, surplus=0.0), always(0.5)).tolist() == [False]


@pytest.mark.parametrize(("share", "accepts"), [(50.0, True), (49.9, False)])
def test_on_the_known_surplus_who_does_not_lose_accepts(share, accepts):
    """Share against an outside option of 50."""
    assert KnownSurplus().decide(offer(share=share), always(0.5)).tolist() == [accepts]


# form


def prospects(*rates, form=PROJECT, surplus=1_000.0, trust=0.0):
    n = len(rates)
    return Prospects(np.arange(n), np.full(n, form), np.array(rates), np.full(n, surplus), np.full(n, 10_000.0), np.full(n, trust))


COSTS = {
    "horizon": 24.0, "setup_occasional": 600.0, "setup_formal": 4_000.0, "coordination_project": 0.06,
    "coordination_occasional": 0.04, "coordination_formal": 0.02, "upkeep_occasional": 8.0, "upkeep_formal": 60.0,
}  # fmt: skip


def test_the_form_follows_the_deal_rate_by_thresholds():
    """Each step saves 200 a deal. Occasional: 24 (200 r - 8) > 600, r > .165; formal: 24 (200 r - 52) > 3,400, r > .968."""
    chosen = HighestValue(**COSTS).decide(prospects(0.16, 0.17, 0.96, 0.98), always(0.5))
    assert chosen.tolist() == [PROJECT, OCCASIONAL, OCCASIONAL, FORMAL]


def test_trust_lowers_coordination_and_so_what_a_closer_form_saves():
    """At T = 1 a step saves 80 a deal: occasional from r > 33 / 80 = .4125."""
    assert HighestValue(**COSTS).decide(prospects(0.41, 0.42, trust=1.0), always(0.5)).tolist() == [PROJECT, OCCASIONAL]


def test_who_is_in_a_form_does_not_pay_its_set_up_again():
    """Formal stays worth it while 24 (400 r - 60) > 0, r > .15."""
    assert HighestValue(**COSTS).decide(prospects(0.14, 0.16, form=FORMAL), always(0.5)).tolist() == [PROJECT, FORMAL]


def test_the_surplus_itself_does_not_decide():
    """Only differences in cost do: a hundredfold surplus changes nothing."""
    rich = HighestValue(**COSTS).decide(prospects(0.16, 0.17, 0.96, 0.98, surplus=100_000.0), always(0.5))
    assert rich.tolist() == [PROJECT, OCCASIONAL, OCCASIONAL, FORMAL]


def test_costs_that_a_form_rule_leaves_unsaid_are_the_usual_ones():
    """A rule that states its upkeep only: set-up and coordination as in HighestValue."""

    class Thrifty:
        upkeep = (0.0, 0.0, 1.0, 2.0)

    usual, thrifty = costs_of(HighestValue()), costs_of(Thrifty())
    assert thrifty.upkeep.tolist() == [0.0, 0.0, 1.0, 2.0]
    assert thrifty.setup.tolist() == usual.setup.tolist() == [0.0, 0.0, 600.0, 4_000.0]
    assert thrifty.coordination.tolist() == usual.coordination.tolist() == [0.06, 0.06, 0.04, 0.02]


@pytest.mark.parametrize(("name", "form"), [("project", PROJECT), ("occasional", OCCASIONAL), ("formal", FORMAL)])
def test_a_fixed_form_is_always_the_same(name, form):
    """Whatever the rate and the present form."""
    assert FixedForm(name).decide(prospects(0.0, 9.0, form=ACQUAINTANCE), always(0.5)).tolist() == [form, form]
    with pytest.raises(ValueError, match="form must be one of"):
        FixedForm("acquaintance")


# dissolution


def standing(goodwill=0.0, flow=0.0, saved=0.0, upkeep=8.0, better=0.0, switching=600.0, bound=False):
    numbers = [np.array([x]) for x in (goodwill, flow, saved, upkeep, better, switching)]
    return Standing(np.array([7]), np.array([OCCASIONAL]), np.array([5]), np.array([bound]), *numbers)


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        ({"goodwill": 47.0}, AllianceEnd.VALUE),  # 47 < 6 x 8
        ({"goodwill": 49.0}, 0),
        ({"saved": 7.0}, AllianceEnd.VALUE),  # 6 x 7 < 6 x 8
        ({"saved": 9.0}, 0),
        ({"flow": 99.0}, AllianceEnd.VALUE),  # the same deals could be done as projects
        ({"goodwill": 100.0, "better": 117.0}, AllianceEnd.OUTSIDE),  # 6 x 117 - 600 = 102 > 100
        ({"goodwill": 100.0, "better": 116.0}, 0),  # 96
        ({"goodwill": 100.0, "flow": 10.0, "better": 117.0}, 0),  # 102 < 160
        ({"goodwill": -100.0, "bound": True}, 0),
        ({"goodwill": 100.0, "better": 999.0, "bound": True}, 0),
    ],
)
def test_goodwill_and_value_must_carry_the_upkeep_and_beat_the_best_other_firm(case, reason):
    """Over six months ahead, and not within a minimum term."""
    assert Goodwill(months_ahead=6.0).decide(standing(**case), always(0.5)).tolist() == [reason]


@pytest.mark.parametrize(("u", "reason"), [(0.019, AllianceEnd.HAZARD), (0.021, 0)])
def test_a_fixed_hazard_ends_whatever_it_hits(u, reason):
    """At .02 a month, whatever the goodwill."""
    assert FixedHazard(per_month=0.02).decide(standing(goodwill=1e6), always(u)).tolist() == [reason]


# influence


def voices(experience, attitude, heard, openness):
    column = [np.array(x, float)[:, None] for x in (experience, attitude, heard)]
    return Voices(np.arange(len(experience)), *column, np.array(openness, float))


def test_friedkin_and_johnsen_anchor_in_experience_and_degroot_in_what_was_said_before():
    """X = .5, A = -.5, heard 1, l = .2: .8 x .5 + .2 = .6 against .8 x (-.5) + .2 = -.2."""
    table = voices([0.5], [-0.5], [1.0], [0.2])
    assert FriedkinJohnsen().decide(table, always(0.5))[0, 0] == pytest.approx(0.6)
    assert DeGroot().decide(table, always(0.5))[0, 0] == pytest.approx(-0.2)


@pytest.mark.parametrize(("rule", "rest"), [(FriedkinJohnsen(), [2 / 3, 1 / 3]), (DeGroot(), [0.5, 0.5])])
def test_two_who_hear_each_other_keep_their_difference_or_lose_it(rule, rest):
    """X = (1, 0), l = .5. Anchored: A1 = .5 + .5 A2 and A2 = .5 A1, so 2/3 and 1/3 (A7); averaging: consensus at 1/2."""
    attitude = np.array([1.0, 0.0])
    for _ in range(60):
        attitude = rule.decide(voices([1.0, 0.0], attitude, attitude[::-1], [0.5, 0.5]), always(0.5))[:, 0]
    assert attitude.tolist() == pytest.approx(rest, abs=1e-6)


# the registry


class Cautious:
    """A rule that decides one case at a time."""

    def decide_one(self, case, chance):
        """Accept at twice the outside option."""
        return case.share >= 2.0 * case.outside


@pytest.mark.parametrize("point", TABLES)
def test_every_rule_point_has_two_rules_and_a_default(point):
    """Among them a plain one that serves as a null; every name makes a rule."""
    assert len(RULES[point]) >= 2
    assert DEFAULTS[point] in RULES[point]
    for name in RULES[point]:
        assert hasattr(make_rule(point, name, {}), "decide")


@pytest.mark.parametrize(
    ("point", "name", "options", "says"),
    [
        ("nonsense", "softmax", {}, "no rule point"),
        ("form", "nonsense", {}, "there are value, fixed_form"),
        ("form", "value", {"colour": 1.0}, "takes no parameter 'colour'"),
        ("form", "nowhere:Rule", {}, "cannot be imported"),
        ("form", "sim.rules.form:Nonsense", {}, "has no class"),
    ],
)
def test_what_is_wrong_with_a_rule_is_said(point, name, options, says):
    """The message names the rule and the remedy."""
    with pytest.raises(RuleError, match=says):
        make_rule(point, name, options)


def test_a_users_rule_may_decide_one_case_at_a_time():
    """A share of 100 against outside options of 50 and 51."""
    rule = make_rule("consent", f"{__name__}:Cautious", {})
    two = Offers(*(np.concatenate(pair) for pair in zip(offer(outside=50.0), offer(outside=51.0), strict=True)))
    assert rule.decide(two, always(0.5)).tolist() == [True, False]
