"""The ODD protocol (Grimm et al. 2020) as one document, assembled from what the code declares."""

import ast
import inspect
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from experiments.checks import CALIBRATION, HELD_OUT_STATEMENTS
from experiments.odd import narrative
from experiments.odd.columns import SIM, comments_by_line, state_tables
from experiments.odd.processes import Described, described, draws, loops_in, month_calls
from sim.chance import Purpose
from sim.ledger import Flow
from sim.observe.catalogue import SERIES
from sim.parameters import Par, declared
from sim.policy import POLICIES, Policy
from sim.processes import PARAMETERS
from sim.rules.registry import DEFAULTS, RULES
from sim.state.networks import KINDS
from sim.switches import Switches

PROCESSES = SIM / "processes"
ENTITIES = {
    "Partners": "Partner", "Relations": "Partner and vendor", "Memberships": "Partner and network",
    "Knowledge": "Partner: what it knows", "Vendors": "Vendor", "Programmes": "Vendor's programme",
    "Distributors": "Distributor", "Marketplaces": "Marketplace", "Networks": "Network", "Ties": "Alliance, and acquaintance",
    "Projects": "Project under way", "Agreements": "Agreement", "Market": "Market",
    "Opportunities": "Opportunity, for the month in which it comes up", "Bids": "Bid, for as long as it is open",
}  # fmt: skip


def protocol() -> str:
    """The whole document in Markdown."""
    parts = [
        ["# channel-sim: ODD protocol", "", *_preface()],
        ["## 1 Purpose and patterns", "", narrative.PURPOSE, *_claims(), "", narrative.PATTERNS, *_patterns()],
        ["## 2 Entities, state variables, and scales", "", narrative.SCALES, *_default_numbers(), *_entities()],
        ["## 3 Process overview and scheduling", "", narrative.SCHEDULING, *_schedule()],
        ["## 4 Design concepts", "", narrative.CONCEPTS, *_purposes()],
        ["## 5 Initialization", "", *_initialisation()],
        ["## 6 Input data", "", narrative.INPUT, *_events()],
        ["## 7 Submodels", "", narrative.SUBMODELS, *_submodels(), *_policies(), *_rules(), *_switches(), *_flows()],
        ["## 8 Details: the loops", "", narrative.LOOPS, *_loops()],
        ["## 9 Details: the monthly series", "", *_series()],
    ]
    return "\n".join("\n".join(part).rstrip() + "\n" for part in parts)


def table(headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[str]:
    """A Markdown table; bars in cells are escaped.

    Parameters
    ----------
    headers, rows
        Cells of any type.

    Returns
    -------
    list of str
        Lines, an empty one at the end.
    """
    lines = ["| " + " | ".join(headers) + " |", "|" + "---|" * len(headers)]
    lines += ["| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in rows]
    return [*lines, ""]


def _preface() -> list[str]:
    from sim.compiled import source_hash

    return [narrative.PREFACE.replace("VERSION", source_hash())]


def _claims() -> list[str]:
    return [f"- ({letter}) {claim}" for letter, claim in zip("abcdefghijk", narrative.CLAIMS, strict=True)]


def _patterns() -> list[str]:
    rows = [(s.id, s.text.strip(), s.band, s.source or "-", kind) for kind, group in _STATEMENTS for s in group]
    return table(("id", "statement", "band", "source", "use"), rows)


_STATEMENTS = (("sets defaults", CALIBRATION), ("held out", HELD_OUT_STATEMENTS))


def _default_numbers() -> list[str]:
    plan = _baseline()
    size = ", ".join(f"{value} {name}" for name, value in plan.size._asdict().items())
    networks = ", ".join(f"{group.count} {KINDS[group.kind]}" for group in plan.networks)
    return [
        f"**By default** there are {plan.partners:,} partners, {size}; networks at the start: {networks}. "
        f"Runs last {plan.months} months after {plan.burn_in} of burn-in.",
        "",
    ]


def _baseline() -> Any:
    from sim.scenario import load

    return load("baseline").plan


def _entities() -> list[str]:
    out = []
    for found in sorted(state_tables(), key=lambda t: list(ENTITIES).index(t.name) if t.name in ENTITIES else 99):
        out += [f"### {ENTITIES.get(found.name, found.name)} (`{found.name}`)", "", found.docstring, ""]
        out += table(("state variable", "type", "meaning and unit"), [(f"`{c.name}`", c.type, c.meaning) for c in found.columns])
    return out


def _schedule() -> list[str]:
    rows, n = [], 0
    for call in month_calls():
        if call.within.endswith("again"):
            continue
        n += 1
        where = f"{call.label}, bidding" if call.within else call.label
        rows.append((n, where, f"`{call.module}.{call.function}`", call.says))
    lines = table(("", "process", "code", "what happens"), rows)
    again = [call for call in month_calls() if call.within.endswith("again")]
    if again:
        steps = f"`{again[0].module}` to `{again[-1].module}.{again[-1].function}`"
        lines += [
            f"After `demand.reoffer` the {len(again)} steps of bidding ({steps}) happen again, for what was re-offered.",
            "",
        ]
    return lines


def _purposes() -> list[str]:
    rows = [(p.name.lower().replace("_", " "), int(p), ", ".join(draws(p.name))) for p in Purpose]
    return ["### Random purposes", "", *table(("what is drawn", "number", "where"), rows)]


def _initialisation() -> list[str]:
    from sim import population

    text = [inspect.getdoc(population) or "", ""]
    text += [f"- *{name.replace('_', ' ').strip()}*: {says}" for name, says in _functions_of(Path(population.__file__ or ""))]
    return [*text, "", narrative.INITIALISATION]


def _functions_of(path: Path) -> list[tuple[str, str]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = [(n.name, ast.get_docstring(n)) for n in tree.body if isinstance(n, ast.FunctionDef)]
    return [(name, " ".join(says.split())) for name, says in found if says]


def _events() -> list[str]:
    from typing import get_args

    from sim.scenario.event_models import AnyEvent

    models = get_args(get_args(AnyEvent)[0])
    rows = [(f"`{m.model_fields['kind'].annotation.__args__[0]}`", (m.__doc__ or "").strip()) for m in models]
    return [*_inputs(), "### Events", "", *table(("kind", "what it makes happen"), rows)]


def _inputs() -> list[str]:
    from sim.scenario import columns

    sorts = (("vendors", columns.VENDOR), ("distributors", columns.DISTRIBUTOR), ("marketplaces", columns.MARKETPLACE))
    rows = [
        (f"`{sort}.{name}`", par.meaning, par.unit, _range(par), par.source)
        for sort, fields in (*sorts, ("shock", columns.SHOCK))
        for name, par in fields.items()
    ]
    lead = "What a scenario may give of each supplier, or change by an event; what it leaves out is drawn (submodel *suppliers*)."
    return ["### Suppliers", "", lead, "", *table(("field", "meaning", "unit", "range", "source"), rows)]


def _submodels() -> list[str]:
    order = list(dict.fromkeys(call.module for call in month_calls()))
    rest = [p.stem for p in sorted(PROCESSES.glob("*.py")) if p.stem not in order and p.stem != "__init__"]
    out = []
    for name in order + rest:
        out += _submodel(described(PROCESSES / f"{name}.py"))
    return out


def _submodel(found: Described) -> list[str]:
    head, _, text = found.says.partition("\n")
    out = [f"### {head.rstrip('.')}", "", f"*`{found.name}`*", "", text.strip(), ""]
    groups = [name for name, group in PARAMETERS.items() if group.__module__ == f"sim.processes.{found.name}"]
    for name in groups:
        out += parameter_table(PARAMETERS[name], name)
    for decision in found.decisions:
        out += [f"`{decision.name}({decision.signature})`", "", decision.says, "", "```python", decision.body, "```", ""]
    for name, says in found.loops:
        if name != "run":
            out += [f"- `{name}`: {' '.join(says.split('Parameters')[0].split())}"]
    return [*out, ""]


def _loops() -> list[str]:
    out = []
    for path in sorted(PROCESSES.glob("*.py")):
        for name, body in loops_in(path):
            out += [f"`{path.stem}.{name}`", "", "```python", body, "```", ""]
    return out


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
        (f"`{prefix}.{name}`", par.meaning, _shown(default), par.unit, _range(par), par.source)
        for name, (_, default, par) in declared(group).items()
    ]
    return table(("parameter", "meaning", "default", "unit", "range", "source"), rows)


def _range(par: Par) -> str:
    return f"{par.low:g} to {par.high:g}"


def _policies() -> list[str]:
    rows = [
        (f"`{name}`", par.meaning, par.unit, *(_shown(getattr(POLICIES[k], name)) for k in range(len(KINDS))), par.source)
        for name, (_, _, par) in declared(Policy).items()
    ]
    return [
        "### Policy of a network",
        "",
        "One class of network; the kinds are these vectors of policy and nothing else.",
        "",
        *table(("policy", "meaning", "unit", *KINDS, "source"), rows),
    ]


def _shown(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else f"{value:g}"


def _series() -> list[str]:
    return table(("series", "unit", "meaning"), [(f"`{name}`", *said) for name, said in SERIES.items()])


def _rules() -> list[str]:
    out = ["### Rules that a scenario may replace", "", "The first of each point is the default.", ""]
    for point, rules in RULES.items():
        for name, rule in rules.items():
            options = ", ".join(str(p) for p in inspect.signature(rule).parameters.values())
            mark = " (default)" if DEFAULTS[point] == name else ""
            out += [f"**{point}: `{name}`**{mark}. {inspect.getdoc(rule)}", "", f"Options: `{options or 'none'}`.", ""]
            out += ["```python", *_decision_of(rule), "```", ""]
    return out


def _decision_of(rule: type) -> list[str]:
    import textwrap

    source = textwrap.dedent(inspect.getsource(rule.decide))  # type: ignore[attr-defined]
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)
    function.body = function.body[1:] if ast.get_docstring(function) else function.body
    return ast.unparse(function).splitlines()


def _switches() -> list[str]:
    path = SIM / "switches.py"
    rows = [(f"`{s}`", _on(default), _beside(path, f"{s}: bool")) for s, default in Switches._field_defaults.items()]
    lead = "One boolean a mechanism, to say which mechanism an effect comes from."
    return ["### Switches", "", lead, "", *table(("switch", "default", ""), rows)]


def _on(value: bool) -> str:
    return "on" if value else "off"


def _beside(path: Path, start: str) -> str:
    """The comment on the first line that begins so."""
    source = path.read_text(encoding="utf-8")
    at = next(n for n, line in enumerate(source.splitlines(), 1) if line.strip().startswith(start))
    return comments_by_line(source).get(at, "")


def _flows() -> list[str]:
    rows = [(flow.name.lower().replace("_", " "), _beside(SIM / "ledger.py", f"{flow.name} = ")) for flow in Flow]
    lead = "Every payment has a payer and a payee."
    return ["### Payments", "", lead, "", *table(("payment", "payer -> payee, and what for"), rows)]
