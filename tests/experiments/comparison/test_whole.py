"""A comparison from the command line to the report and back."""

import csv
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from experiments.comparison.cases import cases_of
from experiments.comparison.procedure import Design, read_comparison, run_comparison
from experiments.comparison.report.building import verify
from experiments.comparison.runs import read
from experiments.runner import RunError
from experiments.setting import parsed
from sim.observe.catalogue import describe
from sim.report.page import POLICY

ROOT = Path(__file__).resolve().parents[3]
LEVER = "membership.attention=0.05"
SMALL = ["--partners", "40", "--months", "6", "--with", "burn_in_months=3", "--jobs", "1"]


def command(*words, cwd):
    call = [sys.executable, str(ROOT / "run_sim.py"), *map(str, words)]
    return subprocess.run(call, cwd=cwd, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A small comparison, its screen and its report."""
    place = tmp_path_factory.mktemp("whatif")
    done = command("compare", "quick", "quick", "--set", LEVER, *SMALL, "--pairs", 8, "--given-world", 2, "--out", "c", cwd=place)
    assert done.returncode == 0, done.stderr
    report = command("report", "c", "-o", "r.html", "--csv", "data", "--accounts", 2, "--jobs", 1, cwd=place)
    assert report.returncode == 0, report.stderr
    return place, done.stdout


def test_the_screen_answers_first_and_says_what_pairing_achieved(made):
    _, screen = made
    lines = screen.splitlines()
    assert lines[0] == (
        "quick (2): no material difference in memberships per partner, share of wallet of Vendor 1 and "
        "attitude to Vendor 1; not defined in this run: retention of vendors."
    )
    assert "Looks planned at 4, 8 pairs" in screen
    assert re.search(r"quick \(2\) +memberships +1\.000 +1\.000 +-", screen)
    assert re.search(r"attention=0\.05 +memberships .*\d+ instead of", screen)


def test_it_stops_at_the_first_look_where_all_is_decided_and_goes_on_from_what_is_there(made):
    place, _ = made
    cases = cases_of(["quick", "quick"], (), [parsed(x) for x in ("population.partners=40", "months=6", "burn_in_months=3")])
    lines = []
    found = run_comparison(cases, Design(("memberships",), {}, 16, given_world_pairs=0), place / "same", 1, say=lines.append)
    assert (found.looks, found.pairs) == ((4, 8, 16), 4)
    assert {d.judgement.figure.high - d.judgement.figure.low for d in found.differences if d.indicator.headline} == {0.0}
    before = {path: path.stat().st_mtime_ns for path in (place / "same").rglob("*.parquet")}
    run_comparison(cases, Design(("memberships",), {}, 16, given_world_pairs=0), place / "same", 1)
    assert before == {path: path.stat().st_mtime_ns for path in (place / "same").rglob("*.parquet")}
    longer = run_comparison(cases, Design(("memberships",), {}, 12, given_world_pairs=0), place / "same", 1)
    assert longer.looks == (4, 6, 12)  # the look that was taken is paid for
    with pytest.raises(RunError, match="comparison of other scenarios"):
        run_comparison(cases[:1] + cases_of(["quick", "quick"])[1:], Design(("memberships",), {}, 4), place / "same", 1)


def test_the_comparison_is_read_back_as_it_was_judged(made):
    place, screen = made
    found = read_comparison(place / "c")
    memberships = next(d for d in found.differences if d.case == LEVER and d.indicator.name == "memberships")
    assert f"{100 * memberships.judgement.figure.mean:+.3g} %" in screen
    paths = [read(path).outcomes["memberships"] for path in found.records[LEVER]]
    assert memberships.level.mean == pytest.approx(np.mean(paths))


class Page(HTMLParser):
    """Collects what a page would fetch or run, its headings and charts."""

    def __init__(self):
        super().__init__()
        self.fetches, self.scripts, self.sections, self.charts, self.links = [], [], [], 0, 0

    def handle_starttag(self, tag, attributes):  # noqa: D102 (the parser's own)
        given = dict(attributes)
        self.fetches += [given[k] for k in ("src", "href") if k in given and not given[k].startswith(("#", "data:"))]
        self.scripts += [given.get("type")] if tag == "script" else []
        self.sections += [given["id"]] if tag == "section" else []
        self.charts += tag == "figure"
        self.links += "download" in given


def test_the_report_is_whole_and_fetches_and_runs_nothing(made):
    place, _ = made
    html = (place / "r.html").read_text(encoding="utf-8")
    page = Page()
    page.feed(html)
    assert page.fetches == []
    assert page.scripts == ["application/json"]
    assert POLICY in html
    assert len(html.encode()) < 8_000_000
    assert page.sections == [
        "kinds", "levels", "networks", "loyalty", "account", "synergy", "money", "moved", "pictures", "limits", "assumptions",
        "provenance",
    ]  # fmt: skip
    assert page.charts == page.links == len(list((place / "data").glob("*.csv")))
    assert "nan" not in re.sub(r"<[^>]+>", " ", html.split("<!--/content-->")[0]).lower().split()


def paths_of(place, series):
    """A series of each case straight from the Parquet files, R x months after burn-in."""
    files = read_comparison(place / "c").records
    return {case: np.array([pq.read_table(p).column(series).to_numpy()[3:] for p in paths]) for case, paths in files.items()}


def expected(place, name):
    """What a chart's data must be, from the Parquet files alone: numbers by scenario, the quantiles of each month."""
    actor = name.removeprefix("money_")
    if actor != name:
        paths = paths_of(place, actor)
        before = {c: np.array([pq.read_table(p).column(actor).to_numpy()[2] for p in f]) for c, f in read_comparison(place / "c").records.items()}
        flows = paths if name.endswith("median") else {c: np.diff(x, axis=1, prepend=before[c][:, None]) for c, x in paths.items()}
        return {c: [(x - flows["quick"]).cumsum(axis=1)] for c, x in flows.items() if c != "quick"}
    scale = 100.0 if describe(name)[0] == "share" else 1.0
    paths = paths_of(place, name)
    return {c: [scale * x, scale * (x - paths["quick"])] if c != "quick" else [scale * x] for c, x in paths.items()}


@pytest.mark.filterwarnings("ignore:All-NaN slice")  # retention looks back further than this run reaches
def test_every_chart_agrees_with_the_parquet_files(made):
    place, _ = made
    looked_at = set()
    for file in (place / "data").glob("*.csv"):
        header, *rows = list(csv.reader(file.open(encoding="utf-8")))
        if header[:2] != ["scenario", "month"]:
            continue
        looked_at.add(file.stem)
        for case, parts in expected(place, file.stem).items():
            quantiles = np.concatenate([np.nanquantile(x, [0.05, 0.25, 0.5, 0.75, 0.95], axis=0) for x in parts]).T
            told = np.array([row[2 : 2 + quantiles.shape[1]] for row in rows if row[0] == case], float)
            np.testing.assert_allclose(told, quantiles, rtol=1e-5, atol=1e-9)
    assert {"wallet_0", "attitude_0", "memberships_per_partner", "dick_basu_none_0", "members_vendor", "money_distributors_cash"} <= looked_at
    assert len(looked_at) > 18


def test_its_pictures_of_networks_and_its_waterfalls_agree_with_the_data(made):
    place, _ = made
    data = {f.stem: list(csv.reader(f.open(encoding="utf-8")))[1:] for f in (place / "data").glob("*.csv")}
    for case, name in (("0-quick", "quick"), ("2-membership-attention-0-05", "membership_attention_0_05")):
        table = pq.read_table(place / "c" / "cases" / case / "replication-000" / "alliances.parquet").to_pylist()
        for words, month in (("start", 3), ("middle", 5), ("end", 8)):
            bonds = {(r["uid_a"], r["uid_b"], r["form"]) for r in table if r["form"] != "project" and r["start"] <= month and (r["end"] is None or r["end"] > month)}
            assert {(int(a), int(b), form) for a, b, form in data[f"network_{name}_{words}"]} == bonds
    for quantity in ("wallet", "attitude"):
        (_, start, *_), *causes, (_, end, *_) = data[f"account_{quantity}"]
        assert float(start) + sum(float(row[1]) for row in causes) == pytest.approx(float(end), abs=1e-5)
        levels = paths_of(place, f"{quantity}_0")["quick"][:2, -1]  # of the two runs that were accounted for
        assert float(end) == pytest.approx(levels.mean(), rel=1e-5)


def test_its_first_screen_agrees_with_the_parquet_files(made):
    place, _ = made
    html = (place / "r.html").read_text(encoding="utf-8")
    outcome = {c: np.array([json.loads(pq.read_schema(p).metadata[b"outcomes"])["memberships"] for p in f]) for c, f in read_comparison(place / "c").records.items()}
    row = re.search(r"<tr><th[^>]*>memberships per partner</th>(.*?)</tr>", html).group(1)
    assert f">{outcome['quick'].mean():.3g}<" in row
    change = outcome[LEVER].mean() / outcome["quick"].mean() - 1
    assert f"{100 * change:+.0f} %" in row
    assert f"({int((outcome[LEVER] < outcome['quick']).sum())}/{outcome['quick'].size})" in row


def test_verify_passes_on_a_fresh_report_and_fails_on_an_altered_one(made, tmp_path):
    place, _ = made
    said = []
    verify(place / "r.html", 2, said.append)
    assert len(said) == 3
    html = (place / "r.html").read_text(encoding="utf-8")
    altered = tmp_path / "altered.html"
    figure = re.search(r"attention=0.05: (?:more|less)[^(]*\(([-+]\d+) %", html)
    altered.write_text(html.replace(figure.group(1) + " %", "+99 %", 1), encoding="utf-8")
    with pytest.raises(RunError, match="content was altered"):
        verify(altered, 2, said.append)


def test_verify_fails_when_figures_and_their_hash_were_altered_together(made, tmp_path):
    import hashlib

    place, _ = made
    html = (place / "r.html").read_text(encoding="utf-8")
    content = html.split("<!--content-->")[1].split("<!--/content-->")[0]
    forged = re.sub(r"▼ -\d+ %", "▼ -99 %", content, count=1)
    assert forged != content
    hashes = [hashlib.sha256(x.encode()).hexdigest() for x in (content, forged)]
    altered = tmp_path / "forged.html"
    altered.write_text(html.replace(content, forged).replace(*hashes), encoding="utf-8")
    with pytest.raises(RunError, match="does not follow from the outcomes"):
        verify(altered, 2, lambda line: None)
    outcome = re.search(r'"outcomes":\{"quick":\[\[([\d.]+)', html).group(1)
    altered.write_text(html.replace(f'"outcomes":{{"quick":[[{outcome}', '"outcomes":{"quick":[[2.5', 1), encoding="utf-8")
    with pytest.raises(RunError, match=r"does not follow|it was altered"):
        verify(altered, 2, lambda line: None)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("compare", "quick"), "nothing to compare it with"),
        (("compare", "quick", "baseline"), "months after burn-in 48 and 120; give both the same, e.g. --with months=48"),
        (("compare", "quick", "quick", "--decide", "loyalty"), 'no indicator is called "loyalty"'),
        (("report", "nowhere"), "no such folder"),
        (("verify", "nowhere.html"), "cannot be read"),
        (("story", "c", "--partner", "Nobody"), "no partner is called 'Nobody'"),
        (("account", "quick", "--vendor", "99"), "no vendor is called '99'"),
    ],
)
def test_what_the_user_can_mend_is_one_message(made, words, said):
    done = command(*words, cwd=made[0])
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_damaged_comparison_is_refused(made, tmp_path):
    place, _ = made
    with pytest.raises(RunError, match="no comparison"):
        read_comparison(tmp_path)
    (tmp_path / "comparison.json").write_text("[", encoding="utf-8")
    with pytest.raises(RunError, match="damaged"):
        read_comparison(tmp_path)
    kept = (place / "c" / "comparison.json").read_text(encoding="utf-8")
    (tmp_path / "comparison.json").write_text(kept.replace('"format": 1', '"format": 0'), encoding="utf-8")
    with pytest.raises(RunError, match="another version"):
        read_comparison(tmp_path)


def test_a_dry_run_tells_the_cost_and_runs_nothing(tmp_path):
    done = command("compare", "quick", "quick", *SMALL, "--pairs", 8, "--dry-run", cwd=tmp_path)
    assert re.search(r"at least [\d,]+ runs, about .*; at most [\d,]+ runs, about", done.stdout)
    assert list(tmp_path.iterdir()) == []
