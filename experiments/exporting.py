"""Handing on the results of a folder: every finished replication, as CSV files."""

from pathlib import Path

from experiments.progress import progress_shown
from experiments.runner import RunError
from sim.observe.export import export_csv
from sim.report.results import finished
from sim.scenario.stored import read_stored


def export(folder: Path, out: Path) -> int:
    """Write the tables of a folder of results as CSV files, and say how many replications they hold.

    Raises
    ------
    ScenarioError
        When the folder holds no results.
    RunError
        When no replication is finished, one cannot be read, or the files cannot be written; nothing is left then.
    """
    title = str(read_stored(folder).document.tree.get("title", ""))
    replications = finished(folder)
    if not replications:
        raise RunError(f"{folder}: no replication is finished; go on with: channel-sim resume {folder}")
    try:
        with progress_shown("replications") as progress:
            export_csv(replications, out, title, progress)
    except FileExistsError as error:
        raise RunError(f"{out}: is already there and not empty; name another folder with --out") from error
    except OSError as error:
        raise RunError(f"{out}: cannot be written from {folder}: {error.strerror or error}; name another with --out") from error
    except ValueError as error:
        raise RunError(f"{folder}: cannot be read: {error}; run its scenario again") from error
    return len(replications)
