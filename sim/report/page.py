"""The page: one self-contained file without scripts, which fetches nothing.

Its content security policy allows styles within the page and nothing else: no script, no image, no connection.
``figures`` is a data block (not a script) that ``verify`` reads.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from sim.report.blocks import Section, html_of

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
LARGEST = 8_000_000  # bytes
FORMAT = 1
STYLE = Path(__file__).with_name("page.css").read_text(encoding="utf-8").replace("\n", "")
_BEGIN, _END = "<!--content-->", "<!--/content-->"
_DATA = '<script type="application/json" id="figures">'


class ReportError(ValueError):
    """A file that is not a report of this version, or one that was altered; the message says which."""


def page(title: str, head: str, sections: Sequence[Section], figures: Mapping[str, Any]) -> str:
    """The whole file.

    Parameters
    ----------
    title
        Of the page.
    head
        HTML of the first screen.
    sections
        What follows.
    figures
        What ``verify`` needs; must be JSON.

    Returns
    -------
    str
        HTML.

    Raises
    ------
    ValueError
        When it would be larger than 8 MB.
    """
    links = "".join(f'<a href="#{s.anchor}">{escape(s.title)}</a>' for s in sections)
    content = f"<header>{head}</header><nav>{links}</nav><main>{''.join(html_of(s) for s in sections)}</main>"
    data = json.dumps({**figures, "format": FORMAT, "content_sha256": _hash(content)}, separators=(",", ":")).replace(
        "</", "<\\/"
    )
    html = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">'
        f'<title>{escape(title)}</title><link rel="icon" href="data:,"><style>{STYLE}</style></head>\n'
        f"<body>{_BEGIN}{content}{_END}\n{_DATA}{data}</script></body></html>\n"
    )
    if len(html.encode()) > LARGEST:
        raise ValueError(
            f"the report would have {len(html.encode()) / 1e6:.1f} MB, more than {LARGEST / 1e6:.0f}; compare fewer scenarios"
        )
    return html


def read_figures(html: str, name: str) -> dict[str, Any]:
    """What a report holds for ``verify``, after seeing that its content is what was written.

    Raises
    ------
    ReportError
        When it is no report, one of another version, or its content was altered.
    """
    try:
        content = html.split(_BEGIN, 1)[1].split(_END, 1)[0]
        figures = json.loads(html.split(_DATA, 1)[1].split("</script>", 1)[0])
        kept, version = figures["content_sha256"], figures["format"]
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise ReportError(f"{name}: not a report of this simulator, or damaged ({type(error).__name__})") from error
    if version != FORMAT:
        raise ReportError(f"{name}: a report of format {version}, this version reads {FORMAT}; make it again from its folder")
    if _hash(content) != kept:
        raise ReportError(f"{name}: its content was altered after it was made; make it again from its folder")
    return figures


def _hash(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()
