"""The ODD protocol is written from the code, and misses nothing that the code declares."""

import re

import pytest

from experiments.odd.columns import state_tables, tables_in
from experiments.odd.processes import described, draws, loops_in, month_calls
from experiments.odd.protocol import PROCESSES, protocol
from sim.chance import Purpose
from sim.parameters import declared
from sim.policy import Policy
from sim.processes import PARAMETERS
from sim.scenario import columns
from sim.switches import Switches
from sim.world import TABLES, World

UNIT = re.compile(
    r"(1\.\.1|0\.\.1|0 very loose \.\. 1|share|sums to|probability|US dollars|months?|month|firms|full-time|staff|V x|N x|M x|D x|P x|O x|Q x|K, |probability|level|rate"
    r"|multiplies|relative|expectation|performance|fees?|jobs|deals|bids|uses|demand|quality|trust|size|taste|count|per|lowest first|as expected)"
)


@pytest.fixture(scope="module")
def document():
    return protocol()


def test_every_column_of_the_state_says_what_it_means():
    silent = [f"{t.file}: {t.name}.{c.name}" for t in state_tables() for c in t.columns if not c.meaning]
    assert not silent


def test_every_number_of_the_state_names_its_unit_or_range():
    without = [
        f"{t.name}.{c.name}: {c.meaning}"
        for t in state_tables()
        for c in t.columns
        if c.type == "number" and not UNIT.search(c.meaning)
    ]
    assert not without


def test_a_column_without_a_comment_is_noticed(tmp_path, monkeypatch):
    path = tmp_path / "sim" / "state.py"
    path.parent.mkdir()
    path.write_text(
        'from typing import NamedTuple\n\nclass T(NamedTuple):\n    """T."""\n\n    a_share: Floats  # share # of what\n'
        '    dark: Floats\n    text: Floats = "# no comment"\n    long: Ints  # begins here\n    # and goes on\n'
    )
    monkeypatch.setattr("experiments.odd.columns.SIM", path.parent)
    columns = {c.name: c for c in tables_in(path)[0].columns}
    assert columns["a_share"].meaning == "share # of what"
    assert columns["dark"].meaning == columns["text"].meaning == ""
    assert columns["long"].meaning == "begins here and goes on"


def test_every_table_of_the_world_is_an_entity():
    tables = {t.name for t in state_tables()}
    assert {World.__annotations__[name].__name__ for name in TABLES if name != "ledger"} <= tables


@pytest.mark.parametrize("group", [*PARAMETERS.values(), Policy], ids=lambda g: g.__name__)
def test_every_parameter_has_unit_source_range_and_meaning(group):
    for name, (_, default, par) in declared(group).items():
        assert par.unit.strip(), name
        assert par.source.strip(), name
        assert par.meaning.strip(), name
        assert par.low <= default <= par.high, name


def test_every_field_of_a_supplier_has_unit_source_range_and_meaning(document):
    for fields in (columns.VENDOR, columns.DISTRIBUTOR, columns.MARKETPLACE, columns.SHOCK):
        for name, par in fields.items():
            assert par.unit.strip(), name
            assert par.source.strip(), name
            assert par.meaning.strip(), name
            assert f".{name}` | {par.meaning} | {par.unit} |" in document


def test_every_process_of_the_month_is_described_in_its_order(document):
    calls = [c for c in month_calls() if not c.within.endswith("again")]
    places = [document.index(f"`{c.module}.{c.function}`") for c in calls]
    assert places == sorted(places)
    assert calls[0].module == "policies"
    assert all(c.says and c.label for c in calls)
    assert len([c for c in month_calls() if c.within == "bid, again"]) == len([c for c in month_calls() if c.within == "bid"]) > 5


def test_every_process_says_something_and_every_decision_has_its_equation(document):
    for path in PROCESSES.glob("*.py"):
        found = described(path)
        assert found.says, path.name
        for decision in found.decisions:
            assert f"`{decision.name}({decision.signature})`" in document
            assert decision.body in document
        for name, _ in loops_in(path):
            assert f"`{path.stem}.{name}`" in document


def test_the_document_holds_every_parameter_switch_purpose_and_source(document):
    for process, group in PARAMETERS.items():
        for name, (_, _, par) in declared(group).items():
            assert f"| `{process}.{name}` |" in document
            assert par.source.replace("|", "\\|") in document
    assert all(f"| `{s}` |" in document for s in Switches._fields)
    assert all(draws(p.name) for p in Purpose)


def test_a_purpose_is_not_mistaken_for_a_longer_one():
    assert "processes/search" not in draws("OPPORTUNITY_SKILL")
    assert draws("SEARCH") == []
    assert draws("NOVELTY") == ["processes/novelty"]


def test_tables_are_whole(document):
    widths = 0
    for line in document.splitlines():
        if not line.startswith("|"):
            widths = 0
            continue
        cells = len(re.findall(r"(?<!\\)\|", line))
        assert widths in (0, cells), line
        widths = cells
