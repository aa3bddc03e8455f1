"""The decision tables: what a rule is told, one row a decision."""

from typing import NamedTuple

from sim.state.table import Bools, Floats, Ints


class VendorOptions(NamedTuple):
    """Which vendor to use in a deal.  Decide: row of the vendor, -1 for none (ints, D)."""

    deal: Ints  # D, uid of the opportunity
    buyer: Ints  # D, uid of the partner who contracts
    margin: Floats  # D x V, expected margin after rebate, share of list price
    attitude: Floats  # D x V, A of the member who would buy, -1..1
    fit: Floats  # D x V, fit of the vendor's product with the skills needed, 0..1
    habit: Floats  # D x V, W, share of the buyer's wallet, 0..1
    certification: Floats  # D x V, best certification in the team, 0..1
    feasible: Bools  # D x V


class Contacts(NamedTuple):
    """Whom to ask to join a deal.  Decide: score of each contact, highest first, -inf never (floats, D x C)."""

    deal: Ints  # D, uid of the opportunity
    owner: Ints  # D, uid of the partner who looks
    contact: Ints  # D x C, uid, -1 where there is none
    coverage: Floats  # D x C, share of what is missing that the contact covers, 0..1
    trust: Floats  # D x C, what the owner trusts the contact (prior or rating for strangers), 0..1
    quality: Floats  # D x C, the contact's mean level in what it would cover, 0..1
    overlap: Floats  # D x C, share of the contact's skills that the owner holds too, 0..1
    near: Floats  # D x C, 1 in the deal's region, else 0


class Offers(NamedTuple):
    """Whether a party agrees to work together on a deal.  Decide: accepts (bools, D)."""

    deal: Ints  # D, uid of the opportunity (or pair)
    party: Ints  # D, uid of the firm that decides
    other: Ints  # D, uid of the firm that it would work with
    share: Floats  # D, the party's share of the surplus if the deal is won, US dollars
    outside: Floats  # D, what the same capacity earns otherwise, US dollars
    surplus: Floats  # D, the joint surplus, US dollars
    trust: Floats  # D, what the party trusts the other, 0..1


class Prospects(NamedTuple):
    """Which form a pair gives its alliance.  Decide: index into FORMS (ints, D)."""

    pair: Ints  # D, uid of the pair
    form: Ints  # D, present form
    rate: Floats  # D, joint deals a month expected
    surplus: Floats  # D, surplus a deal before coordination, US dollars
    volume: Floats  # D, value of a joint deal, US dollars
    trust: Floats  # D, the lower of the two trusts, 0..1


class Standing(NamedTuple):
    """Whether an alliance goes on.  Decide: 0 goes on, else an AllianceEnd reason (ints, D)."""

    alliance: Ints  # D, uid
    form: Ints  # D, index into FORMS
    age: Ints  # D, months in this form
    bound: Bools  # D, within the minimum term
    goodwill: Floats  # D, US dollars
    flow: Floats  # D, expected joint surplus a month, US dollars
    saved: Floats  # D, what the form saves a month against the same deals project by project, US dollars
    upkeep: Floats  # D, US dollars a month
    better: Floats  # D, expected surplus a month with the best other firm met this month, US dollars
    switching: Floats  # D, cost of switching, US dollars


class Voices(NamedTuple):
    """What partners say of vendors.  Decide: expressed attitude A (floats, N x V), -1..1."""

    partner: Ints  # N, uid
    experience: Floats  # N x V, X
    attitude: Floats  # N x V, A of last month
    heard: Floats  # N x V, attention-weighted opinion of peers and hosts, own experience where silent
    openness: Floats  # N, l, weight of what is heard, 0..1


TABLES = {
    "vendor_choice": VendorOptions,
    "search": Contacts,
    "consent": Offers,
    "form": Prospects,
    "dissolution": Standing,
    "influence": Voices,
}
