"""``reference``: run a reference model, see it move, read what the theory says."""

import inspect
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

import typer

from experiments import console
from experiments.pages import check_page_path, page
from experiments.reference_models.showing import MODELS, Shown
from experiments.runner import RunError, write_file
from sim.parameters import declared


def reference(name: str, settings: Sequence[str], seed: int, out: Path | None, asked: str) -> Shown:
    """Run one model and say what came of it.

    Parameters
    ----------
    name
        One of ``MODELS``.
    settings
        NAME=VALUE for its parameters.
    seed
        Of its chance.
    out
        Page to write, or None.
    asked
        The command, for the page.

    Returns
    -------
    Shown
        What was printed.

    Raises
    ------
    RunError
        When the model, a parameter or a value is not known or not within its range.
    """
    if name not in MODELS:
        raise RunError(f"{name}: there is no such reference model; there are {', '.join(MODELS)}")
    if out is not None:
        check_page_path(out)
    kind, show = MODELS[name]
    model = _model(kind, settings)
    typer.echo(f"{inspect.getdoc(kind)}\n")
    rows = [(key, _said(getattr(model, key)), par.unit, par.meaning, par.source) for key, (_, _, par) in declared(kind).items()]
    typer.echo(console.show(("parameter", "value", "unit", "meaning", "source"), rows) + "\n")
    shown = show(model, seed)
    typer.echo("\n".join(shown.lines))
    typer.echo("\n" + shown.verdict)
    if out is not None:
        text = escape("\n".join(shown.lines))
        body = f"<h1>{escape(name)}</h1><p>{escape(inspect.getdoc(kind) or '')}</p><p>{escape(shown.verdict)}</p>"
        body += f"{''.join(shown.pictures)}<pre>{text}</pre><p class='soft'>Made by <code>{escape(asked)}</code></p>"
        write_file(out, page(name, body))
        typer.echo(f"{out} written.")
    return shown


def _said(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def _model(kind: type, settings: Sequence[str]) -> Any:
    known = declared(kind)
    given: dict[str, Any] = {}
    for text in settings:
        key, _, written = text.partition("=")
        if key not in known:
            raise RunError(f"--set {text}: there is no parameter {key!r}; there are {', '.join(known)}")
        sort, _, par = known[key]
        try:
            value = sort(written)
        except ValueError:
            raise RunError(f"--set {text}: expected {'a whole number' if sort is int else 'a number'}, got {written!r}") from None
        if not par.low <= value <= par.high:
            raise RunError(f"--set {text}: expected a value from {par.low:g} to {par.high:g} {par.unit}")
        given[key] = value
    return kind(**given)
