"""What each kind of event must say; whether its targets exist is checked once the scenario is known."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from sim.scenario import columns
from sim.scenario.actors import Network
from sim.scenario.fields import Strict


def _scalar(value: Any) -> Any:
    if isinstance(value, bool | int | float | str):
        return value
    raise PydanticCustomError("value", "expected a number, true, false or a name")


def _text(value: Any) -> Any:
    """A row may be named by its number."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**9 else value


def _expects(text: str, example: Any) -> dict[str, Any]:
    return {"expects": text, "example": example}


How = Annotated[Literal["set", "add", "multiply"], Field(description="whether the value replaces, is added or multiplies")]
Value = Annotated[Any, AfterValidator(_scalar)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Target = Annotated[Text, BeforeValidator(_text)]


def _target(text: str, example: str) -> Any:
    return Field(description=text, json_schema_extra=_expects(text, example))


class EventModel(Strict):
    """What all events say."""

    month: int = Field(
        ge=0,
        le=1_200,
        description="month after burn-in, 0 the first",
        json_schema_extra=_expects("a whole number of months after burn-in", 12),
    )


class SetParameter(EventModel):
    """A parameter of a process changes."""

    kind: Literal["set_parameter"]
    target: Text = _target("process.parameter", "demand.growth_per_year")
    value: Value
    how: How = "set"


class SetSwitch(EventModel):
    """A mechanism is switched on or off."""

    kind: Literal["set_switch"]
    target: Text = _target("a switch", "habit")
    value: bool = Field(json_schema_extra=_expects("true or false", False))


class ChangeVendor(EventModel):
    """A vendor's policy changes."""

    kind: Literal["change_vendor"]
    target: Target = _target('a vendor\'s name or number, or "all"', "all")
    field: Text = _target("a field of vendors", "list_margin")
    value: Value
    how: How = "set"


class ChangeDistributor(EventModel):
    """A distributor's terms change."""

    kind: Literal["change_distributor"]
    target: Target = _target('a distributor\'s name or number, or "all"', "all")
    field: Text = _target("a field of distributors", "margin")
    value: Value
    how: How = "set"


class ChangeMarketplace(EventModel):
    """A marketplace's terms change."""

    kind: Literal["change_marketplace"]
    target: Target = _target('a marketplace\'s name or number, or "all"', "all")
    field: Text = _target("a field of marketplaces", "take_rate")
    value: Value
    how: How = "set"


class ChangeNetwork(EventModel):
    """The policy of networks changes."""

    kind: Literal["change_network"]
    target: Target = _target('a kind of network, a number, or "all"', "vendor")
    field: Text = _target("a field of networks", "fee_per_month_usd")
    value: Value
    how: How = "set"


class OpenNetwork(EventModel):
    """Networks open, as far as hosts are free."""

    kind: Literal["open_network"]
    network: Network = Field(description="as in [[networks]]")  # type: ignore[valid-type]


class CloseNetwork(EventModel):
    """Networks close."""

    kind: Literal["close_network"]
    target: Target = _target('a kind of network, a number, or "all"', "community")


class VendorLeaves(EventModel):
    """A vendor leaves the market."""

    kind: Literal["vendor_leaves"]
    target: Target = _target("a vendor's name or number", "1")


class MergeVendors(EventModel):
    """A vendor takes over another."""

    kind: Literal["merge_vendors"]
    target: Target = _target("name or number of the vendor taken over", "2")
    into: Target = _target("name or number of the vendor that takes it over", "1")


class DistributorLeaves(EventModel):
    """A distributor leaves the market."""

    kind: Literal["distributor_leaves"]
    target: Target = _target("a distributor's name or number", "1")


class Shock(EventModel):
    """Something befalls a random share of partners."""

    kind: Literal["shock"]
    field: Literal[tuple(columns.SHOCK)]  # type: ignore[valid-type]
    value: float = Field(json_schema_extra=_expects("a number", -0.5))
    how: How = "add"
    share: float = Field(
        1.0, ge=0, le=1, description="share of partners hit", json_schema_extra=_expects("a number from 0 to 1", 0.5)
    )


AnyEvent = Annotated[
    SetParameter
    | SetSwitch
    | ChangeVendor
    | ChangeDistributor
    | ChangeMarketplace
    | ChangeNetwork
    | OpenNetwork
    | CloseNetwork
    | VendorLeaves
    | MergeVendors
    | DistributorLeaves
    | Shock,
    Field(discriminator="kind"),
]
