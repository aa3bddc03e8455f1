"""What each reference model shows when it is run: lines for the screen, pictures for a page, and what the theory says."""

from collections.abc import Callable
from typing import Annotated, NamedTuple

import numpy as np

from experiments import console
from experiments.pictures import Line, plot
from experiments.reference_models.label_propagation import LabelPropagation, grow_in_stages, shape
from experiments.validation.awareness import bass, bass_world, share_aware
from experiments.validation.connections import KNOWN, drawn, stable_sequences, written
from sim.chance import Purpose
from sim.parameters import Par
from sim.rules.connections import both_consent, connections_utility, degree_sequence, is_pairwise_stable, toggled


class Shown(NamedTuple):
    """What a run of a reference model came to."""

    lines: list[str]
    pictures: list[str]
    verdict: str


class Awareness(NamedTuple):
    """Bass (1969): who hears of a network, and nothing else; the process is that of the channel model (S14)."""

    firms: Annotated[int, Par("firms", 10, 100_000, "check A1", "firms that may hear of it")] = 5_000
    p: Annotated[float, Par("1/year", 0.0001, 1, "check A1; Bass 1969", "innovation: the host's marketing")] = 0.03
    q: Annotated[float, Par("1/year", 0, 5, "check A1; Bass 1969", "imitation: contacts who have heard")] = 0.38
    years: Annotated[int, Par("years", 1, 60, "check A1", "length of the run")] = 15


class Connections(NamedTuple):
    """Jackson and Wolinsky (1996): links by mutual consent; the rule of consent is one of the channel model (S6)."""

    firms: Annotated[int, Par("firms", 2, 12, "check A2", "n")] = 5
    delta: Annotated[float, Par("share", 0.01, 0.99, "check A2", "what one step of distance leaves of a benefit")] = 0.5
    cost: Annotated[float, Par("utility", 0, 10, "check A2", "of each link, to both")] = 0.35
    meetings: Annotated[int, Par("meetings", 1, 100_000, "assumed; a path may cycle", "most meetings")] = 2_000


def show_awareness(model: Awareness, seed: int) -> Shown:
    """The share aware, year by year, beside the curve of Bass."""
    months = np.arange(1, 12 * model.years + 1)
    aware = share_aware(bass_world(model.firms, p=model.p, q=model.q), seed, months.size)
    expected = bass(months, model.p, model.q)
    rows = [(int(m // 12), float(aware[m - 1]), float(expected[m - 1])) for m in months if m % 12 == 0]
    lines = console.show(("year", "aware", "Bass F(t)"), rows).splitlines()
    curves = [Line("the run", months / 12.0, aware), Line("Bass F(t)", months / 12.0, expected, "dashed")]
    apart = float(np.abs(aware - expected).max())
    said = f"The largest distance from the curve is {apart:.3f}."
    return Shown(lines, [plot(curves, "years", "share aware", "Awareness by marketing and imitation alone.")], said)


def show_connections(model: Connections, seed: int) -> Shown:
    """Every meeting that changes something, until nobody wants to change anything."""
    chance, n = drawn(seed), model.firms
    links = np.zeros((n, n), bool)
    pairs = [(i, j) for i in range(n) for j in range(i)]
    picks = (chance(Purpose.USER, np.arange(model.meetings), 0) * len(pairs)).astype(int)
    lines, total = ["Meetings that change something:"], [0.0]
    rested = False
    for number, pick in enumerate(picks, 1):
        if is_pairwise_stable(links, model.delta, model.cost, KNOWN, chance):
            rested = True
            break
        i, j = pairs[pick]
        if both_consent(links, i, j, model.delta, model.cost, KNOWN, chance) == links[i, j]:
            continue
        links = toggled(links, i, j)
        worth = connections_utility(links, model.delta, model.cost)
        what = "link" if links[i, j] else "part"
        lines.append(f"{number:>5}: firms {j + 1} and {i + 1} {what}; worth {', '.join(f'{u:.2f}' for u in worth)}")
        total.append(float(worth.sum()))
    end = degree_sequence(links)
    said = f"{'It comes to rest' if rested else 'It has not come to rest'} with degrees {''.join(map(str, end))}."
    if n <= 5:
        said += f" Pairwise stable of all graphs are {written(stable_sequences(model.cost, n, KNOWN, model.delta))}."
    steps = [Line("all firms", np.arange(len(total)), np.array(total), "steps")]
    return Shown(lines, [plot(steps, "changes", "sum of utilities", "Worth of the network as it forms.")], said)


def show_label_propagation(model: LabelPropagation, seed: int) -> Shown:
    """The network of alliances as it grows."""
    stages = 10
    found = [shape(of) for of in grow_in_stages(model, seed, stages)]
    events = np.arange(1, stages + 1) * model.events / stages
    rows = [(int(e), *map(float, s)) for e, s in zip(events, found, strict=True)]
    heads = ("alliances", "mean degree", "took part", "largest", "transitivity", "path")
    lines = console.show(heads, rows).splitlines()
    curves = [Line("largest component", events, np.array([s.largest for s in found]))]
    curves.append(Line("transitivity", events, np.array([s.transitivity for s in found])))
    said = f"In the end a firm has {found[-1].mean_degree:.2f} allies; of 14,500 firms with 22,000 links the sources know 3.03."
    return Shown(lines, [plot(curves, "alliances formed", "share", "The network of alliances as it grows.")], said)


MODELS: dict[str, tuple[type, Callable[..., Shown]]] = {
    "bass": (Awareness, show_awareness),
    "connections": (Connections, show_connections),
    "label-propagation": (LabelPropagation, show_label_propagation),
}
