"""The server: what it serves and to whom, who steers, and that nothing a client does harms the run."""

import http.client
import json
import re
import socket
import time

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from sim.live.access import CONNECTIONS, LARGEST_MESSAGE
from tests.live.conftest import Client, Served, until


def get(served: Served, path: str, **headers: str) -> http.client.HTTPResponse:
    link = http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)
    link.request("GET", path, headers=headers)
    answer = link.getresponse()
    answer.text = answer.read().decode("utf-8", "replace")
    link.close()
    return answer


def refused_feed(served: Served, **options) -> bool:
    try:
        with connect(served.address(f"/run/{served.session.id}/feed", "ws"), **options):
            pass
    except InvalidStatus as error:
        return error.response.status_code == 403
    return False


def upgrade(served: Served) -> bytes:
    """The request that opens a feed."""
    own = f"127.0.0.1:{served.port}"
    lines = [
        f"GET /run/{served.session.id}/feed HTTP/1.1", f"Host: {own}", f"Origin: http://{own}", "Upgrade: websocket",
        "Connection: Upgrade", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
    ]  # fmt: skip
    return "\r\n".join([*lines, "", ""]).encode()


def advances(served: Served) -> bool:
    """Whether the run still passes months when its controller asks for one."""
    before = served.session.month
    viewer = served.viewer()
    viewer.say(do="claim")
    viewer.say(do="step")
    until(lambda: served.session.month == before + 1)
    viewer.close()
    return True


# pages


def test_the_page_its_files_and_plotly_come_with_headers_that_forbid_everything_else(served):
    home = get(served, "/")
    assert home.status == 303
    page = get(served, home.headers["location"])
    assert page.status == 200
    files = re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text)
    assert "/static/main.js" in files
    for path in (*files, "/static/plotly.min.js"):  # which the page asks for after its first frame
        assert get(served, path).status == 200
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe-eval" not in policy
    assert page.headers["x-content-type-options"] == "nosniff"


def test_nothing_in_the_page_comes_from_elsewhere(served):
    from sim.live.server import STATIC

    for file in STATIC.iterdir():
        text = file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.findall(r"https?://[a-z]", text), file.name


@pytest.mark.parametrize(
    "path",
    [
        "/run/nobody",
        "/static/../server.py",
        "/static/%2e%2e%2fserver.py",
        "/static/nothing.js",
        "/etc/passwd",
        "/run/nobody/scenario.toml",
    ],
)
def test_what_is_not_there_is_not_found(served, path):
    assert get(served, path).status == 404


def test_a_foreign_host_is_refused(served):
    assert get(served, "/", Host="evil.example").status == 403
    assert get(served, "/", Host=f"evil.example:{served.port}").status == 403


# feeds


def test_a_viewer_gets_state_history_and_a_whole_month_and_then_each_month(served):
    viewer = served.viewer()
    viewer.ready()
    viewer.say(do="step")
    month = viewer.hear(lambda m: m["type"] == "month" and m["month"] == 7)
    kinds = [head["type"] for head in viewer.heads]
    assert kinds.index("history") < kinds.index("snapshot") < kinds.index("month")
    history = next(h for h in viewer.heads if h["type"] == "history")
    assert len(month["values"]["values"]) == len(history["words"]["series"])
    viewer.close()


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1"])
def test_a_feed_with_a_foreign_origin_is_refused(served, origin):
    assert refused_feed(served, origin=origin)


def test_a_feed_without_origin_or_with_a_foreign_host_is_refused(served):
    assert refused_feed(served)
    made = socket.create_connection(("127.0.0.1", served.port), timeout=20)
    made.sendall(upgrade(served).replace(f"Host: 127.0.0.1:{served.port}".encode(), b"Host: evil.example"))
    assert made.recv(16).startswith(b"HTTP/1.1 403")
    made.close()


def test_without_its_token_nothing_is_served_and_with_it_the_role_is_right(guarded):
    own = f"http://127.0.0.1:{guarded.port}"
    for path in ("/", "/static/main.js", "/static/plotly.min.js", f"/run/{guarded.session.id}", "/?token=guess"):
        assert get(guarded, path).status == 403
    assert refused_feed(guarded, origin=own)
    answer = get(guarded, "/?token=view-secret")
    assert answer.status == 303
    assert answer.headers["location"] == "/"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    watcher = guarded.viewer(additional_headers={"Cookie": "channel_sim_live=view-secret"})
    assert watcher.ready()["controls"] is False
    for command in ({"do": "claim"}, {"do": "step"}):
        watcher.say(**command)
        watcher.hear(lambda m: m["type"] == "refused")
    leader = guarded.viewer(additional_headers={"Cookie": "channel_sim_live=control-secret"})
    assert leader.ready()["controls"] is True
    watcher.close()
    leader.close()


def test_one_controls_and_the_others_watch_until_it_leaves(served):
    first, second = served.viewer(), None
    assert first.ready()["controls"]
    second = served.viewer()
    assert not second.ready()["controls"]
    second.say(do="play")
    assert "somebody else controls" in second.hear(lambda m: m["type"] == "refused")["text"]
    assert not served.session.playing
    first.close()
    until(lambda: served.session.controller is None)
    second.say(do="claim")
    second.hear(lambda m: m["type"] == "state" and m["controls"])
    second.close()


def test_every_viewer_of_a_run_gets_the_same_months(served):
    viewers = [served.viewer() for _ in range(5)]
    viewers[0].ready()
    for viewer in viewers[1:]:
        viewer.ready()
    for _ in range(3):
        viewers[0].say(do="step")
    last = [viewer.hear(lambda m: m["type"] == "month" and m["month"] == 9) for viewer in viewers]
    assert len({json.dumps(m["headline"]) for m in last}) == 1
    assert all(np.array_equal(m["values"]["values"], last[0]["values"]["values"], equal_nan=True) for m in last)
    for viewer in viewers:
        viewer.close()


def test_a_firm_and_a_tie_can_be_asked_for(served):
    viewer = served.viewer()
    viewer.ready()
    uid = int(served.session.tracks[0].world.partners.uid[0])
    viewer.say(do="firm", uid=uid, n=7)
    answer = viewer.hear(lambda m: m.get("n") == 7)
    assert answer["firm"]["uid"] == uid
    assert answer["firm"]["story"]
    viewer.say(do="firm", uid=999_999, n=8)
    assert viewer.hear(lambda m: m.get("n") == 8)["type"] == "refused"
    viewer.close()


def test_the_scenario_as_steered_can_be_downloaded(served):
    viewer = served.viewer()
    viewer.ready()
    viewer.say(do="steer", key="demand.load", value=0.7)
    until(lambda: served.session.tracks[0].moves)
    answer = get(served, f"/run/{served.session.id}/scenario.toml")
    assert "attachment" in answer.headers["content-disposition"]
    assert 'target = "demand.load"' in answer.text
    viewer.close()


def test_a_comparison_runs_both_on_the_same_months_and_can_be_ended(served):
    viewer = served.viewer()
    viewer.ready()
    viewer.say(do="branch")
    viewer.hear(lambda m: m["type"] == "state" and len(m["tracks"]) == 2)
    viewer.say(do="steer", track=1, key="vendors.all.list_margin", value=0.01)
    viewer.say(do="step")
    viewer.hear(lambda m: m["type"] == "month" and m["track"] == 1 and m["month"] == 7)
    tracks = served.session.tracks
    assert [len(t.moves) for t in tracks] == [0, 1]
    viewer.say(do="alone", keep=1)
    viewer.hear(lambda m: m["type"] == "state" and len(m["tracks"]) == 1 and m["tracks"][0]["moves"])
    viewer.close()


def test_another_scenario_runs_beside_on_the_same_seed(served):
    viewer = served.viewer()
    viewer.ready()
    viewer.say(do="beside", scenario="rapid_skill_turnover")
    viewer.hear(lambda m: m["type"] == "refused" or (m["type"] == "state" and len(m["tracks"]) == 2), 60)
    assert viewer.heads[-1]["type"] == "state", viewer.heads[-1]
    one, other = served.session.tracks
    assert one.scenario.plan.seed == other.scenario.plan.seed
    assert one.world.month == other.world.month
    viewer.say(do="beside", scenario="../../etc/passwd")
    assert "no scenario" in viewer.hear(lambda m: m["type"] == "refused")["text"]
    viewer.close()


def test_restart_takes_a_seed_and_begins_anew(served):
    viewer = served.viewer()
    viewer.ready()
    viewer.say(do="restart", seed=77)
    viewer.hear(lambda m: m["type"] == "state" and m["tracks"] and m["tracks"][0]["seed"] == 77 and not m["opening"])
    assert served.session.month == 6
    viewer.close()


# harm


def test_an_oversized_message_closes_that_connection_only(served):
    viewer = served.viewer()
    viewer.ready()
    viewer.socket.send("x" * (LARGEST_MESSAGE + 1))
    with pytest.raises(ConnectionClosed):
        viewer.hear(lambda m: False, 10)
    assert advances(served)


def test_malformed_messages_are_answered_and_then_end_the_connection(served):
    viewer = served.viewer()
    viewer.ready()
    viewer.say(nothing=1)
    viewer.hear(lambda m: m["type"] == "refused")
    for text in ("", "{", "[" * 2000, '{"do": 3}', '"x"', "\0"):
        viewer.socket.send(text)
    viewer.socket.send(b"\x00\xff")
    with pytest.raises(ConnectionClosed):
        viewer.hear(lambda m: False, 60)
    assert advances(served)


@pytest.mark.parametrize("command", [
    {"do": "speed", "value": "fast"}, {"do": "speed", "value": 1e9}, {"do": "speed"}, {"do": "go", "month": -1}, {"do": "go", "month": 1e300}, {"do": "go", "month": True},
    {"do": "steer", "key": "demand.load", "value": 1e9}, {"do": "steer", "key": ["x"], "value": 1}, {"do": "steer", "key": "__class__", "value": 1}, {"do": "steer", "track": 9, "key": "demand.load", "value": 1},
    {"do": "restart", "partners": 10**9}, {"do": "restart", "seed": -1}, {"do": "restart", "scenario": "/etc/passwd"}, {"do": "firm", "uid": "1"}, {"do": "firm"}, {"do": "tie", "a": 1}, {"do": "prolong", "months": 10**9}, {"do": "alone", "keep": 3}, {"do": "__init__"},
])  # fmt: skip
def test_a_command_that_makes_no_sense_is_refused_in_words(served, command):
    viewer = served.viewer()
    viewer.ready()
    viewer.say(**command)
    assert len(viewer.hear(lambda m: m["type"] == "refused")["text"]) > 10
    assert not served.session.failed
    viewer.close()


@pytest.mark.slow
def test_messages_as_fast_as_one_client_can_for_ten_seconds_do_not_stop_the_run(served):
    leader = served.viewer()
    leader.ready()
    leader.say(do="speed", value=2)
    leader.say(do="play")
    until(lambda: served.session.playing)
    began, end, sent = served.session.month, time.monotonic() + 10, 0
    while time.monotonic() < end:
        flood = served.viewer()
        try:
            while time.monotonic() < end:
                flood.socket.send('{"do": "firm", "uid": 1, "n": 1}')
                sent += 1
        except (ConnectionClosed, OSError):
            pass
        finally:
            flood.close()
    assert sent > 300  # more than what is granted
    assert served.session.month >= began + 8
    assert served.session._requests.qsize() <= 200
    leader.close()
    until(lambda: not served.session.viewers)


@pytest.mark.slow
def test_a_thousand_connections_are_bounded_and_the_run_goes_on(served):
    sockets, open_feeds = [], 0
    request = upgrade(served)
    try:
        for _ in range(1000):
            made = socket.create_connection(("127.0.0.1", served.port), timeout=20)
            made.sendall(request)
            sockets.append(made)
        for made in sockets:
            made.settimeout(20)
            open_feeds += made.recv(16).startswith(b"HTTP/1.1 101")
        assert 0 < open_feeds <= CONNECTIONS
        assert len(served.session.viewers) <= CONNECTIONS
    finally:
        for made in sockets:
            made.close()
    until(lambda: not served.session.viewers, 40)
    assert advances(served)


def test_a_viewer_that_does_not_read_neither_stops_the_run_nor_stays_behind_when_it_vanishes(served):
    leader, silent = served.viewer(), served.viewer()
    leader.ready()
    leader.say(do="speed", value=60)
    leader.say(do="play")
    leader.hear(lambda m: m["type"] == "state" and m.get("ended"), 60)
    silent.socket.socket.close()  # without a word
    leader.close()
    until(lambda: not served.session.viewers, 60)
    assert served.session.controller is None


def test_viewers_that_come_and_go_leave_nothing_behind(served):
    for _ in range(40):
        Client(served, {"origin": f"http://127.0.0.1:{served.port}"}).close()
    until(lambda: not served.session.viewers and not served.session._requests.qsize())


def test_an_error_in_the_run_reaches_every_viewer_and_the_run_can_be_looked_at(served):
    viewers = [served.viewer(), served.viewer()]
    for viewer in viewers:
        viewer.ready()

    class Broken:
        def decide(self, table, chance):
            raise RuntimeError("broken on purpose")

    served.session.tracks[0].world.rules["influence"] = Broken()
    viewers[0].say(do="step")
    for viewer in viewers:
        assert "month 0: process influence" in viewer.hear(lambda m: m["type"] == "state" and m["failed"])["failed"]
    viewers[1].say(do="firm", uid=0, n=1)
    assert viewers[1].hear(lambda m: m.get("n") == 1)["type"] == "answer"
    viewers[0].say(do="go", month=3)
    viewers[0].hear(lambda m: m["type"] == "state" and not m["failed"] and m["month"] == 3)
    for viewer in viewers:
        viewer.close()
