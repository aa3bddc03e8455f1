"""A replay is one file that asks for nothing and shows the same months."""

import json
import re
import subprocess
import sys
import zlib
from base64 import b64decode
from pathlib import Path

import numpy as np
import pytest

from sim.live.binary import unpacked
from sim.live.bundle import bundled
from sim.live.frame import frame_of, whole
from sim.live.replay import recorded
from sim.live.track import Track

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def page(small):
    """A replay of the small run."""
    return recorded(small)


@pytest.fixture(scope="module")
def messages(page):
    """What the replay holds."""
    data = zlib.decompress(b64decode(re.search(r'id="recording">([^<]*)<', page).group(1)))
    out, at = [], 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 8], "little")
        out.append(unpacked(data[at + 8 : at + 8 + size]))
        at += 8 + size + (-size % 8)
    return out


def test_it_forbids_itself_to_load_anything(page):
    assert "default-src 'none'" in page
    assert not re.search(r'(?:src|href)="(?!data:|#)', page.split("<script type=")[0])
    assert page.count("<script>") == 2
    assert "connect-src" not in page


def test_it_holds_every_month_the_whole_months_between_and_every_story(small, messages, tmp_path):
    heads = [head for head, _ in messages]
    months = [head["month"] for head in heads if head["type"] == "month"]
    assert months == list(range(1, small.plan.burn_in + small.plan.months + 1))
    track = Track(small, tmp_path)
    for _ in range(24):
        track.step()
    columns = next(columns for head, columns in messages if head["type"] == "snapshot" and head["month"] == 24)
    for name, column in whole(frame_of(track.world)).items():
        assert np.array_equal(columns[name], column), name
    stories = next(head["stories"] for head in heads if head["type"] == "stories")
    assert set(map(int, stories)) >= set(track.world.partners.uid[track.world.partners.alive].tolist())
    assert all(line[2] for story in stories.values() for line in story["story"])


def test_the_modules_in_one_script_are_all_there_each_after_what_it_imports():
    script = bundled()
    names = re.findall(r"^const module_([a-z]+) =", script, re.MULTILINE)
    assert names[-1] == "main"
    assert len(names) == len(set(names)) == len(list((ROOT / "sim" / "live" / "static").glob("*.js")))
    for n, name in enumerate(names):
        body = script.split(f"const module_{name} =")[1].split("\nconst module_")[0]
        assert set(re.findall(r"= module_([a-z]+);", body)) <= set(names[:n])


def test_the_command_writes_it_and_says_how_large_it_is(tmp_path):
    (tmp_path / "tiny.toml").write_text('extends = "quick"\nmonths = 4\nburn_in_months = 2\n[population]\npartners = 30\n')
    call = [sys.executable, str(ROOT / "run_sim.py"), "replay", "tiny.toml", "-o", "out.html"]
    done = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert "out.html written" in done.stdout
    assert (tmp_path / "out.html").stat().st_size < 12e6


@pytest.mark.browser
def test_it_plays_and_scrubs_offline_and_makes_no_request(page, small, tmp_path):
    from tests.live.browser import chromium, drawn, pixels, until

    file = tmp_path / "replay.html"
    file.write_text(page)
    browser = chromium(performance_log=True)
    try:
        browser.execute_cdp_cmd("Network.enable", {})
        browser.execute_cdp_cmd(
            "Network.emulateNetworkConditions", {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
        )
        browser.get(file.as_uri())
        drawn(browser, "channelSim.page.state.month === 6")
        at_6 = pixels(browser)
        browser.execute_script(
            "document.getElementById('speed').value = '30'; document.getElementById('speed').dispatchEvent(new Event('change')); document.getElementById('play').click()"
        )
        until(browser, "channelSim.page.state.month >= 30")
        browser.execute_script("const t = document.getElementById('time'); t.value = 6; t.dispatchEvent(new Event('change'))")
        drawn(
            browser, "channelSim.page.state.month === 6 && channelSim.page.pictures[0].seen === channelSim.page.tracks[0].version"
        )
        browser.execute_script("return new Promise(r => setTimeout(r, 150))")
        assert pixels(browser) == at_6
        browser.execute_script("const p = channelSim.page.pictures[0]; p.on.pick({row: 3}, p)")
        until(browser, "document.querySelectorAll('#card .story li').length > 0")
        browser.get("about:blank")
        browser.get(file.as_uri() + "#month=5")
        drawn(browser, "channelSim.page.state.month === 11")
        assert browser.execute_script("return channelSim.page.error") == ""
        asked = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
        sent = {e["params"]["request"]["url"].split(":")[0] for e in asked if e["method"] == "Network.requestWillBeSent"}
        assert sent <= {"file", "data", "blob"}
    finally:
        browser.quit()
