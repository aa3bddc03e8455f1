"""Starting the live view from the command line: address, tokens, and what is printed."""

import threading
import webbrowser
from collections.abc import Callable

from sim.live.access import Access, Tokens, is_loopback, new_tokens
from sim.live.server import listening, server_of
from sim.scenario import Scenario


class LiveError(ValueError):
    """The view cannot be started as asked; the message says what to do."""


def start(
    scenario: Scenario,
    address: str,
    port: int,
    say: Callable[[str], None],
    allow_remote: bool = False,
    hosts: tuple[str, ...] = (),
    browser: bool = True,
) -> None:
    """Serve a scenario until interrupted.

    Raises
    ------
    LiveError
        When the address is not this machine's own and ``allow_remote`` is False, or the port cannot be had.
    """
    local = is_loopback(address)
    if not local and not allow_remote:
        raise LiveError(
            f"--host {address}: others could reach this; add --allow-remote to mean it, and a token will be asked for"
        )
    try:
        at = listening(address, port)
    except OSError as error:
        reason = error.strerror or error
        raise LiveError(
            f"{address}:{port} cannot be used: {reason}; choose another with --port, or 0 for one that is free"
        ) from error
    taken = at.getsockname()[1]
    tokens = None if local else new_tokens()
    named = f"[{address}]" if ":" in address else address
    access = Access(taken, (named, *hosts), tokens)
    shown = named if address not in ("0.0.0.0", "::") else (hosts[0] if hosts else "127.0.0.1")
    link = f"http://{shown}:{taken}/"
    server_of(scenario, access, lambda: _announce(scenario, link, tokens, say, browser)).run(sockets=[at])


def _announce(scenario: Scenario, link: str, tokens: Tokens | None, say: Callable[[str], None], browser: bool) -> None:
    own = link if tokens is None else f"{link}?token={tokens.control}"
    say(f"{scenario.title}: watch it at {own}")
    if tokens is not None:
        say(f"Others may watch, not steer, at {link}?token={tokens.view}")
    say("Ctrl-C ends it.")
    if browser:
        threading.Thread(target=webbrowser.open, args=(own,), daemon=True).start()
