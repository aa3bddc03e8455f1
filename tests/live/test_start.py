"""Starting from the command line: what is refused says what to do, what is printed can be opened."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from sim.live.start import LiveError, start

ROOT = Path(__file__).resolve().parents[2]
TINY = 'extends = "quick"\nmonths = 6\nburn_in_months = 1\n[population]\npartners = 30\n'


def call(*arguments: str) -> list[str]:
    return [sys.executable, str(ROOT / "run_sim.py"), "live", *arguments]


@pytest.fixture
def tiny(tmp_path):
    """A scenario that opens in a moment."""
    (tmp_path / "tiny.toml").write_text(TINY)
    return tmp_path


def test_another_address_is_refused_unless_it_is_meant(small):
    with pytest.raises(LiveError, match="--allow-remote"):
        start(small, "0.0.0.0", 0, print)


def test_an_address_or_a_port_that_cannot_be_had_is_named(small):
    with pytest.raises(LiveError, match=r"203\.0\.113\.7:0 cannot be used"):
        start(small, "203.0.113.7", 0, print, allow_remote=True)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(LiveError, match=f"127.0.0.1:{port} cannot be used.*--port"):
            start(small, "127.0.0.1", port, print)


def test_the_printed_addresses_open_and_an_interrupt_ends_it(tiny):
    more = ("--host", "0.0.0.0", "--allow-remote")
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        call("tiny.toml", "--port", "0", "--no-browser", *more), cwd=tiny, stdout=subprocess.PIPE, text=True, env=environment
    )
    try:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(3)]
        addresses = re.findall(r"http://\S+", " ".join(lines))
        assert len(addresses) == 2
        assert all("token=" in address for address in addresses)
        jar = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        for _ in range(50):
            page = jar.open(addresses[0], timeout=20).read().decode()
            if "main.js" in page:
                break
            time.sleep(0.1)
        assert "main.js" in page
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
    assert process.returncode in (0, 130)


def test_what_the_view_does_not_need_is_not_loaded_before_it_listens():
    """Mesa and pandas alone take longer to load than all else until the first frame."""
    program = "import sim.live.start, sys; print([m for m in ('mesa', 'pandas', 'plotly', 'networkx') if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[]"
