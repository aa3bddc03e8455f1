"""A study's protocol: claim, arms, contrasts with their smallest effect of interest, ablations, axes; read from TOML.

    [[arm]]        name, and what differs from the default channel: settings, coefficients, events; its measure
    [[contrast]]   an outcome, weights of arms, what is expected, the smallest effect of interest and why, its spread
    [[ablation]]   a mechanism switched off in all arms, and the contrast that it should take away
    [[axis]]       a coefficient next to the claim, and values at which the verdict is sought again

The protocol's hash stands in every result, and the report says when the file was committed.  What was asked only once results
were known stands apart, in further.toml: ablations, with the study's id, the date and the reason; no verdict hangs on them.
"""

import hashlib
import itertools
import subprocess
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

from experiments.pool import StudyError

FOLDER = Path(__file__).resolve().parent
EXPECTED = ("more", "less", "same", "no less", "no more")
STATISTICS = ("linear", "mantel_haenszel")
_KEYS = {
    "study": {
        "id", "title", "claim", "says", "question", "design", "note", "measure", "partners_times", "settings", "arm", "contrast",
        "ablation", "axis", "ranking",
    },
    "arm": {"name", "settings", "coefficients", "events", "measure"},
    "contrast": {
        "name", "outcome", "arms", "reference", "scale", "expected", "smallest", "why", "sd", "sd_source", "primary", "statistic",
    },
    "ablation": {"name", "settings", "coefficients", "mechanism", "contrast"},
    "further ablation": {"study", "name", "settings", "coefficients", "mechanism", "contrast", "added", "because"},
    "axis": {"key", "values", "why"},
}  # fmt: skip


class Arm(NamedTuple):
    """One condition."""

    name: str
    measure: str
    settings: dict[str, Any]  # of the scenario
    coefficients: dict[str, float]  # by key, as in ``experiments.coefficients``
    events: list[dict[str, Any]]


class Contrast(NamedTuple):
    """One comparison, and what the claim expects of it."""

    name: str
    outcome: str
    arms: dict[str, float]  # weights
    reference: float  # subtracted
    scale: str  # "absolute", or "relative" to the arms of negative weight
    expected: str  # one of ``EXPECTED``
    smallest: float  # smallest effect of interest
    why: str
    sd: float  # across replications, assumed beforehand
    sd_source: str
    primary: bool  # whether the verdict on the claim hangs on it
    statistic: str


class Ablation(NamedTuple):
    """A mechanism taken away."""

    name: str
    mechanism: str
    contrast: str
    settings: dict[str, Any]
    coefficients: dict[str, float]
    afterwards: str = ""  # when and why it was added, where the study's results were known by then

    @property
    def adds(self) -> bool:
        """Whether it puts in a mechanism that is off by default, rather than taking one away."""
        return any(value is True for value in self.settings.values())


class Axis(NamedTuple):
    """A coefficient along which the verdict is sought again."""

    key: str
    values: tuple[float, ...]
    why: str


class Protocol(NamedTuple):
    """One study."""

    id: str
    title: str
    claim: str  # letters of the essay's claims
    says: str
    question: str
    design: str
    note: str
    partners_times: int  # how many times the budget's partners
    settings: dict[str, Any]  # of all arms
    arms: tuple[Arm, ...]
    contrasts: tuple[Contrast, ...]
    ablations: tuple[Ablation, ...]
    axes: tuple[Axis, ...]
    ranking: dict[str, Any]
    history: str  # when it was written, and what was corrected since, from the comment at its head
    hash: str  # of the file, 12 hexadecimal digits
    path: Path

    @property
    def primaries(self) -> tuple[Contrast, ...]:
        """Contrasts on which the verdict hangs."""
        return tuple(c for c in self.contrasts if c.primary)

    def contrast(self, name: str) -> Contrast:
        """The contrast of a name."""
        return next(c for c in self.contrasts if c.name == name)


def read(path: Path) -> Protocol:
    """A protocol from its file.

    Parameters
    ----------
    path
        A TOML file.

    Returns
    -------
    Protocol
        With defaults filled in.

    Raises
    ------
    StudyError
        When the file cannot be read, or something in it is missing, unknown or names nothing; says what.
    """
    try:
        raw = path.read_bytes()
        tree = tomllib.loads(raw.decode("utf-8"))
    except (OSError, ValueError) as error:
        raise StudyError(f"{path}: cannot be read: {error}") from error
    try:
        return _made(tree, _history(raw.decode("utf-8")), hashlib.sha256(raw).hexdigest()[:12], path)
    except KeyError as error:
        raise StudyError(f"{path}: {error.args[0]!r} is missing; see the other protocols of this folder") from error


def _history(text: str) -> str:
    head = itertools.takewhile(lambda line: line.startswith("#"), text.splitlines())
    return " ".join(line.lstrip("# ") for line in head)


def _made(tree: dict[str, Any], history: str, digest: str, path: Path) -> Protocol:
    _known(path, "study", tree)
    measure = tree.get("measure", "panel")
    arms = tuple(_arm(path, arm, measure) for arm in tree["arm"])
    contrasts = tuple(_contrast(path, c, {a.name for a in arms}) for c in tree["contrast"])
    if not any(c.primary for c in contrasts):
        raise StudyError(f"{path}: no contrast is primary; the verdict must hang on one")
    first = next(c.name for c in contrasts if c.primary)
    names = {c.name for c in contrasts}
    ablations = tuple(_ablation(path, a, first, names) for a in tree.get("ablation", []))
    axes = tuple(_axis(path, a) for a in tree.get("axis", []))
    design, note = (" ".join(tree[key].split()) for key in ("design", "note"))
    return Protocol(
        tree["id"], tree["title"], tree["claim"], tree["says"], tree["question"], design, note,
        int(tree.get("partners_times", 1)), tree.get("settings", {}), arms, contrasts, ablations, axes, tree.get("ranking", {}),
        history, digest, path,
    )  # fmt: skip


def _known(path: Path, sort: str, entry: dict[str, Any]) -> None:
    for key in entry:
        if key not in _KEYS[sort]:
            raise StudyError(f"{path}: {sort} has no {key!r}; there are {', '.join(sorted(_KEYS[sort]))}")


def _arm(path: Path, entry: dict[str, Any], measure: str) -> Arm:
    _known(path, "arm", entry)
    return Arm(
        entry["name"],
        entry.get("measure", measure),
        entry.get("settings", {}),
        entry.get("coefficients", {}),
        entry.get("events", []),
    )


def _contrast(path: Path, entry: dict[str, Any], arms: set[str]) -> Contrast:
    _known(path, "contrast", entry)
    name = entry["name"]
    if unknown := set(entry["arms"]) - arms:
        raise StudyError(
            f"{path}: contrast {name!r}: there is no arm {sorted(unknown)[0]!r}; there are {', '.join(sorted(arms))}"
        )
    made = Contrast(
        name, entry["outcome"], entry["arms"], float(entry.get("reference", 0.0)), entry.get("scale", "absolute"),
        entry["expected"], float(entry["smallest"]), entry["why"], float(entry["sd"]), entry["sd_source"],
        bool(entry.get("primary", True)), entry.get("statistic", "linear"),
    )  # fmt: skip
    for value, choices in ((made.expected, EXPECTED), (made.statistic, STATISTICS), (made.scale, ("absolute", "relative"))):
        if value not in choices:
            raise StudyError(f"{path}: contrast {name!r}: {value!r}: expected one of {', '.join(choices)}")
    if made.smallest <= 0.0 or made.sd <= 0.0:
        raise StudyError(f"{path}: contrast {name!r}: the smallest effect and the spread must be positive")
    return made


def _ablation(path: Path, entry: dict[str, Any], first: str, contrasts: set[str]) -> Ablation:
    _known(path, "ablation", entry)
    contrast = entry.get("contrast", first)
    if contrast not in contrasts:
        raise StudyError(f"{path}: ablation {entry['name']!r}: there is no contrast {contrast!r}")
    return Ablation(entry["name"], entry["mechanism"], contrast, entry.get("settings", {}), entry.get("coefficients", {}))


def _with_further(found: dict[str, Protocol], path: Path) -> dict[str, Protocol]:
    """Protocols with the ablations that were added once results were known; there need be no such file."""
    if not path.exists():
        return found
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))["ablation"]
        for entry in entries:
            _known(path, "further ablation", entry)
            if entry["study"] not in found:
                raise StudyError(f"{path}: ablation {entry['name']!r}: there is no study {entry['study']!r}")
            of = found[entry["study"]]
            asked = {k: entry[k] for k in ("name", "mechanism", "contrast", "settings", "coefficients") if k in entry}
            made = _ablation(path, asked, of.primaries[0].name, {c.name for c in of.contrasts})
            if made.name in {a.name for a in of.ablations}:
                raise StudyError(f"{path}: ablation {made.name!r}: {of.id} has one of that name; rename it")
            further = made._replace(afterwards=f"{entry['added']}: {entry['because']}")
            found = {**found, of.id: of._replace(ablations=(*of.ablations, further))}
    except (OSError, ValueError) as error:
        raise StudyError(f"{path}: cannot be read: {error}") from error
    except KeyError as error:
        raise StudyError(f"{path}: {error.args[0]!r} is missing; see the other ablations of this file") from error
    return found


def _axis(path: Path, entry: dict[str, Any]) -> Axis:
    _known(path, "axis", entry)
    values = tuple(float(v) for v in entry["values"])
    if len(values) < 2 or list(values) != sorted(set(values)):
        raise StudyError(f"{path}: axis {entry['key']!r}: expected at least two values in rising order")
    return Axis(entry["key"], values, entry["why"])


def protocols(only: tuple[str, ...] = (), folder: Path = FOLDER) -> list[Protocol]:
    """The studies of a folder, H1 first.

    Parameters
    ----------
    only
        Ids; empty for all.
    folder
        Where the files are.

    Returns
    -------
    list of Protocol
        In the order of their numbers.

    Raises
    ------
    StudyError
        When an id is unknown, or a file cannot be read.
    """
    found = _with_further({p.id: p for p in map(read, sorted(folder.glob("h*.toml")))}, folder / "further.toml")
    for name in only:
        if name not in found:
            raise StudyError(f"--only {name}: there is no such study; there are {', '.join(found)}")
    return [p for name, p in found.items() if not only or name in only]


def committed(protocol: Protocol) -> str:
    """When the file as it stands was committed, "not committed" where it differs, "unknown" without git."""
    try:
        if _git("status", "--porcelain", "--", protocol.path.name):
            return "not committed"
        return _git("log", "-1", "--format=%h, %cs", "--", protocol.path.name).strip() or "not committed"
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=FOLDER, check=True, capture_output=True, text=True).stdout
