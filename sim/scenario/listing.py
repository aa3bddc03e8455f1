"""A resolved scenario as sections of values, each with its unit and where it comes from.

Written out, the sections are themselves a complete scenario file that means the same.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sim.parameters import Par, declared
from sim.policy import MIXES, Policy
from sim.processes import PARAMETERS
from sim.rules.registry import DEFAULTS
from sim.scenario.columns import ARM, CHANGEABLE, DISTRIBUTOR, MARKETPLACE, VENDOR
from sim.scenario.document import Document
from sim.scenario.given import TIES
from sim.scenario.lines import key_lines
from sim.scenario.problems import KeyPath, position
from sim.scenario.scenario import Scenario
from sim.scenario.schema import SCHEMA_VERSION
from sim.state.networks import ENTRY_RULES, KINDS
from sim.state.suppliers import ARMS, PARTNER_MODELS

UNITS = {"months": "months after burn-in", "burn_in_months": "months", "replications": "runs"}
_CHOICES = {"mix": MIXES, "entry_rule": ENTRY_RULES}
_SUPPLIERS = {"vendors": VENDOR, "distributors": DISTRIBUTOR, "marketplaces": MARKETPLACE}


class Entry(NamedTuple):
    """One value."""

    key: str
    value: Any  # as JSON
    unit: str
    origin: str  # where the value comes from


class Section(NamedTuple):
    """Some values under one header."""

    name: str  # tells it from the others: "demand", "networks.pure_p2p", "vendors.Acme"; "" for the head
    header: str  # as a scenario file writes it; "" for the head
    entries: list[Entry]


class Origins:
    """Where values come from: file and line, option of the command line, or default."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._lines: dict[str, dict[KeyPath, int]] = {}

    def of(self, path: KeyPath, default: str) -> str:
        """The place that gives the value at a path; "default" and its source when none does."""
        for layer in self.document.layers:
            tree: Any = layer.tree
            for part in path:
                known = isinstance(tree, list) and isinstance(part, int) and part < len(tree)
                known = known or (isinstance(tree, dict) and part in tree)
                if not known:
                    break
                tree = tree[part]
            else:
                return self._place(layer, path)
            if isinstance(tree, list):
                break  # a list replaces those of the layers below
        return f"default: {default}" if default else "default"

    def _place(self, layer: Any, path: KeyPath) -> str:
        if layer.path is None:
            return layer.label
        if layer.label not in self._lines:
            self._lines[layer.label] = key_lines(layer.path.read_text(encoding="utf-8-sig"))
        line = self._lines[layer.label].get(path)
        return f"{layer.label}, line {line}" if line else layer.label


def sections(scenario: Scenario) -> list[Section]:
    """All sections of a resolved scenario, in the order of scenarios/README.md."""
    origins = Origins(scenario.document)
    return [
        _head(scenario, origins),
        *_population(scenario, origins),
        *_processes(scenario, origins),
        *_rules(scenario, origins),
        _switches(scenario, origins),
        *_networks(scenario, origins),
        *(section for kind in _SUPPLIERS for section in _suppliers(kind, scenario, origins)),
        *_events(scenario, origins),
    ]


def _head(scenario: Scenario, origins: Origins) -> Section:
    plan = scenario.plan
    values = {
        "schema_version": SCHEMA_VERSION, "title": scenario.title, "question": scenario.question, "text": scenario.text,
        "months": plan.months, "burn_in_months": plan.burn_in, "replications": scenario.replications, "seed": plan.seed,
    }  # fmt: skip
    return Section("", "", [Entry(key, value, UNITS.get(key, ""), origins.of((key,), "")) for key, value in values.items()])


def _population(scenario: Scenario, origins: Origins) -> Iterator[Section]:
    plan = scenario.plan
    written = scenario.document.tree.get("population", {})
    named = scenario.document.tree.get("names", {})
    entries = []
    for key, value in {"partners": plan.partners, **plan.size._asdict()}.items():
        origin = origins.of(("population", key), "")
        if key not in written and key in named:
            origin = origins.of(("names", key), "")
        elif key not in written and (key in ("partners", "skills", "verticals", "regions")) and "csv" in written:
            origin = f"the rows of {written['csv']}"
        entries.append(Entry(key, value, key, origin))
    files = [key for key in ("csv", *(f"{sort}_csv" for sort in TIES)) if key in written]
    entries += [Entry(key, written[key], "file", origins.of(("population", key), "")) for key in files]
    yield Section("population", "[population]", entries)
    names = [Entry(kind, list(getattr(plan.names, kind)), "names", origins.of(("names", kind), "")) for kind in named]
    if names:
        yield Section("names", "[names]", names)


def _processes(scenario: Scenario, origins: Origins) -> Iterator[Section]:
    for process, group in PARAMETERS.items():
        values = scenario.plan.parameters[process]
        entries = [
            Entry(name, getattr(values, name), par.unit, origins.of((process, name), par.source))
            for name, (_, _, par) in declared(group).items()
        ]
        yield Section(process, f"[{process}]", entries)


def _rules(scenario: Scenario, origins: Origins) -> Iterator[Section]:
    for point, options in scenario.settings["rules"].items():
        entries = [
            Entry(key, value, "", origins.of(("rules", point, key), "" if options["name"] == DEFAULTS[point] else "the rule's"))
            for key, value in options.items()
        ]
        yield Section(f"rules.{point}", f"[rules.{point}]", entries)


def _switches(scenario: Scenario, origins: Origins) -> Section:
    values = scenario.plan.switches._asdict().items()
    return Section("switches", "[switches]", [Entry(n, v, "", origins.of(("switches", n), "")) for n, v in values])


def _networks(scenario: Scenario, origins: Origins) -> Iterator[Section]:
    groups = scenario.plan.networks
    written = _written_row([group.count for group in groups], scenario.document.tree.get("networks"))
    kinds = [KINDS[group.kind] for group in groups]
    for n, (group, row) in enumerate(zip(groups, written, strict=True)):
        kind = kinds[n]
        entries = [
            Entry("kind", kind, "", origins.of(("networks", row, "kind"), "")),
            Entry("count", group.count, "networks", origins.of(("networks", row, "count"), "")),
        ]
        if group.name:
            entries.append(Entry("name", group.name, "", origins.of(("networks", row, "name"), "")))
        if group.host >= 0:
            host = getattr(scenario.plan.names, f"{kind}s")[group.host]
            entries.append(Entry("host", host, "", origins.of(("networks", row, "host"), "")))
        for name, (_, _, par) in declared(Policy).items():
            value = getattr(group.policy, name)
            origin = origins.of(("networks", row, name), f"policy of its kind; {par.source}")
            entries.append(Entry(name, _CHOICES[name][value] if name in _CHOICES else value, par.unit, origin))
        several = kinds.count(kind) > 1
        yield Section(f"networks.{kind}" + (f"[{kinds[: n + 1].count(kind)}]" if several else ""), "[[networks]]", entries)


def _written_row(counts: Sequence[int], written: Sequence[Mapping[str, Any]] | None) -> list[int]:
    """The row as written of each group: a group of marketplaces is split when they take different rates."""
    rows: list[int] = []
    for n, table in enumerate(written or ()):
        left = table.get("count", 1)
        while True:
            left -= counts[len(rows)]
            rows.append(n)
            if left <= 0:
                break
    return rows or [-1] * len(counts)


def _suppliers(kind: str, scenario: Scenario, origins: Origins) -> Iterator[Section]:
    """What is given of each vendor and so on; a row of which nothing is given only keeps the place of those after it."""
    names = getattr(scenario.plan.names, kind)
    rows = getattr(scenario.plan, kind)
    tables = scenario.document.tree.get(kind, [])
    place = {}
    for n, table in enumerate(tables):
        named = position(table.get("name"), names) if kind in scenario.document.tree.get("names", {}) else None
        place[n if named is None else named] = n
    last = max(place, default=-1)
    for row in range(last + 1):
        path: KeyPath = (kind, place.get(row, -1))
        entries = [Entry("name", names[row], "", origins.of((*path, "name"), ""))]
        for column, par in _SUPPLIERS[kind].items():
            if column in rows[row]:
                entries.append(Entry(column, rows[row][column], par.unit, origins.of((*path, column), "")))
        if "partner_model" in rows[row]:
            model = PARTNER_MODELS[int(rows[row]["partner_model"])]
            entries.append(Entry("partner_model", model, "", origins.of((*path, "partner_model"), "")))
        if f"arm_{ARMS[0]}" in rows[row]:
            arms = {arm: rows[row][f"arm_{arm}"] for arm in ARMS}
            entries.append(Entry("arms", arms, ARM.unit, origins.of((*path, "arms"), "")))
        yield Section(f"{kind}.{names[row]}", f"[[{kind}]]", entries)


def _events(scenario: Scenario, origins: Origins) -> Iterator[Section]:
    for n, event in enumerate(scenario.document.tree.get("events", [])):
        entries = [
            Entry(key, value, _unit(event) if key == "value" else "", origins.of(("events", n, key), ""))
            for key, value in event.items()
        ]
        yield Section(f"events.{said(event)}", "[[events]]", entries)


def _unit(event: Mapping[str, Any]) -> str:
    """The unit of an event's value."""
    par: Par | None = None
    if event["kind"] == "set_parameter":
        process, _, name = str(event["target"]).partition(".")
        par = declared(PARAMETERS[process])[name][2]
    elif event["kind"] in CHANGEABLE:
        par = CHANGEABLE[event["kind"]][event["field"]].par
    return "factor" if par is not None and event.get("how") == "multiply" else par.unit if par is not None else ""


def said(event: Mapping[str, Any]) -> str:
    """An event in one line: "month 60: change_vendor, target all, field list_margin, value 0.1"."""
    rest = [(key, value) for key, value in event.items() if key not in ("month", "kind")]
    words = [event["kind"], *(f"{key} {value if isinstance(value, str) else toml(value)}" for key, value in rest)]
    return f"month {event['month']}: {', '.join(words)}"


def toml(value: Any) -> str:
    """A value as TOML writes it.

    >>> toml({"a": [1, True, "x"]})
    '{ a = [1, true, "x"] }'
    """
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(str(k))} = {toml(v)}" for k, v in value.items()) + " }" if value else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(toml(v) for v in value)}]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value)


def _key(key: str) -> str:
    return key if key and all(c.isascii() and (c.isalnum() or c in "_-") for c in key) else toml(key)


def written_out(scenario: Scenario, origin: bool = False) -> str:
    """The resolved scenario as a scenario file, units in comments; with ``origin`` where each value comes from."""
    out = [f"# {scenario.name}: every value of the resolved scenario"]
    for section in sections(scenario):
        out += ["", section.header] if section.header else []
        for entry in section.entries:
            if entry.key == "source_sha256":
                out.append(f"# source {entry.value[:8]}")
                continue
            said_of = [entry.unit, entry.origin] if origin else [entry.unit]
            comment = "; ".join(" ".join(text.split()) for text in said_of if text)
            line = f"{_key(entry.key)} = {toml(entry.value)}"
            out.append(f"{line}  # {comment}" if comment else line)
    drawn = [kind for kind in _SUPPLIERS if getattr(scenario.plan.size, kind)]
    out += ["", f"# What is not listed of {', '.join(drawn)} is drawn at the start of each replication: see [suppliers]."]
    return "\n".join(out) + "\n"
