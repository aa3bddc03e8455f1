"""An attribution as text."""

import math

from experiments import console
from experiments.comparison.attribution import Attribution
from sim.observe.evidence import Figure


def lines(found: Attribution) -> list[str]:
    """The table of mechanisms, what remains, and what was screened."""
    scale, unit = scale_of(found)
    rows = [[name.replace("_", " "), *_cells(f, scale), _share(f, found)] for name, f in found.carried.items()]
    rows.append(["residual: all of these off", *_cells(found.residual, scale), _share(found.residual, found)])
    rows.append(["all together", *_cells(found.total, scale), ""])
    out = [
        f"{found.case} against {found.base}, {found.indicator}: which mechanisms carry the difference ({found.pairs} pairs).",
        console.show(("mechanism", f"carries, {unit}", "95 % interval", "of the difference"), rows),
    ]
    rest = {name: f for name, f in found.screened.items() if name not in found.carried}
    if rest:
        words = ", ".join(f"{name.replace('_', ' ')} {scale * f.mean:+.3g}" for name, f in rest.items())
        out.append(f"Screened out (change when it alone is off, {unit}): {words}.")
    return out


def scale_of(found: Attribution) -> tuple[float, str]:
    """Factor and unit in which an attribution is said."""
    if found.unit == "share of the baseline":
        return 100.0, "% of the baseline"
    return (100.0, "points") if found.unit == "share" else (1.0, found.unit)


def _cells(f: Figure, scale: float) -> list[str]:
    interval = "-" if math.isnan(f.low) else f"{scale * f.low:+.3g} to {scale * f.high:+.3g}"
    return [f"{scale * f.mean:+.3g}", interval]


def _share(f: Figure, found: Attribution) -> str:
    clear = found.total.low > 0.0 or found.total.high < 0.0
    return f"{100 * f.mean / found.total.mean:+.0f} %" if clear else "-"
