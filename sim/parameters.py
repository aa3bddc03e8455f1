"""How a parameter is declared: a default, a unit, a range and where the number comes from.

A process declares a ``NamedTuple`` whose fields are ``Annotated[float, Par(...)]``.  The tuple itself
is handed to compiled kernels; the annotations become the scenario schema and the documentation.
"""

from typing import Any, NamedTuple, get_type_hints


class Par(NamedTuple):
    """What is known of one parameter.

    ``source`` is a citation, or begins with the word "assumed"; ``low`` and ``high`` bound what a
    scenario may ask for.
    """

    unit: str
    low: float
    high: float
    source: str
    meaning: str


def declared(group: type) -> dict[str, tuple[type, Any, Par]]:
    """Name -> (type, default, Par) of every parameter of a group, in order."""
    hints = get_type_hints(group, include_extras=True)
    found = {}
    for name, hint in hints.items():
        par = next((m for m in getattr(hint, "__metadata__", ()) if isinstance(m, Par)), None)
        if par is None:
            raise TypeError(f"{group.__name__}.{name} declares no Par")
        found[name] = (hint.__origin__, group._field_defaults[name], par)  # type: ignore[attr-defined]
    return found
