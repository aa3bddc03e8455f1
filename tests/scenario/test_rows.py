"""Setting one value in a list of tables by a dotted key."""

import pytest

from sim.policy import POLICIES
from sim.scenario import ScenarioError, load
from sim.state.networks import KINDS

VENDOR = KINDS.index("vendor")


def fees(plan):
    return {KINDS[g.kind]: g.policy.fee_per_month_usd for g in plan.networks}


def test_a_field_of_the_networks_of_one_kind_is_set_and_no_other_changes():
    before, after = load("baseline").plan, load("baseline", {"networks.vendor.fee_per_month_usd": 20.0}).plan
    assert fees(after) == fees(before) | {"vendor": 20.0}
    assert before.networks[0].policy == POLICIES[before.networks[0].kind]


def test_all_vendors_or_one_of_them():
    assert [row["list_margin"] for row in load("baseline", {"vendors.all.list_margin": 0.1}).plan.vendors] == [0.1] * 10
    assert load("baseline", {"vendors.3.list_margin": 0.1}).plan.vendors[:4] == ({}, {}, {"list_margin": 0.1}, {})


def test_a_vendor_that_only_names_lists_is_found_by_its_name():
    written = {"names.vendors": ["Cisco", "Dell", "HP"], "vendors": [{"name": "Dell", "mdf": 0.1}]}
    plan = load("baseline", {**written, "vendors.Dell.support": 0.5, "vendors.hp.support": 0.7}).plan
    assert plan.vendors == ({}, {"mdf": 0.1, "support": 0.5}, {"support": 0.7})


def test_a_value_of_an_event_is_set():
    written = {"events": [{"month": 3, "kind": "set_parameter", "target": "demand.load", "value": 0.5}]}
    assert load("baseline", {**written, "events.1.value": 0.7}).plan.schedule[0].value == 0.7


def test_an_option_of_a_rule_that_is_not_named_is_one_of_the_default_rule():
    loaded = load("baseline", {"rules.form.setup_formal": 4001.0})
    assert loaded.settings["rules"]["form"] == {"name": "value", "setup_formal": 4001.0}


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("networks.vendr.fee_per_month_usd", 1.0, 'did you mean "vendor"'),
        ("networks.vendor.fee", 1.0, 'networks\\[3\\].fee: unknown key, did you mean "fee_per_month_usd"'),
        ("vendors.3.list_margin", 0.9, "vendors\\[3\\].list_margin: expected a number from 0 to 0.5"),
        ("vendors.11.list_margin", 0.1, "a number from 1 to 10"),
        ("events.1.value", 0.1, "there are none in this scenario"),
        ("vendors.all", 0.1, "write for instance vendors.all.list_margin"),
    ],
)
def test_a_key_that_names_nothing_is_named_with_a_remedy(key, value, says):
    with pytest.raises(ScenarioError, match=says):
        load("baseline", {key: value})
