"""What firms and networks are called on the page: given names where there are any, else a kind and a number."""

from sim.plan import Plan
from sim.report.names import partner_name
from sim.state.networks import KINDS
from sim.world import World

KIND_WORDS = {
    "pure_p2p": "pure P2P", "community": "community", "vendor": "vendor", "distributor": "distributor",
    "marketplace": "marketplace",
}  # fmt: skip
TYPE_WORDS = {"reseller": "reseller", "msp": "MSP", "isv": "ISV", "si": "SI", "consultant": "consultant"}
_HOSTED = ("vendor", "distributor", "marketplace")


class Names:
    """Names of one plan's firms and networks."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._networks = _named_networks(plan)

    def partner(self, uid: int) -> str:
        """A partner's name; a successor's is its predecessor's with the generation."""
        return partner_name(self.plan, uid)

    def vendor(self, row: int) -> str:
        """A vendor's name."""
        return self.plan.names.vendors[row]

    def host(self, kind: int, row: int) -> str:
        """The name of what hosts a network, "" for none."""
        names = self.plan.names
        of_kind = {"vendor": names.vendors, "distributor": names.distributors, "marketplace": names.marketplaces}.get(
            KINDS[kind], ()
        )
        if row < 0 or KINDS[kind] not in _HOSTED:
            return ""
        return of_kind[row] if row < len(of_kind) else f"{KINDS[kind].capitalize()} {row + 1}"

    def network(self, world: World, row: int) -> str:
        """A network's name: given, or that of its host, or its kind and number."""
        uid, kind = int(world.networks.uid[row]), int(world.networks.kind[row])
        if uid in self._networks:
            return self._networks[uid]
        host = self.host(kind, int(world.networks.host[row]))
        words = KIND_WORDS[KINDS[kind]]
        return f"{host}'s network" if host else f"{words[0].upper()}{words[1:]} {uid + 1}"

    def network_by_uid(self, world: World, uid: int) -> str:
        """The same by uid; "" for -1."""
        rows = (world.networks.uid == uid).nonzero()[0]
        return self.network(world, int(rows[0])) if uid >= 0 and rows.size else ""


def _named_networks(plan: Plan) -> dict[int, str]:
    """Uid -> name of the networks that the plan names; uids follow the order in which networks open."""
    out, uid = {}, 0
    for n in sorted(range(len(plan.networks)), key=lambda n: plan.networks[n].host < 0):
        if plan.networks[n].name:
            out[uid] = plan.networks[n].name
        uid += plan.networks[n].count
    return out
