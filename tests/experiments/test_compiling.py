"""Compiling the model: an interrupt is one, even when the compiler lost it."""

import contextlib
import signal
from collections.abc import Callable
from typing import Any

import pytest

import sim.warm_up
from experiments.compiling import compile_once
from experiments.pool import noticing_interrupts


def _plays(monkeypatch: pytest.MonkeyPatch, compiler: Callable[[Any, Any], None]) -> None:
    monkeypatch.setattr(sim.warm_up, "warm_up", compiler)


def test_an_interrupt_that_the_compiler_lost_is_an_interrupt_all_the_same(monkeypatch):
    """Swallowed in a callback, it surfaces as want of the code that was being compiled."""

    def compiler(plan: Any, say: Any) -> None:
        with contextlib.suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        raise RuntimeError("no compiled object yet")

    _plays(monkeypatch, compiler)
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        compile_once(None)
    assert signal.getsignal(signal.SIGINT) is before


def test_an_error_without_an_interrupt_stays_what_it_is(monkeypatch):
    def compiler(plan: Any, say: Any) -> None:
        raise RuntimeError("no compiled object yet")

    _plays(monkeypatch, compiler)
    with pytest.raises(RuntimeError, match="no compiled object yet"):
        compile_once(None)


def test_a_process_that_ignores_interrupts_goes_on_ignoring_them():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with noticing_interrupts() as interrupted:
            signal.raise_signal(signal.SIGINT)
        assert not interrupted
    finally:
        signal.signal(signal.SIGINT, before)
