"""Sweeps on a Dask cluster: the same table, through the death of a worker; and what is wrong said in one message."""

import pytest

from experiments.pool import StudyError
from experiments.sweep_cluster import trial
from experiments.sweeps.executors import place


@pytest.mark.slow
def test_a_cluster_that_loses_a_worker_gives_the_table_of_one_machine(tmp_path):
    pytest.importorskip("distributed")
    same, killed_at = trial(tmp_path, runs=80, seconds=0.1)
    assert same
    assert killed_at > 0


def test_an_executor_of_another_form_is_named_with_the_right_one():
    with pytest.raises(StudyError, match="--executor ray://x: expected dask://HOST:PORT"), place("ray://x", 1):
        pass
