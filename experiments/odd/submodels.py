"""Section 7 of the protocol: each process with its prose, parameters, decisions and loops; what they share; rules."""

import inspect
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from experiments.odd import narrative
from experiments.odd.columns import SIM, StateTable, comments_by_line
from experiments.odd.listing import Piece, pieces
from experiments.odd.processes import PROCESSES, described, draws, month_calls
from experiments.odd.vocabulary import constants, lists, reasons, structures
from experiments.pages import table
from sim import chance
from sim.chance import Purpose
from sim.ledger import Flow, Outer
from sim.parameters import Par, declared
from sim.policy import POLICIES, Policy
from sim.processes import PARAMETERS
from sim.rules.registry import DEFAULTS, RULES
from sim.rules.tables import TABLES
from sim.state.networks import KINDS
from sim.switches import Switches

FIRST = 2  # number of the first process's section; 7.1 says how to read them


class Section(NamedTuple):
    """Where a process is described."""

    number: str  # 7.2, ...
    title: str
    label: str  # S1..S17, "" where the process has none
    text: str


def plain(text: str) -> str:
    """Prose of a docstring for the document: one style of quoting code."""
    return text.replace("``", "`")


def sections() -> dict[str, Section]:
    """Processes in the order of the month, then what they share, each with its number and heading."""
    order = list(dict.fromkeys(call.module for call in month_calls()))
    order += [p.stem for p in sorted(PROCESSES.glob("*.py")) if p.stem not in order and p.stem != "__init__"]
    found = {}
    for n, name in enumerate(order, FIRST):
        head, _, text = described(PROCESSES / f"{name}.py").partition("\n")
        label, title = re.fullmatch(r"(S\d+)? ?(.*?)\.?", head).groups()  # type: ignore[union-attr]
        found[name] = Section(f"7.{n}", title, label or "", plain(text.strip()))
    return found


def submodels() -> list[str]:
    """All of section 7."""
    out = [narrative.SUBMODELS, *_reading()]
    for name, section in sections().items():
        out += _submodel(name, section)
    return [*out, *_policies(), *_rules(), *_switches(), *_flows()]


def _submodel(name: str, section: Section) -> list[str]:
    label = f" ({section.label})" if section.label else ""
    out = [f"### {section.number} {section.title}{label}", "", f"*`{name}`*", "", section.text, ""]
    for group in [key for key, group in PARAMETERS.items() if group.__module__ == f"sim.processes.{name}"]:
        out += parameter_table(PARAMETERS[group], group)
    path = PROCESSES / f"{name}.py"
    for bundle in structures(path):
        out += structure_table(bundle)
    found = pieces(path)
    for piece in found:
        if piece.decision:
            out += decision(piece)
    return [*out, *loops([piece for piece in found if not piece.decision], "The process")]


def structure_table(bundle: StateTable) -> list[str]:
    """A bundle of columns that functions hand to each other."""
    lead = f"`{bundle.name}`: {plain(' '.join(bundle.docstring.split()))}"
    return [lead, "", *table(("column", "type", "meaning"), [(f"`{c.name}`", c.type, c.meaning) for c in bundle.columns])]


def decision(piece: Piece) -> list[str]:
    """A scalar function: its name, what it says, and its equation."""
    first, _, rest = plain(piece.says).partition("\n\n")
    lead = f"**`{piece.name}`** {' '.join(first.split())}".rstrip()
    return [lead, "", *([rest, ""] if rest else []), "```python", piece.code, "```", ""]


def loops(found: Sequence[Piece], lead: str) -> list[str]:
    """Functions one below the other in one block, each under what it says of itself."""
    if not found:
        return []
    blocks = []
    for piece in found:
        says = piece.says.split("\n\nParameters\n")[0].strip()
        blocks.append("\n".join([*(f"# {line}".rstrip() for line in plain(says).splitlines()), piece.code]))
    return [f"{lead} in full:", "", "```python", "\n\n\n".join(blocks), "```", ""]


def parameter_table(group: type, prefix: str) -> list[str]:
    """The parameters of a group with default, unit, range, source and meaning.

    Parameters
    ----------
    group
        A NamedTuple as ``sim.parameters`` describes it.
    prefix
        How a scenario calls the group.

    Returns
    -------
    list of str
        Lines of Markdown.
    """
    rows = [
        (f"`{prefix}.{name}`", par.meaning, shown(default), par.unit, range_of(par), par.source)
        for name, (_, default, par) in declared(group).items()
    ]
    return table(("parameter", "meaning", "default", "unit", "range", "source"), rows)


def range_of(par: Par) -> str:
    """What a scenario may ask for."""
    return f"{par.low:g} to {par.high:g}"


def shown(value: Any) -> str:
    """A default for people."""
    return ("yes" if value else "no") if isinstance(value, bool) else f"{value:g}"


def _reading() -> list[str]:
    """7.1: what the code blocks take for granted."""
    rows = [(f"`{name}`", ", ".join(f"{n} {entry}" for n, entry in enumerate(entries))) for name, entries in lists().items()]
    out = ["### 7.1 How to read the equations", "", narrative.READING, *table(("list", "number and name"), rows)]
    numbers = [(f"`{c.name}`", c.value, c.meaning, f"`{c.file.removesuffix('.py')}`") for c in constants()]
    out += [narrative.NUMBERS, *table(("constant", "value", "meaning", "where"), numbers)]
    causes = [
        (f"`{name}`", says, "; ".join(f"{n} {member}{f' ({beside})' if beside else ''}" for n, member, beside in members))
        for name, (says, members) in reasons().items()
    ]
    out += ["Reasons, as events carry them:", "", *table(("list", "", "number and name"), causes)]
    out += [*_random(), "**Sets.** " + narrative.SETS]
    for piece in pieces(SIM / "bits.py"):
        out += decision(piece)
    out += [narrative.BOOKS, *loops([p for p in pieces(SIM / "ledger.py") if p.name == "pay"], "A payment")]
    return out


def _random() -> list[str]:
    out = [narrative.RANDOM, "```python", *_random_constants(), "```", ""]
    for piece in pieces(Path(inspect.getfile(chance))):
        out += decision(piece) if piece.decision else []
    out += loops([p for p in pieces(Path(inspect.getfile(chance))) if not p.decision], "The same for columns of uids")
    out += [narrative.TEST_VALUES, *table(("call", "value"), checked_values())]
    rows = [(p.name.lower().replace("_", " "), int(p), ", ".join(draws(p.name))) for p in Purpose]
    return [*out, narrative.PURPOSES, *table(("purpose", "number", "where"), rows)]


def _random_constants() -> list[str]:
    source = Path(inspect.getfile(chance)).read_text(encoding="utf-8")
    return re.findall(r"^_[A-Z].* = .*$", source, re.MULTILINE)


def checked_values() -> list[tuple[str, str]]:
    """Draws that a re-implementation can be held against."""
    key = np.uint64(chance.month_key(1, 0, 0))
    uniform, normal = chance.uniform(key, 30, 7, 0), chance.normal(key, 100, 7, 2)
    return [
        ("`month_key(1, 0, 0)`", f"`{int(key):#018x}`"),
        ("`month_key(1, 0, -1)`, the key before the first month", f"`{int(chance.month_key(1, 0, -1)):#018x}`"),
        ("`uniform(month_key(1, 0, 0), 30, 7, 0)`", f"{uniform:.15f}"),
        ("`normal(month_key(1, 0, 0), 100, 7, 2)`", f"{normal:.12f}"),
        ("`poisson(0.9, 2.5)`", str(int(chance.poisson(0.9, 2.5)))),
        ("`pair_uid(3, 12)` and `pair_uid(12, 3)`", f"{int(chance.pair_uid(3, 12))}, {int(chance.pair_uid(12, 3))}"),
        ("`event_uid(5, 7, 0)`", str(int(chance.event_uid(5, 7, 0)))),
    ]


def _policies() -> list[str]:
    rows = [
        (f"`{name}`", par.meaning, par.unit, *(shown(getattr(POLICIES[k], name)) for k in range(len(KINDS))), par.source)
        for name, (_, _, par) in declared(Policy).items()
    ]
    return [
        "### Policy of a network",
        "",
        "One class of network; the kinds are these vectors of policy and nothing else.",
        "",
        *table(("policy", "meaning", "unit", *KINDS, "source"), rows),
    ]


def _rules() -> list[str]:
    out = ["### Rules that a scenario may replace", "", narrative.RULES]
    for point, rules in RULES.items():
        out += [f"#### {point.replace('_', ' ').capitalize()}", "", *structure_table(_bundle(TABLES[point]))]
        for name, rule in rules.items():
            mark = ", the default" if DEFAULTS[point] == name else ""
            out += [f"**`{name}`** (`{rule.__name__}`){mark}. {plain(inspect.getdoc(rule) or '')}", "", _options(rule), ""]
        home = SIM / "rules" / f"{point}.py"
        for bundle in structures(home):
            out += structure_table(bundle)
        found = pieces(home)
        for piece in found:
            out += decision(piece) if piece.decision else []
        out += loops([p._replace(says="") if p.code.startswith("class") else p for p in found if not p.decision], "The rules")
    return out


def _bundle(kind: type) -> StateTable:
    return next(bundle for bundle in structures(SIM / "rules" / "tables.py") if bundle.name == kind.__name__)


def _options(rule: type) -> str:
    shown_options = [
        f"`{p.name}` = {p.default!r}" if p.default is not p.empty else f"`{p.name}`: as above"
        for p in inspect.signature(rule).parameters.values()
    ]
    return f"Options: {', '.join(shown_options) or 'none'}."


def _switches() -> list[str]:
    path = SIM / "switches.py"
    rows = [(f"`{s}`", _on(default), beside(path, f"{s}: bool")) for s, default in Switches._field_defaults.items()]
    lead = "One boolean a mechanism, to say which mechanism an effect comes from."
    return ["### Switches", "", lead, "", *table(("switch", "default", ""), rows)]


def _on(value: bool) -> str:
    return "on" if value else "off"


def beside(path: Path, start: str) -> str:
    """The comment on the first line that begins so."""
    source = path.read_text(encoding="utf-8")
    at = next(n for n, line in enumerate(source.splitlines(), 1) if line.strip().startswith(start))
    return comments_by_line(source).get(at, "")


def _flows() -> list[str]:
    rows = [(flow.name.lower().replace("_", " "), beside(SIM / "ledger.py", f"{flow.name} = ")) for flow in Flow]
    accounts = ", ".join(account.name.lower() for account in Outer)
    lead = f"Every payment has a payer and a payee. Accounts outside the channel: {accounts}."
    return ["### Payments", "", lead, "", *table(("payment", "payer -> payee, and what for"), rows)]
