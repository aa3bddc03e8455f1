"""What happens in a month: one file per process, in the order of ``sim.month``.

``PARAMETERS`` maps each process's name, as a scenario writes it, to its parameters.
"""

from sim.processes.agreements import AgreementTerms
from sim.processes.consent import Consent
from sim.processes.continuation import Continuation
from sim.processes.delivery import Delivery
from sim.processes.demand import Demand
from sim.processes.discovery import Discovery
from sim.processes.firm import Firm
from sim.processes.form import Form
from sim.processes.founding import Founding
from sim.processes.growth import Growth
from sim.processes.hosts import Hosts
from sim.processes.influence import Influence
from sim.processes.membership import Membership
from sim.processes.payment import Payment
from sim.processes.policies import Policies
from sim.processes.posting import Posting
from sim.processes.programme import Programme
from sim.processes.satisfaction import Satisfaction
from sim.processes.search import Search
from sim.processes.skills import Skills
from sim.processes.sourcing import Sourcing
from sim.processes.suppliers import SupplierWorld
from sim.processes.trust import Trust
from sim.processes.turnover import Turnover
from sim.processes.winning import Winning

PARAMETERS: dict[str, type] = {
    "firm": Firm,
    "founding": Founding,
    "suppliers": SupplierWorld,
    "policies": Policies,
    "turnover": Turnover,
    "demand": Demand,
    "posting": Posting,
    "search": Search,
    "consent": Consent,
    "sourcing": Sourcing,
    "winning": Winning,
    "form": Form,
    "delivery": Delivery,
    "payment": Payment,
    "programme": Programme,
    "trust": Trust,
    "continuation": Continuation,
    "satisfaction": Satisfaction,
    "influence": Influence,
    "discovery": Discovery,
    "skills": Skills,
    "membership": Membership,
    "agreements": AgreementTerms,
    "hosts": Hosts,
    "growth": Growth,
}
