"""A resolved scenario written out: complete, with units and origins; and what differs between two."""

import shutil
import tomllib

import pytest

from sim.parameters import declared
from sim.processes import PARAMETERS
from sim.scenario import load, shipped_names
from sim.scenario.differences import compared, differences
from sim.scenario.document import SHIPPED
from sim.scenario.lines import key_lines
from sim.scenario.listing import toml, written_out

RICH = """
extends = "quick"
title = 'Rich "one"'
burn_in_months = 3
[names]
vendors = ["Acme", "Beta", "Gamma"]
[population]
marketplaces = 2
[switches]
habit = false
[rules.search]
name = "random_meeting"
[demand]
load = 0.9
[[networks]]
kind = "vendor"
count = 2
mix = "margin"
[[networks]]
kind = "marketplace"
count = 2
[[vendors]]
name = "Gamma"
list_margin = 0.2
partner_model = "referral"
arms = { rebate = 0.5, training = 0.5 }
[[marketplaces]]
take_rate = 0.2
[[events]]
month = 7
kind = "change_vendor"
target = "Acme"
field = "list_margin"
value = -0.01
how = "add"
[[events]]
month = 5
kind = "open_network"
network = { kind = "community", count = 2, fee_per_month_usd = 90 }
"""


@pytest.fixture
def rich(tmp_path):
    path = tmp_path / "rich.toml"
    path.write_text(RICH)
    return path


def at(line: str) -> str:
    """Where a line stands in RICH."""
    return f"line {RICH.splitlines().index(line) + 1}"


def line_of(text: str, beginning: str, after: str = "") -> str:
    """The first line that begins so, below the line ``after``."""
    lines = text.splitlines()
    return next(line for line in lines[lines.index(after) if after else 0 :] if line.startswith(beginning))


@pytest.mark.parametrize("origin", [False, True])
def test_what_is_written_out_is_a_scenario_that_means_the_same(rich, tmp_path, origin):
    """What is written out of a scenario is a scenario file with the same digest, and names every parameter."""
    for folder in [d for d in SHIPPED.iterdir() if d.is_dir()]:  # of CSV files, which a scenario names relative to itself
        shutil.copytree(folder, tmp_path / folder.name)
    for name in [rich, *shipped_names()]:
        scenario = load(name)
        path = tmp_path / "full.toml"
        path.write_text(written_out(scenario, origin))
        again = load(path)
        assert again.digest() == scenario.digest()
        assert (again.title, again.question, again.text) == (scenario.title, scenario.question, scenario.text)
        tree = tomllib.loads(path.read_text())
        assert all(set(tree[process]) == set(declared(group)) for process, group in PARAMETERS.items())


def test_every_value_says_its_unit_and_where_it_comes_from(rich):
    """Origins: the line of a file, of an inherited file, the option, or the default with its source."""
    text = written_out(load(rich, [("--set demand.rivals=2", "demand.rivals", 2)]), origin=True)
    mix = at('mix = "margin"')
    par = declared(PARAMETERS["demand"])["growth_per_year"][2]
    assert line_of(text, "load") == f"load = 0.9  # share; {rich}, {at('load = 0.9')}"
    assert line_of(text, "rivals").endswith("--set demand.rivals=2")
    assert line_of(text, "growth_per_year").endswith(f"# {par.unit}; default: {par.source}")
    assert line_of(text, "partners").endswith("# partners; scenarios/quick.toml, line 15")
    assert line_of(text, "seed").endswith("scenarios/baseline.toml, line 14")
    assert line_of(text, "mix", "[[networks]]").endswith(f"{rich}, {mix}")
    assert "policy of its kind" in line_of(text, "density", "[[networks]]")
    assert (
        line_of(text, "list_margin", "[[vendors]]")
        == f"list_margin = 0.2  # share of list price; {rich}, {at('list_margin = 0.2')}"
    )
    assert line_of(text, "value", "[[events]]") == f"value = -0.01  # share of list price; {rich}, {at('value = -0.01')}"
    assert "default" not in line_of(written_out(load(rich)), "growth_per_year")


def test_the_line_of_a_key_is_that_on_which_its_statement_begins():
    """Lines count from 1; texts and lists over several lines, dotted keys, inline tables and lists of tables are followed."""
    text = 'a = """\n[x]\nb = 1\n"""\nc.d = [\n 1,\n]\n[e.f]\n"g h" = { i = 1 }\n[[n]]\nk = 1\n[[n]]\n[n.m]\nk = 2\n'
    assert key_lines(text) == {
        ("a",): 1, ("c",): 5, ("c", "d"): 5, ("c", "d", 0): 5, ("e", "f"): 8, ("e", "f", "g h"): 9, ("e", "f", "g h", "i"): 9,
        ("n", 0): 10, ("n", 0, "k"): 11, ("n", 1): 12, ("n", 1, "m"): 13, ("n", 1, "m", "k"): 14,
    }  # fmt: skip


def test_values_are_written_as_toml_reads_them():
    """Texts with quotes and control characters, nested tables and lists survive."""
    for value in ('a "b" \\ \n\x7f', [1, [True, "x"]], {"a b": {"c": 1.5}}, 1e-07, {}):
        assert tomllib.loads(f"v = {toml(value)}")["v"] == value


def test_only_what_differs_is_listed_with_both_values_and_the_unit(rich):
    """A difference names the key, both values and the unit; a scenario does not differ from itself."""
    assert differences(load(rich), load(rich)) == []
    assert "are the same" in compared(load(rich), load(rich), ("a", "b"))
    other = load(rich, {"demand.load": 0.8, "title": "Other"})
    assert [tuple(d) for d in differences(load(rich), other)] == [("demand.load", 0.9, 0.8, "share")]
    text = compared(load("quick"), load(rich), ("quick", "rich"))
    row = line_of(text, "vendors.Gamma.list_margin").split()
    assert row == ["vendors.Gamma.list_margin", "-", "0.2", "share", "of", "list", "price"]
    assert "Only in rich: month 7: change_vendor, target Acme, field list_margin, value -0.01, how add" in text
    assert "Only in quick" not in text
    assert "firm." not in text
