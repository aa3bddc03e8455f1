"""A setting as it is written on the command line: ``KEY=VALUE``."""

import shlex
import tomllib
from typing import Any

import typer

Setting = tuple[str, str, Any]  # label for messages, dotted key, value


def parsed(text: str, option: str = "--set") -> Setting:
    """``key=value`` with the value as TOML writes it, or else as text.

    Parameters
    ----------
    text
        What was written.
    option
        Where, for messages.

    Raises
    ------
    typer.BadParameter
        When there is no key or no equals sign.
    """
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise typer.BadParameter(f"{option} {text}: write KEY=VALUE, for instance demand.growth_per_year=0.02")
    try:
        known = tomllib.loads(f"value = {value}")["value"] if "\n" not in value else value
    except (ValueError, RecursionError):
        known = value.strip()
    return f"{option} {shlex.quote(text)}", key.strip(), known
