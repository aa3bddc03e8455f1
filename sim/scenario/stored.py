"""The scenario of a folder of results, as its ``scenario.json`` keeps it."""

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from sim.scenario.document import Document, Layer, read_document, read_limited, with_settings
from sim.scenario.problems import ScenarioError
from sim.scenario.scenario import Scenario, from_document

FILE = "scenario.json"
LARGEST = 10_000_000  # bytes


class Stored(NamedTuple):
    """What a folder of results says of the scenario that it was made from."""

    document: Document
    digest: str


def open_document(
    name_or_path: str | os.PathLike[str], settings: Mapping[str, Any] | Iterable[tuple[str, str, Any]] = ()
) -> Document:
    """The document of a shipped scenario, of a TOML file, or of a folder of results.

    Raises
    ------
    ScenarioError
        As ``read_document`` and ``read_stored`` do.
    """
    asked = os.fspath(name_or_path)
    if "\0" not in asked and is_results(asked):
        return with_settings(read_stored(asked).document, settings)
    return read_document(asked, settings)


def is_results(folder: str | os.PathLike[str]) -> bool:
    """Whether a folder holds the results of a scenario, finished or not."""
    try:
        return (Path(folder) / FILE).is_file()
    except (OSError, ValueError):
        return False


def read_stored(folder: str | os.PathLike[str]) -> Stored:
    """The document that a folder of results was made from.

    Raises
    ------
    ScenarioError
        When there is none, or it is damaged or of an older version.
    """
    place = Path(folder)
    if not place.is_dir():
        raise ScenarioError(f"{place}: there is no such folder; name the folder of results that a run printed")
    if not is_results(place):
        raise ScenarioError(f"{place}: holds no {FILE}, so no results of a run; name the folder that a run printed")
    label = str(place / FILE)
    try:
        kept = json.loads(read_limited(place / FILE, label, LARGEST, "a scenario"))
        name, digest, written = kept["name"], kept["digest"], kept.get("written")
        if written is None:
            raise ScenarioError(f"{label}: kept by an older version of the simulator; run the scenario file again")
        tree, beside = written["tree"], written["folder"]
        if not all(isinstance(text, str) for text in (name, digest, beside)) or not isinstance(tree, dict):
            raise TypeError("values of another type")
    except (ValueError, KeyError, TypeError, RecursionError, AttributeError) as error:
        if isinstance(error, ScenarioError):
            raise
        raise ScenarioError(f"{label}: damaged ({type(error).__name__}); run the scenario file again") from error
    return Stored(Document(name, tree, (Layer(label, Path(beside), tree),)), digest)


def load_stored(folder: str | os.PathLike[str]) -> Scenario:
    """The scenario of a folder of results, which must still mean what it meant.

    Raises
    ------
    ScenarioError
        As ``read_stored`` does; or when its CSV file, a user's own rule or the model's defaults changed since.
    """
    stored = read_stored(folder)
    scenario = from_document(stored.document)
    if scenario.digest() != stored.digest:
        raise ScenarioError(
            f"{Path(folder) / FILE}: means something else now ({scenario.digest()[:8]}, then {stored.digest[:8]}): its CSV file, "
            "a rule of your own or the simulator changed since; restore that, or run into another folder"
        )
    return scenario


__all__ = ["Stored", "is_results", "load_stored", "open_document", "read_stored"]
