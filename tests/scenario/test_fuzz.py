"""Whatever a file contains, it is either right or refused in one message; nothing else ever happens."""

import string
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.scenario import ScenarioError, load
from sim.scenario.partners_csv import GivenNames, parse_partners
from tests.scenario.malformed import HEAD, event

CUT = 'target = "Acme"\nfield = "list_margin"\nvalue = -0.02\nhow = "add"'
SET = 'target = "demand.load"\nvalue = 1.0'
VALID = f"""{HEAD}
months = 24
replications = 2

[population]
partners = 50
vendors = 3

[names]
skills = ["Cloud", "Data", "Security"]

[demand]
growth_per_year = 0.02

[rules.consent]
name = "private_estimate"
noise = 0.3

[switches]
habit = false

[[networks]]
kind = "pure_p2p"
count = 2
fee_per_month_usd = 100

[[vendors]]
name = "Acme"
list_margin = 0.1
arms = {{ rebate = 0.5, mdf = 0.5 }}

{event("change_vendor", CUT)}
{event("set_parameter", SET, 5)}
{event("open_network", 'network = { kind = "community" }', 6)}
"""
CSV = b"name,staff,regions,verticals,skills,business_type,country\nA,3,Europe;Global,All,Cloud;Data,MSP,DE\nB,,,Retail,Data,,\n"
MODEST = settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])

SNIPPETS = st.sampled_from([
    "", "=", "[", "]", "[[", '"', "'''", "\n", "#", ".", ",", "{", "}", "-", "nan", "inf", "true", "1e400", "0x10",
    "9" * 30, "1979-05-27",
    "\u0000", "\u202e", "\ufeff", "é", 'extends = "baseline"\n', 'extends = "case"\n', "[demand]\n", "months = 3\n",
    "[[events]]\n",
    'kind = "vendor"\n', "[[networks]]\n", 'csv = "x.csv"\n', 'csv = ".."\n', "count = 7\n", "[population]\n", "vendors = 60\n",
])  # fmt: skip
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["all", "1", "0", "Acme", "set", "vendor"]),
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3), max_leaves=5
)


def refusal_of(read: Callable[[], object]) -> str:
    """What the refusal says, nothing when there is none; any other exception goes through."""
    try:
        read()
    except ScenarioError as error:
        return str(error)
    return ""


def one_line(message: str) -> bool:
    return "\n" not in message and len(message) < 2_000


def right_or_refused(text: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.toml"
        path.write_bytes(text)
        assert one_line(refusal_of(lambda: load(path)))


def test_the_file_that_is_mutated_is_right(tmp_path):
    """The file from which the others are made is itself right."""
    path = tmp_path / "case.toml"
    path.write_text(VALID)
    assert load(path).plan.names.vendors[0] == "Acme"
    assert len(parse_partners(CSV, "x.csv").rows) == 2


@MODEST
@given(st.data())
def test_a_file_with_pieces_cut_out_and_put_in_is_right_or_refused(data):
    """A file in which pieces of text are cut out and put in is right or refused."""
    text = VALID
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        length = data.draw(st.integers(0, 12))
        text = text[:start] + data.draw(SNIPPETS) + text[start + length :]
    right_or_refused(text.encode())


@MODEST
@given(st.data())
def test_a_file_with_lines_moved_and_left_out_is_right_or_refused(data):
    """A file whose lines are left out, doubled or moved is right or refused."""
    lines = VALID.split("\n")
    kept = data.draw(st.lists(st.integers(0, len(lines) - 1), max_size=2 * len(lines)))
    order = kept if data.draw(st.booleans()) else sorted(set(range(len(lines))) - set(kept[:3]))
    right_or_refused("\n".join(lines[n] for n in order).encode())


@settings(max_examples=100)
@given(st.binary(max_size=200))
def test_any_bytes_are_right_or_refused(data):
    """Any bytes at all are right or refused."""
    right_or_refused(data)


def keys_of(tree: object, path: str = "") -> Iterator[str]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield f"{path}{key}"
            yield from keys_of(value, f"{path}{key}.")


SETTABLE = sorted({
    *keys_of(load("quick").as_json()["settings"]["parameters"]), "months", "seed", "title", "extends", "population",
    "population.csv",
    "population.vendors", "names.skills", "networks", "vendors", "distributors", "marketplaces", "events", "rules",
    "rules.consent",
    "rules.form.name", "rules.search.allies", "switches.habit", "text", "schema_version",
})  # fmt: skip


@MODEST
@given(
    st.dictionaries(
        st.sampled_from(SETTABLE) | st.text(string.ascii_lowercase + "._", max_size=12), VALUES, min_size=1, max_size=3
    )
)
def test_any_value_at_any_key_is_right_or_refused(changes):
    """Any value at any key of a right scenario is right or refused."""
    assert one_line(refusal_of(lambda: load("quick", changes)))


@MODEST
@given(st.lists(st.fixed_dictionaries({"kind": st.sampled_from(["vendor", "pure_p2p", "x"])}, optional={
    "month": st.integers(-1, 200), "target": SCALARS, "value": VALUES, "field": SCALARS, "how": SCALARS, "count": SCALARS,
}), max_size=3), st.sampled_from(["events", "networks", "vendors"]))  # fmt: skip
def test_any_table_in_a_list_is_right_or_refused(tables, section):
    """Any tables in a list of tables are right or refused."""
    assert one_line(refusal_of(lambda: load("quick", {section: tables})))


EVENT_KEYS = st.fixed_dictionaries({}, optional={
    "target": SCALARS | st.sampled_from(["demand.load", "Vendor 1", "habit"]), "value": VALUES, "into": SCALARS, "share": SCALARS,
    "field": SCALARS | st.sampled_from(["mdf", "fee_per_month_usd", "take_rate", "cash"]),
    "how": st.sampled_from(["set", "add", "multiply"]),
    "network": VALUES,
})  # fmt: skip


@MODEST
@given(st.sampled_from([
    "set_parameter", "set_switch", "change_vendor", "change_distributor", "change_marketplace", "change_network", "open_network",
    "close_network", "vendor_leaves", "merge_vendors", "distributor_leaves", "shock",
]), EVENT_KEYS)  # fmt: skip
def test_any_event_is_right_or_refused(kind, keys):
    """An event of any kind with any keys is right or refused."""
    assert one_line(refusal_of(lambda: load("quick", {"events": [{"kind": kind, "month": 3, **keys}]})))


PIECES = st.sampled_from(
    [
        b"",
        b",",
        b'"',
        b"\n",
        b"\r",
        b"\r\n",
        b";",
        b"\x00",
        b"\xff",
        b"\xef\xbb\xbf",
        b"Global",
        b"name",
        b"1e9",
        b"A",
        b"'",
        b"\t",
    ]
)


@MODEST
@given(st.data())
def test_a_csv_file_with_pieces_cut_out_and_put_in_is_right_or_refused(data):
    """A CSV file in which bytes are cut out and put in is right or refused."""
    content = CSV
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        content = content[:start] + data.draw(PIECES | st.binary(max_size=3)) + content[start + data.draw(st.integers(0, 8)) :]
    names = data.draw(st.sampled_from([None, GivenNames(skills=["Cloud", "Data"]), GivenNames(regions=["Europe"])]))
    message = refusal_of(lambda: parse_partners(content, "x.csv", names))
    assert one_line(message)
    assert not message or message.startswith("x.csv")


@pytest.mark.parametrize("content", [b"\xef\xbb\xbfname\r\nA\r\nB\r\n", b"name\rA\rB\r", b'"name"\n"A"\n\n"B"'])
def test_csv_files_of_all_systems_are_read(content):
    """Byte order marks and the line ends of all systems are understood."""
    assert [row.name for row in parse_partners(content, "x.csv").rows] == ["A", "B"]
