"""Two runs side by side: the words say what the second has more or less of, since when, where and why."""

import pytest

from sim.live.comparison import Pair, _of_move, compared, spoken
from sim.live.saved import Move
from sim.live.track import Track
from tests.live.test_headline import series

VENDORS = ["Vendor 1", "Vendor 2"]


def paired(months: int = 30, **moved) -> Pair:
    """Two runs that stand still, but for what the second is given."""
    still = {"alliances": [50.0] * months, "wallet_0": [0.3] * months, "wallet_1": [0.2] * months}
    return Pair(series(months, **still), series(months, **(still | moved)), months, 6, VENDORS)


def test_runs_that_are_alike_are_said_to_be():
    assert spoken(paired(), "B") == {"networks": "B: no difference so far.", "loyalty": ""}


def test_what_a_vendor_loses_is_said_in_points_of_wallet_and_since_when():
    wallet = [0.3] * 20 + [0.279] * 10
    said = spoken(paired(wallet_0=wallet, attitude=[0.1] * 20 + [0.04] * 10), "B")["loyalty"]
    assert "loyalty to Vendor 1 2.1 points of wallet lower, since month 14" in said
    assert "attitude to all 0.06 lower, since month 14" in said


def test_what_is_within_the_margins_is_not_dated():
    said = spoken(paired(wallet_1=[0.2] * 29 + [0.205], attitude=[0.1] * 29 + [0.11]), "B")["loyalty"]
    assert said.startswith("Loyalty hardly differs: at most to Vendor 2 0.5 points of wallet higher; attitude to all 0.01 higher")
    assert "since" not in said


def test_where_it_is_felt_most_and_what_brought_it():
    moved = {
        "attitude": [0.1] * 20 + [0.05] * 10,
        "attitude_in_marketplace": [0.1] * 20 + [-0.02] * 10,
        "account_marketplace_others": [0.0] * 20 + [-0.01] * 10,
        "account_marketplace_dropped": [0.0] * 20 + [0.02] * 10,
    }
    said = spoken(paired(**moved), "B")["loyalty"]
    assert said.endswith(
        "most in marketplace networks (\N{MINUS SIGN}0.12), mainly through what peers and hosts say (\N{MINUS SIGN}0.10)."
    )


def test_networks_and_alliances_are_compared_in_percent():
    moved = {
        "memberships_per_partner": [2.0] * 10 + [1.7] * 20,
        "members_vendor": [100.0] * 10 + [60.0] * 20,
        "alliances": [50.0] * 29 + [51.0],
    }
    said = spoken(paired(**moved), "B")["networks"]
    assert (
        said
        == "B: memberships a partner 15 % lower, since month 4; most in vendor networks (\N{MINUS SIGN}40 members); alliances 2 % higher."
    )


@pytest.fixture
def branched(small, tmp_path):
    """A run and its branch, a lever of the branch moved."""
    one = Track(small, tmp_path)
    for _ in range(15):
        one.step()
    folder = tmp_path / "branch"
    folder.mkdir()
    other = one.branch(folder)
    return one, other


def test_a_branch_is_alike_until_a_lever_is_moved_and_then_the_move_is_named(branched):
    one, other = branched
    assert compared(one, other)["networks"] == "A and B are alike until a lever of one is moved: no difference so far."
    other.steer("vendors.all.list_margin", 0.02)
    for _ in range(5):
        one.step()
        other.step()
    said = compared(one, other)
    assert said["networks"].startswith("B against A, with list margin of all vendors at 0.02 from month 9 in B: memberships")
    assert "Vendor" in said["loyalty"]


def test_going_back_compares_the_month_that_is_shown(branched):
    one, other = branched
    other.steer("vendors.all.list_margin", 0.02)
    for _ in range(5):
        one.step()
        other.step()
    for track in (one, other):
        track.go_to(15)
    assert "no difference so far" in compared(one, other)["networks"]


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("vendors.1.mdf", 0.01, "mdf of vendor 1 at 0.01 from month 3"),
        ("networks.pure_p2p.density", 0.5, "density of pure p2p networks at 0.5 from month 3"),
        ("switches.imitation", False, "imitation off from month 3"),
    ],
)
def test_a_move_is_told_in_words(key, value, words):
    assert _of_move(Move(3, key, value)) == words
