"""From uncertainties, levers and the design as written to factors and points, each value tried on the scenario."""

import math
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from experiments.sweeps import designs
from experiments.sweeps.designs import Design
from experiments.sweeps.factors import LEVER, UNCERTAINTY, Factor
from experiments.sweeps.rows import NUMBER, Row, kind_of, read_rows
from experiments.sweeps.schema import FactorFile
from experiments.sweeps.subjects import ScenarioSubject, Subject
from experiments.sweeps.trouble import Where, flattened
from sim.scenario import ScenarioError
from sim.scenario.explanation import explained
from sim.scenario.problems import Problem, Problems, shown

CUT = 4.0  # standard deviations at which a normal ends when it has no low or high


def read_factors(written: Any, subject: Subject, folder: Path, where: Where) -> tuple[Factor, ...]:
    """The factors of a study, checked.

    Parameters
    ----------
    written
        The study as its model checked it.
    subject
        What is run.
    folder
        Of the study.
    where
        How messages call it.

    Returns
    -------
    tuple of Factor
        Uncertainties first.

    Raises
    ------
    StudyError
        Names the key.
    """
    out: list[Factor] = []
    for role, table in ((UNCERTAINTY, written.uncertainties), (LEVER, written.levers)):
        section = {UNCERTAINTY: "uncertainties", LEVER: "levers"}[role]
        for name, value in flattened(table, FactorFile.model_fields).items():
            key = f"{section}: {name}"
            if any(f.name == name for f in out):
                raise where.error(key, "is an uncertainty as well as a lever; remove one of them")
            factor, places = _factor(name, role, value, subject, folder, where, key)
            out.append(_tried(factor, places, subject, where, key))
    return tuple(out)


def _factor(name: str, role: str, value: Any, subject: Subject, folder: Path, where: Where, key: str) -> tuple[Factor, list[str]]:
    """A factor, and what messages call each of its listed values."""
    if isinstance(value, list):
        value = {"values": value}
    if not isinstance(value, dict):
        says = f"expected a table, got {shown(value)}; write for instance {{ low = 0.0, high = 1.0 }} or {{ values = [1, 2] }}"
        raise where.error(key, says)
    try:
        read = FactorFile.model_validate(value)
    except ValidationError as error:
        raise where.found(explained(error, FactorFile), key) from error
    problems = Problems(_unfit(read))
    if problems:
        raise where.found(problems, key)
    if read.file is not None:
        rows = read_rows(folder, read.file, where, f"{key}.file", _aside(subject))
        places = [f"{key}.file: {read.file}, line {row.line}" for row in rows]
        return Factor(name, role, tuple(row.values for row in rows), nominal=read.nominal), places
    if read.values is not None:
        places = [key] if len(read.values) == 1 else [f"{key}, value {n}" for n, _ in enumerate(read.values, 1)]
        return Factor(name, role, tuple(read.values), nominal=read.nominal), places
    low, high = read.low, read.high
    if read.distribution == "normal":
        low = read.mean - CUT * read.sd if low is None else low  # type: ignore[operator]
        high = read.mean + CUT * read.sd if high is None else high  # type: ignore[operator]
    ranged = Factor(
        name, role, (), read.distribution, float(low or 0.0), float(high or 0.0), read.mean or 0.0, read.sd or 1.0,
        read.mode or 0.0, nominal=read.nominal,
    )  # fmt: skip
    return ranged, []


def _aside(subject: Subject) -> tuple[str, ...]:
    """Columns of a file of points, as a calibration writes it, that are no keys of a scenario."""
    return ("point", "loss") if isinstance(subject, ScenarioSubject) else ()


def _unfit(read: FactorFile) -> list[Problem]:
    """What is wrong with a factor whose fields are right one by one."""
    low, high, kind = read.low, read.high, read.distribution
    if sum(x is not None for x in (read.values, read.file)) + any(x is not None for x in (low, high, read.mean)) != 1:
        return [Problem((), "expected low and high, or values, or a file; write for instance low = 0.0, high = 1.0")]
    if read.values is not None:
        texts = [repr(v) for v in read.values]
        twice = next((v for n, v in enumerate(read.values) if repr(v) in texts[:n]), None)
        return [Problem(("values",), f"{shown(twice)} twice; remove one of them")] if twice is not None else []
    if read.file is not None:
        return []
    needed = {"normal": ("mean", "sd"), "triangular": ("low", "high", "mode")}.get(kind, ("low", "high"))
    for field in needed:
        if getattr(read, field) is None:
            return [Problem((field,), f"missing; a {kind} distribution needs {', '.join(needed)}")]
    for field in ("mean", "sd", "mode"):
        if getattr(read, field) is not None and field not in needed:
            owner = "triangular" if field == "mode" else "normal"
            return [Problem((field,), f'is for a {owner} distribution; write distribution = "{owner}" or remove it')]
    if low is not None and high is not None and not low < high:
        return [Problem(("high",), f"expected more than low ({low:g}), got {high:g}; swap them, or use values for one value")]
    if kind == "log_uniform" and not (low or 0.0) > 0.0:
        return [Problem(("low",), f"expected a positive number for a log_uniform distribution, got {low:g}; raise it")]
    if kind == "normal" and not (read.sd or 0.0) > 0.0:
        return [Problem(("sd",), f"expected a positive number, got {read.sd:g}; raise it")]
    if kind == "triangular" and not low <= read.mode <= high:  # type: ignore[operator]
        return [Problem(("mode",), f"expected a number from low ({low:g}) to high ({high:g}), got {read.mode:g}; move it")]
    return []


def _tried(factor: Factor, places: list[str], subject: Subject, where: Where, key: str) -> Factor:
    """The factor, whole where the scenario wants whole numbers; every listed value, or both ends, are tried."""
    if factor.values:
        for value, place in zip(factor.values, places, strict=True):
            _try(factor, value, subject, where, place)
            kind = kind_of(factor.values[0]) or "a finite number, a text, true or false"
            if not isinstance(value, dict) and kind_of(value) != kind:
                raise where.error(place, f"expected {kind}, got {shown(value)}; write values of one kind")
        return _with_nominal(factor, subject, where, key)
    if not _accepts(factor, _between(factor.low, factor.high), subject):
        ends = [factor.low, factor.high]
        whole = factor._replace(whole=True)
        if all(end.is_integer() for end in ends) and all(_accepts(factor, int(end), subject) for end in ends):
            return _with_nominal(whole, subject, where, key)
        if all(_accepts(factor, math.floor(end), subject) for end in ends):
            says = f"expected whole numbers, got {shown(next(e for e in ends if not e.is_integer()))}; round low and high"
            raise where.error(key, says)
    for name, end in (("low", factor.low), ("high", factor.high)):
        _try(factor, end, subject, where, f"{key}.{name}")
    return _with_nominal(factor, subject, where, key)


def _between(low: float, high: float) -> float:
    middle = low + 0.5 * (high - low)
    return middle if not middle.is_integer() else low + 0.37 * (high - low)


def _accepts(factor: Factor, value: Any, subject: Subject) -> bool:
    try:
        subject.prepare(factor.settings(value), None)
    except ScenarioError:
        return False
    return True


def _try(factor: Factor, value: Any, subject: Subject, where: Where, key: str) -> None:
    try:
        subject.prepare(factor.settings(value), None)
    except ScenarioError as error:
        raise where.error(key, _without_label(str(error))) from error


def _without_label(message: str) -> str:
    """What a scenario's message says, without how it calls the setting's place."""
    head, separator, rest = message.partition(": ")
    return rest if separator and ", with " in head else message


def _with_nominal(factor: Factor, subject: Subject, where: Where, key: str) -> Factor:
    if factor.nominal is None:
        return factor
    nominal = factor.nominal
    if factor.values:
        if isinstance(factor.values[0], dict):
            raise where.error(f"{key}.nominal", "a file of rows has none; remove it")
        if nominal not in factor.values:
            raise where.error(f"{key}.nominal", f"expected one of the values, got {shown(nominal)}; add it to them")
    elif isinstance(nominal, bool) or not isinstance(nominal, int | float) or not factor.low <= nominal <= factor.high:
        says = f"expected a number from {factor.low:g} to {factor.high:g}, got {shown(nominal)}; move it or the range"
        raise where.error(f"{key}.nominal", says)
    return factor


def read_design(written: Any, factors: tuple[Factor, ...], subject: Subject, folder: Path, where: Where):
    """The design, and the factors with those that only a file of points names.

    Raises
    ------
    StudyError
        Names the key.
    """
    asked = written.design
    rows: tuple[tuple[float, ...], ...] = ()
    if (asked.kind == "csv") != (asked.file is not None):
        raise where.error("design.file", 'is needed for kind = "csv" and for no other; write file = "points.csv" or remove it')
    if asked.kind == "csv":
        factors, rows = _given(asked.file, factors, subject, folder, where)
    if not factors:
        raise where.error(
            "uncertainties", "nothing varies; write [uncertainties] and for instance demand.load = { low = 0.8, high = 1.2 }"
        )
    counted = asked.kind in ("lhs", "sobol", "morris", "saltelli", "random")
    if counted and asked.samples is None:
        raise where.error(
            "design.samples", f"missing; a {asked.kind} design needs a number of samples, for instance samples = 256"
        )
    if not counted and asked.samples is not None:
        raise where.error("design.samples", f"a {asked.kind} design has no number of samples; remove it, set levels instead")
    if asked.kind == "morris" and asked.levels % 2:
        raise where.error("design.levels", f"expected an even number for a morris design, got {asked.levels}; write levels = 4")
    if asked.second_order and asked.kind != "saltelli":
        raise where.error("design.second_order", 'is for kind = "saltelli"; remove it')
    design = Design(asked.kind, asked.samples or 0, asked.levels, asked.seed, asked.second_order, asked.file or "", rows)
    if (total := designs.total(design, factors)) > designs.MOST_POINTS:
        raise where.error(
            "design", f"{total:,} points, expected at most {designs.MOST_POINTS:,}; have fewer levels, samples or factors"
        )
    return design, factors


def _given(file: str, factors: tuple[Factor, ...], subject: Subject, folder: Path, where: Where):
    """Factors and points of a CSV file; a column that no table names is an uncertainty."""
    rows = read_rows(folder, file, where, "design.file", _aside(subject))
    if strange := [f.name for f in factors if f.name not in rows[0].values]:
        raise where.error("design.file", f"{file} has no column {shown(strange[0])}; add it or remove the factor")
    named = {f.name: f for f in factors}
    found, columns = [], []
    for name in rows[0].values:
        _check_column(name, rows, named.get(name), file, where)
        first = {row.values[name]: row.line for row in reversed(rows)}
        values = [row.values[name] for row in rows]
        different = sorted(set(values), key=lambda v: (isinstance(v, str), v))
        places = {value: (n + 0.5) / len(different) for n, value in enumerate(different)}
        for value in _extremes(different):
            _try(Factor(name, UNCERTAINTY), value, subject, where, f"design.file: {file}, line {first[value]}, column {name}")
        found.append(Factor(name, named[name].role if name in named else UNCERTAINTY, tuple(different)))
        columns.append([places[v] for v in values])
    return tuple(found), tuple(zip(*columns, strict=True))


def _check_column(name: str, rows: list[Row], factor: Factor | None, file: str, where: Where) -> None:
    """See that a column holds values of one kind, and those of its factor where the study names it."""
    kind = kind_of(rows[0].values[name])
    for row in rows:
        value, says = row.values[name], ""
        if kind_of(value) != kind:
            says = f"expected {kind} as in the rows above, got {shown(value)}; write values of one kind"
        elif factor is not None and factor.values and value not in factor.values:
            says = f"expected one of the factor's values, got {shown(value)}; add it to them or correct the cell"
        elif factor is not None and not factor.values and not (kind == NUMBER and factor.low <= value <= factor.high):
            says = f"expected a number from the factor's low ({factor.low:g}) to its high ({factor.high:g}), got {shown(value)}"
            says += "; widen the range or correct the cell"
        if says:
            raise where.error("design.file", f"{file}, line {row.line}, column {name}: {says}")


def _extremes(different: list[Any]) -> list[Any]:
    """The values of a column to be tried: of numbers the least and the greatest whole and broken one, else all."""
    if kind_of(different[0]) != NUMBER:
        return different
    return [v for kind in (int, float) if (some := [d for d in different if isinstance(d, kind)]) for v in (some[0], some[-1])]
