"""Who may talk to the server: addresses, tokens, roles, and the limits that keep a run unharmed."""

import hmac
import ipaddress
import secrets
import time
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

VIEWERS = 120  # of one run
CONNECTIONS = 256  # of the server, pages included
LARGEST_MESSAGE = 4_096  # bytes from a viewer
MESSAGES_PER_SECOND, BURST = 20.0, 60.0
PATIENCE = 200  # messages over the limit before the connection is closed
COOKIE = "channel_sim_live"

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; "
    "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)  # Plotly writes styles into the page
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class Tokens(NamedTuple):
    """The two secrets of a server that others can reach: one to steer, one to watch."""

    control: str
    view: str


def new_tokens() -> Tokens:
    """Two secrets nobody can guess."""
    return Tokens(secrets.token_urlsafe(24), secrets.token_urlsafe(24))


def is_loopback(address: str) -> bool:
    """Whether an address can be reached from this machine only."""
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False


class Access:
    """Decides on pages and feeds.

    Parameters
    ----------
    port : int
        The port that the server listens on.
    hosts : iterable of str
        Names and addresses under which it may be asked for; the loopback names always.
    tokens : Tokens, optional
        Without, whoever reaches the server may watch and steer: for the loopback address only.
    """

    def __init__(self, port: int, hosts: Iterable[str] = (), tokens: Tokens | None = None) -> None:
        names = {"127.0.0.1", "localhost", "[::1]", *hosts}
        self.hosts = {f"{name}:{port}" for name in names} | (names if port in (80, 443) else set())
        self.tokens = tokens

    def host_is_ours(self, headers: Mapping[str, str]) -> bool:
        """Whether the Host header names this server: a foreign one is a rebinding attack."""
        return headers.get("host", "").lower() in self.hosts

    def origin_is_ours(self, headers: Mapping[str, str], required: bool) -> bool:
        """Whether the page that asks is ours; a browser always says so of a feed (``required``)."""
        origin = headers.get("origin")
        if origin is None:
            return not required
        parts = urlsplit(origin)
        return parts.scheme in ("http", "https") and parts.netloc.lower() in self.hosts

    def role(self, token: str | None) -> str | None:
        """The role that a token gives: "control", "view", or None for a wrong or missing one."""
        if self.tokens is None:
            return "control"
        for role, right in self.tokens._asdict().items():
            if token is not None and hmac.compare_digest(token.encode(), right.encode()):
                return role
        return None


class Allowance:
    """How many messages one viewer may send: a bucket that fills at a steady rate."""

    def __init__(self, now: float | None = None) -> None:
        self.left, self.at, self.over = BURST, time.monotonic() if now is None else now, 0

    def grant(self, now: float | None = None) -> bool:
        """Whether one more message is within the limit."""
        now = time.monotonic() if now is None else now
        self.left = min(BURST, self.left + MESSAGES_PER_SECOND * (now - self.at))
        self.at = now
        if self.left < 1.0:
            self.over += 1
            return False
        self.left -= 1.0
        return True

    @property
    def exhausted(self) -> bool:
        """Whether so much was sent over the limit that the connection should end."""
        return self.over > PATIENCE
