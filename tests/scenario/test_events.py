"""Events as the engine gets them: by row, in order of month, in the units of the state."""

import pytest

from sim.plan import EVENT_KINDS, NetworkGroup
from sim.policy import POLICIES
from sim.processes.scenario_events import KINDS_OF_EVENT
from sim.scenario import load
from sim.scenario.columns import CHANGEABLE
from sim.scenario.events import _EVENTS
from sim.scenario.listing import written_out
from sim.state.networks import COMMUNITY, PEERS_ADMIT, Networks
from sim.state.suppliers import Distributors, Marketplaces, Vendors
from tests.scenario.malformed import HEAD, event


@pytest.fixture
def schedule(tmp_path):
    """Writes events into a scenario and gives the plan's schedule."""

    def read(*events: str, names: str = ""):
        path = tmp_path / "case.toml"
        path.write_text(HEAD + names + "".join(events))
        return load(path).plan.schedule

    return read


def test_the_schema_the_plan_and_the_engine_know_the_same_kinds():
    """Schema, plan and engine know the same kinds of event."""
    assert set(_EVENTS) == set(EVENT_KINDS) == set(KINDS_OF_EVENT)


def test_every_field_that_may_change_is_a_column_of_the_state():
    """Every field that an event may change is a column of the engine's table, or an arm of the budget."""
    tables = {"vendor": Vendors, "distributor": Distributors, "marketplace": Marketplaces, "network": Networks}
    for what, table in tables.items():
        columns = {field.column for field in CHANGEABLE[f"change_{what}"].values() if not field.column.startswith("arm_")}
        assert columns <= set(table._fields)


def test_events_come_in_order_of_month_and_as_written_within_one(schedule):
    """Events come in order of month, those of one month in the order of the file."""
    close = 'target = "community"'
    found = schedule(
        event("close_network", close, 9),
        event("set_switch", 'target = "habit"\nvalue = false', 2),
        event("close_network", close, 2),
    )
    assert [(e.month, e.kind) for e in found] == [(2, "set_switch"), (2, "close_network"), (9, "close_network")]


def test_targets_become_rows_counted_from_nought(schedule):
    """A target by name, or by number from 1, becomes the row counted from 0; "all" and kinds stay."""
    names = '[names]\nvendors = ["Acme", "Beta"]\n'
    change = 'field = "mdf"\nvalue = 0.01\n'
    written = [event("change_vendor", f"target = {t}\n{change}") for t in ('"Beta"', "2", '"1"', '"all"')]
    assert [e.target for e in schedule(*written, names=names)] == ["1", "1", "0", "all"]
    assert [e.target for e in schedule(event("close_network", 'target = "vendor"'), event("close_network", "target = 1"))] == [
        "vendor",
        "0",
    ]


def test_names_are_found_in_any_case(tmp_path):
    """Vendors, hosts and kinds are found whatever the case, in events, tables and settings; the first spelling is shown."""
    path = tmp_path / "case.toml"
    change = event("change_vendor", 'target = "CISCO"\nfield = "mdf"\nvalue = 0.01')
    merge = event("merge_vendors", 'target = "dell"\ninto = "cisco"')
    leave = event("distributor_leaves", 'target = "big box"')
    close = event("close_network", 'target = "Community"')
    path.write_text(
        f'{HEAD}[names]\nvendors = ["Cisco", "Dell"]\ndistributors = ["Big Box"]\n[[vendors]]\nname = "DELL"\nmdf = 0.1\n'
        f'[[networks]]\nkind = "vendor"\nname = "Club"\nhost = "dell"\n{change}{merge}{leave}{close}'
    )
    scenario = load(path, {"vendors.dell.support": 0.5, "networks.club.broadcast": 0.5})
    plan = scenario.plan
    assert [(e.target, e.into) for e in plan.schedule] == [("0", ""), ("1", "0"), ("0", ""), ("community", "")]
    assert plan.vendors == ({}, {"mdf": 0.1, "support": 0.5})
    assert (plan.networks[0].host, plan.networks[0].policy.broadcast) == (1, 0.5)
    assert plan.names.vendors == ("Cisco", "Dell")
    again = tmp_path / "again.toml"
    again.write_text(written_out(scenario))
    assert load(again).plan.vendors == plan.vendors


def test_policy_fields_become_columns_and_names_become_numbers(schedule):
    """A policy's field becomes its column in the state, and names become their index."""
    fee, entry, model, closed = schedule(
        event("change_network", 'target = "vendor"\nfield = "fee_per_month_usd"\nvalue = 30\nhow = "add"'),
        event("change_network", 'target = "vendor"\nfield = "entry_rule"\nvalue = "peers_admit"'),
        event("change_vendor", 'target = "all"\nfield = "partner_model"\nvalue = "service_led"'),
        event("change_network", 'target = "vendor"\nfield = "non_compete"\nvalue = true'),
    )
    assert (fee.field, fee.value, fee.how) == ("fee", 30.0, "add")
    assert (entry.field, entry.value) == ("entry_rule", PEERS_ADMIT)
    assert (model.field, model.value) == ("partner_model", 3.0)
    assert (closed.field, closed.value) == ("non_compete", 1.0)


def test_a_switch_may_be_named_with_or_without_its_section(schedule):
    """A switch may be named with or without "switches."."""
    found = schedule(
        event("set_switch", 'target = "switches.habit"\nvalue = false'), event("set_switch", 'target = "habit"\nvalue = true')
    )
    assert [(e.target, e.value) for e in found] == [("switches.habit", 0.0), ("switches.habit", 1.0)]


def test_networks_open_with_the_policy_of_their_kind_but_for_what_is_stated(schedule):
    """Networks that an event opens have the policy of their kind but for what is stated."""
    (opened,) = schedule(event("open_network", 'network = { kind = "community", count = 2, fee_per_month_usd = 90 }'))
    assert opened.group == NetworkGroup(COMMUNITY, 2, POLICIES[COMMUNITY]._replace(fee_per_month_usd=90.0))


def test_parameters_may_be_changed_step_by_step_within_their_range(schedule):
    """A parameter may be changed several times as long as it stays in its range."""
    step = 'target = "demand.load"\nvalue = 0.5\nhow = "add"'
    back = 'target = "demand.load"\nvalue = 0.5\nhow = "multiply"'
    assert len(schedule(event("set_parameter", step, 1), event("set_parameter", back, 2), event("set_parameter", step, 3))) == 3


def test_a_shock_and_a_merger_say_whom_they_hit(schedule):
    """A shock says what it shifts and for what share, a merger who takes over whom."""
    shock, merger = schedule(
        event("shock", 'field = "experience"\nvalue = -0.5\nshare = 0.25'),
        event("merge_vendors", 'target = 3\ninto = "Vendor 1"'),
    )
    assert (shock.field, shock.value, shock.how, shock.share) == ("experience", -0.5, "add", 0.25)
    assert (merger.target, merger.into) == ("2", "0")
