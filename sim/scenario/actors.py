"""What a scenario may say of a network, a vendor, a distributor, a marketplace."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from sim.parameters import Par, declared
from sim.policy import MIXES, Policy
from sim.scenario import columns
from sim.scenario.fields import Name, bounded, count, model
from sim.state.networks import ENTRY_RULES, KINDS
from sim.state.suppliers import ARMS, PARTNER_MODELS


def _policy_fields() -> dict[str, Any]:
    fields = {}
    for name, (kind, _, par) in declared(Policy).items():
        choices = {"mix": MIXES, "entry_rule": ENTRY_RULES}.get(name)
        if choices:
            fields[name] = (Literal[choices] | None, Field(None, description=f"{par.meaning} [{par.source}]"))
        else:
            fields[name] = bounded(kind, par, None)
    return fields


def _network_model() -> type[BaseModel]:
    kind: Any = (Literal[KINDS], Field(description="kind of network", json_schema_extra={"example": "pure_p2p"}))
    number = (int, count(1, 0, 10_000, "how many"))
    name = _name("its name, for a group of one", "Club of twelve")
    host = _name("vendor, distributor or marketplace that hosts it, by name; else the first that is free", "Acme")
    return model("Network", {"kind": kind, "count": number, "name": name, "host": host, **_policy_fields()})


def _name(meaning: str, example: str) -> Any:
    return (Name | None, Field(None, description=meaning, json_schema_extra={"expects": "a name", "example": example}))


def _supplier_model(title: str, pars: dict[str, Par], **more: Any) -> type[BaseModel]:
    fields: dict[str, Any] = {name: bounded(float, par, None) for name, par in pars.items()}
    return model(title, {"name": _name("its name", "Acme"), **fields, **more})


Network = _network_model()
Arms = model("Arms", {arm: bounded(float, columns.ARM, 0.0) for arm in ARMS})
Vendor = _supplier_model(
    "Vendor",
    columns.VENDOR,
    partner_model=(
        Literal[PARTNER_MODELS] | None,
        Field(None, description="who contracts, who invoices, what the partner earns"),
    ),
    arms=(Arms | None, Field(None, description="division of the budget, sums to 1")),  # type: ignore[valid-type]
)
Distributor = _supplier_model("Distributor", columns.DISTRIBUTOR)
Marketplace = _supplier_model("Marketplace", columns.MARKETPLACE)
