"""What a scenario may contain, as pydantic models made from the parameters' own declarations.

Nothing unknown is allowed, numbers are finite and within the range that the parameter declares, counts
are whole numbers and switches are true or false.  ``expects`` on each field is what a message says.
"""

from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from sim.parameters import declared
from sim.rules.registry import RULES
from sim.scenario.actors import Distributor, Marketplace, Network, Vendor
from sim.scenario.event_models import AnyEvent
from sim.scenario.fields import MOST_BITS, Name, Prose, Strict, bounded, count, model, names
from sim.switches import Switches

SCHEMA_VERSION = 1
CsvName = Annotated[str, StringConstraints(min_length=1, max_length=300)]


def csv_file(meaning: str, example: str) -> Any:
    """A field that names a CSV file."""
    extra = {"expects": "the name of a CSV file", "example": f"data/{example}.csv"}
    return Field(None, description=meaning, json_schema_extra=extra)  # type: ignore[arg-type]


class Population(Strict):
    """How many of what."""

    partners: int | None = count(None, 2, 2_000_000, "partners at the start; default 1,000, or the rows of csv", 1000)
    skills: int | None = count(None, 1, MOST_BITS - 1, "skills; default 20; skills + vendors at most 62", 20)
    verticals: int | None = count(None, 1, MOST_BITS, "verticals; default 6", 6)
    regions: int | None = count(None, 1, MOST_BITS, "regions; default 10", 10)
    vendors: int | None = count(None, 1, MOST_BITS - 1, "vendors; default 10; skills + vendors at most 62", 10)
    distributors: int | None = count(None, 0, 1_000, "distributors; default 3", 3)
    marketplaces: int | None = count(None, 0, 1_000, "marketplaces; default 2", 2)
    csv: CsvName | None = csv_file("file of real partners, beside the scenario file or in a folder below", "partners")
    memberships_csv: CsvName | None = csv_file("memberships of these partners: partner, network", "memberships")
    alliances_csv: CsvName | None = csv_file("alliances of these partners: partner, other, form", "alliances")
    relations_csv: CsvName | None = csv_file("vendors that these partners carry: partner, vendor, share", "relations")


class GivenNames(Strict):
    """What skills and actors are called; numbered where left out."""

    skills: list[Name] | None = names(MOST_BITS - 1)
    verticals: list[Name] | None = names(MOST_BITS)
    regions: list[Name] | None = names(MOST_BITS)
    vendors: list[Name] | None = names(MOST_BITS - 1)
    distributors: list[Name] | None = names(1_000)
    marketplaces: list[Name] | None = names(1_000)


class Rule(BaseModel):
    """Name of a rule; its own parameters stand beside it."""

    model_config = ConfigDict(extra="allow", strict=True)
    name: Name = Field(
        description="a rule's name, or your own as package.module:Class", json_schema_extra={"expects": "the name of a rule"}
    )


def _switches_model() -> type[BaseModel]:
    fields = {
        name: (bool, Field(default, json_schema_extra={"expects": "true or false", "example": default}))
        for name, default in Switches._field_defaults.items()
    }
    return model("SwitchBoard", fields)


def _rules_model() -> type[BaseModel]:
    return model("Rules", {point: (Rule | None, None) for point in RULES})


def _process_model(process: str, group: type) -> type[BaseModel]:
    fields: dict[str, Any] = {name: bounded(kind, par, default) for name, (kind, default, par) in declared(group).items()}
    table = model(process, fields)
    table.__doc__ = group.__doc__
    return table


@cache
def scenario_model() -> type[BaseModel]:
    """The model of a whole scenario file, extends aside."""
    from sim.processes import PARAMETERS

    head: dict[str, Any] = {
        "schema_version": (
            Literal[SCHEMA_VERSION],
            Field(
                description="version of this layout",
                json_schema_extra={"expects": f"{SCHEMA_VERSION}", "example": SCHEMA_VERSION},
            ),
        ),
        "title": (
            Name,
            Field(description="a short title", json_schema_extra={"expects": "a short text", "example": "My scenario"}),
        ),
        "question": (Prose, Field("", description="what is asked", json_schema_extra={"expects": "a text"})),
        "text": (Prose, Field("", description="what is assumed", json_schema_extra={"expects": "a text"})),
        "months": (int, count(120, 1, 1_200, "months after burn-in")),
        "burn_in_months": (int, count(36, 0, 600, "months before anything is measured")),
        "replications": (int, count(30, 1, 10_000, "runs that differ by chance only")),
        "seed": (int, count(1, 0, 2**62, "seed of all chance")),
    }
    tables: dict[str, type[BaseModel]] = {
        "population": Population,
        "names": GivenNames,
        "switches": _switches_model(),
        "rules": _rules_model(),
    }
    head |= {name: _table(table) for name, table in tables.items()}
    tail: dict[str, Any] = {
        "networks": (list[Network] | None, Field(None, max_length=1_000)),  # type: ignore[valid-type]
        "vendors": (list[Vendor], Field([], max_length=MOST_BITS - 1)),  # type: ignore[valid-type]
        "distributors": (list[Distributor], Field([], max_length=1_000)),  # type: ignore[valid-type]
        "marketplaces": (list[Marketplace], Field([], max_length=1_000)),  # type: ignore[valid-type]
        "events": (list[AnyEvent], Field([], max_length=1_000)),
    }
    processes = {name: _process_model(name, group) for name, group in PARAMETERS.items()}
    if clash := set(processes) & (set(head) | set(tail)):
        raise TypeError(f"processes are named like sections of a scenario: {clash}")
    return model("ScenarioFile", {**head, **{name: _table(table) for name, table in processes.items()}, **tail})


def _table(table: type[BaseModel]) -> tuple[Any, Any]:
    """A table that may be left out."""
    return table, Field(default_factory=lambda: table())


def json_schema() -> dict[str, Any]:
    """JSON Schema of a scenario file, for editors."""
    schema = scenario_model().model_json_schema()
    schema["properties"]["extends"] = {"type": "string", "description": "name of the scenario that this one changes"}
    return schema
