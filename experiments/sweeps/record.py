"""``study.json`` of a folder: what its runs are runs of; whatever is to join them must be the same."""

import json
import os
from pathlib import Path
from typing import Any, NamedTuple

from experiments.durable import write_text
from experiments.pool import StudyError
from experiments.sweeps.study import Study
from experiments.sweeps.subjects import digest
from experiments.sweeps.trouble import flattened
from experiments.sweeps.versions import versions
from sim.scenario.problems import shown

FILE = "study.json"
FORMAT = 1
SHOWN = 8  # differences that a message lists


class Record(NamedTuple):
    """What a folder says of its study."""

    name: str
    title: str
    path: str  # the study file, as first run
    samples: int  # of an extensible design; grows with --extend
    digest: str
    identity: dict[str, Any]
    versions: dict[str, str]
    extending: int = 0  # samples that an extension which is not finished adds


def record_of(study: Study) -> Record:
    """The record that a study would have."""
    identity = json.loads(json.dumps(study.identity(), default=repr))
    path = str(study.path.absolute()) if study.path else ""
    return Record(study.name, study.title, path, study.design.samples, digest([identity, versions()]), identity, versions())


def read_record(folder: Path) -> Record | None:
    """The record of a folder; None when there is none.

    Raises
    ------
    StudyError
        When it is damaged.
    """
    try:
        text = (folder / FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StudyError(f"{folder / FILE}: cannot be read: {error.strerror or error}; check its permissions") from error
    return from_text(text, str(folder / FILE))


def from_text(text: str, where: str) -> Record:
    """The record that a text says.

    Raises
    ------
    StudyError
        When it is damaged; ``where`` it stands.
    """
    try:
        kept = json.loads(text)
        return Record(**Record._field_defaults | {field: kept[field] for field in Record._fields if field in kept})
    except (ValueError, KeyError, TypeError) as error:
        says = f"damaged ({type(error).__name__}); restore it, or name another folder with --out"
        raise StudyError(f"{where}: {says}") from error


def as_text(record: Record) -> str:
    """A record as ``from_text`` reads it."""
    return json.dumps({"format": FORMAT, **record._asdict()}, indent=1, ensure_ascii=False) + "\n"


def write_record(folder: Path, record: Record) -> None:
    """Write or replace the record, complete or not at all."""
    write_text(folder / FILE, as_text(record))


def ahead(folder: Path, record: Record, extend: int = 0) -> Record:
    """The record with which a study goes on in a folder: longer where it was or is to be extended; nothing is written.

    An extension that was begun is gone on with, so that the command that began it may be given again after an interruption.

    Raises
    ------
    StudyError
        When the folder is another study's, says what differs; or when another extension is under way there.
    """
    kept = read_record(folder)
    if kept is None:
        check_unclaimed(folder)
        return record._replace(samples=record.samples + extend, extending=extend)
    compare(folder, kept, record)
    samples = max(record.samples, kept.samples)
    if not extend or extend == kept.extending:
        return record._replace(samples=samples, extending=kept.extending)
    if kept.extending:
        says = f"an extension by {kept.extending} samples is under way; finish it without --extend, then extend again"
        raise StudyError(f"--extend {extend}: {folder}: {says}")
    return record._replace(samples=samples + extend, extending=extend)


def check_unclaimed(folder: Path) -> None:
    """See that a folder without a record holds no chunks of whatever else."""
    if any(folder.glob("*.parquet")):
        raise StudyError(f"{folder}: holds Parquet files but no {FILE}; name another folder with --out")


def join(folder: Path, record: Record) -> None:
    """Keep the record, as ``ahead`` gave it, where it is another than the one that is there."""
    kept = read_record(folder)
    if kept is None or (kept.samples, kept.extending) != (record.samples, record.extending):
        write_record(folder, record)


def compare(folder: Path, kept: Record, record: Record, strictly: bool = True) -> None:
    """See that runs of a study may join those of a folder; or, not strictly, that a folder's runs are of the study.

    Raises
    ------
    StudyError
        Says what differs.
    """
    found = differing(kept, record, strictly)
    if found:
        raise StudyError(f"{folder}: holds runs of another study: {found}. Undo that, or name another folder with --out")


def differing(one: Record, other: Record, strictly: bool = True) -> str:
    """In what two records differ, in words; empty where in nothing."""
    found = differences(one, other, strictly)
    return "; ".join(found[:SHOWN]) + (f"; and {len(found) - SHOWN} more" if len(found) > SHOWN else "")


def differences(one: Record, other: Record, strictly: bool = True) -> list[str]:
    """In what two records differ, each with both values; not strictly, versions and code may differ."""
    left = flattened({"version": one.versions, **one.identity})
    right = flattened({"version": other.versions, **other.identity})
    out = []
    for key in [*left, *(k for k in right if k not in left)]:
        if not strictly and (key.startswith("version.") or key == "subject.code"):
            continue
        a, b = left.get(key, "nothing"), right.get(key, "nothing")
        if a != b:
            out.append(f"{_plainly(key)} was {_short(a)}, is {_short(b)}")
    return out


def _plainly(key: str) -> str:
    if key.startswith("sources."):
        return f"the content of {key.removeprefix('sources.')}"
    return {"subject.code": "the simulator's code"}.get(key, key.removeprefix("subject.").replace("scenario.parameters.", ""))


def _short(value: Any) -> str:
    return shown(json.dumps(value)) if isinstance(value, list | dict) else shown(value)


def remove_empty(folder: Path) -> None:
    """Remove a folder in which nothing was begun."""
    if folder.is_dir() and not any(folder.iterdir()):
        os.rmdir(folder)
