"""One boolean a mechanism, so that an experiment can say which mechanism kills an effect."""

from typing import NamedTuple


class Switches(NamedTuple):
    """All on by default but for indebtedness and rival response."""

    imitation: bool = True  # off: awareness by marketing only, no contagion
    peer_influence: bool = True  # off: peers' attitudes have no weight
    host_influence: bool = True  # off: b = 0 for all
    discovery: bool = True  # off: nobody learns of a vendor through joint deals
    satisfaction: bool = True  # off: A does not respond to experience
    treadmill: bool = True  # off: E stays at its first value
    indebtedness: bool = False  # on: benefits seen as self-serving lower commitment
    habit: bool = True  # off: W has no weight in the choice
    stickiness: bool = True  # off: Z stays 0
    trust: bool = True  # off: T at its prior wherever two firms work or look for each other
    outside_options: bool = True  # off: d = 0; nobody leaves for a better partner
    leakage: bool = True  # off: marketplace pairs never go direct
    novelty: bool = True  # off: popularity of skills is fixed, and no technology is replaced
    learning: bool = True  # off: skills neither rise nor decay
    host_entry: bool = True  # off: no new hosts
    agreements: bool = True  # off: line cards and listings fixed
    growth: bool = True  # off: staff and client bases fixed
    rival_response: bool = False  # on: other vendors answer a vendor's policy
