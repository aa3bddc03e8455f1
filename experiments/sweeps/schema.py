"""What a study file may say, as pydantic models: nothing unknown, finite bounded numbers, each field with what it expects."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from experiments.sweeps import designs
from experiments.sweeps.factors import DISTRIBUTIONS
from sim.scenario.fields import Name, Prose, Strict
from sim.scenario.fields import count as whole_number

SCHEMA_VERSION = 1
MISSING = ("rerun", "repair", "refuse")
Path = Annotated[str, StringConstraints(min_length=1, max_length=300)]


def number(default: float | None, meaning: str, low: float | None = None, high: float | None = None, example: float = 0.1) -> Any:
    """A field that holds a number."""
    bounds = "" if low is None or high is None else f" from {low:g} to {high:g}"
    extra: dict[str, Any] = {"expects": f"a number{bounds}", "example": example}
    return Field(default, ge=low, le=high, description=meaning, json_schema_extra=extra)  # type: ignore[arg-type]


def text(default: str | None, meaning: str, example: str) -> Any:
    """A field that holds a text."""
    return Field(default, description=meaning, json_schema_extra={"expects": "a text in quotes", "example": example})


def choice(default: str, meaning: str) -> Any:
    """A field that holds one of some names."""
    return Field(default, description=meaning, json_schema_extra={"expects": "a name", "example": default})


def yes_or_no(default: bool, meaning: str) -> Any:
    """A field that is true or false."""
    return Field(default, description=meaning, json_schema_extra={"expects": "true or false", "example": default})


class FactorFile(Strict):
    """Where the values of one uncertainty or lever come from."""

    values: list[Any] | None = Field(
        None, min_length=1, max_length=10_000, json_schema_extra={"expects": "a list", "example": [1, 2]}
    )
    low: float | None = number(None, "least value", example=0.0)
    high: float | None = number(None, "greatest value", example=1.0)
    distribution: Literal[DISTRIBUTIONS] = choice("uniform", "how values lie between low and high")  # type: ignore[valid-type]
    mean: float | None = number(None, "mean of a normal")
    sd: float | None = number(None, "standard deviation of a normal", example=0.02)
    mode: float | None = number(None, "peak of a triangular")
    file: Path | None = text(
        None, "CSV file beside the study whose rows are drawn whole; its head line names keys", "accepted.csv"
    )
    nominal: Any = Field(None, description="value where other factors are varied one at a time")
    meaning: Prose = text("", "why this range", "range of published estimates")


class DesignFile(Strict):
    """How points are chosen."""

    kind: Literal[designs.KINDS] = choice("sobol", "the design")  # type: ignore[valid-type]
    samples: int | None = whole_number(None, 1, 10_000_000, "points; base samples of saltelli; trajectories of morris", 256)
    levels: int = whole_number(4, 2, 1_000, "values a factor of grid, morris and one_at_a_time")
    seed: int = whole_number(1, 0, 2**62, "seed of the design")
    second_order: bool = yes_or_no(False, "whether saltelli also gives indices of pairs, at nearly twice the runs")
    file: Path | None = text(None, "CSV file of points; its head line names keys", "points.csv")


class ReplicationsFile(Strict):
    """How often each point is run with different chance."""

    count: int | None = whole_number(None, 1, 100_000, "runs a point, fixed", 8)  # type: ignore[assignment]
    least: int = whole_number(4, 2, 100_000, "runs a point at least, when adaptive")
    most: int | None = whole_number(None, 2, 100_000, "runs a point at most, when adaptive", 64)
    half_width: dict[Name, Annotated[float, Field(gt=0)]] = Field(
        {}, json_schema_extra={"expects": "a table of outcomes and positive numbers in their units", "example": 0.01}
    )
    relative_half_width: dict[Name, Annotated[float, Field(gt=0)]] = Field(
        {}, json_schema_extra={"expects": "a table of outcomes and positive shares of the mean", "example": 0.05}
    )
    paired: bool = yes_or_no(True, "whether a replication's chance is the same at every point")


class LimitsFile(Strict):
    """What a run may take."""

    seconds_per_run: float | None = number(None, "time after which a run is ended", 0.01, 10_000_000.0, 60.0)
    memory_mb_per_run: int | None = whole_number(None, 1, 10_000_000, "megabytes that a run may take", 2_000)


class AnalysisFile(Strict):
    """What the report shows."""

    missing: Literal[MISSING] = choice("repair", "what to do about missing runs")  # type: ignore[valid-type]
    axes: list[Name] | None = Field(
        None,
        min_length=2,
        max_length=2,
        json_schema_extra={"expects": "two factors", "example": ["demand.load", "membership.attention"]},
    )
    confidence: float = number(0.95, "of intervals", 0.5, 0.999, 0.95)
    resamples: int = whole_number(500, 10, 100_000, "bootstrap resamples of an interval")


class StudyFile(Strict):
    """A study; uncertainties and levers are checked one by one."""

    schema_version: Literal[SCHEMA_VERSION] = Field(json_schema_extra={"expects": "1", "example": SCHEMA_VERSION})  # type: ignore[valid-type]
    title: Name = text(..., "a short title", "What drives membership?")  # type: ignore[arg-type]
    question: Prose = text("", "what is asked", "Which assumptions matter?")
    scenario: Path | None = text(None, "name of a shipped scenario, or a TOML file beside the study", "baseline")
    function: Path | None = text(None, "your own function instead of a scenario", "package.module:name")
    measure: Path = text("headline", "what is measured of a run: headline, or your own Outcomes", "package.module:NAME")
    outcomes: list[Name] | None = Field(
        None,
        min_length=1,
        max_length=200,
        json_schema_extra={"expects": "a list of outcomes", "example": ["memberships", "focal_wallet"]},
    )
    series: list[Name] = Field(
        [], max_length=300, json_schema_extra={"expects": "a list of monthly series", "example": ["memberships_per_partner"]}
    )
    settings: dict[str, Any] = Field({}, json_schema_extra={"expects": "a table"})
    uncertainties: dict[str, Any] = Field({}, json_schema_extra={"expects": "a table"})
    levers: dict[str, Any] = Field({}, json_schema_extra={"expects": "a table"})
    design: DesignFile = Field(json_schema_extra={"expects": "a table"})
    replications: ReplicationsFile = Field(ReplicationsFile(), json_schema_extra={"expects": "a table"})  # type: ignore[call-arg]
    limits: LimitsFile = Field(LimitsFile(), json_schema_extra={"expects": "a table"})  # type: ignore[call-arg]
    analysis: AnalysisFile = Field(AnalysisFile(), json_schema_extra={"expects": "a table"})  # type: ignore[call-arg]
