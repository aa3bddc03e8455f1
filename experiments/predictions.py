"""The prediction table: what each switch and lever should do, written before it was run, against paired runs.

``predictions.toml`` beside this file holds arms, each a few settings from the baseline or events, and predictions in
words: ``"memberships - 0.05: why"`` (falls by at least .05), ``+``, or ``= 0.03`` (changes by less than .03, shown by
equivalence).  An outcome that an arm does not name is left open.  Differences are shares of the baseline's mean where the
outcome is relative, else in the outcome's own unit.
"""

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import numpy as np
import pyarrow as pa
import typer

from experiments import console
from experiments.arms import values_of
from experiments.outcomes import COLUMNS, HEADLINE
from experiments.pool import StudyError
from sim.observe.evidence import Figure, figure, judge_band, relative_change

FILE = console.HERE / "predictions.toml"
BASE = "baseline"
SCALES = {c.name: c.scale for c in COLUMNS}
FORM = re.compile(r"(?P<outcome>\w+) (?P<sign>[-+=]) (?P<size>\d*\.?\d+): (?P<why>.+)")
LEAST = 3  # predictions that every arm must make


class Prediction(NamedTuple):
    """What one arm should do to one outcome."""

    arm: str
    outcome: str
    sign: str  # "+", "-", or "=" for unaffected
    size: float  # least size, or bound
    why: str
    corrected: bool = False


class Measured(NamedTuple):
    """A prediction against what came."""

    prediction: Prediction
    difference: Figure
    said: str  # agrees, disagrees or undecided


def read(path: Path = FILE) -> tuple[dict[str, dict[str, Any]], list[Prediction]]:
    """Arms and predictions of a file.

    Parameters
    ----------
    path
        A TOML file.

    Returns
    -------
    tuple
        Settings by arm, and all predictions.

    Raises
    ------
    StudyError
        When the file cannot be read or an entry is wrong; names it and says what to write.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StudyError(f"{path}: cannot be read: {error}") from error
    arms: dict[str, dict[str, Any]] = {}
    predictions: list[Prediction] = []
    for arm in content.get("arm", []):
        name = arm.get("name")
        if not name or name in arms or name == BASE:
            raise StudyError(f"{path}: arm {name!r}: every arm needs a name of its own, other than {BASE}")
        arms[name] = {**arm.get("settings", {}), **({"events": arm["events"]} if "events" in arm else {})}
        made = [_parse(path, name, text) for text in arm.get("predictions", [])]
        if len(made) < LEAST or len({p.outcome for p in made}) < len(made):
            raise StudyError(f"{path}: arm {name!r}: at least {LEAST} predictions are needed, each of another outcome")
        predictions += made
    for entry in content.get("correction", []):
        predictions = _corrected(path, arms, predictions, entry)
    if not arms:
        raise StudyError(f"{path}: there is no [[arm]] in it")
    return arms, predictions


def _corrected(path: Path, arms: dict[str, Any], predictions: list[Prediction], entry: dict[str, Any]) -> list[Prediction]:
    """The predictions after one dated correction; ``now`` is empty where a prediction is withdrawn."""
    arm, outcome, now = (entry.get(key, "") for key in ("arm", "outcome", "now"))
    if arm not in arms or not entry.get("date") or not entry.get("why"):
        raise StudyError(f"{path}: a [[correction]] needs date, why, outcome, and the name of an arm; got {entry!r}")
    kept = [p for p in predictions if (p.arm, p.outcome) != (arm, outcome)]
    made = [_parse(path, arm, now)._replace(corrected=True)] if now else []
    at = next((i for i, p in enumerate(predictions) if (p.arm, p.outcome) == (arm, outcome)), len(kept))
    return [*kept[:at], *made, *kept[at:]]


def _parse(path: Path, arm: str, text: str) -> Prediction:
    found = FORM.fullmatch(text)
    if found is None or found["outcome"] not in SCALES:
        raise StudyError(f'{path}: arm {arm!r}: {text!r}: write "OUTCOME + 0.05: why" with one of {", ".join(SCALES)}')
    return Prediction(arm, found["outcome"], found["sign"], float(found["size"]), found["why"])


def differences(table: pa.Table, arm: str, outcome: str, base: str = BASE) -> np.ndarray:
    """Paired differences of an arm from its base, one a replication.

    Parameters
    ----------
    table
        As ``run_arms`` gives it.
    arm, outcome, base
        Names.

    Returns
    -------
    array, R
        Shares of the base's mean where the outcome is relative.
    """
    late, before = values_of(table, arm, outcome), values_of(table, base, outcome)
    return relative_change(late, before) if SCALES[outcome] == "relative" else late - before


def compare(prediction: Prediction, values: np.ndarray) -> Measured:
    """A prediction against paired differences.

    A sign agrees when the 95 % interval lies on its side of zero and reaches the least size, and disagrees when it does
    not reach it; *unaffected* agrees when two one-sided tests place the difference within the bound.

    Parameters
    ----------
    prediction
        What was predicted.
    values
        One a replication.

    Returns
    -------
    Measured
        Undecided below two replications.
    """
    found = figure(values)
    if prediction.sign == "=":
        place = judge_band(values, prediction.size).place
        said = {"within": "agrees", "undecided": "undecided"}.get(place, "disagrees")
        return Measured(prediction, found, said)
    flip = 1.0 if prediction.sign == "+" else -1.0
    low, high = sorted((flip * found.low, flip * found.high))
    if found.n < 2:
        said = "undecided"
    elif high < prediction.size:
        said = "disagrees"
    else:
        said = "agrees" if low > 0.0 else "undecided"
    return Measured(prediction, found, said)


def _same(table: pa.Table, arm: str) -> bool:
    """Whether an arm is the baseline in every outcome of every replication."""
    return all(np.array_equal(values_of(table, arm, name), values_of(table, BASE, name), equal_nan=True) for name in SCALES)


HEADERS = ("arm", "outcome", "predicted", "least or bound", "difference [95 %]", "")
CSV = ("arm", "outcome", "sign", "size", "mean", "low", "high", "replications", "said", "why")
app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def main(
    replications: console.Replications = 30,
    partners: console.Partners = 500,
    workers: console.Workers = 0,
    seed: console.Seed = None,
    months: console.Months = None,
    out: console.Out = console.RUNS,
    dry_run: console.DryRun = False,
    file: Annotated[Path, typer.Option(help="Predictions.")] = FILE,
    only: Annotated[list[str], typer.Option(help="Arms to run; all by default.")] = [],  # noqa: B006 (as in run_sim)
    measured: Annotated[Path, typer.Option(help="Where the table is written.")] = console.HERE / "predictions_measured.csv",
) -> None:
    """Run every arm paired with the baseline and say which predictions agree."""
    arms, predictions = read(file)
    if unknown := set(only) - set(arms):
        raise StudyError(f"{file}: there is no arm {sorted(unknown)[0]!r}; there are: {'; '.join(arms)}")
    world = console.world_of(partners, seed, months)
    chosen = {name: settings for name, settings in arms.items() if not only or name in only}
    plans = {BASE: console.plan_of(world)}
    plans |= {name: console.plan_of(world, settings, f"{file.name}, arm {name!r}") for name, settings in chosen.items()}
    table = console.study(plans, range(replications), HEADLINE, out, workers, dry_run)
    found = [compare(p, differences(table, p.arm, p.outcome)) for p in predictions if p.arm in chosen]
    rows = [[*m.prediction[:4], console.interval(m.difference), m.said] for m in found]
    typer.echo(console.show(HEADERS, rows))
    console.write_csv(
        measured,
        CSV,
        [
            [*m.prediction[:4], m.difference.mean, m.difference.low, m.difference.high, m.difference.n, m.said, m.prediction.why]
            for m in found
        ],
    )
    counts = {word: sum(m.said == word for m in found) for word in ("agrees", "disagrees", "undecided")}
    share, no, open_ = counts["agrees"] / len(found), counts["disagrees"], counts["undecided"]
    typer.echo(f"\n{share:.0%} of {len(found)} predictions agree; {no} disagree, {open_} are undecided.")
    if corrected := sum(m.prediction.corrected for m in found):
        typer.echo(f"{corrected} of them were corrected after a first run; {file.name} says what stood there before, and why.")
    still = [arm for arm in chosen if _same(table, arm)]
    if still:
        typer.echo(f"Arms that change nothing at all: {', '.join(still)}.")


if __name__ == "__main__":
    console.run_app(app)
