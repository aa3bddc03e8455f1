"""The validation table on the screen and as a page."""

from collections.abc import Sequence
from html import escape

from experiments import console
from experiments.coefficients import assumed, coefficients
from experiments.pages import page
from experiments.validation.check import MISSES, NOT_LOOKED_AT, UNKNOWN, Check
from sim.plan import Plan

HEADERS = ("id", "statement", "source", "band", "measured [95 %]", "")
LEAD = """\
A rows are exact or analytic: they hold or the code is wrong. E rows are what is known of real channels: E1, E2, E10 and E12
set the defaults, so that they hold shows only that they can hold together; E3-E5 were held out, and count as evidence. E10 and
the exit rate follow from inputs by identity and test the books. Where a row misses it is reported, never tuned away."""


def table(checks: Sequence[Check]) -> str:
    """The table in plain text."""
    return console.show(HEADERS, [list(c) for c in checks])


def summary(checks: Sequence[Check]) -> str:
    """How many hold, and which do not."""
    judged = [c for c in checks if c.verdict and c.verdict != NOT_LOOKED_AT]
    off = [f"{c.id} {c.statement.strip()} ({c.verdict})" for c in judged if not c.holds]
    closed = sorted({c.id for c in checks if c.verdict == NOT_LOOKED_AT})
    lines = [f"{len(judged) - len(off)} of {len(judged)} rows hold." + (f" Not: {'; '.join(off)}." if off else "")]
    if closed:
        lines.append(f"{', '.join(closed)} are held out and were not looked at; --held-out looks, and logs the look.")
    return "\n".join(lines)


def resting_on(plan: Plan) -> str:
    """What the E rows hang on: how many coefficients are assumed."""
    every, weak = coefficients(plan), assumed(plan)
    return (
        f"Of {len(every)} coefficients of the default scenario {len(weak)} are assumed, among them all that set outside options, "
        "form costs, slopes of choice, influence and attention; channel-sim odd lists each with its source. The E rows that are "
        "not identities hang on them; the A rows do not."
    )


def html(checks: Sequence[Check], pictures: Sequence[str], plan: Plan, asked: str) -> str:
    """The page.

    Parameters
    ----------
    checks
        Lines of the table.
    pictures
        Figures in HTML.
    plan
        What was run.
    asked
        The command that makes this page.

    Returns
    -------
    str
        HTML that loads nothing.
    """
    tone = {MISSES: "bad", UNKNOWN: "open", NOT_LOOKED_AT: "soft"}
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in c[:5])
        + f'<td class="{"good" if c.holds else tone.get(c.verdict.split(":")[0], "")}">{escape(c.verdict)}</td></tr>'
        for c in checks
    )  # fmt: skip
    head = "".join(f"<th>{escape(h or 'verdict')}</th>" for h in HEADERS)
    words = "".join(f"<p>{escape(line)}</p>" for line in [*summary(checks).split("\n"), LEAD, resting_on(plan)])
    body = f"<h1>channel-sim: what holds, and what does not</h1>{words}<table><tr>{head}</tr>{rows}</table>{''.join(pictures)}"
    return page("channel-sim: validation", f'{body}<p class="soft">Made by <code>{escape(asked)}</code></p>')
