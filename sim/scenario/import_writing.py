"""The files that an import writes: the scenario and its cleaned CSV files, as text."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from sim.scenario.countries import PARTS
from sim.scenario.csv_table import folded, written
from sim.scenario.fields import MOST_BITS
from sim.scenario.fitting import Fit
from sim.scenario.import_tables import Collected
from sim.scenario.networks import DEFAULT_COUNTS as DEFAULT_NETWORKS
from sim.scenario.partners_csv import COLUMNS
from sim.scenario.problems import ScenarioError, shown
from sim.scenario.resolution import DEFAULT_COUNTS
from sim.scenario.scenario_text import prose, table, toml
from sim.scenario.schema import SCHEMA_VERSION
from sim.state.ties import FORMS

# How many suppliers and networks are drawn where none are given: the defaults of a scenario, fewer for few partners.
FEW = 300  # partners; assumed
FEW_SUPPLIERS = {"vendors": 5, "distributors": 2, "marketplaces": 1}  # assumed
FEW_NETWORKS = {"pure_p2p": 4, "community": 1, "vendor": 3, "distributor": 2, "marketplace": 1}  # assumed


class Files(NamedTuple):
    """What is to be written."""

    tables: dict[str, bytes]  # CSV files
    head: dict[str, Any]
    paragraphs: tuple[str, ...]
    sections: str  # population, names, networks, vendors, distributors
    settings: dict[str, float]  # dotted key -> value fitted

    def with_settings(self, settings: Mapping[str, float], fits: list[Fit]) -> "Files":
        """The same with parameters fitted, and a paragraph that says so."""
        said = "; ".join(f"{row.what} {_figure(row, row.given)} given, {_figure(row, row.after)} simulated" for row in fits)
        return self._replace(settings=dict(settings), paragraphs=(*self.paragraphs, f"Fitted to the past: {said}."))

    def text(self) -> str:
        """The scenario file."""
        head = "".join(f"{key} = {toml(value)}\n" for key, value in self.head.items())
        fitted = ""
        for key, value in self.settings.items():
            process, parameter = key.split(".")
            fitted += table(f"[{process}]", {parameter: value})
        return f"{head}{prose('text', self.paragraphs)}{fitted}{self.sections}"


def _figure(row: Fit, value: float) -> str:
    return f"{100 * value:.1f} %" if row.what.startswith("churn") else f"{value:,.0f}"


def files_of(collected: Collected, name: str, words: Mapping[str, str]) -> Files:
    """The files of a scenario of that name; ``words`` has title, question, about, sources."""
    tables = {"partners.csv": _partners(collected)}
    names = [row.name for row in collected.partners.rows]
    networks = {folded(network.name): network.name for network in collected.networks}
    vendors = {folded(row["name"]): row["name"] for row in collected.vendors}
    if collected.members is not None:
        rows = [(names[m.partner], networks[folded(m.network)]) for m in collected.members]
        tables["memberships.csv"] = written(("partner", "network"), rows)
    if collected.alliances is not None:
        allied = [(names[a.partner], names[a.other], FORMS[a.form]) for a in collected.alliances]
        tables["alliances.csv"] = written(("partner", "other", "form"), allied)
    if collected.relations is not None:
        carried = [(names[r.partner], vendors[folded(r.vendor)], _number(r.share)) for r in collected.relations]
        tables["relations.csv"] = written(("partner", "vendor", "share"), carried)
    head = {
        "schema_version": SCHEMA_VERSION,
        "extends": "baseline",
        "title": words["title"],
        "question": words["question"],
    }
    paragraphs = (words["about"], _sources(collected, words["sources"]), _assumptions(collected))
    return Files(tables, head, paragraphs, _sections(collected, name, tuple(tables)), {})


def _partners(collected: Collected) -> bytes:
    """The partners with the columns that a scenario takes; a staff that only revenue tells is written as such."""
    given = [column for column in COLUMNS if any(cells.get(column) for cells in collected.cells)]
    columns = [column for column in COLUMNS if column in given or (column == "staff" and collected.revenue) or column == "name"]
    rows = []
    for r, cells in enumerate(collected.cells):
        rows.append([_number(collected.staff[r]) if column == "staff" else cells.get(column, "") for column in columns])
    return written(columns, rows)


def _number(value: float) -> str:
    if math.isnan(value):
        return ""
    if value == int(value):
        return str(int(value))
    text = np.format_float_positional(value)  # not 1e-05, which no reader of tables takes
    return f"{text}0" if len(text.partition(".")[2]) == 3 else text  # three decimals could be read as thousands


def _sources(collected: Collected, sources: str) -> str:
    rows = collected.partners.rows
    counts = {
        "staff": sum(row.staff == row.staff for row in rows),
        "regions": sum(bool(row.reach) or row.region >= 0 for row in rows),
        "verticals": sum(bool(row.verticals) for row in rows),
        "skills": sum(bool(row.skills) for row in rows),
        "business type": sum(bool(row.business_type) for row in rows),
        "revenue": len(collected.revenue),
        "vendors carried": len({r.partner for r in collected.relations or ()}),
    }
    said = [f"{what} of {n:,}" for what, n in counts.items() if n]
    if collected.members is not None:
        said.append(f"{len(collected.members):,} memberships in {len(collected.networks)} networks")
    if collected.alliances is not None:
        said.append(f"{len(collected.alliances):,} alliances")
    given = f"From the data: {', '.join(['their names', *said])}."
    rest = (
        "What they do not say is drawn from the defaults; this is the model with real firms in it, no forecast for any of them."
    )
    return f"Imported from {sources}: {len(rows):,} partners. {given} {rest}"


def _assumptions(collected: Collected) -> str:
    assumed = list(collected.assumed)
    return f"Assumed: {'; '.join(assumed)}." if assumed else ""


def _sections(collected: Collected, name: str, tables: tuple[str, ...]) -> str:
    n = len(collected.partners.rows)
    population: dict[str, Any] = {"csv": f"{name}/partners.csv"}
    population |= {f"{file.removesuffix('.csv')}_csv": f"{name}/{file}" for file in tables if file != "partners.csv"}
    counts = {
        kind: FEW_SUPPLIERS[kind] if n < FEW else DEFAULT_COUNTS[kind] for kind in ("vendors", "distributors", "marketplaces")
    }
    markets = sum(network.kind == "marketplace" for network in collected.networks)
    counts["vendors"] = len(collected.vendors) or counts["vendors"]
    counts["distributors"] = len(collected.distributors) or counts["distributors"]
    counts["marketplaces"] = max(markets, counts["marketplaces"])
    _check_sizes(collected, counts["vendors"])
    out = table("[population]", population | counts)
    if collected.countries:
        out += table("[names]", {"regions": list(PARTS)})
    out += _networks(collected, counts, n)
    for kind, rows in (("vendors", collected.vendors), ("distributors", collected.distributors)):
        out += "".join(table(f"[[{kind}]]", row) for row in rows)
    return out


def _check_sizes(collected: Collected, vendors: int) -> None:
    """See that skills and vendors, verticals, and regions are no more than the model holds, before the scenario is read."""
    partners = collected.partners
    carried = "vendors" if collected.vendors else "vendors drawn"
    for what, names, others in (
        ("skills", partners.skills, vendors),
        ("verticals", partners.verticals, 0),
        ("regions", partners.regions, 0),
    ):
        if len(names) + others > MOST_BITS:
            source = collected.sources.get(what, "")
            both = f" and {others} {carried}{collected.sources.get('vendors', '')}" if others else ""
            rarest = ", ".join(shown(name) for name in names[:-6:-1])
            raise ScenarioError(
                f"import: {len(names)} {what}{source}{both}, expected {'together ' if others else ''}at most {MOST_BITS}; "
                f"merge or leave out some, the rarest {what} are {rarest}"
            )


def _networks(collected: Collected, counts: Mapping[str, int], partners: int) -> str:
    """Those of the data with their given members, else the default ones as far as there are hosts."""
    if collected.members is None:
        usual = FEW_NETWORKS if partners < FEW else DEFAULT_NETWORKS
        asked = {kind: min(n, counts.get(f"{kind}s", n)) for kind, n in usual.items()}
        return "".join(table("[[networks]]", {"kind": kind, "count": n}) for kind, n in asked.items() if n)
    out = ""
    for network in collected.networks:
        host = {"host": network.host} if network.host else {}
        out += table("[[networks]]", {"name": network.name, "kind": network.kind, **host, "founding_members": 0})
    return out
