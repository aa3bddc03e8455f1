"""The headline says what grows and what erodes, where, since when and why, and says nothing that is not so."""

import numpy as np
import pytest

from sim.live.headline import changes, headline, since
from sim.live.scheduled import Aim
from sim.observe.loyalty_account import CAUSES, GROUPS
from sim.state.networks import KINDS


def series(months: int, **moved) -> dict[str, list[float]]:
    """Series that stand still but for those given, as values by month."""
    out = {"memberships_per_partner": [2.0] * months, "attitude": [0.1] * months, "retention": [0.9] * months}
    out |= {f"members_{kind}": [100.0] * months for kind in KINDS}
    out |= {f"attitude_in_{group}": [0.1] * months for group in GROUPS}
    out |= {f"relations_in_{group}": [100.0] * months for group in GROUPS}
    out |= {f"account_{group}_{cause}": [0.0] * months for group in GROUPS for cause in CAUSES}
    return out | {name: list(values) for name, values in moved.items()}


def test_a_market_that_stands_still_is_called_steady():
    said = headline(series(40), burn_in=12)
    assert "steady" in said["networks"]
    assert said["loyalty"].startswith("Loyalty holds")
    assert said["course"] == 0
    assert said["eroding"] is None


def test_growth_is_dated_from_the_month_in_which_the_change_passed_the_margin():
    level = [2.0] * 20 + [2.0 + 0.1 * n for n in range(1, 21)]
    said = headline(series(40, memberships_per_partner=level, members_vendor=[100.0] * 39 + [150.0]), burn_in=6)
    assert "+43 % in a year, since month 15" in said["networks"]  # 2.2 / 2.0 in month 21 of the run, 15 after burn-in
    assert "vendor networks grow (+50 %)" in said["networks"]


def test_erosion_names_the_kind_its_month_and_its_cause():
    down = [0.1] * 20 + [0.1 - 0.01 * n for n in range(1, 21)]
    moved = {"attitude_in_marketplace": down, "account_marketplace_others": [0.0] * 20 + [-0.01] * 20}
    said = headline(series(40, **moved), burn_in=6)
    assert said["eroding"] == "marketplace"
    expected = "erodes most in marketplace networks (-0.12) since month 18, mainly through what peers and hosts say (-0.12)"
    assert expected.replace("-", "\N{MINUS SIGN}") in said["loyalty"]


def test_a_group_too_small_to_speak_of_is_left_out():
    moved = {"attitude_in_community": [0.1] * 20 + [-0.9] * 20, "relations_in_community": [3.0] * 40}
    assert headline(series(40, **moved), burn_in=6)["eroding"] is None


def to_vendors(months: int, first: list[float], wallet: list[float] | None = None, **more) -> dict[str, list[float]]:
    """Two vendors of which the second stands still."""
    moved = {"attitude_0": first, "attitude_1": [0.1] * months, "wallet_0": wallet or [0.3] * months}
    moved |= {f"account_to_0_{cause}": [0.0] * months for cause in CAUSES}
    return series(months, **(moved | more))


def test_a_vendor_that_an_event_is_aimed_at_is_named_with_the_event_when_it_moves_apart():
    falls, felt = [0.1] * 16 + [-0.05] * 24, [0.0] * 16 + [-0.15] + [0.0] * 23
    moved = to_vendors(40, falls, [0.3] * 16 + [0.27] * 24, account_to_0_experience=felt)
    said = headline(moved, 6, ["Vendor 1", "Vendor 2"], [Aim(0, 10, "list margin -0.04")])
    minus = "\N{MINUS SIGN}"
    assert said["apart"] == (
        f"Loyalty to Vendor 1 erodes (since month 10, list margin {minus}0.04: attitude {minus}0.15, the others' +0.00; "
        f"share of wallet {minus}3.0 points), mainly through partners' own experience with their vendors ({minus}0.15)."
    )
    assert said["loyalty"].startswith("Loyalty to all vendors holds (attitude")
    assert (said["vendor"], said["course"]) == (0, -1)


def test_a_vendor_that_moves_with_the_others_or_before_its_event_is_not_named():
    falls, names = [0.1] * 16 + [-0.05] * 24, ["Vendor 1", "Vendor 2"]
    together = to_vendors(40, falls, attitude_1=falls)
    assert headline(together, 6, names, [Aim(0, 10, "x")])["vendor"] is None
    assert headline(to_vendors(40, falls), 6, names, [Aim(0, 20, "x")])["vendor"] is None
    assert headline(to_vendors(40, falls), 6, names, [Aim(0, 90, "x")])["vendor"] is None


def test_without_an_event_the_first_vendor_is_in_focus_over_the_year():
    rises, felt = [0.1] * 39 + [0.3], [0.0] * 39 + [0.2]
    said = headline(to_vendors(40, rises, account_to_0_others=felt), 6, ["Vendor 1", "Vendor 2"])
    assert said["apart"].startswith("Loyalty to Vendor 1 strengthens (in a year: attitude +0.20")
    assert "mainly through what peers and hosts say (+0.20)." in said["apart"]
    assert said["course"] == 1


def test_the_first_year_has_no_words():
    assert "after 12 months" in headline(series(8), burn_in=6)["networks"]


def test_since_is_the_start_of_the_present_spell_only():
    assert since(np.array([np.nan, 0.2, 0.0, 0.2, 0.3]), 0.1) == 3
    assert since(np.array([0.2, 0.05]), 0.1) == -1
    assert since(np.array([0.2, -0.3]), 0.1) == 1


def test_change_over_a_year_relative_and_absolute():
    values = [10.0] * 12 + [15.0]
    assert changes(values, relative=True)[-1] == pytest.approx(0.5)
    assert changes(values, relative=False)[-1] == pytest.approx(5.0)
    assert np.isnan(changes(values, relative=True)[:12]).all()
