"""From a scenario file to a plan: defaults, inheritance, names, suppliers, rules, digests."""

import pickle
import sys

import pytest

from sim.parameters import declared
from sim.plan import NetworkGroup
from sim.policy import MIX_HOST, POLICIES
from sim.processes import PARAMETERS
from sim.rules.consent import KnownSurplus, PrivateEstimate
from sim.scenario import ScenarioError, json_schema, load, shipped_names
from sim.state.networks import COMMUNITY, KINDS, MARKETPLACE, PURE_P2P, VENDOR


@pytest.fixture
def write(tmp_path):
    """Writes a scenario that extends the baseline and gives its path."""

    def writer(text: str, name: str = "case", extends: str = "baseline"):
        path = tmp_path / f"{name}.toml"
        path.write_text(f'extends = "{extends}"\n{text}')
        return path

    return writer


@pytest.mark.parametrize("name", shipped_names())
def test_every_shipped_scenario_is_right_and_says_what_it_asks(name):
    """Every shipped scenario is right, has a question and a text, and its plan can be sent to a worker."""
    scenario = load(name)
    assert scenario.question
    assert scenario.text
    assert pickle.loads(pickle.dumps(scenario.plan)).title == scenario.title


def test_the_baseline_has_the_default_sizes_and_the_declared_parameters():
    """The baseline has the default sizes, networks and parameters."""
    scenario = load("baseline")
    plan = scenario.plan
    assert (plan.partners, plan.months, plan.burn_in, plan.seed, scenario.replications) == (1000, 120, 36, 1, 30)
    assert plan.size == (20, 6, 10, 10, 3, 2)
    assert [(KINDS[g.kind], g.count) for g in plan.networks] == [
        ("pure_p2p", 12), ("community", 1), ("vendor", 6), ("distributor", 3), ("marketplace", 2),
    ]  # fmt: skip
    assert all(group.policy == POLICIES[group.kind] for group in plan.networks)
    assert {name: type(values) for name, values in plan.parameters.items()} == PARAMETERS
    for process, group in PARAMETERS.items():
        assert plan.parameters[process]._asdict() == {name: default for name, (_, default, _) in declared(group).items()}
    assert plan.names.vendors[0] == "Vendor 1"
    assert isinstance(plan.rules["consent"], PrivateEstimate)


@pytest.mark.parametrize(("process", "name"), [(p, n) for p, group in PARAMETERS.items() for n in declared(group)])
def test_every_parameter_may_be_set_within_its_range_and_not_beyond(process, name):
    """Every declared parameter may be set to the ends of its range and not beyond."""
    kind, _, par = declared(PARAMETERS[process])[name]
    for value in (kind(par.low), kind(par.high)):
        assert getattr(load("baseline", {f"{process}.{name}": value}).plan.parameters[process], name) == value
    for value in (kind(par.low) - 1, kind(par.high) * 2 + 1):
        with pytest.raises(ScenarioError, match=name):
            load("baseline", {f"{process}.{name}": value})


def test_tables_are_merged_and_lists_replaced(write):
    """A scenario's tables are merged into those that it extends, key by key; its lists replace them."""
    write('[demand]\nload = 0.8\nrivals = 2\n[[networks]]\nkind = "pure_p2p"\ncount = 3', "below")
    plan = load(write('[demand]\nload = 0.7\n[[networks]]\nkind = "community"', extends="below")).plan
    assert (plan.parameters["demand"].load, plan.parameters["demand"].rivals) == (0.7, 2.0)
    assert [(g.kind, g.count) for g in plan.networks] == [(COMMUNITY, 1)]


def test_a_file_beside_it_is_extended_before_a_shipped_one(write):
    """A file in the same folder is extended before a shipped scenario of the same name."""
    write("months = 7\n", "quick")
    assert load(write("", extends="quick")).plan.months == 7


def test_a_file_called_like_a_shipped_scenario_may_extend_it(write):
    """A file may extend the shipped scenario of its own name."""
    assert load(write("months = 7\n", "baseline")).plan.months == 7


def test_whole_numbers_are_numbers(write):
    """A whole number may stand where a number is expected, and gives the same digest."""
    assert load(write("[demand]\nrivals = 2")).digest() == load(write("[demand]\nrivals = 2.0", "other")).digest()


def test_default_networks_are_no_more_than_their_hosts(write):
    """Without networks of its own, a scenario has the default ones as far as there are hosts."""
    plan = load(write("[population]\nvendors = 2\ndistributors = 0\nmarketplaces = 0")).plan
    assert [(g.kind, g.count) for g in plan.networks] == [(PURE_P2P, 12), (COMMUNITY, 1), (VENDOR, 2)]


def test_a_network_changes_the_policy_of_its_kind(write):
    """A network has the policy of its kind but for what the scenario states."""
    text = '[[networks]]\nkind = "pure_p2p"\ncount = 2\nbroadcast = 0.3\nmix = "host"\nentry_rule = "open"\n'
    (group,) = load(write(text)).plan.networks
    assert group == NetworkGroup(PURE_P2P, 2, POLICIES[PURE_P2P]._replace(broadcast=0.3, mix=MIX_HOST, entry_rule=0))


def test_a_marketplace_network_takes_the_rate_of_its_marketplace(write):
    """A marketplace's network takes the rate given for its marketplace, unless it states its own."""
    rates = "[[marketplaces]]\ntake_rate = 0.05\n[[marketplaces]]\n"
    groups = [g for g in load(write(rates)).plan.networks if g.kind == MARKETPLACE]
    assert [(g.count, g.policy.take_rate) for g in groups] == [(1, 0.05), (1, POLICIES[MARKETPLACE].take_rate)]
    own = '[[networks]]\nkind = "marketplace"\ntake_rate = 0.2\ncount = 2\n'
    (group,) = load(write(rates + own)).plan.networks
    assert (group.count, group.policy.take_rate) == (2, 0.2)


def test_vendors_are_described_in_order_and_named(write):
    """Vendor tables describe the vendors in order, name them, and leave the rest to be drawn."""
    text = '[[vendors]]\nname = "Acme"\nlist_margin = 0.1\npartner_model = "co_sell"\narms = { rebate = 0.25, training = 0.75 }\n'
    plan = load(write(text + "[[vendors]]\nmdf = 0.02")).plan
    assert plan.names.vendors[:3] == ("Acme", "Vendor 2", "Vendor 3")
    arms = {"arm_rebate": 0.25, "arm_mdf": 0.0, "arm_community": 0.0, "arm_training": 0.75, "arm_less_conflict": 0.0}
    assert plan.vendors[0] == {"list_margin": 0.1, "partner_model": 2.0, **arms}
    assert plan.vendors[1:] == ({"mdf": 0.02},) + ({},) * 8


def test_vendors_find_their_row_by_name_when_names_are_listed(write):
    """When the names are listed, a vendor's table finds its row by name."""
    plan = load(write('[names]\nvendors = ["A", "B"]\n[[vendors]]\nname = "B"\nmdf = 0.03')).plan
    assert plan.size.vendors == 2
    assert plan.vendors == ({}, {"mdf": 0.03})


def test_a_rule_is_made_with_its_parameters(write):
    """A rule named in the scenario is made with the parameters beside its name."""
    plan = load(write('[rules.consent]\nname = "known_surplus"\n[rules.vendor_choice]\nname = "softmax"\nslope = 3')).plan
    assert isinstance(plan.rules["consent"], KnownSurplus)
    assert plan.rules["vendor_choice"].slope == 3


def test_a_users_own_rule_is_part_of_the_digest(write, tmp_path, monkeypatch):
    """A user's own rule is found by import path, and its source is part of the digest."""
    monkeypatch.syspath_prepend(tmp_path)
    source = tmp_path / "own_rule_for_a_test.py"
    source.write_text("class Never:\n    def decide(self, table, chance):\n        return table.share < 0\n")
    path = write('[rules.consent]\nname = "own_rule_for_a_test:Never"')
    first = load(path)
    assert type(first.plan.rules["consent"]).__name__ == "Never"
    source.write_text(source.read_text() + "# changed\n")
    assert load(path).digest() != first.digest()
    sys.modules.pop("own_rule_for_a_test")


def test_a_users_own_rule_that_fails_is_told_as_a_problem(write, tmp_path, monkeypatch):
    """Whatever a user's own class raises when it is made is told as a problem of the scenario."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "failing_rule_for_a_test.py").write_text("class Fails:\n    def __init__(self):\n        1 / 0\n")
    with pytest.raises(ScenarioError, match=r"rules\.consent\.name: .*ZeroDivisionError"):
        load(write('[rules.consent]\nname = "failing_rule_for_a_test:Fails"'))


def test_the_digest_is_of_what_determines_results(write):
    """Prose and the number of replications leave the digest alone; seed, months and parameters change it."""
    base = load("baseline").digest()
    assert load(write('title = "Other"\ntext = "x"\nreplications = 3')).digest() == base
    for change in ("seed = 2", "months = 60", "[demand]\nload = 0.9", "[switches]\nhabit = false", '[names]\nvendors = ["A"]'):
        assert load(write(change)).digest() != base


def test_settings_prevail_over_files_and_do_not_touch_them():
    """A caller's settings prevail over the files' values, for this scenario only."""
    assert load("baseline", {"demand.load": 0.5, "seed": 9}).plan.parameters["demand"].load == 0.5
    assert load("baseline").plan.parameters["demand"].load != 0.5


def test_a_scenario_with_another_is_the_same_world_but_for_what_differs(write):
    """A scenario that changes one parameter has all else in common with the one that it extends."""
    base, changed = load("baseline").as_json()["settings"], load(write("[demand]\nload = 0.9")).as_json()["settings"]
    assert changed["parameters"]["demand"].pop("load") == 0.9
    base["parameters"]["demand"].pop("load")
    assert changed == base


def test_the_json_schema_knows_every_parameter():
    """The JSON Schema for editors knows every process and parameter with its range."""
    schema = json_schema()
    assert set(PARAMETERS) <= set(schema["properties"])
    growth = schema["$defs"]["demand"]["properties"]["growth_per_year"]
    assert (growth["minimum"], growth["maximum"]) == (-0.3, 0.5)
