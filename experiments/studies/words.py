"""A finding in plain words: what was claimed, what came of it, what it hangs on."""

import math
import tomllib
from collections.abc import Sequence
from functools import cache

from experiments import console
from experiments.studies.finding import OPEN, REFUTED, SUPPORTED, Ablated, AxisFound, Finding, Sweep
from experiments.studies.judging import Ruling
from experiments.studies.protocol import FOLDER, Ablation
from sim.observe.evidence import Figure

VERDICTS = {SUPPORTED: "supported", REFUTED: "refuted", OPEN: "not distinguishable"}
GONE = ("takes it away", "reverses it")
TONES = {SUPPORTED: "good", REFUTED: "bad", OPEN: "open"}


def amount(value: float, unit: str) -> str:
    """A number as one says it: shares in points, relative changes in per cent, the rest as it is."""
    if not math.isfinite(value):
        return "unknown"
    if unit in ("share", "%", "1/year"):
        return f"{100.0 * value:.3g}"
    return console.number(value)


def named(unit: str) -> str:
    """What stands behind a number."""
    return {"share": " points", "%": " %", "1/year": " % a year", "ln": " in logs", "1": ""}.get(unit, "")


def interval(ruling: Ruling) -> str:
    """Mean with its 95 % interval; a level where the contrast is with a fixed number."""
    return spanned(ruling.figure, ruling.unit, ruling.contrast.reference)


def spanned(figure: Figure, unit: str, level: float = 0.0) -> str:
    """A figure with its 95 % interval above a level, in a unit."""
    mean, low, high = (amount(v + level, unit) for v in figure[:3])
    return f"{mean}{named(unit)} [{low}, {high}]" if math.isfinite(figure.low) else f"{mean}{named(unit)}"


def expected(ruling: Ruling) -> str:
    """What a contrast was expected to be."""
    c, unit = ruling.contrast, ruling.unit
    above, below = amount(c.reference + c.smallest, unit), amount(c.reference - c.smallest, unit)
    said = {
        "more": f"at least {above}", "less": f"at most {below}", "same": f"between {below} and {above}",
        "no less": f"above {below}", "no more": f"below {above}",
    }  # fmt: skip
    return said[c.expected] + named(unit)


def listed(words: Sequence[str]) -> str:
    """a, b and c."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def effect(ruling: Ruling) -> str:
    """A contrast with its figures."""
    return f"{ruling.contrast.name}: {interval(ruling)}, expected {expected(ruling)}"


def meaning(finding: Finding) -> str:
    """What the verdict means to somebody who runs a channel, empty for a study without such words."""
    word = {SUPPORTED: "supported", REFUTED: "refuted", OPEN: "open"}[finding.verdict]
    return _meanings().get(finding.protocol.id, {}).get(word, "")


@cache
def _meanings() -> dict[str, dict[str, str]]:
    return tomllib.loads((FOLDER / "meanings.toml").read_text(encoding="utf-8"))


def verdict_in_words(finding: Finding) -> str:
    """The verdict, the parts that made it, and what stands beside it."""
    leads = {
        SUPPORTED: "At the default coefficients the claim holds in this model.",
        REFUTED: "At the default coefficients the claim does not hold in this model.",
        OPEN: "The runs do not decide.",
    }
    said = [leads[finding.verdict]]
    said += _parted(finding.primaries)
    if beside := _parted([r for r in finding.rulings if not r.contrast.primary]):
        said += ["Beside it, without weight in the verdict:", *beside]
    return " ".join(said)


def _parted(rulings: Sequence[Ruling]) -> list[str]:
    """Contrasts by verdict."""
    said = []
    for word, lead in ((REFUTED, "Not as claimed"), (OPEN, "Open"), (SUPPORTED, "As claimed")):
        if effects := [effect(r) for r in rulings if r.verdict == word]:
            said.append(f"{lead}: {'; '.join(effects)}.")
    return said


def mechanism(ablation: Ablation) -> str:
    """The mechanism, and whether it was asked for only once results were known."""
    return ablation.mechanism + (" (asked afterwards)" if ablation.afterwards else "")


def mechanism_in_words(finding: Finding) -> str:
    """What the effects that the protocol asks for come from, as far as the ablations say; then what others come from."""
    asked = [a for a in finding.ablations if a.asked]
    unsure = [a.ablation.name for a in asked if a.said == OPEN]
    contrasts = list(dict.fromkeys(a.contrast.name for a in asked))
    said = []
    for name in contrasts:
        subject = f"*{name}* ({interval(finding.ruling(name))})"
        said += _fate(subject, [a for a in asked if a.contrast.name == name])
    if unsure:
        said.append(f"Too few runs to say what is left after: {'; '.join(unsure)}.")
    if not said:
        said.append("There was no effect that an ablation could have taken away.")
    others: dict[str, list[str]] = {}
    for a in finding.ablations:
        if not a.asked and a.said in GONE and a.contrast.name not in contrasts:
            others.setdefault(a.contrast.name, []).append(("with: " if a.ablation.adds else "without: ") + mechanism(a.ablation))
    said += [f"Of the other effects, *{name}* goes {'; '.join(mechanisms)}." for name, mechanisms in others.items()]
    return " ".join(said)


def _fate(subject: str, ablations: Sequence[Ablated]) -> list[str]:
    """Without what an effect goes, and without what it stays."""
    said = []
    for lead, sort in (("goes, or turns round,", GONE), ("stays", ("leaves it",))):
        for adds, how in ((False, "without this mechanism"), (True, "once this is put in")):
            if named_so := [mechanism(a.ablation) for a in ablations if a.said in sort and a.ablation.adds is adds]:
                said.append(f"{subject} {lead} {how}: {'; '.join(named_so)}.")
    return said


def flips_of(axis: AxisFound) -> str:
    """Where an axis turns the verdict, in words; empty where it does not."""
    found = []
    for flip in axis.flips:
        about = f", about {console.number(flip.at)}" if math.isfinite(flip.at) else ""
        found.append(f"between {flip.low:g} and {flip.high:g}{about}")
    return f"{axis.key} {listed(found)}" if found else ""


def conditions_in_words(finding: Finding) -> str:
    """Where it flips, and over how much of the range it holds."""
    if not finding.axes:
        return "No coefficient was varied."
    flips = [said for axis in finding.axes if (said := flips_of(axis))]
    said = (
        f"By the means, the verdict turns along {'; '.join(flips)}."
        if flips
        else "By the means, no coefficient next to the claim turns the verdict within its range."
    )
    sweep = finding.sweep
    if sweep is not None and sweep.points:
        said += " With all these coefficients drawn at once over their ranges the means support the claim in "
        said += f"{sweep.supported:.0%} of {sweep.points} points{_least_held(finding, sweep)}"
        if sweep.opposite > 0.0:
            said += f", and in {sweep.opposite:.0%} *{finding.deciding.contrast.name}* goes the other way"
        drivers = [f"{key} ({r:+.2f})" for key, r in sweep.drivers if math.isfinite(r)][:2]
        said += f"; {_on_average(finding, sweep)}"
        said += f", and goes most with {listed(drivers)}." if drivers else "."
    fitting = finding.plausible
    if fitting is not None and fitting.points:
        said += f" At {fitting.points} points that fit what is known of real channels the means support it in "
        said += f"{fitting.supported:.0%}{_least_held(finding, fitting)}; {_on_average(finding, fitting)}."
    if finding.other_seeds:
        same = "the same" if finding.other_seeds == finding.verdict else VERDICTS[finding.other_seeds]
        said += f" On other seeds the verdict is {same}."
    return said


def _least_held(finding: Finding, sweep: Sweep) -> str:
    """The primary contrast that fails most often, where there are several and one fails."""
    least = sweep.held[0]
    if len(sweep.held) == 1 or not least.supported < 1.0:
        return ""
    seen = interval(finding.ruling(least.contrast)._replace(figure=least.effect))
    return f" (*{least.contrast}* in {least.supported:.0%}, {seen} on average, the rest no less often)"


def _on_average(finding: Finding, sweep: Sweep) -> str:
    decided = finding.deciding
    return f"on average over them *{decided.contrast.name}* is {interval(decided._replace(figure=sweep.effect))}"


def ranking_in_words(finding: Finding) -> str:
    """Who won, where arms were ranked."""
    known = [(arm, f) for arm, f in finding.ranking if math.isfinite(f.mean)]
    if not known:
        return ""
    order = ", ".join(f"{arm} {100 * f.mean:+.1f} %" for arm, f in known)
    best, control = known[0], finding.protocol.ranking["control"]
    wins = f"The best is {best[0]}"
    if len(known) > 1 and not _apart(best[1], known[1][1]):
        wins += f", which the runs do not tell from {known[1][0]}"
    pays = "None of them is better than doing nothing" if best[1].mean <= 0.0 else "Against doing nothing"
    return f"{wins}. {pays} ({control}), {order}.{_map_in_words(finding)}"


def _map_in_words(finding: Finding) -> str:
    """Who wins elsewhere: along the axes, and over all of them at once."""
    default = next((v.best for axis in finding.axes for v in axis.values if v.default), "")
    other = [f"{v.best} at {axis.key} {v.value:g}" for axis in finding.axes for v in axis.values if v.best and v.best != default]
    said = f" By the means the best is another elsewhere: {'; '.join(other)}." if other else ""
    if finding.sweep is not None and finding.sweep.winners:
        shares = ", ".join(f"{arm} {share:.0%}" for arm, share in finding.sweep.winners)
        said += f" With all coefficients drawn at once the best is: {shares}."
    return said


def _apart(one, other) -> bool:
    return math.isfinite(one.low) and math.isfinite(other.high) and one.low > other.high


def in_short(findings: Sequence[Finding]) -> list[str]:
    """The first paragraphs of the report: which claims held, which did not, which stay open."""
    lines = []
    leads = {
        SUPPORTED: "What the essay got right, in this model and at its default coefficients",
        REFUTED: "What it did not get right",
        OPEN: "What these runs cannot tell",
    }
    for word, lead in leads.items():
        chosen = [f"- *{f.protocol.title}* ({f.protocol.id}). {meaning(f)}" for f in findings if f.verdict == word]
        if chosen:
            lines.append("\n".join([f"**{lead}:**", "", *chosen]))
        elif len(findings) > 1:
            lines.append(f"**{lead}:** nothing.")
    fragile = [f.protocol.id for f in findings if any(axis.flips for axis in f.axes)]
    tried = [f for f in findings if f.axes and f.verdict != OPEN]
    firm = [f.protocol.id for f in tried if not any(axis.flips for axis in f.axes)]
    if fragile:
        lines.append(
            f"**Conditions.** The means turn the verdict within the plausible range of a coefficient for {listed(fragile)}."
        )
    if firm:
        lines.append(f"By the means no single coefficient next to the claim turns it for {listed(firm)}.")
    return lines
