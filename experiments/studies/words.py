"""A finding in plain words: what was claimed, what came of it, what it hangs on."""

import math
from collections.abc import Sequence

from experiments import console
from experiments.studies.finding import OPEN, REFUTED, SUPPORTED, AxisFound, Finding
from experiments.studies.judging import Ruling

EXPECTED = {
    "more": "at least +{}", "less": "at most -{}", "same": "within +-{}", "no less": "above -{}", "no more": "below +{}",
}  # fmt: skip
VERDICTS = {SUPPORTED: "supported", REFUTED: "refuted", OPEN: "not distinguishable"}
TONES = {SUPPORTED: "good", REFUTED: "bad", OPEN: "open"}


def expected(ruling: Ruling) -> str:
    """What a contrast was expected to be."""
    return EXPECTED[ruling.contrast.expected].format(f"{ruling.contrast.smallest:g}")


def listed(words: Sequence[str]) -> str:
    """a, b and c."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def effect(ruling: Ruling) -> str:
    """A contrast with its figures."""
    return f"{ruling.contrast.name} ({console.interval(ruling.figure)}, expected {expected(ruling)})"


def verdict_in_words(finding: Finding) -> str:
    """One or two sentences: the verdict and the parts that made it."""
    parts = {word: [effect(r) for r in finding.primaries if r.verdict == word] for word in (SUPPORTED, REFUTED, OPEN)}
    if finding.verdict == SUPPORTED:
        return f"At the default coefficients the claim holds in this model: {listed(parts[SUPPORTED])}."
    if finding.verdict == REFUTED:
        also = f" Found as claimed: {listed(parts[SUPPORTED])}." if parts[SUPPORTED] else ""
        return (
            f"At the default coefficients the claim does not hold in this model; not as claimed: {listed(parts[REFUTED])}.{also}"
        )
    also = f" Found as claimed: {listed(parts[SUPPORTED])}." if parts[SUPPORTED] else ""
    return f"The runs do not decide; open: {listed(parts[OPEN])}.{also}"


def mechanism_in_words(finding: Finding) -> str:
    """What the effect comes from, as far as the ablations say."""
    gone = [a.ablation.mechanism for a in finding.ablations if a.said in ("takes it away", "reverses it")]
    stays = [a.ablation.mechanism for a in finding.ablations if a.said == "leaves it"]
    unsure = [a.ablation.name for a in finding.ablations if a.said == OPEN]
    said = []
    if gone:
        said.append(f"It goes, or turns round, without this mechanism: {'; '.join(gone)}.")
    if stays:
        said.append(f"It stays without: {'; '.join(stays)}.")
    if unsure:
        said.append(f"Too few runs to say what is left after: {'; '.join(unsure)}.")
    if not said:
        said.append("There was no effect that an ablation could have taken away.")
    return " ".join(said)


def flips_of(axis: AxisFound) -> str:
    """Where an axis turns the verdict, in words; empty where it does not."""
    found = []
    for flip in axis.flips:
        about = f", about {flip.at:.3g}" if math.isfinite(flip.at) else ""
        found.append(f"between {flip.low:g} and {flip.high:g}{about}")
    return f"{axis.key} {listed(found)}" if found else ""


def conditions_in_words(finding: Finding) -> str:
    """Where it flips, and over how much of the range it holds."""
    flips = [said for axis in finding.axes if (said := flips_of(axis))]
    said = (
        f"By the means, the verdict turns along {'; '.join(flips)}."
        if flips
        else "By the means, no coefficient next to the claim turns the verdict within its range."
    )
    sweep = finding.sweep
    if sweep is not None and sweep.points:
        said += " With all these coefficients drawn at once over their ranges the means support the claim in "
        said += f"{sweep.supported:.0%} of {sweep.points} points"
        drivers = [f"{key} ({r:+.2f})" for key, r in sweep.drivers if math.isfinite(r)][:2]
        said += f"; the effect goes most with {listed(drivers)}." if drivers else "."
    if finding.other_seeds:
        same = "the same" if finding.other_seeds == finding.verdict else VERDICTS[finding.other_seeds]
        said += f" On other seeds the verdict is {same}."
    return said


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
    return f"{wins}. {pays} ({control}), {order}."


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
        chosen = [f"*{f.protocol.title}* ({f.protocol.id})" for f in findings if f.verdict == word]
        lines.append(f"**{lead}:** {listed(chosen)}." if chosen else f"**{lead}:** none.")
    fragile = [f.protocol.id for f in findings if any(axis.flips for axis in f.axes)]
    firm = [f.protocol.id for f in findings if f.verdict != OPEN and not any(axis.flips for axis in f.axes)]
    if fragile:
        lines.append(
            f"**Conditions.** The means turn the verdict within the plausible range of a coefficient for {listed(fragile)}."
        )
    if firm:
        lines.append(f"No coefficient next to the claim turns it for {listed(firm)}.")
    return lines
