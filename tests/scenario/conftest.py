"""What several tests of an import need."""

from pathlib import Path

import pytest

from sim.scenario.fitting import Past


@pytest.fixture
def write(tmp_path):
    """Writes CSV files and gives their paths by sort."""

    def to_disk(**files: str) -> dict[str, Path]:
        for sort, text in files.items():
            (tmp_path / f"{sort}.csv").write_text(text, encoding="utf-8")
        return {sort: tmp_path / f"{sort}.csv" for sort in files}

    return to_disk


@pytest.fixture
def no_runs(monkeypatch):
    """Past figures without short runs, which would take long."""
    monkeypatch.setattr("sim.scenario.fitting.simulate_past", lambda plan: Past(0.1, 0.03, 110_000.0))
