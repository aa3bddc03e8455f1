"""The page: one self-contained file without scripts, which fetches nothing.

Its content security policy allows styles within the page and nothing else: no script, no image, no connection.
``figures`` is a data block (not a script) that ``verify`` reads.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from sim.report.blocks import Section, html_of

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
LARGEST = 8_000_000  # bytes
FORMAT = 1
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
    data = json.dumps({**figures, "format": FORMAT, "content_sha256": _hash(content)}, separators=(",", ":")).replace("</", "<\\/")
    html = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">'
        f'<title>{escape(title)}</title><link rel="icon" href="data:,"><style>{STYLE}</style></head>\n'
        f"<body>{_BEGIN}{content}{_END}\n{_DATA}{data}</script></body></html>\n"
    )
    if len(html.encode()) > LARGEST:
        raise ValueError(f"the report would have {len(html.encode()) / 1e6:.1f} MB, more than {LARGEST / 1e6:.0f}; compare fewer scenarios")
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


STYLE = """
:root{--bg:#fff;--fg:#1b1f24;--soft:#57606a;--rule:#d0d7de;--grid:#e7ebef;--card:#f6f8fa;--gain:#2f7d4f;--loss:#b4432e;--mark:#1b1f24;
--c0:#6e7781;--c1:#0969da;--c2:#b35900;--c3:#8250df;--c4:#1a7f37;--c5:#bf3989;--bond:#d9902f;--firm:#9aa4af;--loyal:#0969da}
@media (prefers-color-scheme:dark){:root{--bg:#0f1318;--fg:#e6edf3;--soft:#9da7b3;--rule:#363d46;--grid:#242b33;--card:#171c23;--gain:#57ab7a;
--loss:#e5786b;--mark:#e6edf3;--c0:#9198a1;--c1:#58a6ff;--c2:#f0983a;--c3:#b48efc;--c4:#56d364;--c5:#f778ba;--bond:#e3a04a;--firm:#667281;--loyal:#58a6ff}}
*{box-sizing:border-box}html{color-scheme:light dark}
body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
header,nav,main{max-width:1180px;margin:0 auto;padding:0 20px}
header{padding-top:22px}h1{font-size:1.55rem;line-height:1.25;margin:0 0 4px}h2{font-size:1.2rem;margin:34px 0 8px;border-top:1px solid var(--rule);padding-top:16px}
.question{color:var(--soft);margin:0 0 12px}.answer{font-size:1.06rem;max-width:76ch;margin:0 0 10px}.answer b{font-weight:650}
p{max-width:84ch;margin:8px 0}nav{display:flex;flex-wrap:wrap;gap:4px 16px;font-size:.88rem;padding-top:10px;padding-bottom:2px}
a{color:var(--c1)}figcaption a{font-size:.78rem;white-space:nowrap}
.charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(340px,100%),1fr));gap:14px 22px;margin:10px 0}
figure{margin:0;background:var(--card);border:1px solid var(--rule);border-radius:8px;padding:10px 12px;break-inside:avoid;min-width:0}
figcaption{font-size:.86rem;line-height:1.35;color:var(--soft);margin-bottom:4px}figcaption strong{color:var(--fg)}
svg.chart{width:100%;height:auto;display:block;max-width:620px;margin:0 auto;font-family:inherit}
svg text{font-size:10.5px;fill:var(--fg)}svg .tick{fill:var(--soft);font-size:10px}svg .unit{fill:var(--soft);font-size:10px;font-style:italic}svg .strong{font-weight:650;fill:var(--fg)}
svg .label{font-size:10px}svg .axis{stroke:var(--soft);stroke-width:1}svg .grid{stroke:var(--grid);stroke-width:1}svg .zero{stroke:var(--soft);stroke-width:1.2}
svg .mark{stroke:var(--mark);stroke-width:2}svg .median{fill:none;stroke-width:2}svg .band90{opacity:.14}svg .band50{opacity:.24}
svg .gain{fill:var(--gain)}svg .loss{fill:var(--loss)}svg .column{fill:var(--c1);opacity:.75}svg .whisker{stroke:var(--fg);stroke-width:1.6}
svg .dot{fill:var(--fg)}svg .dot.open{fill:var(--card);stroke:var(--fg);stroke-width:1.4}
svg .bond{fill:none;stroke:var(--bond);stroke-width:.7;opacity:.5}svg .bond.formal{stroke-width:1.5;opacity:.8}
svg .firm{fill:var(--firm);opacity:.85}svg .firm.loyal{fill:var(--loyal)}svg .vendor{fill:var(--card);stroke:var(--soft)}svg .vendor.focal{fill:var(--loyal);stroke:var(--loyal)}
svg .vendorname{font-size:8.5px}
.line0{stroke:var(--c0)}.line1{stroke:var(--c1)}.line2{stroke:var(--c2)}.line3{stroke:var(--c3)}.line4{stroke:var(--c4)}.line5{stroke:var(--c5)}
.fill0{fill:var(--c0)}.fill1{fill:var(--c1)}.fill2{fill:var(--c2)}.fill3{fill:var(--c3)}.fill4{fill:var(--c4)}.fill5{fill:var(--c5)}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;font-size:.88rem;margin:6px 0}.legend svg.key{width:30px;height:10px;margin-right:6px;vertical-align:middle}
.scroll{overflow-x:auto;margin:10px 0}table{border-collapse:collapse;font-size:.88rem;min-width:min(100%,520px)}caption{text-align:left;color:var(--soft);padding-bottom:4px}
th,td{text-align:left;padding:4px 12px 4px 0;border-bottom:1px solid var(--grid);vertical-align:top}thead th{border-bottom:1px solid var(--rule);color:var(--soft);font-weight:600}
tbody th{font-weight:500}.num{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}.more{color:var(--gain);font-weight:600}.less{color:var(--loss);font-weight:600}.open{color:var(--soft)}
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--card);border:1px solid var(--rule);border-radius:6px;padding:8px 10px;font-size:.84rem}
@media (max-width:520px){body{font-size:15px}header,nav,main{padding-left:14px;padding-right:14px}h1{font-size:1.3rem}}
@media print{:root{--bg:#fff;--fg:#000;--soft:#444;--rule:#bbb;--grid:#e4e4e4;--card:#fff;--mark:#000;--gain:#2f7d4f;--loss:#b4432e;--c0:#6e7781;--c1:#0969da;--c2:#b35900;--c3:#8250df;--c4:#1a7f37;--c5:#bf3989;--loyal:#0969da;--firm:#9aa4af}
body{font-size:10.5pt}nav,figcaption a{display:none}.charts{grid-template-columns:1fr 1fr}section{break-inside:auto}h2{break-after:avoid}.scroll{overflow:visible}table{font-size:8.5pt}tr{break-inside:avoid}@page{margin:14mm}}
""".replace("\n", "")
