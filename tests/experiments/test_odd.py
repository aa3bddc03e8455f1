"""The ODD protocol is written from the code, and misses nothing that the code declares."""

import ast
import builtins
import re

import pytest

from experiments.odd.columns import state_tables, tables_in
from experiments.odd.listing import pieces
from experiments.odd.processes import PROCESSES, described, draws, month_calls
from experiments.odd.protocol import lines_of_code, protocol
from experiments.odd.submodels import checked_values, sections
from experiments.odd.vocabulary import constants, lists, places, reasons, starting_values, unread
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
    at = [document.index(f"`{c.module}.{c.function}`") for c in calls]
    assert at == sorted(at)
    assert calls[0].module == "policies"
    assert all(c.says and c.label for c in calls)
    assert len([c for c in month_calls() if c.within == "bid, again"]) == len([c for c in month_calls() if c.within == "bid"]) > 5


def test_every_process_says_something_and_is_there_in_full(document):
    assert set(sections()) == {p.stem for p in PROCESSES.glob("*.py")} - {"__init__"}
    for path in PROCESSES.glob("*.py"):
        assert path.stem == "__init__" or described(path).count("\n") >= 2, f"{path.name} says too little of itself"
        for piece in pieces(path):
            assert piece.code in document


# Names in code that the document explains in words or that are the language's own.
EXPLAINED = {
    "np",
    "Any",
    "World",
    "partial",
    "bits",
    "Purpose",
    "Flow",
    "Outer",
    "NormalDist",
    "empty",
    "extend",
    "KINDS_OF_EVENT",
    "_USUAL",
}
DATA = {"ally", "join", "redraw_levels", "redraw_partners", "write_partners"}  # of `given`, as section 5 says


def bound(tree):
    """Names that a block of code gives a meaning."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def test_every_name_in_the_code_is_defined_in_the_document(document):
    trees = [ast.parse(block) for block in lines_of_code(document)]
    assert len(trees) > 100
    known = {name for tree in trees for name in bound(tree)} | EXPLAINED | set(vars(builtins)) | set(places())
    known |= {f"empty_{table.name.lower()}" for table in state_tables()}
    known |= {
        "empty_ledger",
        *re.findall(r"^\| `(\w+)` \|", document, re.MULTILINE),
        *re.findall(r"^`(\w+)`: ", document, re.MULTILINE),
    }
    known |= {table.name for table in state_tables()} | {path.stem for path in PROCESSES.glob("*.py")}
    loose = {n.id for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id not in known}
    assert not loose
    called = {n.func for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)}
    modules = {"bits", "chance", *(path.stem for path in PROCESSES.glob("*.py"))}
    foreign = {f.attr for f in called if ast.unparse(f.value) in modules and f.attr not in known}
    assert not foreign
    assert {f.attr for f in called if ast.unparse(f.value) == "given"} <= DATA


def test_a_function_that_is_left_out_of_the_document_is_missed(document):
    assert "def trust_of(" in document
    without = document.replace("def trust_of(", "def another(")
    with pytest.raises(AssertionError):
        test_every_name_in_the_code_is_defined_in_the_document(without)


def test_code_is_shown_without_types_docstrings_and_records(tmp_path):
    path = tmp_path / "process.py"
    path.write_text(
        "from sim.compiled import kernel\n\n\n@kernel\ndef _step(world: World, n: int = 3) -> None:\n"
        '    """What it does."""\n    # why\n    total = world.x + n  # fmt: skip\n    world.record(\n        "deal", month=1,\n    )\n'
        "    if n > 2:\n        _record_year(world)\n    world.y = total\n\n\ndef _record_year(world):\n    world.record(1)\n"
    )
    (piece,) = pieces(path)
    assert piece.code == "def _step(world, n=3):\n    # why\n    total = world.x + n\n    world.y = total"
    assert piece.says == "What it does."
    assert not piece.decision


def test_two_lists_never_give_one_name_two_places():
    names = [name for entries in lists().values() for name in entries]
    assert len(places()) == len(names)


def test_values_to_check_a_hash_against_are_those_of_the_model():
    """The same hash in plain whole numbers of Python."""

    def mix(z):
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB % 2**64
        return z ^ (z >> 31)

    golden = 0x9E3779B97F4A7C15
    key = mix(mix(mix((1 + golden) % 2**64) ^ ((0 + golden) % 2**64)) ^ golden)
    word = mix((mix(mix(key ^ (30 * golden % 2**64)) ^ 7) + golden) % 2**64)
    values = dict(checked_values())
    assert values["`month_key(1, 0, 0)`"] == f"`{key:#018x}`"
    assert values["`uniform(month_key(1, 0, 0), 30, 7, 0)`"] == f"{(word >> 11) / 2**53:.15f}"


def test_lists_constants_reasons_and_new_rows_are_read_from_the_code():
    assert lists()["FORMS"][3] == "formal"
    values = {c.name: c.value for c in constants()}
    assert values["TEAM_SIZE"] == 4
    assert "FORMAL" not in values
    assert all(c.meaning for c in constants())
    assert reasons()["AllianceEnd"][1][2][:2] == (2, "outside")
    assert starting_values("Bids")["source"] == "-1"
    assert starting_values("Partners") == {}


def test_what_no_process_reads_is_said(document):
    idle = unread()
    assert "business_type" in idle["Partners"]
    assert "formality" in idle["Networks"]
    assert not {"staff", "clients", "cash", "backlog"} & set(idle["Partners"])
    assert "read by no process" in document


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
