"""The parts of the ODD protocol that code cannot say of itself: purpose, scales, design concepts."""

PREFACE = """\
Written by `channel-sim odd` from the source of the model, version `VERSION`, in the order of the ODD protocol (Grimm et al.
2020). State variables, parameters, the order of processes, equations, random purposes, switches and rules are read from the code,
so they cannot drift from it.

Sections 1 to 6 and the prose of section 7 are the model; they can be read alone. The tables give every number. The blocks
of code give every step: with them the model can be written anew, as one class of agents a table, without any trick of speed.
Section 9 explains terms and lists sources.
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
was calibrated on it, and each look at it is logged. `channel-sim validate` measures all of them. Some rows could hardly fail, and
are marked: they check the books or the definitions, not behaviour.
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
deal), a priority hashed from the month and from the permanent identity of what is asked for decides (of the opportunity in
bidding, of the firm in joining), so nobody is first because of where it is stored, and results do not depend on the order of
partners' rows. (A network's row is its identity: rows of closed networks stay, and new ones follow.)

The labels S1 to S17 group processes by subject, as the specification of the model does; the numbers at the left are the
order. Before the list begins, sums of the last month are set to zero and running years fade (`open_books`); they can thus be
read between two months. A firm that enters takes part from its first month on.
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
scenarios with the same replication therefore differ only where a decision differs. The hash and the purposes are in section 7.1.

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
The world before the first month is built in this order; the code follows.

1. **Customers.** Popularity of skills follows Zipf's law with the exponent `founding.skill_zipf`. Demand per client starts so
   that, growing every month, it is 1 in the first month after burn-in. What is expected of a vendor starts at
   `founding.first_expectation`.
2. **Suppliers.** Vendors, distributors and marketplaces are drawn (section *suppliers*), or taken from the scenario field by
   field.
3. **Partners.** Staff of founders are the quantiles of a lognormal, dealt out in the order of a hash, at least 1 and at most the
   cap: a plain draw of 1,000 firms has a standard error of 1 in its mean. All else is drawn from each one's uid (section
   *founding*). They are between 0 and 120 months old. A little room for entrants is kept.
4. **First agreements.** Each distributor carries each vendor with a fixed probability, each vendor is with at least one, and
   every vendor is listed on every marketplace.
5. **First purchases.** Three quarters of what partners are taken to have bought in the last year came from distributors that
   serve their region and carry the vendor, in equal parts; the rest came from the vendor itself.
6. **Networks.** Those of the scenario open, the ones with a named host first, each with its founding members (section *opening*).
7. **Ties.** Alliances exist at the start only where a scenario gives them.

Calls of `given` write what a scenario gives from data, and do nothing in the default world; `redraw` names inputs that are drawn
with another key, all else equal, for the study of which data are worth collecting. A new row of any table is as section 2 says.
"""

EVENT_FIELDS = """\
Vendors also have `partner_model` (one of resale, referral, co_sell, service_led) and the division of the budget,
`arm_rebate`, `arm_mdf`, `arm_community`, `arm_training`, `arm_less_conflict`. Of networks, an event changes the fields of the
policy (section *Policy of a network*). Of a `shock`
the fields are those above that begin so. `open_network` takes a `network`: its kind, how many, and fields of its policy.
"""

SUBMODELS = """\
One section a process, in the order of the month; then what several of them share. Each begins with what the process says of
itself and gives its parameters. Then follow its decisions, each a function of numbers with what it means, and the process in
full: the loops that walk over rows, collect what a decision needs, and write down what it says.
"""

READING = """\
The code is Python with NumPy. What is left out: types, and statements that only write the log of events, which nothing reads.
`world` holds the tables of section 2 (`world.partners.staff[r]` is the staff of the partner in row r), `world.parameters` (by the
name before the dot in the tables of parameters), `world.rules`, `world.switches`, `world.size` (numbers of skills, verticals,
regions, vendors, distributors, marketplaces), `world.month` (0 is the first month of burn-in), `world.burn_in`,
`world.schedule` (events). A process's parameters are called by its name (`demand.load`). `run` is what the month calls. A
function's name that begins with an underscore is used in its own section only. Numbers that stand in code without a name are
fixed by design: assumed, where nothing else is said, and varied by no scenario.

A parameter whose source begins with "assumed" is an assumption; "trial" names the value that an early prototype used, no evidence
either; "specification" and "essay" are where a number was asked for. A range is what a scenario may ask for. "Reads" and
"writes" at the end of a section's prose list tables.

In tables of state, N is the number of partners, V of vendors, D of distributors, Q of marketplaces, M of networks, K of
skills, P of projects, O of opportunities. `empty(Table, n)` makes n rows of zeros, `extend(table, n, empty)` the same table
with n more rows at the end; rows are made ahead and marked as used, and how many are ahead changes nothing. `KINDS_OF_EVENT`
gives the function of a kind of event, which has its name; `NormalDist().inv_cdf` is the quantile function of the standard
normal; `world.key_of(input, redraw)` is `world.world_key`, or `mix` of it where the input is to be redrawn.

Columns that hold a kind, form or rule hold its place in one of these lists; in code the place has the name in capitals
(`FORMAL` is 3; those of ARMS and MIXES begin with `ARM_` and `MIX_`).
"""

NUMBERS = """\
Other names in capitals:
"""

RANDOM = """\
**Random numbers.** There is no stream: every draw is a hash of a key, a purpose, a uid and a number j, so that asking again
gives the same, and one decision more or less changes no other draw. The key is `month_key(seed, replication, month)`, called
`world.key`; what is drawn before the first month, and what an entrant is, uses month -1 (`world.world_key`). All arithmetic
is in unsigned words of 64 bits that wrap around; `>>` and `^` are shift and exclusive or. Rules are given `chance(purpose,
uids, j)`, which is `uniform` with the month's key. Bits of the logarithm and cosine of the machine enter `normal` and
`gumbel`.
"""

TEST_VALUES = """\
To check an implementation of the hash:
"""

PURPOSES = """\
What is drawn, with the number that stands for it in the hash. `counterfactual sample` is drawn by observers only, `user` by
events and by the reference model of connections.
"""

SETS = """\
A set of skills, regions, verticals or vendors is a whole number, its k-th binary digit saying whether k is in it. What a task
needs is such a set over skills and, above them, vendors: digit K + v stands for a product of vendor v that the customer has
named.
"""

BOOKS = """\
**Books.** Money moves by `pay` only: from one balance to another, with its purpose added to the month's flows, so the sum of
all balances never changes.
"""

RULES = """\
At six points a scenario names the rule, and may bring its own. A rule is told a table, one row a decision, and answers with a
column. The first of each point is the default; the plain ones are nulls to compare with. `_USUAL` is the default rule of
forms with its defaults. Rules are asked by `decided`. The run ends with an error where an answer is of another shape than the
table asks for or means nothing (NaN, a vendor, form or reason that there is not), which is left out here:

```python
def decided(point, rule, table, chance):
    kind = {"search": float, "influence": float, "consent": bool}.get(point, int)
    return np.asarray(rule.decide(table, chance), dtype=kind)
```
"""

OBSERVATION = """\
A run is observed at the end of each month (the series below) and through a log of events (alliances, memberships, relations,
agreements, deals, firms, policies of networks, each with month and uids). Observers change nothing. The unit of evidence is the
replication: figures are means over replications with 95 % intervals, differences are paired by replication.
"""

SYNERGY = """\
**What 1 + 1 makes.** The one observer that runs the model itself. It uses the column `barred` of ties, which nothing else sets.
"""

TERMS = (
    ("essay", "a practitioner's essay of 2008 on partner-to-partner networks in the IT channel; section 1 has its claims"),
    ("specification", "the document from which the model was built; what it asks for is a choice, no evidence"),
    ("trial", "an early, rough prototype of the same rules; its values are first values, no evidence"),
    ("plan", "a scenario after it was read and checked; all that a run needs but for the replication's number"),
    ("null", "the plainest rule or mechanism for the same decision, to compare with"),
    ("focal vendor", "the vendor whose loyalty a study asks about, the first unless it says otherwise"),
    ("share of wallet", "a vendor's share of a partner's purchases of the last year; over all partners, zeros included"),
    ("outside option d", "what the hours that a deal takes would earn otherwise"),
    ("surplus", "what a joint deal is expected to bring beyond the outside options of all in the team"),
    ("goodwill B", "what an alliance has earned beyond its upkeep, as a buffer against failures"),
    ("X, A, E", "own experience with a vendor, the attitude that is expressed, what is expected of it"),
    ("W", "habit: share of the wallet"),
    ("T", "trust of one partner in another, 0 to 1"),
    ("Z", "network-specific capital: what a member has built up by using a network, lost on leaving"),
    ("p, q", "Bass's coefficients: awareness by the host's marketing, and by contacts who are members"),
    ("b, g", "how much of what a member hears the host says, and of which vendors it speaks"),
    ("rho, l", "contact density of a network; weight of what is heard in what a partner says"),
    ("treadmill", "expectations that follow performance, so that what was good becomes what is usual"),
    ("cohort", "a group within a network, where a size is set; members of one meet more often"),
    ("multi-homers", "firms with at least two memberships"),
    ("first stage of the lot", "by how much the lot of the study E4 raises membership: how good an instrument it is"),
    ("caused by membership, selection", "what enrolment by lot brings of the gap between members and others, and the rest"),
    ("Dick-Basu table", "partners by high or low share of wallet and attitude: true, latent, spurious loyalty, or none"),
    ("hosts' adaptive", "a switch by which hosts move their dues in the direction in which profit rose, off by default"),
)

REFERENCES = """\
As remembered; they were not looked up for this document. Figures of CompTIA, CRN, IPED, IDC, GTDC, Ingram Micro, Field
Nation, AWS, Microsoft and Heartland are as the specification quotes them.

- Bass, F. M. (1969). A new product growth for model consumer durables. *Management Science* 15(5).
- Bleeke, J., and Ernst, D. (1995). Is your strategic alliance really a sale? *Harvard Business Review* 73(1).
- DeGroot, M. H. (1974). Reaching a consensus. *Journal of the American Statistical Association* 69(345).
- Dick, A. S., and Basu, K. (1994). Customer loyalty: toward an integrated conceptual framework. *Journal of the Academy of
  Marketing Science* 22(2).
- Friedkin, N. E., and Johnsen, E. C. (1990). Social influence and opinions. *Journal of Mathematical Sociology* 15(3-4).
- Galaskiewicz, J. (1985). *Social Organization of an Urban Grants Economy*. Academic Press. (CEOs and their clubs.)
- Grimm, V., and others (2020). The ODD protocol for describing agent-based and other simulation models: a second update to
  improve clarity, replication, and structural realism. *Journal of Artificial Societies and Social Simulation* 23(2) 7.
- Harrigan, K. R. (1988). Joint ventures and competitive strategy. *Strategic Management Journal* 9(2).
- Jackson, M. O., and Wolinsky, A. (1996). A strategic model of social and economic networks. *Journal of Economic Theory* 71(1).
- McFadden, D. (1974). Conditional logit analysis of qualitative choice behavior. In *Frontiers in Econometrics*. Academic Press.
- Pant, S., and Yu, E.: reports on modelling strategic coopetition (the two rates of trust).
- Pelser, J., and others (2015): benefits that are seen as self-serving lower commitment.
- Steele, G. L., Lea, D., and Flood, C. H. (2014). Fast splittable pseudorandom number generators. *OOPSLA*.
- Vaccario, G., and others (2018). Quantifying knowledge exchange in R&D networks: a data-driven model. *Journal of
  Evolutionary Economics* 28.
"""

USES = {  # rows of the table of patterns that hardly could fail
    "margin on services share, slope": "sets defaults; follows from the two margins set (checks the books)",
    "margin on services share, intercept": "sets defaults; follows from the two margins set (checks the books)",
    "distributor's gross margin": "sets defaults; set as a parameter (checks the books)",
    "marketplace's take": "sets defaults; set as a parameter (checks the books)",
    "memberships of multi-homers": "sets defaults; the lower end holds by definition",
    "project, median life in months": "held out; work takes at most a year, so only a chain of projects could be longer",
}
