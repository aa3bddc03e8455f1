"""Faults planted on purpose, one and more a process, to see that the tests of the processes find them.

    python tests/planted_faults.py            # all: about a minute on two cores
    python tests/planted_faults.py trust form # those of some processes

Each fault is a wrong sign, a wrong index or an update left out.  The tree is copied to a temporary folder, the
fault is planted, and the tests that should find it run there interpreted (NUMBA_DISABLE_JIT=1), which needs no
compilation, each in a process of its own.  Ends with 1 if a fault is missed, if its text is not in the source any
more, or if the tests fail without any fault.
"""

import compileall
import multiprocessing
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple
from unittest import mock

ROOT = Path(__file__).resolve().parent.parent
NEEDED = ("pyproject.toml", "sim", "tests/conftest.py", "tests/small_world.py", "tests/processes", "tests/rules")
WORKERS = 2


class Fault(NamedTuple):
    """A text in the source, what to put in its place, and the tests that should notice."""

    process: str
    old: str
    new: str
    what: str
    folder: str = "processes"
    tests: str = ""  # file in tests, that of the process if not given

    @property
    def source(self) -> str:
        """The file of the process."""
        return f"sim/{self.folder}/{self.process}.py"

    @property
    def test_file(self) -> str:
        """The file of tests that should notice."""
        return self.tests or f"tests/processes/test_{self.process}.py"


def rule(name: str, old: str, new: str, what: str, tests: str = "test_rules") -> Fault:
    """A fault in a rule, or in how rules are asked."""
    return Fault(name, old, new, what, "rules", f"tests/rules/{tests}.py")


FAULTS = (
    Fault("policies", "vendors.training + (1.0 - vendors.training)", "vendors.training - (1.0 - vendors.training)", "training lowers quality"),
    Fault("policies", "goal = max(0.0, target - added[v])", "goal = max(0.0, target)", "vendors match themselves"),
    Fault("policies", "world.programmes.offer_before[:] = offers(world)", "pass", "rivals compare with nothing"),
    Fault("scenario_events", "event.month + world.burn_in == world.month", "event.month == world.month", "months counted from the start"),
    Fault("scenario_events", "world.vendors.active[v] = False", "pass", "a vendor that left stays active"),
    Fault("scenario_events", "world.vendors.channel_year[u] += world", "world.vendors.channel_year[u] = world", "a merger loses sales"),
    Fault("scenario_events", "np.flatnonzero(hit & world.partners.alive)", "np.flatnonzero(hit)", "shocks hit firms that left"),
    Fault("turnover", "partners.months_negative[r] + 1 if", "1 if", "bad months are not counted up"),
    Fault("turnover", "projects.work[p, 0] += projects.work[p, m]", "pass", "an ally's work is lost"),
    Fault("turnover", "change[owner] += left", "pass", "a leaver's work is nobody's backlog"),
    Fault("turnover", "change[row] -= left", "pass", "abandoned work stays in backlogs"),
    Fault("turnover", "projects.size[p] -= 1", "pass", "a deal stays joint without its ally"),
    Fault("turnover", "ties.used[broken] = False", "pass", "ties of leavers stay"),
    Fault("founding", "pay(ledger.flows, Flow.CAPITAL,", "(lambda *_: None)(ledger.flows, Flow.CAPITAL,", "nobody funds founders"),
    Fault("founding", "memberships.network[r, :] = -1", "pass", "successors inherit memberships"),
    Fault("novelty", "market.popularity[other] = mine", "pass", "a swap loses a share"),
    Fault("novelty", "knowledge.skills[r, k] *= demand.worth_left", "pass", "old knowledge keeps its worth"),
    Fault("directory", "directory.rows[low if at == high else at]", "directory.rows[low if at == high else at - 1]", "the entry before"),
    Fault("directory", "cohorts[m] + memberships.cohort[r, s], u, r", "cohorts[m], u, r", "one cohort for all"),
    Fault("acquaintance", "ties.trust_ab[t] if ties.a[t] == r", "ties.trust_ba[t] if ties.a[t] == r", "the other's trust"),
    Fault("demand", "(clients / 8.0) ** demand", "(8.0 / clients) ** demand", "larger firms get smaller deals"),
    Fault("demand", "relations.leads[r, :] = 0.0", "pass", "leads are never used up"),
    Fault("demand", "if covered > best_covered:", "if covered < best_covered:", "offered on to the worst"),
    Fault("demand", "winner could not do it after all\n            deals.open[o] = False", "winner\n            pass", "a winner bids twice"),
    Fault("demand", "demand.joint_solution * reach[-1] * rate", "0.0 * rate", "alliances add no demand"),
    Fault("demand", "gone & ~deals.offered", "gone & deals.offered", "lost counts as unserved"),
    Fault("posting", "- posting.complexity * complexity", "+ posting.complexity * complexity", "complex work is posted"),
    Fault("posting", "named & ~listed[q] == 0", "True", "listings do not matter"),
    Fault("posting", "knowledge.can[r] & deals.needs[o] != deals.needs[o]", "knowledge.can[r] & deals.needs[o] == 0", "bidders cover a part"),
    Fault("posting", "deals.services[o] *= price", "pass", "bids lower no price"),
    Fault("feasibility", "deals.needs[o] & ~tasks", "deals.needs[o] & tasks", "what is covered is missing"),
    Fault("feasibility", "keep_won and bids.won[o]", "keep_won and not bids.won[o]", "work of won deals is released"),
    Fault("search", "pool.trust[d, c - 1] < trust:", "pool.trust[d, c - 1] > trust:", "the least trusted allies first"),
    Fault("search", "trust_of(t, owner, ties, trust_on, prior), trust_of(t, r, ties", "trust_of(t, r, ties, trust_on, prior), trust_of(t, r, ties",
          "one's own trust is the other's"),
    Fault("search", "networks.density[m] + uniform", "1.0 + uniform", "density does not matter"),
    Fault("consent", "rate * (1.0 - trust_saves * trust)", "rate * (1.0 + trust_saves * trust)", "trust costs"),
    Fault("consent", "chance) & decided(", "chance) | decided(", "one side's consent is enough"),
    Fault("consent", "bids.missing[o] &= ~asks.task[k]", "pass", "what an ally covers stays missing"),
    Fault("consent", "return outside + beta * (surplus - sum_outside)", "return beta * (surplus - sum_outside)", "no outside option in shares"),
    Fault("consent", "total += earned_on_product(v, vendors)\n                n += 1", "total += vendors.list_margin[v]\n                n += 1",
          "the list margin under every partner model"),
    Fault("vendor_choice", "buyer[d, v] = m\n", "buyer[d, v] = 0\n", "the owner always buys"),
    Fault("vendor_choice", "share_of_wallet(relations.bought_year[r, v], wallet)", "share_of_wallet(relations.bought_year[r, 0], wallet)", "the wallet of vendor 0"),
    Fault("sourcing", "- sourcing.price * margin", "+ sourcing.price * margin", "dear distributors are preferred"),
    Fault("sourcing", "distributors.line_card[d, v] and serves", "serves", "line cards do not matter"),
    Fault("winning", "- winning.rivalry * np.log", "+ winning.rivalry * np.log", "rivals help"),
    Fault("winning", "deals.open[o] = False\n            vendors.direct_month", "vendors.direct_month", "a vendor's own sale stays open"),
    Fault("form", "np.minimum(wishes[0], wishes[1])", "np.maximum(wishes[0], wishes[1])", "the higher wish"),
    Fault("form", "a, b = (x, y) if partners.uid[x] < partners.uid[y]", "a, b = (x, y) if partners.uid[x] > partners.uid[y]", "ends swapped"),
    Fault("form", "projects.broker[p, m], projects.brokerage[p, m] = bids.met[o, m]", "projects.broker[p, m], projects.brokerage[p, m] = bids.met[o, 1]",
          "the first ally's network brokers all"),
    Fault("form", "0.5 * setup[new])", "setup[new])", "both pay all of the set-up"),
    Fault("form", "mean_trust(t, ties, trust_on, prior)", "mean_trust(t, ties, True, prior)", "goodwill by trust that is off"),
    Fault("delivery", "+ delivery.trust * trust -", "- delivery.trust * trust -", "trust makes deals fail"),
    Fault("delivery", "partners.backlog[r] -= done", "pass", "work is never done"),
    Fault("delivery", "world.projects.tie[failed, 1:]", "world.projects.tie[failed, 1:2]", "only the first ally's failures count"),
    Fault("payment", "networks.income_month[network] += amount", "pass", "take rates are no income"),
    Fault("payment", "refund = 0.0 if success[n] else", "refund = 0.0 if not success[n] else", "success is refunded"),
    Fault("payment", "due_to = share + wages + (cost if m == carrier else 0.0)", "due_to = share + wages", "the buyer is not reimbursed"),
    Fault("payment", "(1.0 - distributors.margin[source]) * cost", "(1.0 + distributors.margin[source]) * cost", "distributors sell below cost"),
    Fault("payment", "if mine >= 0 and theirs >= 0:", "if mine >= 0 or theirs >= 0:", "credit although one has left"),
    Fault("programme", "2 if share >= programme.tier_2 else 1", "1 if share >= programme.tier_2 else 1", "no tier 2"),
    Fault("programme", "rebate = rate * relations.bought_quarter[r, v]", "rebate = rate * bought", "rebates on a month"),
    Fault("running_costs", "networks.sponsorship[m] * relations.bought_month[r, v]", "networks.sponsorship[m] * relations.bought_month[r, 0] * 2", "wrong sums sponsored"),
    Fault("running_costs", "knowledge.sourced_month[r, networks.host[m]]", "relations.bought_month[r, 0]", "purchases from anybody are sponsored"),
    Fault("running_costs", "spare = partners.cash[r] - firm.cash_kept * cost", "spare = partners.cash[r] + firm.cash_kept * cost", "firms pay out too much"),
    Fault("trust", "trust + down * signal * trust", "trust - down * signal * trust", "failure raises trust"),
    Fault("trust", "if ties.used[t] and not seen[t]:", "if ties.used[t]:", "busy ties fade"),
    Fault("trust", "(by_owner, by_ally) if ties.a[t] == owner", "(by_ally, by_owner) if ties.a[t] == owner", "tilts swapped"),
    Fault("continuation", "kept * goodwill + surplus - upkeep", "kept * goodwill + surplus + upkeep", "upkeep is a gain"),
    Fault("continuation", "(ties.until <= month)), int", "(ties.until < month)), int", "projects end late"),
    Fault("continuation", "share * quality * (0.6 + 0.6 * prior) / (0.6 + 0.6 * trust)", "share * quality", "trust binds nobody"),
    Fault("continuation", "trust_of(t, mine, ties, trust_on, prior)", "trust_of(t, mine, ties, True, prior)", "others weighed by trust that is off"),
    Fault("satisfaction", "- satisfaction.conflict * (conflict", "+ satisfaction.conflict * (conflict", "conflict pleases"),
    Fault("satisfaction", "relations.expectation[r, v] - satisfaction.tolerance", "relations.expectation[r, v] + satisfaction.tolerance", "tolerance asks more"),
    Fault("satisfaction", "carried -= 1", "pass", "the last vendor can be dropped"),
    Fault("satisfaction", "0.5 * perf + 0.5 * market.norm[0]", "perf", "a full treadmill"),
    Fault("influence", "(1.0 - weight) * peers_mean + weight", "weight * peers_mean + (1.0 - weight)", "hosts and peers swapped"),
    Fault("influence", "if relations.carried[peer, v]:", "if True:", "opinions of what one does not carry"),
    Fault("influence", "heard[r, v] /= density", "pass", "heard is not averaged"),
    Fault("discovery", "relations.attitude[buyer, v] - primary_attitude", "primary_attitude(r, relations) - relations.attitude[buyer, v] + 0.0 * primary_attitude",
          "disadvantage convinces"),
    Fault("discovery", "(n - typical)", "(typical - n)", "long line cards welcome more"),
    Fault("discovery", "deals.known[o]", "deals.owner[o]", "the wrong firm learns of a wish"),
    Fault("skills", "level + gain * (1.0 - level)", "level + gain * level", "the able gain more"),
    Fault("skills", "knowledge.skills[r, k] *= 1.0 - skills.decay", "pass", "nothing is forgotten"),
    Fault("skills", "max(0.0, gap)", "gap", "allies unlearn"),
    Fault("skills", "min(1.0, knowledge.skills[r, k] + skills.from_allies", "max(0.0, knowledge.skills[r, k] + skills.from_allies", "levels without bound"),
    Fault("membership", "- membership.attention * taste * memberships", "+ membership.attention * taste * memberships", "attention is free"),
    Fault("membership", "capital = capital_after(memberships.capital[r, s], uses, membership) if stickiness_on", "capital = memberships.capital[r, s] if stickiness_on",
          "capital is not built"),
    Fault("membership", "- membership.loss * capital)", "+ membership.loss * capital)", "capital drives members away"),
    Fault("membership", "served[first[m] + cohort, partners.region[r]] |= partners.verticals[r]", "pass", "rivals share a cohort"),
    Fault("agreements", "> cost for side, value", "> -cost for side, value", "losses are signed"),
    Fault("agreements", "agreements.below[row] + 1 if poor else 0", "0", "poor agreements never end"),
    Fault("hosts", "ties.successes[t] < 2", "ties.successes[t] < 1", "one success is enough to go direct"),
    Fault("hosts", "agreements.end(world, int(row), 1)", "pass", "sponsors stay with a closed network"),
    Fault("hosts", "follow_line_cards(world)\n    if", "pass\n    if", "the mix stays as it was"),
    Fault("hosts", "(profit - networks.profit[m]) / 6.0", "profit / 6.0", "profit is summed up"),
    Fault("hosts", "mean_trust(t, ties, trust_on, prior)", "mean_trust(t, ties, True, prior)", "leakage by trust that is off"),
    Fault("opening", "world.knowledge.aware[r, m] = True", "pass", "members have not heard of their network"),
    Fault("opening", "state_of_the_art(world), half)", "1.0, half)", "tools without a state of the art"),
    Fault("opening", "1.0 - world.vendors.list_margin, 0.0", "world.vendors.list_margin, 0.0", "the mix by the wrong margin"),
    Fault("growth", "- growth.revert * np.log", "+ growth.revert * np.log", "staff run away from clients"),
    Fault("growth", "if change > 0.0 and not has_cash:", "if change > 0.0 and has_cash:", "only the poor hire"),
    Fault("close_of_month", "column *= YEAR_FADE", "pass", "years never fade"),
    Fault("close_of_month", "quarter_ends(world.month - 1)", "quarter_ends(world.month)", "quarters end early"),
    Fault("firm", "min(1.0, utilisation) ** firm.outside_curve", "utilisation", "outside options without a curve"),
    Fault("firm", "backlog + work <=", "work <=", "backlog takes no room"),
    rule("vendor_choice", "self.slope * value", "value", "no slope"),
    rule("vendor_choice", "if self.slope == np.inf:", "if False:", "an infinite slope without argmax"),
    rule("search", "- weights[3] * overlap", "+ weights[3] * overlap", "overlap helps"),
    rule("consent", "surplus[d] > 0.0 and estimate", "estimate", "joint losses are accepted"),
    rule("form", "0.0 if form == present[d] else setup[form]", "setup[form]", "set-up is paid again"),
    rule("dissolution", "out[table.bound] = 0", "pass", "no minimum term"),
    rule("influence", "(1.0 - weight) * table.experience", "(1.0 - weight) * table.attitude", "no anchor in experience"),
    rule("answers", "if answers.shape != shape:", "if False:", "answers of any number", "test_answers"),
    rule("answers", "if wrong.any():", "if False:", "answers that mean nothing", "test_answers"),
)  # fmt: skip


def copy_tree(to: Path) -> None:
    """Copy what the tests need."""
    for name in NEEDED:
        target = to / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(ROOT / name, target) if (ROOT / name).is_dir() else shutil.copy2(ROOT / name, target)


def run_tests(tree: Path, tests: str) -> tuple[int, str]:
    """Run a file of tests of a copied tree in this process, which is used for nothing else, up to the first that fails.

    Returns
    -------
    tuple
        The exit status of pytest, and what it said.
    """
    import pytest

    for name in [name for name in sys.modules if name.partition(".")[0] in ("sim", "tests")]:
        del sys.modules[name]
    os.environ |= {"XDG_CACHE_HOME": str(tree / "cache"), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    os.chdir(tree)
    sys.path[:] = [str(tree), *(place for place in sys.path if Path(place or ".").resolve() not in (ROOT, tree))]
    output = tree / f"said-{os.getpid()}"
    with output.open("w", encoding="utf-8") as said:
        for stream in (1, 2):
            os.dup2(said.fileno(), stream)
        status = int(
            pytest.main(["-q", "-x", "-p", "no:cacheprovider", "--assert=plain", "--tb=line", f"--rootdir={tree}", tests])
        )
        sys.stdout.flush()
    return status, output.read_text(encoding="utf-8")


def plant(clean: Path, fault: Fault) -> str:
    """What became of a fault: the test that noticed it, or NOT CAUGHT, or why it could not be planted."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        shutil.copytree(clean, tree, copy_function=os.link, dirs_exist_ok=True)
        path = tree / fault.source
        text = path.read_text(encoding="utf-8")
        if text.count(fault.old) == 0:
            return "NOT FOUND: the source has changed"
        path.unlink()  # all others are the very files of the clean tree
        path.write_text(text.replace(fault.old, fault.new), encoding="utf-8")
        status, said = run_tests(tree, fault.test_file)
        os.chdir(ROOT)
        failed = re.search(r"^(?:FAILED|ERROR) \S*::(\w+)", said, re.MULTILINE)
        if status == 1 and failed:
            return failed[1]
        return "NOT CAUGHT" if status == 0 else f"BROKEN: {said[-300:]}"


@contextmanager
def processes() -> Iterator[ProcessPoolExecutor]:
    """A pool whose tasks each have a new process, forked from one that has read the libraries and nothing of the project."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["hypothesis", "numba", "numpy", "pyarrow", "pytest", "scipy.stats"])
    with (
        mock.patch.dict(os.environ, NUMBA_DISABLE_JIT="1"),
        ProcessPoolExecutor(WORKERS, mp_context=context, max_tasks_per_child=1) as pool,
    ):
        yield pool


def caught(outcome: str) -> bool:
    """Whether an outcome names a test."""
    return outcome.startswith("test_")


def sound_without_faults(faults: Iterable[Fault]) -> bool:
    """Whether the tests that are to notice faults pass where there are none."""
    with tempfile.TemporaryDirectory() as folder, processes() as pool:
        copy_tree(Path(folder))
        ended = list(pool.map(partial(run_tests, Path(folder)), sorted({fault.test_file for fault in faults})))
        print(*(said for status, said in ended if status), sep="\n")
        return not any(status for status, _ in ended)


def outcomes(faults: Iterable[Fault]) -> list[tuple[Fault, str]]:
    """Each fault with what became of it."""
    faults = list(faults)
    with tempfile.TemporaryDirectory() as folder, processes() as pool:
        clean = Path(folder)
        copy_tree(clean)
        compileall.compile_dir(clean, quiet=2)  # its copies parse one file only, the one with the fault
        return list(zip(faults, pool.map(partial(plant, clean), faults), strict=True))


def main(processes: list[str]) -> int:
    """Plant the faults of these processes, or all; print a table; 1 if any is missed."""
    faults = [fault for fault in FAULTS if not processes or fault.process in processes]
    if not sound_without_faults(faults):
        print("the tests fail without any fault")
        return 1
    found = outcomes(faults)
    for fault, outcome in found:
        place = fault.process if fault.folder == "processes" else f"rules.{fault.process}"
        print(f"{place:<20} {fault.what:<44} {outcome}")
    missed = sum(not caught(outcome) for _, outcome in found)
    print(f"{len(found) - missed} of {len(found)} faults caught")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
