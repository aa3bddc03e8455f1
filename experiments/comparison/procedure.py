"""Running a comparison: pairs are added look by look until every headline difference is decided, or all are run.

FOLDER/
comparison.json     what is compared, how, and how far it came
cases/0-baseline/   each scenario as a folder of results, with its first replication in full
records-.../        one file a run
"""

import json
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from experiments.comparison.cases import FIXED_WORLD, Case
from experiments.comparison.differences import NO_GROUND, Difference, Sample, compare_pairs, decided, pair_correlation
from experiments.comparison.indicators import Indicator, indicators, of_loyalty
from experiments.comparison.looks import planned
from experiments.comparison.runs import record_all, sample_of
from experiments.memory import fitting_workers
from experiments.runner import RunError, check_folder, model_code, run_replications, write_file
from experiments.worlds import with_world
from sim.grounds import support
from sim.scenario.stored import load_stored

FILE = "comparison.json"
FORMAT = 1  # of comparison.json and of the records
GIVEN_WORLD_PAIRS = 8


class Comparison(NamedTuple):
    """What came of a comparison."""

    folder: Path
    cases: tuple[Case, ...]
    indicators: tuple[Indicator, ...]
    looks: tuple[int, ...]  # all that were planned
    pairs: int  # pairs run
    fixed_world: bool
    differences: tuple[Difference, ...]
    records: dict[str, list[Path]]  # files by case, in the order of the replications
    given_world: dict[tuple[str, str], float]  # correlation of the pairs given the world, by case and indicator
    given_world_pairs: int


class Design(NamedTuple):
    """How a comparison is run."""

    headline: tuple[str, ...]
    matters: dict[str, float]
    most: int  # pairs at most
    fixed_world: bool = False
    given_world_pairs: int = GIVEN_WORLD_PAIRS


def slug(number: int, name: str) -> str:
    """Folder of a case."""
    return f"{number}-{re.sub(r'[^A-Za-z0-9_-]+', '-', name).strip('-')[:40] or 'case'}"


def run_comparison(
    cases: Sequence[Case],
    design: Design,
    folder: Path,
    workers: int | None = None,
    shown: Callable[[str], Any] | None = None,
    say: Callable[[str], None] = lambda line: None,
    command: Sequence[str] = (),
) -> Comparison:
    """Run pairs until every headline difference is decided or all are run.

    Parameters
    ----------
    cases
        The baseline first.
    design
        Indicators, smallest differences, pairs at most.
    folder
        Where all of it is kept; a comparison of the same cases goes on there.
    workers
        Processes; as many as processors and memory allow when left out.
    shown
        Makes a context that shows progress, given the unit.
    say
        Told in words what is under way.
    command
        Kept for the record.

    Returns
    -------
    Comparison
        Judged on the pairs that were run.

    Raises
    ------
    ScenarioError
        When an indicator is unknown.
    RunError
        When the folder holds something else.
    """
    chosen = tuple(indicators(design.headline, design.matters))
    plans = {case.name: case.plan for case in cases}
    jobs = fitting_workers(cases[0].plan, workers, _processors())
    looks = tuple(sorted({*planned(design.most), *_begin(folder, cases, design, command, shown)}))
    reached, differences, records = looks[0], [], {}
    for reached in looks:
        say(
            f"{reached} pairs of at most {looks[-1]}"
            + (f", {len(cases) - 1} scenarios against the first" if len(cases) > 2 else "")
        )
        records = _run(plans, reached, folder, jobs, shown, say)
        differences = judged(cases, sample_of(records), chosen, looks)
        if decided(differences):
            break
    pairs = 0 if design.fixed_world else min(design.given_world_pairs, reached)
    given = _given_world(cases, chosen, pairs, folder, jobs, shown, say)
    _end(folder, cases, design, looks, reached, pairs, command)
    return Comparison(
        folder, tuple(cases), chosen, looks, reached, design.fixed_world, tuple(differences), records, given, pairs
    )  # fmt: skip


def judged(cases: Sequence[Case], sample: Sample, chosen: Sequence[Indicator], looks: Sequence[int]) -> list[Difference]:
    """The differences from the first case; none on loyalty to a vendor where the data of a case support no verdict on it."""
    found = compare_pairs(sample, chosen, looks)
    if not any((ground := support(case.plan)) and ground.loyalty == "refused" for case in cases):
        return found
    return [d._replace(verdict=NO_GROUND) if of_loyalty(d.indicator) else d for d in found]


def _processors() -> int:
    import os

    return os.cpu_count() or 1


def _run(plans, pairs: int, folder: Path, jobs: int, shown, say) -> dict[str, list[Path]]:
    if shown is None:
        return record_all(plans, range(pairs), folder, jobs, say=say)
    with shown("runs") as progress:
        return record_all(plans, range(pairs), folder, jobs, progress, say)


def _given_world(cases, chosen, pairs: int, folder: Path, jobs: int, shown, say) -> dict[tuple[str, str], float]:
    """Correlation of pairs whose suppliers are the same in every replication: what pairing achieves beyond sharing the world."""
    if pairs < 2:
        return {}
    say(f"{pairs} pairs more in one world of suppliers, for the correlation given the world")
    plans = {case.name: with_world(case.plan, FIXED_WORLD) for case in cases}
    sample = sample_of(_run(plans, pairs, folder, jobs, shown, say))
    return _correlations(sample, chosen)


def _correlations(sample: Sample, chosen: Sequence[Indicator]) -> dict[tuple[str, str], float]:
    base, *others = sample
    return {(c, i.name): pair_correlation(sample[c][i.name], sample[base][i.name]) for c in others for i in chosen}


def _begin(folder: Path, cases: Sequence[Case], design: Design, command: Sequence[str], shown) -> list[int]:
    """See that the folder is ours, and keep the first replication of each case in full.

    Returns the looks that were taken there before: a comparison that goes on pays for them too, else looking until
    something is found would be free.
    """
    place, taken = folder / FILE, []
    if place.exists():
        kept = _read_json(place)
        if kept.get("digests") != [case.scenario.digest() for case in cases] or kept.get("fixed_world") != design.fixed_world:
            raise RunError(f"{folder}: holds a comparison of other scenarios; name another folder with --out")
        if kept.get("model_code") != model_code():
            raise RunError(
                f"{folder}: holds a comparison made by another version of the simulator; name another folder with --out"
            )
        taken = [int(n) for n in kept.get("looks", []) if n <= kept.get("pairs", 0)]
    elif folder.exists() and any(p.name != "cases" and not p.name.startswith("records-") for p in folder.iterdir()):
        raise RunError(f"{folder}: holds other files and no comparison; name an empty folder with --out")
    for n, case in enumerate(cases):
        check_folder(folder / "cases" / slug(n, case.name), case.scenario.digest())
    for n, case in enumerate(cases):
        where, scenario = folder / "cases" / slug(n, case.name), case.scenario
        run_replications(scenario.plan, scenario.digest(), 1, where, 1, scenario=scenario.as_json(), command=command)
    return taken


def _end(folder: Path, cases: Sequence[Case], design: Design, looks, reached: int, given: int, command: Sequence[str]) -> None:
    import sim

    content = {
        "format": FORMAT,
        "model_version": sim.__version__,
        "model_code": model_code(),
        "names": [case.name for case in cases],
        "digests": [case.scenario.digest() for case in cases],
        "headline": list(design.headline),
        "matters": design.matters,
        "most": design.most,
        "looks": list(looks),
        "pairs": reached,
        "fixed_world": design.fixed_world,
        "given_world_pairs": given,
        "command": list(command),
    }
    write_file(folder / FILE, json.dumps(content, indent=2) + "\n")


def is_comparison(folder: Path) -> bool:
    """Whether a folder holds a comparison."""
    return (folder / FILE).is_file()


def _read_json(place: Path) -> dict[str, Any]:
    try:
        kept = json.loads(place.read_text(encoding="utf-8"))
        if not isinstance(kept, dict):
            raise ValueError("not a table")
    except (OSError, ValueError) as error:
        raise RunError(f"{place}: damaged ({type(error).__name__}); compare again into another folder") from error
    return kept


def read_comparison(folder: Path) -> Comparison:
    """A comparison from its folder; differences are judged anew from the records.

    Raises
    ------
    RunError
        When the folder holds none, it is damaged, or another version of the simulator made it.
    """
    if not is_comparison(folder):
        raise RunError(f"{folder}: holds no {FILE}, so no comparison; name the folder that compare printed")
    kept = _read_json(folder / FILE)
    if kept.get("format") != FORMAT or kept.get("model_code") != model_code():
        raise RunError(f"{folder}: made by another version of the simulator; compare again into another folder")
    try:
        design = Design(
            tuple(kept["headline"]),
            dict(kept["matters"]),
            int(kept["most"]),
            bool(kept["fixed_world"]),
            int(kept["given_world_pairs"]),
        )
        names, looks, pairs = list(kept["names"]), tuple(kept["looks"]), int(kept["pairs"])
    except (KeyError, TypeError, ValueError) as error:
        raise RunError(f"{folder / FILE}: damaged ({type(error).__name__}); compare again into another folder") from error
    cases = []
    for n, name in enumerate(names):
        scenario = load_stored(folder / "cases" / slug(n, name))
        cases.append(Case(name, scenario, with_world(scenario.plan, FIXED_WORLD) if design.fixed_world else scenario.plan))
    chosen = tuple(indicators(design.headline, design.matters))
    records = _kept(folder, {c.name: c.plan for c in cases}, pairs)
    given = {}
    if design.given_world_pairs >= 2:
        worlds = {c.name: with_world(c.plan, FIXED_WORLD) for c in cases}
        given = _correlations(sample_of(_kept(folder, worlds, design.given_world_pairs)), chosen)
    differences = judged(cases, sample_of(records), chosen, looks)
    pairs_given = design.given_world_pairs
    return Comparison(
        folder, tuple(cases), chosen, looks, pairs, design.fixed_world, tuple(differences), records, given, pairs_given
    )  # fmt: skip


def _kept(folder: Path, plans, pairs: int) -> dict[str, list[Path]]:
    """The records that must be there."""
    from experiments.comparison.runs import record_paths

    paths = record_paths(plans, range(pairs), folder)
    if not next(iter(paths.values()))[0].parents[1].is_dir():
        raise RunError(f"{folder}: measured by another version of the simulator; compare again into another folder")
    for files in paths.values():
        for path in files:
            if not path.is_file():
                raise RunError(
                    f"{folder}: {path.relative_to(folder)} is missing; run the same comparison again, it fills the gap"
                )
    return paths


def seconds_a_run(case: Case, months: int = 6) -> float:
    """About how long a run takes in one process: the building and the first months, extrapolated.

    They are made twice and timed the second time, when all that is compiled is loaded.
    """
    from experiments.comparison.watching import Watcher
    from sim.engine import advance, build
    from sim.observe.series import Memory, observe

    whole = case.plan.burn_in + case.plan.months
    done = max(1, min(months, whole))
    building = monthly = 0.0
    for _ in range(2):
        began = time.perf_counter()
        world, watch, memory = build(case.plan, 0), Watcher(case.plan), Memory()
        built = time.perf_counter()
        for _ in range(done):
            advance(world)
            observe(world, memory)
            watch(world)
        building, monthly = built - began, (time.perf_counter() - built) / done
    return building + 1.2 * monthly * whole  # 1.2: the branch beside the last two years
