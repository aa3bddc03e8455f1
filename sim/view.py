"""A view: a Mesa agent that is one row of a table of the state.

A view copies nothing: reading ``partner.staff`` reads the column, writing it writes the column, and
what the month changes is seen at once. A view is bound to a firm's uid, not to a row: rows are given
to entrants when firms leave. ``alive`` tells whether the firm is still there; reading anything else
of a firm that left raises ``FirmLeftError``.
"""

from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar, overload

import mesa
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from sim.model import ChannelModel
    from sim.world import World

Value = TypeVar("Value")


class FirmLeftError(LookupError):
    """The firm that is asked for is no longer, or was never, in the market."""


def row_of(uids: NDArray[np.int64], living: NDArray[np.bool_], uid: int) -> int:
    """Row of the living firm with that uid, -1 if there is none."""
    rows = np.flatnonzero((uids == uid) & living)
    return int(rows[0]) if rows.size else -1


class Column(Generic[Value]):
    """One cell of a column as an attribute: the cell in the view's own row.

    ``writable`` is False for what only the month may write; ``low`` and ``high`` bound what may be written.
    """

    def __init__(self, meaning: str, low: float = -np.inf, high: float = np.inf, *, writable: bool = True) -> None:
        self.__doc__ = meaning
        self.low, self.high, self.writable = low, high, writable

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, view: None, owner: type) -> Self: ...
    @overload
    def __get__(self, view: "View", owner: type) -> Value: ...
    def __get__(self, view: "View | None", owner: type) -> Any:
        if view is None:
            return self
        row = view.row
        return getattr(view.rows, self.name)[row].item()

    def __set__(self, view: "View", value: Value) -> None:
        if not self.writable:
            raise AttributeError(f"{self.name} follows from what happens and cannot be set")
        if not self.low <= value <= self.high:  # type: ignore[operator]
            raise ValueError(f"{self.name} must lie between {self.low:g} and {self.high:g}, not {value}")
        row = view.row
        getattr(view.rows, self.name)[row] = value


def share(meaning: str) -> Column[float]:
    """A column that holds a number from 0 to 1."""
    return Column(meaning, 0.0, 1.0)


def result(meaning: str) -> Column[float]:
    """A column that only the month may write."""
    return Column(meaning, writable=False)


class View(mesa.Agent):
    """A Mesa agent that is one row of a table.

    ``registered`` False makes a view that Mesa's model does not know of; its ``unique_id`` is negative,
    so it is never that of a registered agent.
    """

    table: ClassVar[str]  # the table in the world
    living: ClassVar[str] = "active"  # the column that says which rows are firms in the market
    model: "ChannelModel"

    def __init__(self, model: "ChannelModel", uid: int, row: int, *, registered: bool = True) -> None:
        if registered:
            super().__init__(model)
        else:
            self.model, self.unique_id, self.pos = model, -1 - uid, None
        self.registered = registered
        self.uid = uid
        self._row = row  # where the firm was last seen

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.uid}{'' if self.alive else ', left'}>"

    @property
    def world(self) -> "World":
        """The world that holds the state."""
        return self.model.world

    @property
    def rows(self) -> Any:
        """The table of which this is a row."""
        return getattr(self.world, self.table)

    @property
    def alive(self) -> bool:
        """Whether the firm is in the market."""
        uids, living = self.rows.uid, getattr(self.rows, self.living)
        if not (0 <= self._row < uids.size and uids[self._row] == self.uid and living[self._row]):
            self._row = row_of(uids, living, self.uid)
        return self._row >= 0

    @property
    def row(self) -> int:
        """The firm's row at present; raises FirmLeftError when it has none."""
        if not self.alive:
            raise FirmLeftError(f"{type(self).__name__.lower()} {self.uid} is not in the market (month {self.world.month})")
        return self._row

    def remove(self) -> None:
        """Take the view off Mesa's register; the firm itself stays as it is."""
        if self.registered:
            super().remove()
            self.registered = False
