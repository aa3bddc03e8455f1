"""The page of a report: one file that fetches nothing, plotly.js inlined once, and a content security policy that proves it.

The policy lets run only the two scripts whose hashes it names, and nothing be loaded from anywhere.
"""

import base64
import csv
import hashlib
import io
import json
from collections.abc import Sequence
from html import escape
from typing import Any

from experiments.sweeps.figures import Figure

STYLE = """
*{box-sizing:border-box}
body{margin:0;color:#1b1f24;background:#fff;font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
header,main,nav{max-width:1120px;margin:0 auto;padding:0 20px}
header{padding-top:22px}
h1{font-size:1.55rem;line-height:1.25;margin:0 0 4px}
h2{font-size:1.2rem;margin:34px 0 8px;border-top:1px solid #d0d7de;padding-top:16px}
h3{font-size:1rem;margin:16px 0 2px}
.question{color:#57606a;margin:0 0 12px}
p,li{max-width:86ch}
nav{display:flex;flex-wrap:wrap;gap:4px 16px;font-size:.9rem;padding-top:8px}
a{color:#0b57a4}
figure{margin:14px 0;border:1px solid #d0d7de;border-radius:8px;padding:12px 14px;min-width:0}
figcaption{font-size:.88rem;color:#57606a}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:.88rem;margin:8px 0}
th,td{text-align:left;padding:4px 14px 4px 0;border-bottom:1px solid #e7ebef;vertical-align:top}
th{color:#57606a;font-weight:600}
td.num{text-align:right;font-variant-numeric:tabular-nums}
pre{font-family:ui-monospace,Consolas,monospace;font-size:.84rem;background:#f6f8fa;border:1px solid #d0d7de;border-radius:6px;
padding:8px 10px;white-space:pre-wrap;overflow-wrap:anywhere;margin:6px 0}
.plot{min-height:80px}
@media print{nav{display:none}figure{break-inside:avoid}}
"""

DRAW = """
"use strict";
const report = JSON.parse(document.getElementById("figures").textContent);
report.figures.forEach((figure, n) => {
  const place = document.getElementById("figure-" + n);
  Plotly.newPlot(place, figure.data, figure.layout, {responsive: true, displaylogo: false, displayModeBar: false});
  place.on("plotly_click", event => {
    const point = event.points[0].customdata;
    const shown = document.getElementById("command-" + n);
    if (shown && Number.isInteger(point)) shown.textContent = report.command.replaceAll("POINT", String(point));
  });
});
"""


def page(title: str, head: str, sections: Sequence[tuple[str, str]], figures: Sequence[Figure], command: str) -> str:
    """The whole file.

    Parameters
    ----------
    title
        Of the page.
    head
        HTML of what stands on top.
    sections
        Title and HTML of each part; ``figure_html`` makes the places of figures in it.
    figures
        In the order of their numbers.
    command
        What shows a point, with POINT in the place of its number.

    Returns
    -------
    str
        HTML.
    """
    from plotly.offline import get_plotlyjs

    library = get_plotlyjs().replace("</script", "<\\/script")
    scripts = f"script-src {_hash(library)} {_hash(DRAW)}"
    policy = f"default-src 'none'; {scripts}; style-src 'unsafe-inline'; img-src data:; base-uri 'none'"
    drawn = [{"data": f.data, "layout": f.layout} for f in figures]
    content = json.dumps({"figures": drawn, "command": command}, separators=(",", ":"), allow_nan=False).replace("</", "<\\/")
    links = "".join(f'<a href="#part-{n}">{escape(name)}</a>' for n, (name, _) in enumerate(sections))
    body = "".join(f'<section id="part-{n}"><h2>{escape(name)}</h2>{html}</section>' for n, (name, html) in enumerate(sections))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">'
        f'<title>{escape(title)}</title><link rel="icon" href="data:,"><style>{STYLE}</style></head>\n'
        f"<body><header>{head}</header><nav>{links}</nav><main>{body}</main>\n"
        f'<script type="application/json" id="figures">{content}</script>\n'
        f"<script>{library}</script>\n<script>{DRAW}</script></body></html>\n"
    )


def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def figure_html(number: int, figure: Figure, command: bool = False) -> str:
    """The place of a figure, with its caption and its data to save; with ``command`` also a place for a point's command."""
    data = base64.b64encode(csv_of(figure.headers, figure.rows).encode()).decode()
    link = f'<a download="{escape(figure.file)}" href="data:text/csv;base64,{data}">data ({escape(figure.file)})</a>'
    shown = f'<pre id="command-{number}">Click a point.</pre>' if command else ""
    label = escape(figure.caption, quote=True)
    return (
        f"<figure><figcaption>{escape(figure.caption)} &middot; {link}</figcaption>"
        f'<div class="plot" id="figure-{number}" role="img" aria-label="{label}"></div>{shown}</figure>'
    )


def table_html(headers: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A table; numbers stand to the right."""
    head = "".join(f"<th>{escape(h)}</th>" for h in headers)
    lines = "".join("<tr>" + "".join(_cell(c) for c in row) + "</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>'


def _cell(value: Any) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f'<td class="num">{value:,.3g}</td>' if isinstance(value, float) else f'<td class="num">{value:,}</td>'
    return f"<td>{escape(str(value))}</td>"


def csv_of(headers: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A table as CSV text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(headers)
    writer.writerows(rows)
    return out.getvalue()
