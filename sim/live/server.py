"""The web server of the live view: one page, its modules, and a feed for each viewer.

It listens on 127.0.0.1 unless told otherwise; at any other address pages and feeds need a token.  Requests with a foreign
Host are refused, and so are feeds with a foreign Origin.
"""

import asyncio
import contextlib
import importlib.util
import json
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from sim.live.access import CONNECTIONS, COOKIE, HEADERS, LARGEST_MESSAGE, VIEWERS, Access, Allowance
from sim.live.saved import written
from sim.live.session import Session
from sim.live.viewer import Viewer
from sim.scenario import Scenario

STATIC = Path(__file__).parent / "static"
_KINDS = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml"}
REFUSED, TOO_MANY, TOO_MUCH = 4403, 4429, 4413  # why a feed was closed


def plotly_file() -> Path:
    """The plotly.min.js of the installed wheel."""
    spec = importlib.util.find_spec("plotly")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "package_data" / "plotly.min.js"


class Guard:
    """Refuses foreign hosts and missing tokens before anything is served, and adds the security headers."""

    def __init__(self, app: Any, access: Access) -> None:
        self.app, self.access = app, access

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request or feed."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        feed = scope["type"] == "websocket"
        asked: Any = WebSocket(scope, receive, send) if feed else Request(scope, receive)
        problem, role, token = self._judge(asked, feed)
        if problem:
            if feed:
                await asked.close(REFUSED, problem)  # before it is accepted: HTTP 403
            else:
                await PlainTextResponse(problem + "\n", 403, headers=HEADERS)(scope, receive, send)
            return
        scope["role"] = role
        if token is not None and not feed:
            response = RedirectResponse(asked.url.path, 303, headers=HEADERS)
            response.set_cookie(COOKIE, token, httponly=True, samesite="strict")
            await response(scope, receive, send)
            return
        await self.app(scope, receive, self._with_headers(send))

    def _judge(self, asked: Any, feed: bool) -> tuple[str, str | None, str | None]:
        """What is wrong, the role, and the token when it came in the address."""
        if not self.access.host_is_ours(asked.headers):
            return "This server is not asked for under that name. If it should be, start it with --allow-host NAME.", None, None
        if not self.access.origin_is_ours(asked.headers, required=feed):
            return "Pages of other sites may not use this server.", None, None
        given = asked.query_params.get("token")
        role = self.access.role(given if given is not None else asked.cookies.get(COOKIE))
        if role is None:
            return "A token is needed: open the whole address that the server printed.", None, None
        return "", role, given if self.access.tokens is not None else None

    def _with_headers(self, send: Callable[[Any], Any]) -> Callable[[Any], Any]:
        async def sent(message: Any) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        return sent


class Live:
    """The routes, over one session."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.session: Session | None = None

    @contextlib.asynccontextmanager
    async def lifespan(self, app: Starlette) -> AsyncIterator[None]:
        """The session lives as long as the server."""
        self.session = Session(self.scenario, asyncio.get_running_loop())
        self.session.start()
        try:
            yield
        finally:
            await asyncio.to_thread(self.session.close)

    def _session(self, run: str) -> Session | None:
        return self.session if self.session is not None and self.session.id == run else None

    async def home(self, request: Request) -> Response:
        """The run of this server."""
        assert self.session is not None
        return RedirectResponse(f"/run/{self.session.id}", 303)

    async def page(self, request: Request) -> Response:
        """The page of a run."""
        if self._session(request.path_params["run"]) is None:
            return PlainTextResponse("There is no such run on this server; it may have been started anew. Go to /\n", 404)
        return FileResponse(STATIC / "index.html", headers={"Cache-Control": "no-store"})

    async def file(self, request: Request) -> Response:
        """One of the page's own files."""
        name = request.path_params["name"]
        path = STATIC / name
        if "/" in name or path.suffix not in _KINDS or not path.is_file():
            return PlainTextResponse("There is no such file.\n", 404)
        return FileResponse(path, media_type=_KINDS[path.suffix], headers={"Cache-Control": "no-cache"})

    async def plotly(self, request: Request) -> Response:
        """Plotly from the installed wheel."""
        return FileResponse(plotly_file(), media_type="text/javascript", headers={"Cache-Control": "max-age=86400"})

    async def saved(self, request: Request) -> Response:
        """The scenario file of a track, as it was steered."""
        session = self._session(request.path_params["run"])
        track = request.query_params.get("track", "0")
        if session is None or track not in ("0", "1") or int(track) >= len(session.tracks):
            return PlainTextResponse("There is no such run.\n", 404)
        text = written(session.tracks[int(track)].scenario)
        headers = {
            "Content-Disposition": f'attachment; filename="{session.scenario.name}_live.toml"',
            "Cache-Control": "no-store",
        }
        return PlainTextResponse(text, media_type="application/toml", headers=headers)

    async def feed(self, socket: WebSocket) -> None:
        """One viewer, from joining to leaving."""
        session = self._session(socket.path_params["run"])
        if session is None or len(session.viewers) >= VIEWERS:
            await socket.close(TOO_MANY, "there is no such run, or too many watch it")
            return
        await socket.accept()
        viewer = Viewer(socket.scope["role"], session.join)
        session.viewers[viewer.number] = viewer  # counted at once; it hears nothing before its welcome
        sending = asyncio.create_task(_send(socket, viewer))
        try:
            await _listen(socket, viewer, session)
        finally:
            sending.cancel()
            session.leave(viewer)

    def routes(self) -> list[Any]:
        """All routes."""
        return [
            Route("/", self.home),
            Route("/run/{run}", self.page),
            Route("/run/{run}/scenario.toml", self.saved),
            Route("/static/plotly.min.js", self.plotly),
            Route("/static/{name}", self.file),
            WebSocketRoute("/run/{run}/feed", self.feed),
        ]


async def _send(socket: WebSocket, viewer: Viewer) -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError, OSError):
        while True:
            message = await viewer.next()
            await (socket.send_bytes(message) if isinstance(message, bytes) else socket.send_text(message))


async def _listen(socket: WebSocket, viewer: Viewer, session: Session) -> None:
    """Take what a viewer says until it goes, says too much, or says what nobody can understand."""
    allowance, malformed = Allowance(), 0
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            text = message.get("text")
            if not allowance.grant():
                if allowance.exhausted:
                    await socket.close(TOO_MUCH, "too many messages")
                    return
                continue
            asked = _understood(text)
            if asked is None:
                malformed += 1
                viewer.offer(json.dumps({"type": "refused", "text": "a message that is not a command was ignored", "n": None}))
                if malformed > 5:
                    await socket.close(TOO_MUCH, "messages that are not commands")
                    return
                continue
            if not session.request(lambda asked=asked: session.command(viewer, asked)):  # type: ignore[misc]
                viewer.offer(json.dumps({"type": "refused", "text": "too much is waiting; try again", "n": asked.get("n")}))


def _understood(text: str | None) -> dict[str, Any] | None:
    if text is None or len(text) > LARGEST_MESSAGE:
        return None
    try:
        asked = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return asked if isinstance(asked, dict) and isinstance(asked.get("do"), str) else None


def application(scenario: Scenario, access: Access) -> Guard:
    """The whole application."""
    live = Live(scenario)
    made = Starlette(routes=live.routes(), lifespan=live.lifespan)
    made.state.live = live
    return Guard(made, access)


def listening(address: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes one that is free.

    Raises
    ------
    OSError
        When the address or the port cannot be had.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((address.strip("[]"), port))
    except BaseException:
        made.close()
        raise
    return made


def server_of(scenario: Scenario, access: Access, on_start: Callable[[], None] = lambda: None) -> Any:
    """A uvicorn server, yet to be run with ``run(sockets=[...])``; ``on_start`` is called once it listens."""
    import uvicorn

    class Announcing(uvicorn.Server):
        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets)
            if self.started:
                on_start()

    return Announcing(
        uvicorn.Config(
            application(scenario, access), log_level="warning", ws_max_size=LARGEST_MESSAGE, ws_max_queue=16,
            ws_per_message_deflate=False, limit_concurrency=CONNECTIONS, timeout_keep_alive=10, timeout_graceful_shutdown=3,
            server_header=False,
        )
    )  # fmt: skip
