"""Fields of a scenario: strict, finite and bounded, each knowing in words what it expects."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, create_model

from sim.parameters import Par

MOST_BITS = 62  # skills + vendors of a firm, regions, verticals: bit masks of 64-bit integers

STRICT = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]
Prose = Annotated[str, StringConstraints(max_length=10_000)]


class Strict(BaseModel):
    """Nothing unknown, no conversion of types, no infinite numbers."""

    model_config = STRICT


def model(title: str, fields: dict[str, Any]) -> type[BaseModel]:
    """A strict model with these fields, each a pair of type and Field."""
    make: Any = create_model
    return make(title, __base__=Strict, **fields)


def says(kind: type, par: Par) -> str:
    """What a parameter expects, in words."""
    if kind is bool:
        return "true or false"
    number = "a whole number" if kind is int else "a number"
    return f"{number} from {par.low:g} to {par.high:g} ({par.unit})"


def bounded(kind: type, par: Par, default: Any) -> tuple[Any, Any]:
    """Type and field of a parameter, for ``create_model``."""
    annotation: Any = bool if kind is bool else Annotated[kind, Field(ge=par.low, le=par.high)]
    extra = {"expects": says(kind, par), "example": default, "unit": par.unit, "source": par.source}
    if default is None:
        annotation = annotation | None
    return annotation, Field(default, description=f"{par.meaning} [{par.unit}; {par.source}]", json_schema_extra=extra)


def count(default: int | None, low: int, high: int, meaning: str, example: int | None = None) -> Any:
    """A field that counts something."""
    extra: dict[str, Any] = {
        "expects": f"a whole number from {low} to {high}",
        "example": default if default is not None else example,
    }
    return Field(default, ge=low, le=high, description=meaning, json_schema_extra=extra)


def names(most: int) -> Any:
    """A field that holds a list of names."""
    extra = {"expects": f"a list of at most {most} names", "example": ["One", "Two"]}
    return Field(None, min_length=1, max_length=most, json_schema_extra=extra)  # type: ignore[arg-type]
