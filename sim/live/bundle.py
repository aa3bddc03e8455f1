"""One self-contained HTML file of the page: its modules in one script, its styles inside, and nothing loaded.

The modules are put one after the other, each in a function of its own that gives what it exports, so no build tool is
needed and names of one do not meet those of another.  A policy in the file names the scripts by their hashes and forbids
everything else, so the file proves that it makes no request.
"""

import base64
import hashlib
import html
import re

from sim.live.server import STATIC, plotly_file

_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([a-z]+)\.js";$', re.MULTILINE)
_EXPORTED = re.compile(r"^export (?:async )?(?:function|class|const|let) ([A-Za-z_]\w*)", re.MULTILINE)
_LISTED = re.compile(r"^export \{([^}]*)\};$", re.MULTILINE)


def bundled(entry: str = "main") -> str:
    """All modules that ``entry`` needs, in an order in which each comes after those that it imports.

    Raises
    ------
    ValueError
        When modules import each other in a circle, or in a form that is not understood.
    """
    done: dict[str, str] = {}
    _add(entry, done, ())
    return "\n".join(done.values())


def _add(name: str, done: dict[str, str], above: tuple[str, ...]) -> None:
    if name in done:
        return
    if name in above:
        raise ValueError(f"modules import each other in a circle: {' -> '.join((*above, name))}")
    text = (STATIC / f"{name}.js").read_text(encoding="utf-8")
    for _, needed in _IMPORT.findall(text):
        _add(needed, done, (*above, name))
    names = _EXPORTED.findall(text) + [word.strip() for found in _LISTED.findall(text) for word in found.split(",")]
    body = _LISTED.sub("", _IMPORT.sub(r"const {\1} = module_\2;", text))
    body = re.sub(r"^export ", "", body, flags=re.MULTILINE)
    if re.search(r"^\s*(import|export)\b(?!\()", body, re.MULTILINE):
        raise ValueError(f"{name}.js imports or exports in a form that is not understood")
    done[name] = f"const module_{name} = (() => {{\n{body}\nreturn {{ {', '.join(names)} }};\n}})();"


def page_with(recording: bytes, title: str) -> str:
    """The page with a recording inside.

    Parameters
    ----------
    recording : bytes
        Compressed, as ``recorded.js`` reads it.
    title : str
        Of the page.
    """
    page = (STATIC / "index.html").read_text(encoding="utf-8")
    scripts = [_safe(plotly_file().read_text(encoding="utf-8")), _safe(bundled())]
    icon = base64.b64encode((STATIC / "icon.svg").read_bytes()).decode()
    styles = (STATIC / "style.css").read_text(encoding="utf-8")
    page = re.sub(r'<script[^>]*src="[^"]*"[^>]*></script>\n', "", page)
    page = page.replace('href="/static/icon.svg"', f'href="data:image/svg+xml;base64,{icon}"')
    page = page.replace('<link rel="stylesheet" href="/static/style.css">', f"<style>{styles}</style>")
    page = re.sub(r"<title>.*?</title>", f"<title>{html.escape(title)}</title>", page)
    policy = _policy(scripts)
    page = page.replace(
        '<meta charset="utf-8">', f'<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="{policy}">'
    )
    data = f'<script type="text/plain" id="recording">{base64.b64encode(recording).decode()}</script>'
    ending = "\n".join([data, *(f"<script>{script}</script>" for script in scripts), "</body>"])
    before, _, after = page.rpartition("</body>")
    return before + ending + after


def _policy(scripts: list[str]) -> str:
    hashes = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in scripts)
    others = "style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'"
    return f"default-src 'none'; script-src {hashes}; {others}"


def _safe(script: str) -> str:
    """A script that does not end its element: ``</script`` can stand in texts only, where a backslash is harmless."""
    return script.replace("</script", "<\\/script").replace("<!--", "<\\!--")
