"""The report on all studies, in Markdown and as a page: plain words first, full figures after."""

import math
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from experiments import console
from experiments.pages import as_html, page, table, with_contents
from experiments.pictures import Bar, Line, intervals, plot
from experiments.studies import words
from experiments.studies.budget import Budget
from experiments.studies.finding import Ablated, AxisFound, AxisValue, Finding
from experiments.studies.judging import Ruling
from experiments.studies.protocol import committed

TITLE = "What a 2008 essay on partner networks got right, under which conditions"
HOW_TO_READ = """\
Every claim of the essay is a hypothesis with a protocol of its own, written and committed before it was run; what was
corrected after a first run, and what had been seen by then, stands at the end of its section. Arms of a study share
their random numbers, so a difference is taken run by run; its mean stands with a 95 % interval across runs.
Beforehand each contrast says the *smallest effect of interest* and why. An effect is **supported** when its interval
lies on the expected side of zero and its mean reaches the smallest effect (or, where nothing is claimed to change,
when two one-sided tests place it inside); **refuted** when it is shown to be something else, also when it is shown to
be smaller than what is of interest; else **not distinguishable**. A claim is supported when all its primary contrasts
are, and refuted when one is.

An *ablation* takes one mechanism away in all arms: a finding is about a mechanism only when it goes with it. Those
*asked afterwards* are not of the protocol: they look for where an effect comes from that was there under all others.
An *axis* moves one assumed coefficient that stands near the claim over its range; *by the means* there says which way
the mean alone points, since few runs are spent on each value. The *sweep* draws all axes at once.

**None of this is a finding about a real market.** It says what follows from these mechanisms. Most coefficients are
assumed, and what holds at the defaults only is worth little; what holds over the ranges is worth more.
"""


class Context(NamedTuple):
    """What made the report."""

    budget: Budget
    asked: str  # the command
    version: str  # hash of the model's code
    seed: int


def parts(findings: Sequence[Finding], context: Context) -> list[tuple[str, str]]:
    """The report in order: pieces of Markdown ("text") and figures ("picture")."""
    out = [("text", _head(findings, context))]
    bars = [_bar(f) for f in findings if math.isfinite(f.deciding.figure.mean)]
    caption = "The contrast that decided each study, in units of its smallest effect of interest; the band is of no interest."
    out.append(("picture", intervals(bars, "effect / smallest effect of interest", caption, 1.0)))
    out.append(("text", "## How to read this\n\n" + HOW_TO_READ))
    for f in findings:
        out.append(("text", _study(f)))
        out.append(("picture", _contrasts_picture(f)))
        out += [("picture", picture) for picture in _axis_pictures(f)]
        out.append(("text", _tables(f)))
    return out


def markdown(findings: Sequence[Finding], context: Context) -> str:
    """The report without its figures."""
    return "\n".join(text for sort, text in parts(findings, context) if sort == "text")


def html(findings: Sequence[Finding], context: Context) -> str:
    """The report as a page that loads nothing."""
    body = "".join(as_html(text) if sort == "text" else text for sort, text in parts(findings, context))
    for verdict, tone in words.TONES.items():
        body = body.replace(f"<strong>{verdict}</strong>", f'<strong class="{tone}">{escape(verdict)}</strong>')
    return page(TITLE, with_contents(body))


def _head(findings: Sequence[Finding], context: Context) -> str:
    b = context.budget
    lines = [f"# {TITLE}", ""]
    for line in words.in_short(findings):
        lines += [line, ""]
    rows = [(f.protocol.id, f.protocol.says, f"**{f.verdict}**", words.effect(f.deciding), _gone(f), _turns(f)) for f in findings]
    lines += table(("", "the essay's claim", "verdict", "what decided", "goes without", "turns along"), rows)
    lines += [
        f"Budget *{b.name}*: {b.partners} partners{_larger(findings)}, {b.months} months after burn-in, "
        f"{_span(findings)} replications a study and of each ablation, {b.side} of each value on an axis, "
        f"{b.points or 'no'} points of the sweep. Model "
        f"`{context.version}`, seed {context.seed}. Made by `{context.asked}`.",
        "",
    ]
    if weak := [f.protocol.id for f in findings if any(r.power < 0.8 for r in f.primaries)]:
        lines += [
            f"**Power below .8** for {words.listed(weak)}: where their verdict is not distinguishable, that is for lack of runs; "
            "the tables say how many are needed.",
            "",
        ]
    return "\n".join(lines)


def _larger(findings: Sequence[Finding]) -> str:
    more = [f"{f.protocol.partners_times} times as many in {f.protocol.id}" for f in findings if f.protocol.partners_times > 1]
    return f" ({words.listed(more)})" if more else ""


def _span(findings: Sequence[Finding]) -> str:
    n = sorted({f.replications for f in findings})
    return str(n[0]) if len(n) == 1 else f"{n[0]} to {n[-1]}"


def _gone(f: Finding) -> str:
    gone = (a.ablation for a in f.ablations if a.asked and a.said in words.GONE)
    return "; ".join(dict.fromkeys(("with: " if a.adds else "") + words.mechanism(a) for a in gone)) or "-"


def _turns(f: Finding) -> str:
    return "; ".join(said for axis in f.axes if (said := words.flips_of(axis))) or "-"


def _bar(f: Finding) -> Bar:
    r = f.deciding
    unit = r.contrast.smallest
    name = f"{f.protocol.id} {r.contrast.name}"
    return Bar(_short(name, 44), r.figure.mean / unit, r.figure.low / unit, r.figure.high / unit, words.TONES[r.verdict])


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _study(f: Finding) -> str:
    p = f.protocol
    lines = [
        f"## {p.id} {p.title}", "", f"*The essay (claim {p.claim}):* {p.says}", "", f"*Asked:* {p.question}", "",
        f"Verdict: **{f.verdict}**. {words.meaning(f)}", "", words.verdict_in_words(f), "",
    ]  # fmt: skip
    for said in (words.ranking_in_words(f), words.mechanism_in_words(f), words.conditions_in_words(f)):
        if said:
            lines += [said, ""]
    lines += [f"*How:* {p.design}", "", f"*Beware:* {p.note}", ""]
    return "\n".join(lines)


def _contrasts_picture(f: Finding) -> str:
    bars = [
        Bar(
            _short(r.contrast.name, 44), r.figure.mean / r.contrast.smallest, r.figure.low / r.contrast.smallest,
            r.figure.high / r.contrast.smallest, words.TONES[r.verdict],
        )
        for r in f.rulings
    ]  # fmt: skip
    return intervals(bars, "effect / smallest effect of interest", f"{f.protocol.id}: contrasts with 95 % intervals.", 1.0)


def _axis_pictures(f: Finding) -> list[str]:
    out = []
    decided = f.deciding.contrast
    level = decided.reference
    for axis in f.axes:
        if not axis.flips:
            continue
        x = [v.value for v in axis.values]
        lines = [
            Line("mean", x, [v.effect.mean + level for v in axis.values]),  # type: ignore[arg-type]
            Line("95 % low", x, [v.effect.low + level for v in axis.values], "dashed"),  # type: ignore[arg-type]
            Line("95 % high", x, [v.effect.high + level for v in axis.values], "dashed"),  # type: ignore[arg-type]
        ]
        out.append(plot(lines, axis.key, "effect", f"{f.protocol.id}: {decided.name}, along {axis.key}, where the claim turns."))
    return out


CONTRASTS = (
    "contrast", "effect [95 %]", "expected", "verdict", "runs", "power", "runs for .8", "spread: found (assumed)",
    "why this size",
)  # fmt: skip
ABLATIONS = ("without", "mechanism", "contrast", "as it is", "without it [95 %]", "change [95 %]", "")
AXES = ("coefficient", "value", "effect [95 %]", "claim", "by the means", "best arm", "why this axis")


def _tables(f: Finding) -> str:
    lines = ["Contrasts; the verdict hangs on those in bold.", "", *table(CONTRASTS, [_contrast_row(r) for r in f.rulings])]
    if f.ranking:
        lines += [f"Against *{f.protocol.ranking['control']}*, as shares of it.", ""]
        lines += table(("arm", f"{f.protocol.ranking['outcome']} [95 %]"), [(a, console.interval(g)) for a, g in f.ranking])
    if f.ablations:
        lines += ["Ablations.", "", *table(ABLATIONS, [_ablation_row(f, a) for a in f.ablations])]
        later = [f"*{a.name}*, {a.afterwards}" for a in f.protocol.ablations if a.afterwards]
        lines += [f"Asked afterwards: {'; '.join(later)}.", ""] if later else []
    if f.axes:
        lines += [f"Axes: the effect is *{f.deciding.contrast.name}*; claim and means speak of all in bold.", ""]
        lines += table(AXES, [_axis_row(f, axis, v) for axis in f.axes for v in axis.values])
    known = f"Protocol `{f.protocol.path.name}`, hash `{f.protocol.hash}`, committed: {committed(f.protocol)}."
    lines += [f"{known} {f.protocol.history}", ""]
    return "\n".join(lines)


def _contrast_row(r: Ruling) -> tuple:
    name = f"**{r.contrast.name}**" if r.contrast.primary else r.contrast.name
    spread = f"{console.number(r.figure.sd)} ({r.contrast.sd:g}: {r.contrast.sd_source})"
    shown = (words.interval(r), words.expected(r), r.verdict)
    return (name, *shown, r.figure.n, console.number(r.power), _runs(r.needed), spread, r.contrast.why)


def _ablation_row(f: Finding, a: Ablated) -> tuple:
    asked = (a.ablation.name, ("puts in: " if a.ablation.adds else "") + words.mechanism(a.ablation), a.contrast.name)
    unit, level = f.ruling(a.contrast.name).unit, a.contrast.reference
    before = words.amount(a.before.mean + level, unit) + words.named(unit)
    return (*asked, before, words.spanned(a.without, unit, level), words.spanned(a.change, unit), a.said)


def _axis_row(f: Finding, axis: AxisFound, v: AxisValue) -> tuple:
    value = f"{v.value:g}" + (" (default)" if v.default else "")
    effect = words.interval(f.deciding._replace(figure=v.effect))
    return (axis.key, value, effect, v.verdict, v.leans, v.best or "-", axis.why)


def _runs(needed: int) -> str:
    return "2,000 or more" if needed >= 2_000 else f"{needed:,}"
