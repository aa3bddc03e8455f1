"""Networks close and open, their tools age, and pairs go direct."""

from tests.reference import agreements
from tests.reference.agents import Network
from tests.reference.opening import KINDS, free_host, leave, open_network, speak_of_line_card, state_of_the_art
from tests.reference.shared import CONSTANTS, WHY, pair_uid, stock_after, tool_quality


def run(model) -> None:
    """Close the books; let networks close, pairs go direct, hosts enter."""
    hosts = model.p["hosts"]
    closing = [network for network in model.open_networks() if _fails(model, network)]
    for network in closing:
        _close(model, network)
    if model.tick % 3 == 2:
        for network in model.open_networks():
            speak_of_line_card(model, network)
    if model.switches.leakage:
        for tie in model.ties.values():
            _maybe_go_direct(model, tie)
    if hosts.adaptive and model.tick % 3 == 2:
        for network in model.open_networks():
            if network.fee > 0.0:
                _climb(network, hosts)
    if model.switches.host_entry:
        for kind in range(len(KINDS)):
            _maybe_enter(model, kind)


def _fails(model, network: Network) -> bool:
    hosts = model.p["hosts"]
    network.tool_stock = stock_after(network.tool_stock, network.tools + network.tools_added, hosts.stock_fade)
    network.tool_quality = tool_quality(network.tool_stock, state_of_the_art(model), hosts.stock_half_usd)
    network.profit += (network.income_month - network.cost_month - network.profit) / 6.0
    if model.tick - network.founded >= hosts.grace:
        network.loss_months = network.loss_months + 1 if network.profit < 0.0 else 0
    return network.loss_months >= hosts.patience


def _close(model, network: Network) -> None:
    for cohort in network.roster.values():
        for partner in list(cohort.values()):
            leave(partner, partner.membership_in(network))
    network.open = False
    for tie in model.ties.values():
        if tie.met is network:
            tie.met = None
    for project in model.projects.values():
        if project.network is network:
            project.network = None
        for part in project.parts:
            if part.broker is network:
                part.broker, part.brokerage = None, 0.0
    for agreement in list(model.agreements.values()):
        if agreement.kind == "affiliation" and agreement.second is network:
            agreements.end(model, agreement)


def _maybe_go_direct(model, tie) -> None:
    if tie.met is None or tie.direct or tie.successes < 2 or tie.met.take_rate <= 0.0:
        return
    likely = model.p["hosts"].leakage * tie.mean_trust(model.switches.trust, model.p["trust"].prior)
    tie.direct = model.now.uniform(WHY.LEAKAGE, pair_uid(*tie.pair)) < likely


def _climb(network: Network, hosts) -> None:
    direction = -1.0 if network.last_change < 0.0 else 1.0
    if network.profit < network.last_profit:
        direction = -direction
    network.last_change, network.last_profit = direction * hosts.fee_step, network.profit
    network.fee *= 1.0 + network.last_change


def _policy_at_entry(model, kind: int):
    """A host enters with what the plan's first network of its kind does."""
    for group in model.plan.networks:
        if group.kind == kind:
            return group.policy
    return CONSTANTS["POLICIES"][kind]


def _maybe_enter(model, kind: int) -> None:
    hosts = model.p["hosts"]
    same = [network for network in model.open_networks() if network.kind == kind]
    earning = sum(network.profit > 0.0 for network in same) / len(same) if same else 0.0
    chance = hosts.entry * (hosts.courage + (1.0 - hosts.courage) * earning)
    if model.now.uniform(WHY.HOST_ENTRY, kind) < chance and free_host(model, kind)[0]:
        open_network(model, kind, _policy_at_entry(model, kind))
