"""The ODD protocol (Grimm et al. 2020) as one document, assembled from what the code declares."""

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from experiments.checks import CALIBRATION, HELD_OUT_STATEMENTS
from experiments.odd import narrative
from experiments.odd.columns import SIM, state_tables
from experiments.odd.listing import pieces
from experiments.odd.processes import month_calls
from experiments.odd.submodels import loops, range_of, sections, structure_table, submodels
from experiments.odd.vocabulary import starting_values, structures, unread
from experiments.pages import table
from sim.observe.catalogue import SERIES
from sim.state.networks import KINDS

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
        ["## 4 Design concepts", "", narrative.CONCEPTS],
        ["## 5 Initialization", "", narrative.INITIALISATION, *loops(pieces(SIM / "population.py"), "Building the world")],
        ["## 6 Input data", "", narrative.INPUT, *_inputs(), *_events()],
        ["## 7 Submodels", "", *submodels()],
        ["## 8 Observation", "", narrative.OBSERVATION, *_series(), *_synergy()],
        ["## 9 Terms and sources", "", *table(("term", "meaning"), narrative.TERMS), narrative.REFERENCES],
    ]
    return "\n".join("\n".join(part).rstrip() + "\n" for part in parts)


def _preface() -> list[str]:
    from sim.compiled import source_hash

    return [narrative.PREFACE.replace("VERSION", source_hash())]


def _claims() -> list[str]:
    return [f"- ({letter}) {claim}" for letter, claim in zip("abcdefghijk", narrative.CLAIMS, strict=True)]


def _patterns() -> list[str]:
    rows = [
        (s.id, s.text.strip(), s.band, s.source or "-", narrative.USES.get(s.text.strip(), use))
        for use, group in _STATEMENTS
        for s in group
    ]
    return table(("id", "statement", "band", "source", "use"), rows)


_STATEMENTS = (("sets defaults", CALIBRATION), ("held out", HELD_OUT_STATEMENTS))


def _default_numbers() -> list[str]:
    from sim.scenario import load

    plan = load("baseline").plan
    size = ", ".join(f"{value} {name}" for name, value in plan.size._asdict().items())
    networks = ", ".join(f"{group.count} {KINDS[group.kind]}" for group in plan.networks)
    return [
        f"**By default** there are {plan.partners:,} partners, {size}; networks at the start: {networks}. "
        f"Runs last {plan.months} months after {plan.burn_in} of burn-in.",
        "",
    ]


def _entities() -> list[str]:
    out, idle = [], unread()
    for found in sorted(state_tables(), key=lambda t: list(ENTITIES).index(t.name) if t.name in ENTITIES else 99):
        out += [f"### {ENTITIES.get(found.name, found.name)} (`{found.name}`)", "", found.docstring.replace("``", "`"), ""]
        out += table(("state variable", "type", "meaning and unit"), [(f"`{c.name}`", c.type, c.meaning) for c in found.columns])
        starts = ", ".join(f"`{name}` = {value}" for name, value in starting_values(found.name).items())
        out += [f"A new row is zero but for {starts}." if starts else "A new row is zero.", ""]
        if found.name in idle:
            out += [f"Kept for reports, and read by no process: {', '.join(f'`{name}`' for name in idle[found.name])}.", ""]
    return out


def _schedule() -> list[str]:
    rows: list[tuple[object, ...]] = []
    where = sections()
    for call in (c for c in month_calls() if not c.within.endswith("again")):
        step = f"{call.label}, bidding" if call.within else call.label
        rows.append(
            (len(rows) + 1, step, f"`{call.module}.{call.function}`", call.says.replace("``", "`"), where[call.module].number)
        )
    lines = table(("", "process", "code", "what happens", "section"), rows)
    again = [call for call in month_calls() if call.within.endswith("again")]
    if again:
        steps = f"`{again[0].module}` to `{again[-1].module}.{again[-1].function}`"
        lines += [
            f"After `demand.reoffer` the {len(again)} steps of bidding ({steps}) happen again, for what was re-offered.",
            "",
        ]
    return [*lines, *loops(pieces(SIM / "month.py"), "The month")]


def _inputs() -> list[str]:
    from sim.scenario import columns

    sorts = (("vendors", columns.VENDOR), ("distributors", columns.DISTRIBUTOR), ("marketplaces", columns.MARKETPLACE))
    rows = [
        (f"`{sort}.{name}`", par.meaning, par.unit, range_of(par), par.source)
        for sort, fields in (*sorts, ("shock", columns.SHOCK))
        for name, par in fields.items()
    ]
    lead = "What a scenario may give of each supplier, or change by an event; what it leaves out is drawn (section *suppliers*)."
    return ["### Suppliers", "", lead, "", *table(("field", "meaning", "unit", "range", "source"), rows), narrative.EVENT_FIELDS]


def _events() -> list[str]:
    from sim.scenario.event_models import AnyEvent

    rows = []
    for model in get_args(get_args(AnyEvent)[0]):
        fields = [_said(name, field) for name, field in model.model_fields.items() if name not in ("kind", "month")]
        rows.append((f"`{get_args(model.model_fields['kind'].annotation)[0]}`", inspect.getdoc(model) or "", "; ".join(fields)))
    bundles = [bundle for bundle in structures(SIM / "plan.py") if bundle.name in ("Event", "NetworkGroup")]
    shown = [line for bundle in bundles for line in structure_table(bundle)]
    return ["### Events", "", *table(("kind", "what it makes happen", "says"), rows), *shown]


def _said(name: str, field: Any) -> str:
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    says = extra.get("expects") or field.description or ""
    return f"`{name}`{f': {says}' if says else ''}"


def _series() -> list[str]:
    return table(("series", "unit", "meaning"), [(f"`{name}`", *said) for name, said in SERIES.items()])


def _synergy() -> list[str]:
    from sim.observe import counterfactual

    found = pieces(Path(inspect.getfile(counterfactual)))
    chosen = [piece for piece in found if piece.name in ("sample_alliances", "bar", "joint_profit", "first_month")]
    return [narrative.SYNERGY, inspect.getdoc(counterfactual) or "", "", *loops(chosen, "Drawing and barring")]


def lines_of_code(document: str) -> Iterator[str]:
    """Each block of Python in the document."""
    for part in document.split("```python\n")[1:]:
        yield part.split("\n```")[0]
