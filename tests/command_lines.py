"""Command lines at random: right ones, nearly right ones and nonsense, each tried in a folder of its own.

    python -m tests.command_lines 2000

Whatever is typed ends with status 0 or 2; what is refused says so in one line, without a traceback, and leaves nothing.
"""

import contextlib
import functools
import io
import os
import random
import sys
import tempfile
from pathlib import Path
from unittest import mock

import typer.main

import run_sim

TINY = 'extends = "baseline"\nmonths = 2\nburn_in_months = 1\nreplications = 1\n[population]\npartners = 20\nvendors = 3\n'
BROKEN = TINY + "[demand]\nlod = 1\n"
COMMANDS = ["run", "list", "show", "diff", "check", "schema", "resume", "branch", "export"]
COMMANDS += ["compare", "account", "story", "report", "verify", "import", "replay", "collect", "sweep", "reference", "odd"]
PLACES = ["tiny.toml", "baseline", "quick", "opensearch_partners", "broken.toml", "there", "firms.csv", "bad.csv", "basline", "nowhere.toml", "nowhere"]
PLACES += ["", ".", "/", "/dev/null", "/proc/nowhere", "../tiny.toml", "tiny.toml/x", "a" * 300, "a\0b", "ü.toml", "-", "--", "~"]
KEYS = [
    "demand.load",
    "demand.lod",
    "switches.habit",
    "habit",
    "months",
    "vendors.all.list_margin",
    "vendors.Vendor 1.mdf",
    "events",
]
KEYS += [
    "networks.community.fee_per_month_usd",
    "vendors.x",
    "population.csv",
    "seed",
    "rules.consent.name",
    "",
    ".",
    "a.b.c.d",
    "ü",
]
VALUES = [
    "0.9",
    "0",
    "-1",
    "1e400",
    "nan",
    "true",
    '"x"',
    "x",
    "[]",
    "{}",
    "[" * 300,
    "2026-01-01",
    "",
    "\n",
    "9" * 40,
    "os:system",
]
NUMBERS = ["0", "1", "2", "-1", "1.5", "x", "", "9" * 30, "1e3"]
OPTIONS = {
    "--set": lambda pick: f"{pick(KEYS)}={pick(VALUES)}" if pick([1, 1, 1, 0]) else pick(KEYS),
    "--seed": lambda pick: pick(NUMBERS),
    "--months": lambda pick: pick(NUMBERS),
    "--replications": lambda pick: pick(["1", "0", "x", "-2"]),
    "--workers": lambda pick: pick(["1", "1", "0", "x", "1000"]),
    "--at": lambda pick: pick(NUMBERS),
    "--out": lambda pick: pick(["new", "new/deeper", *PLACES]),
    "--partner": lambda pick: pick(["0", "Partner 1", "x", ""]),
    "--left": lambda pick: pick(NUMBERS),
    "--pairs": lambda pick: pick(["2", "0", "x"]),
    "--name": lambda pick: pick(["mine", "", "/", "baseline"]),
}
FLAGS = ["--origin", "--help", "--monts", "-x", "--set", "--out"]
SMALL = {"run": "tiny.toml", "branch": "there", "compare": "tiny.toml", "account": "tiny.toml", "replay": "tiny.toml"}  # what takes no long run
COUNTS = {"list": 0, "schema": 0, "odd": 0, "diff": 2, "compare": 2}  # of names on a command line, else 1
_command_once = functools.cache(typer.main.get_command)  # reading every signature anew takes a fifth of the time


def command_line(chance: random.Random) -> list[str]:
    """One command line."""
    pick = chance.choice
    name = pick([*COMMANDS, pick(["rum", "", "--help", "-"])])
    places = [
        pick(PLACES[:8] if chance.random() < 0.7 else PLACES) for _ in range(COUNTS.get(name, 1))
    ]
    if name in SMALL:
        places = [SMALL[name] if place in ("baseline", "quick", "opensearch_partners", "tiny.toml") else place for place in places]
    line = [name, *places]
    if name == "branch" and chance.random() < 0.8:
        line += ["--at", pick(["0", "1"])]
    if name == "export" and chance.random() < 0.8:
        line += ["--out", "new"]
    for _ in range(chance.choice([0, 0, 1, 1, 2, 3])):
        option = pick(list(OPTIONS))
        line += [option, OPTIONS[option](pick)]
    if chance.random() < 0.15:
        line.insert(chance.randrange(len(line) + 1), pick([*FLAGS, *PLACES]))
    if chance.random() < 0.05:
        del line[chance.randrange(len(line))]
    return line


def contents(folder: Path) -> dict[str, bytes]:
    """Every file and folder below a folder."""
    return {str(p.relative_to(folder)): p.read_bytes() if p.is_file() else b"" for p in sorted(folder.rglob("*"))}


def tried(line: list[str], folder: Path) -> str | None:
    """What is wrong with how a command line ends; None when nothing is."""
    before = contents(folder)
    out, errors = io.StringIO(), io.StringIO()
    status: object = 0
    try:
        with (
            mock.patch.object(sys, "argv", ["channel-sim", *line]),
            mock.patch.object(os, "cpu_count", return_value=1),
            mock.patch.object(typer.main, "get_command", _command_once),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(errors),
        ):
            run_sim.main()
    except SystemExit as end:
        status = end.code or 0
    except BaseException as error:
        return f"{type(error).__name__}: {error}"
    said, after = errors.getvalue(), contents(folder)
    if status not in (0, 2):
        return f"status {status}"
    if "Traceback" in said + out.getvalue():
        return "a traceback"
    if status == 2 and not (said.splitlines() and said.splitlines()[-1].startswith("error: ") and said.count("error: ") == 1):
        return f"refused with {said!r}"
    if status == 2 and after != before:
        return f"refused and left {sorted(set(after) ^ set(before))}"
    if any(".tmp" in name for name in after):
        return "left a draft"
    return None


def prepared(folder: Path) -> None:
    """Fill a folder with what command lines name: a right scenario, a broken one, results."""
    (folder / "tiny.toml").write_text(TINY)
    (folder / "broken.toml").write_text(BROKEN)
    (folder / "firms.csv").write_text("name,staff,region\nA,3,North\nB,4,South\n")
    (folder / "bad.csv").write_text("name,staff\nA,many\n")
    assert tried(["run", "tiny.toml", "--out", "there"], folder) is None


def try_many(number: int, seed: int = 1) -> list[str]:
    """Try so many command lines; what went wrong, one line each."""
    wrong = []
    back = os.getcwd()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "inner"
        folder.mkdir()
        os.chdir(folder)
        try:
            prepared(folder)
            clean = contents(folder)
            for n in range(number):
                line = command_line(random.Random(f"{seed} {n}"))
                problem = tried(line, folder)
                if problem:
                    wrong.append(f"{n}: {line}: {problem}")
                _restore(folder, clean)
        finally:
            os.chdir(back)
    return wrong


def _restore(folder: Path, clean: dict[str, bytes]) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        if str(path.relative_to(folder)) not in clean:
            path.rmdir() if path.is_dir() else path.unlink()
    for name, content in clean.items():
        if (folder / name).is_file() and (folder / name).read_bytes() != content:
            (folder / name).write_bytes(content)


if __name__ == "__main__":
    asked = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    failures = try_many(asked)
    print(*failures, f"{asked} command lines, {len(failures)} went wrong", sep="\n")
    sys.exit(bool(failures))
