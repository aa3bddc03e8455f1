"""Setting one value in a list of tables by a dotted key: ``networks.vendor.fee_per_month_usd``, ``vendors.all.list_margin``.

The middle of the key says which tables are meant: a number from 1, "all", a name, or the kind of a network.  Tables that
the file leaves to the defaults are written out first.
"""

from typing import Any

from sim.rules.registry import DEFAULTS
from sim.scenario.networks import DEFAULT_COUNTS as DEFAULT_NETWORKS
from sim.scenario.problems import ScenarioError, position, shown, unlike
from sim.scenario.resolution import DEFAULT_COUNTS, SUPPLIERS

EXAMPLES = {
    "networks": "networks.vendor.fee_per_month_usd", "vendors": "vendors.all.list_margin",
    "distributors": "distributors.1.margin",
    "marketplaces": "marketplaces.all.take_rate", "events": "events.1.value",
}  # fmt: skip


def set_in_rows(tree: dict[str, Any], key: str, value: object, label: str) -> dict[str, Any]:
    """Set a field of some tables of a list.

    Parameters
    ----------
    tree
        A scenario as written; the list in it is replaced by a changed copy.
    key
        ``LIST.WHICH.FIELD``.
    value
        What is set.
    label
        How messages call where the key stands.

    Returns
    -------
    dict
        What was set, as a layer of the scenario would say it: list, row from 0, field.

    Raises
    ------
    ScenarioError
        When the key is not of that form, or there is no such table.
    """
    section, _, rest = key.partition(".")
    which, _, field = rest.rpartition(".")
    if not which or not field:
        example = EXAMPLES[section]
        raise ScenarioError(f"{label}: {shown(key)} names no field of a table; write for instance {example}")
    rows = _written(tree, section)
    if not all(isinstance(row, dict) for row in rows):
        raise ScenarioError(f"{label}: {section} is not a list of tables; correct the scenario file")
    chosen = _chosen(rows, section, which)
    if not chosen:
        known = list(dict.fromkeys(str(row[k]) for row in rows for k in ("name", "kind") if k in row))
        choice = unlike(which, [*known, "all"], "name") if rows else "; there are none in this scenario"
        also = f", or a number from 1 to {len(rows)}" if rows else ""
        raise ScenarioError(f"{label}: there is no table {shown(which)} in {section}{choice}{also}")
    tree[section] = [{**row, field: value} if n in chosen else row for n, row in enumerate(rows)]
    return {section: {n: {field: value} for n in chosen}}


def name_default_rule(tree: dict[str, Any], key: str) -> None:
    """Where ``rules.POINT.OPTION`` is set and no rule is named at that point, name the default one."""
    head, _, option = key.rpartition(".")
    point = head.removeprefix("rules.")
    if point == head or point not in DEFAULTS or option == "name":
        return
    rules = dict(tree.get("rules") or {})
    if isinstance(rules.get(point, {}), dict):
        tree["rules"] = {**rules, point: {"name": DEFAULTS[point], **rules.get(point, {})}}


def _written(tree: dict[str, Any], section: str) -> list[Any]:
    """The tables of a list, those that the scenario leaves to the defaults included."""
    rows = tree.get(section)
    if section == "networks" and rows is None:
        counts = {kind: min(n, _number(tree, f"{kind}s", n)) for kind, n in DEFAULT_NETWORKS.items()}
        return [{"kind": kind, "count": n} for kind, n in counts.items() if n]
    rows = list(rows) if isinstance(rows, list) else []
    names = tree["names"].get(section) if isinstance(tree.get("names"), dict) else None
    described: list[Any] = [row.get("name") for row in rows if isinstance(row, dict)]
    if isinstance(names, list) and all(isinstance(name, str) for name in (*names, *described)):
        return rows + [{"name": name} for name in names if position(name, described) is None]
    return rows + [{} for _ in range(_number(tree, section, 0) - len(rows))]


def _number(tree: dict[str, Any], section: str, otherwise: int) -> int:
    """How many suppliers of a kind the scenario has."""
    if section not in SUPPLIERS:
        return otherwise
    population, names = tree.get("population"), tree.get("names")
    asked = population.get(section) if isinstance(population, dict) else None
    if isinstance(asked, int):
        return min(asked, 1_000)
    given = names.get(section) if isinstance(names, dict) else None
    return len(given) if isinstance(given, list) else max(DEFAULT_COUNTS[section], len(tree.get(section) or []))


def _chosen(rows: list[Any], section: str, which: str) -> list[int]:
    if which == "all":
        return list(range(len(rows)))
    if which.isascii() and which.isdecimal():
        return [int(which) - 1] if 1 <= int(which) <= len(rows) else []
    keys = ("name", "kind") if section == "networks" else ("name",)
    found = ([n for n, row in enumerate(rows) if position(which, [str(row.get(key, ""))]) == 0] for key in keys)
    return next(filter(None, found), [])
