"""Sections on what a report does not show, what it assumes, and how to make it again."""

import platform
import shlex
from importlib import metadata

from experiments.comparison.material import Material
from experiments.runner import PACKAGES, model_code
from sim.grounds import INPUTS, inputs, support
from sim.parameters import declared
from sim.processes import PARAMETERS
from sim.report.blocks import Code, Details, Section, Table
from sim.scenario.differences import differences


def limits(material: Material) -> Section:
    """What this does not show."""
    plan = material.cases[0].plan
    said = [
        "These are results of a model, not observations. They say what follows from the assumptions below, and how "
        "surely within the model; the 95 % intervals hold chance and drawn "
        "worlds, not doubt about the model itself.",
        "Coefficients whose source says assumed are not measured. Outside options, form costs, the slopes of choice, "
        "the strength of influence and attention are not identified by "
        "the facts that the model is calibrated on; vary them (python -m experiments.flips) before relying on a verdict.",
        f"Accounts are those of {len(material.accounts[material.cases[0].name])} runs of "
        f"each scenario, the network pictures of one.",
    ]
    ground = support(plan)
    if ground is None:
        said.append("Partners, vendors, distributors and marketplaces are all drawn: no verdict is about a real vendor.")
    else:
        drawn = [INPUTS[name] for name, x in inputs(plan).items() if not x.given]
        said.append(f"Not in the data and therefore drawn: {', '.join(drawn)}.")
        if ground.loyalty != "data":
            said.append(
                "Verdicts on loyalty are about the model's vendors: for too few partners the vendors that they carry are given."
            )
    if len(material.months) < 60:
        said.append(
            f"{len(material.months)} months are short: networks have not settled, and persistent "
            f"effects cannot be told from passing ones."
        )
    return Section("limits", "What this does not show", tuple(said))


def assumptions(material: Material) -> Section:
    """What was changed, and every coefficient with its source."""
    blocks: list[object] = []
    base = material.cases[0]
    for case in material.cases[1:]:
        found = differences(base.scenario, case.scenario)
        rows = tuple(
            (d.key, str("-" if d.one is None else d.one), str("-" if d.other is None else d.other), d.unit) for d in found
        )
        if rows:
            blocks.append(
                Table(("setting", base.name, case.name, "unit"), rows, f"In what {case.name} differs from {base.name}.")
            )
        else:
            blocks.append(f"{case.name} and {base.name} are the same.")
    coefficients: list[tuple[str, ...]] = []
    assumed = 0
    for process, kind in PARAMETERS.items():
        values = base.plan.parameters[process]
        for name, (_, default, par) in declared(kind).items():
            value = getattr(values, name)
            assumed += par.source.startswith("assumed")
            coefficients.append(
                (
                    f"{process}.{name}",
                    f"{value:g}" + ("" if value == default else f" (default {default:g})"),
                    par.unit,
                    par.meaning,
                    par.source,
                )
            )
    summary = f"All {len(coefficients)} coefficients with their sources, {assumed} of them assumed"
    blocks.append(Details(summary, Table(("coefficient", "value", "unit", "meaning", "source"), tuple(coefficients))))
    return Section("assumptions", "Assumptions and their sources", tuple(blocks))


def provenance(material: Material) -> Section:
    """What made it, and the command that makes it again."""
    import sim

    packages = ", ".join(f"{name} {_version(name)}" for name in PACKAGES)
    rows = [("version", f"{sim.__version__}, code {model_code()}"), ("Python", f"{platform.python_version()}; {packages}")]
    rows += [(f"scenario {c.name}", f"digest {c.scenario.digest()[:16]}, seed {c.plan.seed}") for c in material.cases]
    commands = " ".join(shlex.quote(word) for word in material.command)
    return Section(
        "provenance", "Provenance",
        (Table(("", ""), tuple(rows)), "Made with, and to be made again with:", Code(commands),
         "To check it against the simulator: channel-sim verify report.html runs a sample again."),
    )  # fmt: skip


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"
