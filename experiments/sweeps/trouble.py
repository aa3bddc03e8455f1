"""What is wrong with a study, said in one message: which file, which key, what was expected, what to do."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from experiments.pool import StudyError
from sim.scenario import ScenarioError
from sim.scenario.problems import Problems, dotted


class Where(NamedTuple):
    """A file, as messages call it."""

    label: str

    def error(self, key: str, says: str) -> StudyError:
        """The message about a key of this file, one line."""
        message = f"{self.label}: {key}: {says}" if key else f"{self.label}: {says}"
        return StudyError("".join(c if c.isprintable() else "?" for c in message))

    def found(self, problems: Problems, above: str = "") -> StudyError:
        """The message about the first of some problems, and how many more there are."""
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        key = ".".join(part for part in (above, dotted(problems[0].path)) if part)
        return self.error(key, problems[0].says + more)

    @contextmanager
    def about(self, key: str) -> Iterator[None]:
        """Say of which key it is that something raised within cannot be used."""
        try:
            yield
        except (ScenarioError, StudyError) as error:
            raise self.error(key, str(error)) from error


def flattened(tree: Mapping[str, Any], leaves: Collection[str] = (), above: str = "") -> dict[str, Any]:
    """Nested tables as dotted keys, so that quoted and bare keys mean the same.

    Parameters
    ----------
    tree
        Tables within tables.
    leaves
        A table with one of these keys stays a table.
    above
        Put before every key.

    Returns
    -------
    dict
        By dotted key.

    >>> flattened({"demand": {"load": {"low": 0.8, "high": 1.2}}}, leaves=("low", "high"))
    {'demand.load': {'low': 0.8, 'high': 1.2}}
    """
    out: dict[str, Any] = {}
    for key, value in tree.items():
        name = f"{above}.{key}" if above else key
        if isinstance(value, dict) and value and not set(value) & set(leaves):
            out |= flattened(value, leaves, name)
        else:
            out[name] = value
    return out
