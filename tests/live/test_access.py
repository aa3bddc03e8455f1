"""Who may come in: hosts, origins, tokens; and how much one may say."""

import pytest

from sim.live.access import BURST, MESSAGES_PER_SECOND, PATIENCE, Access, Allowance, Tokens, is_loopback

TOKENS = Tokens("steer", "watch")


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("127.0.0.1:80x", False),
        ("127.0.0.1:8765", True),
        ("localhost:8765", True),
        ("[::1]:8765", True),
        ("127.0.0.1", False),
        ("evil.example:8765", False),
        ("127.0.0.1.evil.example:8765", False),
        ("", False),
    ],
)
def test_only_our_own_names_are_answered(host, ours):
    assert Access(8765).host_is_ours({"host": host}) is ours


@pytest.mark.parametrize(
    ("origin", "ours"),
    [
        ("http://127.0.0.1:8765", True),
        ("http://localhost:8765", True),
        ("null", False),
        ("http://127.0.0.1:9999", False),
        ("https://evil.example", False),
        ("http://127.0.0.1:8765.evil.example", False),
        ("file://127.0.0.1:8765", False),
    ],
)
def test_only_our_own_pages_may_open_a_feed(origin, ours):
    assert Access(8765).origin_is_ours({"origin": origin}, required=True) is ours


def test_a_feed_without_an_origin_is_refused_and_a_page_is_not():
    assert not Access(8765).origin_is_ours({}, required=True)
    assert Access(8765).origin_is_ours({}, required=False)


def test_tokens_give_roles_and_nothing_else_does():
    guarded = Access(8765, (), TOKENS)
    assert [guarded.role(t) for t in ("steer", "watch", "stee", "", None, "wätch")] == ["control", "view", None, None, None, None]
    assert Access(8765).role(None) == "control"


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("192.168.1.4", False),
        ("example.org", False),
    ],
)
def test_what_is_loopback(address, own):
    assert is_loopback(address) is own


def test_an_allowance_lets_a_burst_through_and_then_a_steady_rate():
    allowance = Allowance(now=0.0)
    granted = sum(allowance.grant(now=0.0) for _ in range(500))
    assert granted == BURST
    assert sum(allowance.grant(now=1.0) for _ in range(100)) == MESSAGES_PER_SECOND
    assert allowance.exhausted is (allowance.over > PATIENCE) is True
