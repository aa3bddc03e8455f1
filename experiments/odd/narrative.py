"""The parts of the ODD protocol that code cannot say of itself: purpose, scales, design concepts."""

PREFACE = """\
Written by `channel-sim odd` from the source of the model, version `VERSION`, in the order of the ODD protocol (Grimm et al.,
*The ODD protocol for describing agent-based and other simulation models: a second update*, JASSS 23(2) 7, 2020). State
variables, parameters, the order of processes, equations, random purposes, switches and rules are read from the code, so they
cannot drift from it.
"""

PURPOSE = """\
The model asks what networks between the firms of the IT channel do: whether such networks grow, stabilise or decline,
whether partners' loyalty to their suppliers strengthens, holds or erodes, and what one and one partner make together. It
was built to put the claims of a practitioner's essay of 2008 on partner-to-partner networks to the test, and to let
strategists try what-ifs and researchers run designed experiments on the same mechanisms.

It is a model for *understanding mechanisms and comparing alternatives*, not for forecasting a given market. A run's level
of anything is only as good as the assumed coefficients behind it; a paired difference between two scenarios that holds
over the plausible range of these coefficients is what it is for.

The claims, each a mechanism that the model can express and a hypothesis that it can refute:
"""

CLAIMS = (
    "Networks range from very loose to contractual; their number and their kinds are rising.",
    "There are four kinds: pure peer-to-peer, vendor-driven, distributor-organised, third-party marketplace.",
    "Alliances are formal and ongoing, occasional, or short-term and project-based.",
    "Partners ally to reach skills, technologies, verticals, regions, products, services and end customers, and to learn.",
    "A partner may join several networks, and so meets many points of influence.",
    "Loyalty to a supplier wanes, depending on the kind of network, when a partner is not satisfied and meets new influencers.",
    "Networks go on growing, tools emerge, then growth stabilises.",
    "Full third-party communities of partners emerge.",
    "Vendors and distributors should invest in stickiness: sales and marketing tools, education, support.",
    "Networks cannot win partners' loyalty: change the business model, the partner model and the loyalty programme instead.",
    "Does one plus one equal two, or three, or more?",
)

PATTERNS = """\
What the model must reproduce before its answers count. The first set fixed the defaults; the second was held out: nothing
was calibrated on it, and each look at it is logged. `channel-sim validate` measures all of them.
"""

SCALES = """\
**Time.** One step is one month; three months are a fiscal quarter (rebates, tiers, agreements), twelve a year. A run begins
with a burn-in that no result uses. **Space.** There is no continuous space: regions and verticals are categories; closeness
is a shared region, a shared network, or a tie. **Money** is in US dollars, in double entry, so that the sum of all balances never
changes. **One currency of choice.** Every utility of a firm is a share of its own monthly gross margin, so that a fee weighs on
a firm of 2 as on a firm of 200.

State is kept in tables of columns, one row an entity. "N x V" is one number for each partner and vendor. A bit mask is
a whole number whose k-th binary digit says whether the k-th thing is in the set.
"""

SCHEDULING = """\
A month is the following list, from top to bottom, for all entities at once. A process reads the state that the
processes before it have left. Where several firms want the same thing in the same process (capacity, a place in a cohort, a
deal), a priority hashed from the month and the firm's identity decides, so nobody is first because of where it is stored, and
results do not depend on the order of rows.
"""

CONCEPTS = """\
**Basic principles.** Firms cover what they cannot do alone through others (resource complementarity); consent is
mutual and needs a share above the outside option (generalised Nash bargaining); awareness spreads as in Bass (1969);
attitudes follow Friedkin and Johnsen (1990), anchored in own experience; satisfaction is disconfirmation of
expectations with a zone of tolerance and loss aversion; vendor choice is a logit (McFadden 1974). Kinds of network
differ only in their policy vector: no equation reads the label.

**Emergence.** The number, size and mix of networks, memberships per partner, the graph of alliances and its forms and
lifetimes, loyalty (share of wallet, retention, attitude), the work done jointly, what marketplaces carry, firms'
growth and exit, and what 1 + 1 makes. None of these has a coefficient of its own; in particular there is no
coefficient by kind of network in an equation of loyalty, no time cap or logistic curve, no multiplier of synergy, no
penalty on loyalty for memberships, no table of transitions between forms, and no spend that lowers a hazard directly.

**Adaptation.** Partners choose whom to ask, whether to consent, which form to give an alliance, which vendor and
source to use, which networks to join and leave, which vendors to take on and drop, and how many to employ. Vendors,
distributors, marketplaces and hosts sign and end agreements, and hosts enter and exit; hosts' prices and vendors'
policies are fixed in experiments and change by scenario events, by hill climbing where `hosts.adaptive` asks for it,
or in answer to rivals where that switch is on.

**Objectives.** A firm's objective is its own expected gross margin, as a share of what it now earns; a host's is its
profit. Nobody maximises over a horizon except in the choice of a form.

**Learning.** Trust is learnt from each delivered deal, expectations of a vendor from its past performance and the
market's norm, the value of a membership and the rate of joint deals by running averages, skills by doing, by training
and from allies.

**Prediction.** Expected values are running averages; a stranger is expected to be like the prior; a candidate network
like what its members report.

**Sensing.** A firm senses its own state, its allies, a bounded sample of co-members and strangers, what peers express
(not what they experienced), what hosts broadcast, and public ratings. Its estimate of its share in a joint deal is
private and noisy.

**Interaction.** Direct: joint bids and deliveries, learning, word of mouth in networks. Mediated: competition for
opportunities, for capacity, for places in cohorts; vendors compete for share of wallet; hosts for attention.

**Stochasticity.** Every draw is a hash of seed, replication, month, purpose, and who asks; nothing is consumed. Two
scenarios with the same replication therefore differ only where a decision differs. The purposes are listed below.

**Collectives.** Networks, cohorts within them, teams that deliver a deal, alliances, and agreements between suppliers
and hosts.

**Observation.** Monthly series and tables of spells (alliances, memberships, relations, agreements, deals, firms,
policies), each column with unit and meaning. The unit of evidence is the replication; the series are listed at the
end.
"""

INPUT = """\
None is needed: the default world is drawn. A scenario may give partners, their ties, vendors, distributors and marketplaces from
CSV files, and events that change the world in a given month. What is given is kept; what is left out is drawn, and a result says
which is which. No time series drives the model.
"""

INITIALISATION = """\
What partners and suppliers are drawn to be is in the submodels *founding* and *suppliers*; how a network opens in *opening*.
"""

SUBMODELS = """\
One section a process, in the order of the month; then what several of them share. Each begins with what the process says of
itself, gives its parameters, and then each decision as a function: a name, what it takes, what it says, and the equation as code.
"Assumed" in the column of sources is meant literally, and "trial" names the value that an early prototype used, no evidence
either; a range is what a scenario may ask for. `logistic(x)` is 1 / (1 + e^-x); `uniform(key, purpose, who, j)` a number in
[0, 1) that depends on nothing else; `pay(flows, what for, payers, payer, payees, payee, amount)` one entry of the ledger.
"""

LOOPS = """\
What is left to rewrite the model: the loops that call the decisions of section 7, in alphabetical order of processes. They walk
over rows, collect what a decision needs, and write down what it says.
"""
