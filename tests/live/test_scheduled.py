"""The scenario's events in plain words: in a caption when they happen, as marks of the charts, and by vendor."""

import pytest

from sim.live.binary import unpacked
from sim.live.messages import history_message
from sim.live.scheduled import Aim, aims, events_of
from sim.live.track import Track
from sim.scenario import load
from sim.scenario.document import shipped_names
from tests.live.conftest import SMALL

CUT = {"month": 2, "kind": "change_vendor", "target": "1", "field": "list_margin", "value": -0.04, "how": "add"}


def told(**event) -> dict:
    """The one event of a scenario, in words."""
    return events_of(load("baseline", SMALL | {"events": [{"month": 2, **event}]}).plan)[0]


@pytest.mark.parametrize(
    ("event", "label", "text"),
    [
        (CUT, "Vendor 1: list margin \N{MINUS SIGN}0.04", "list margin of Vendor 1 falls by 0.04 (share of list price)"),
        (
            {"kind": "change_vendor", "target": "all", "field": "partner_model", "value": "co_sell"},
            "all vendors: partner model = co sell",
            "partner model of all vendors is set to co sell",
        ),
        (
            {"kind": "change_network", "target": "vendor", "field": "fee_per_month_usd", "value": 2.0, "how": "multiply"},
            "vendor networks: fee per month \N{MULTIPLICATION SIGN} 2",
            "fee per month of vendor networks is multiplied by 2",
        ),
        (
            {"kind": "set_parameter", "target": "demand.growth_per_year", "value": 0.06},
            "demand: growth per year = 0.06",
            "growth per year of demand is set to 0.06",
        ),
        ({"kind": "set_switch", "target": "habit", "value": False}, "habit off", "the mechanism habit is switched off"),
        (
            {"kind": "open_network", "network": {"kind": "community", "count": 2}},
            "2 community networks open",
            "2 community networks open",
        ),
        ({"kind": "close_network", "target": "pure_p2p"}, "pure P2P networks close", "pure P2P networks close"),
        ({"kind": "vendor_leaves", "target": "2"}, "Vendor 2 leaves the market", "Vendor 2 leaves the market"),
        (
            {"kind": "merge_vendors", "target": "2", "into": "1"},
            "Vendor 1 takes over Vendor 2",
            "Vendor 1 takes over Vendor 2",
        ),
        (
            {"kind": "shock", "field": "experience", "value": -0.5, "share": 0.5},
            "50 % of partners: experience \N{MINUS SIGN}0.5",
            "experience of 50 % of partners falls by 0.5",
        ),
    ],
)
def test_each_kind_of_event_is_told(event, label, text):
    said = told(**event)
    assert (said["label"], said["text"]) == (label, text)


def test_every_shipped_scenario_can_be_told():
    for name in shipped_names():
        plan = load(name).plan
        assert len(events_of(plan)) == len(plan.schedule)


def test_an_event_is_aimed_at_the_vendor_that_it_names_and_the_first_counts():
    later = CUT | {"month": 5, "value": 0.01}
    to_all = {"month": 3, "kind": "change_vendor", "target": "all", "field": "mdf", "value": 0.1}
    merger = {"month": 4, "kind": "merge_vendors", "target": "3", "into": "2"}
    plan = load("baseline", SMALL | {"events": [CUT, to_all, merger, later]}).plan
    assert aims(plan) == [Aim(0, 2, "list margin \N{MINUS SIGN}0.04"), Aim(1, 4, "takes over Vendor 3")]


def test_the_month_of_an_event_has_a_caption_and_the_charts_its_mark_also_for_a_moved_lever(tmp_path):
    track = Track(load("baseline", SMALL | {"events": [CUT]}), tmp_path)
    while track.world.month < SMALL["burn_in_months"] + 4:
        track.step()
    first = [month.captions[0]["text"] if month.captions else "" for month in track.months]
    assert [n for n, text in enumerate(first) if text.startswith("Event")] == [SMALL["burn_in_months"] + 2]
    assert first[8] == "Event of the scenario: list margin of Vendor 1 falls by 0.04 (share of list price)."
    track.steer("switches.imitation", False)
    assert track.step().captions[0]["text"] == "Event of the scenario: the mechanism imitation is switched off."
    events = unpacked(history_message(0, track))[0]["events"]
    assert [(e["month"], e["label"]) for e in events] == [(2, "Vendor 1: list margin \N{MINUS SIGN}0.04"), (4, "imitation off")]
