"""The wheel, installed in an empty environment, is complete: every shipped scenario is found and one runs."""

import importlib.metadata
import os
import shutil
import site
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from sim.scenario import shipped_names

ROOT = Path(__file__).resolve().parent.parent
NEEDED = 77  # of setuptools, as pyproject.toml says


def call(*arguments: str | Path, cwd: Path, **more) -> str:
    done = subprocess.run([str(a) for a in arguments], cwd=cwd, capture_output=True, text=True, timeout=900, check=False, **more)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def setuptools_version() -> int:
    try:
        return int(importlib.metadata.version("setuptools").split(".")[0])
    except importlib.metadata.PackageNotFoundError:
        return 0


@pytest.mark.slow
@pytest.mark.skipif(setuptools_version() < NEEDED, reason=f"needs setuptools {NEEDED} in the environment")
def test_the_wheel_works_in_an_empty_environment_elsewhere(tmp_path):
    """Built offline, installed beside nothing but its dependencies, started in another folder: list, check, run."""
    source, wheels, place, elsewhere = (tmp_path / name for name in ("source", "wheels", "environment", "elsewhere"))
    source.mkdir()
    elsewhere.mkdir()
    for name in ("sim", "experiments", "scenarios"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("run_sim.py", "pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, source)
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
    call(
        *pip, "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", wheels, source, cwd=elsewhere
    )
    venv.create(place)
    (packages,) = (place / "lib").glob("python*/site-packages")
    (packages / "dependencies.pth").write_text(
        "\n".join(site.getsitepackages())
    )  # its .pth files are not read: nothing of the checkout
    (wheel,) = wheels.glob("channel_sim-*.whl")
    call(*pip, "--python", place / "bin" / "python", "install", "--quiet", "--no-deps", "--no-index", wheel, cwd=elsewhere)
    program = place / "bin" / "channel-sim"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}

    where = call(place / "bin" / "python", "-c", "import sim; print(sim.__file__)", cwd=elsewhere, env=environment)
    assert Path(where.strip()).is_relative_to(place)
    listed = call(program, "list", cwd=elsewhere, env=environment)
    assert [line.split()[0] for line in listed.splitlines() if line[0] != " "] == shipped_names()
    for name in shipped_names():
        assert "is right" in call(program, "check", name, cwd=elsewhere, env=environment)
    options = ("--replications", "1", "--months", "6", "--out", "there")
    interpreted = {"NUMBA_DISABLE_JIT": "1", "PYTHONWARNINGS": "ignore"}  # compiling anew takes minutes and is tried by CI's own set-up
    assert "1 + 1" in call(program, "run", "quick", *options, cwd=elsewhere, env=environment | interpreted)
    assert (elsewhere / "there" / "replication-000" / "deals.parquet").is_file()
