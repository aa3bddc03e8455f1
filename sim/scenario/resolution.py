"""From a checked scenario file to a plan: sizes and names settled, suppliers, networks, rules and events made."""

import importlib
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.plan import GivenPartners, Names, Plan
from sim.rules.registry import DEFAULTS, RULES, RuleError, make_rule
from sim.scenario import events, networks
from sim.scenario.columns import DISTRIBUTOR, MARKETPLACE, VENDOR
from sim.scenario.fields import MOST_BITS
from sim.scenario.given import TieTables, given_ties
from sim.scenario.partners_csv import PartnerFile
from sim.scenario.problems import Problems, position, shown, unlike
from sim.scenario.rule_options import check_options, check_plain
from sim.state.partners import BUSINESS_TYPES
from sim.state.suppliers import ARMS, PARTNER_MODELS
from sim.switches import Switches
from sim.world import Size

DEFAULT_COUNTS = {
    "partners": 1_000,
    "skills": 20,
    "verticals": 6,
    "regions": 10,
    "vendors": 10,
    "distributors": 3,
    "marketplaces": 2,
}
SUPPLIERS = {"vendors": VENDOR, "distributors": DISTRIBUTOR, "marketplaces": MARKETPLACE}


class Resolved(NamedTuple):
    """A plan, and the rules' names and options that it cannot show."""

    plan: Plan
    rules: dict[str, dict[str, Any]]


def resolve(settings: Any, data: PartnerFile | None, ties: TieTables | None, problems: Problems) -> Resolved | None:
    """The plan of checked settings; None when something is wrong, which goes to ``problems``."""
    from sim.processes import PARAMETERS

    names = _names(settings, data, problems)
    if problems:
        return None
    _check_sizes(names, problems)
    partners = _partners(settings, data, problems)
    suppliers = {kind: _suppliers(kind, settings, names, problems) for kind in SUPPLIERS}
    parameters = {process: group(**getattr(settings, process).model_dump()) for process, group in PARAMETERS.items()}
    groups = networks.resolve_networks(settings.networks, names, suppliers["marketplaces"], problems)
    setting = events.Setting(settings.months, names, parameters, groups, suppliers["vendors"])
    schedule = events.resolve_events(settings.events, setting, problems)
    rules, options = _rules(settings.rules, problems)
    if problems:
        return None
    plan = Plan(
        title=settings.title,
        partners=partners,
        size=Size(*(len(kind) for kind in names)),
        names=names,
        months=settings.months,
        burn_in=settings.burn_in_months,
        seed=settings.seed,
        parameters=parameters,
        rules=rules,
        switches=Switches(**settings.switches.model_dump()),
        networks=tuple(groups),
        vendors=suppliers["vendors"],
        distributors=suppliers["distributors"],
        marketplaces=suppliers["marketplaces"],
        schedule=tuple(schedule),
        given=None if data is None else _given(data, partners, len(names.skills)),
        ties=None if data is None or ties is None else given_ties(ties, data, partners, names, groups),
    )
    return Resolved(plan, options)


def _names(settings: Any, data: PartnerFile | None, problems: Problems) -> Names:
    found = {}
    for kind in Names._fields:
        asked = getattr(settings.population, kind)
        given = getattr(settings.names, kind)
        rows = getattr(settings, kind, []) if kind in SUPPLIERS else []
        labels = list(given or [])
        if given is None and kind in SUPPLIERS:
            labels = [row.name or "" for row in rows]
        elif given is None and data is not None:
            labels = list(getattr(data, kind))
        source = f"names.{kind}" if given else f"[[{kind}]]" if kind in SUPPLIERS else "the CSV file"
        if asked is not None and (len(labels) > asked or (given and len(labels) < asked)):
            problems.add(
                ("population", kind),
                f"{asked} asked for, but {source} has {len(labels)}; make them agree or leave population.{kind} out",
            )
            continue
        default = DEFAULT_COUNTS[kind]
        total = (
            asked
            if asked is not None
            else len(labels)
            if given or (labels and kind not in SUPPLIERS)
            else max(default, len(labels))
        )
        found[kind] = tuple(_numbered(labels, total, kind[:-1].capitalize()))
        _check_names(kind, found[kind], problems)
    return Names(*(found.get(kind, ()) for kind in Names._fields))


def _numbered(labels: Sequence[str], total: int, word: str) -> list[str]:
    return [labels[n] if n < len(labels) and labels[n] else f"{word} {n + 1}" for n in range(total)]


def _check_names(kind: str, names: tuple[str, ...], problems: Problems) -> None:
    seen: set[str] = set()
    for name in names:
        if name.casefold() in seen:
            problems.add(("names", kind), f"{shown(name)} twice; names must differ, rename one")
        elif name.isdecimal() or name == "all":
            problems.add(
                ("names", kind), f"{shown(name)} could be taken for a number or for all of them; choose a name with other letters"
            )
        seen.add(name.casefold())


def _check_sizes(names: Names, problems: Problems) -> None:
    skills, vendors = len(names.skills), len(names.vendors)
    if skills + vendors > MOST_BITS:
        problems.add(
            ("population", "skills"),
            f"{skills} skills and {vendors} vendors, expected together at most {MOST_BITS}; have fewer of one",
        )
    for kind in ("verticals", "regions"):
        if len(getattr(names, kind)) > MOST_BITS:
            problems.add(("population", kind), f"{len(getattr(names, kind))} {kind}, expected at most {MOST_BITS}; merge some")


def _partners(settings: Any, data: PartnerFile | None, problems: Problems) -> int:
    asked = settings.population.partners
    if data is None:
        return asked if asked is not None else DEFAULT_COUNTS["partners"]
    rows = len(data.rows)
    if asked is not None and asked > rows:
        problems.add(
            ("population", "partners"),
            f"{asked} partners asked for, but the CSV file has {rows}; leave population.partners out or ask for at most {rows}",
        )
    if rows < 2:
        problems.add(("population", "csv"), "expected at least 2 partners; add lines to the file")
    return asked if asked is not None else rows


def _suppliers(kind: str, settings: Any, names: Names, problems: Problems) -> tuple[dict[str, float], ...]:
    """One dict a row; tables stand in order, or find their row by name when names.* is given."""
    known = getattr(names, kind)
    out: list[dict[str, float]] = [{} for _ in known]
    taken: set[int] = set()
    for n, written in enumerate(getattr(settings, kind)):
        row = n
        if getattr(settings.names, kind) is not None and written.name is not None:
            found = position(written.name, known)
            if found is None:
                problems.add(
                    (kind, n, "name"),
                    f"there is no {kind[:-1]} {shown(written.name)}{unlike(written.name, known, f'names.{kind} are')}",
                )
                continue
            row = found
        if row in taken or row >= len(known):
            problems.add(
                (kind, n),
                f"describes {kind[:-1]} {row + 1} of {len(known)} a second time; give each [[{kind}]] a name of its own",
            )
            continue
        taken.add(row)
        out[row] = {name: value for name in SUPPLIERS[kind] if (value := getattr(written, name)) is not None}
        if kind == "vendors":
            out[row] |= _vendor_choices(written, n, problems)
    return tuple(out)


def _vendor_choices(written: Any, n: int, problems: Problems) -> dict[str, float]:
    out = {}
    if written.partner_model is not None:
        out["partner_model"] = float(PARTNER_MODELS.index(written.partner_model))
    if written.arms is not None:
        shares = {f"arm_{arm}": getattr(written.arms, arm) for arm in ARMS}
        if not math.isclose(sum(shares.values()), 1.0, abs_tol=1e-6):
            problems.add(
                ("vendors", n, "arms"), f"the shares of the budget sum to {sum(shares.values()):g}, expected 1; correct them"
            )
        out |= shares
    return out


def _rules(written: Any, problems: Problems) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    rules, options = {}, {}
    for point in RULES:
        asked = getattr(written, point)
        name = asked.name if asked is not None else DEFAULTS[point]
        given = dict(asked.model_extra or {}) if asked is not None else {}
        path = ("rules", point)
        if name not in RULES[point] and ":" not in name:
            own = 'or your own as "package.module:Class"'
            problems.add((*path, "name"), f"there is no {point} rule {shown(name)}{unlike(name, RULES[point])}, {own}")
            continue
        if name in RULES[point] and not check_options(RULES[point][name], point, given, path, problems):
            continue
        if not check_plain(given, path, problems):
            continue
        try:
            rules[point] = make_rule(point, name, given)
        except RuleError as error:
            problems.add((*path, "name"), f"{error}; correct the name or the parameters")
        except Exception as error:  # whatever a user's own class raises
            problems.add((*path, "name"), f"{shown(name)} could not be made: {type(error).__name__}: {error}; correct the class")
        options[point] = {"name": name, **given}
    return rules, options


def _given(data: PartnerFile, partners: int, skills: int) -> GivenPartners:
    rows = data.rows[:partners]
    holds = np.zeros((len(rows), skills), np.bool_)
    for n, row in enumerate(rows):
        holds[n, list(row.skills)] = True
    return GivenPartners(
        names=tuple(row.name for row in rows),
        staff=np.array([row.staff for row in rows], np.float64),
        region=np.array([row.region for row in rows], np.int64),
        reach=_masks([row.reach for row in rows]),
        verticals=_masks([row.verticals for row in rows]),
        business_type=np.array([BUSINESS_TYPES.index(row.business_type) if row.business_type else -1 for row in rows], np.int64),
        skills=holds,
    )


def _masks(positions: list[tuple[int, ...]]) -> np.ndarray:
    return np.array([sum(1 << p for p in row) for row in positions], np.int64)


def rule_source(name: str) -> Path | None:
    """The file of a user's own rule, None for one of ours or one without a file."""
    if ":" not in name:
        return None
    source = getattr(importlib.import_module(name.split(":", 1)[0]), "__file__", None)
    return Path(source) if source and Path(source).is_file() else None
