"""What a report is made of: sections of paragraphs, tables, charts and pictures, each chart with its data."""

import base64
import csv
import io
from collections.abc import Sequence
from html import escape
from typing import Any, NamedTuple


class Table(NamedTuple):
    """A table; cells are text, or (text, class)."""

    headers: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    caption: str = ""
    numeric: tuple[int, ...] = ()  # columns set to the right


class Chart(NamedTuple):
    """A chart and the data behind it."""

    title: str
    svg: str
    name: str  # of the CSV file
    headers: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    caption: str = ""
    wide: bool = False


class Details(NamedTuple):
    """A table that is folded away."""

    summary: str
    table: Table


class Code(NamedTuple):
    """Commands, as they are typed."""

    text: str


class Section(NamedTuple):
    """One part of a report."""

    anchor: str
    title: str
    blocks: tuple[Any, ...]  # str (a paragraph), Table, Details, Code, Chart, or a tuple of Charts side by side
    raw: str = ""  # HTML put in front, such as a legend


def csv_of(headers: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A table as CSV text, floats with six figures."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(headers)
    for row in rows:
        writer.writerow([f"{cell:.6g}" if isinstance(cell, float) else cell for cell in row])
    return out.getvalue()


def html_of(section: Section) -> str:
    """A section as HTML."""
    body = "".join(_block(block) for block in section.blocks)
    return f'<section id="{section.anchor}"><h2>{escape(section.title)}</h2>{section.raw}{body}</section>'


def charts_of(sections: Sequence[Section]) -> list[Chart]:
    """Every chart of some sections, in order."""
    out: list[Chart] = []
    for section in sections:
        for block in section.blocks:
            out += [block] if isinstance(block, Chart) else list(block) if _is_row(block) else []
    return out


def _is_row(block: Any) -> bool:
    return isinstance(block, tuple) and not isinstance(block, Chart | Table | Details | Code)


def _block(block: Any) -> str:
    if isinstance(block, str):
        return f"<p>{escape(block)}</p>"
    if isinstance(block, Table):
        return table_html(block)
    if isinstance(block, Details):
        return f"<details><summary>{escape(block.summary)}</summary>{table_html(block.table)}</details>"
    if isinstance(block, Code):
        return f"<pre>{escape(block.text)}</pre>"
    if isinstance(block, Chart):
        return f'<div class="charts">{_figure(block)}</div>'
    return f'<div class="charts">{"".join(_figure(chart) for chart in block)}</div>'


def table_html(table: Table) -> str:
    """A table, which scrolls sideways by itself on narrow screens."""
    head = "".join(f'<th scope="col"{_right(n, table)}>{escape(h)}</th>' for n, h in enumerate(table.headers))
    rows = "".join(f"<tr>{''.join(_cell(cell, n, table) for n, cell in enumerate(row))}</tr>" for row in table.rows)
    caption = f"<caption><span>{escape(table.caption)}</span></caption>" if table.caption else ""
    return f'<div class="scroll" tabindex="0"><table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def _right(n: int, table: Table) -> str:
    return ' class="num"' if n in table.numeric else ""


def _cell(cell: Any, n: int, table: Table) -> str:
    words, kind = cell if isinstance(cell, tuple) else (cell, "")
    classes = " ".join(filter(None, ["num" if n in table.numeric else "", kind]))
    named = f' class="{classes}"' if classes else ""
    return f'<th scope="row"{named}>{escape(str(words))}</th>' if n == 0 else f"<td{named}>{escape(str(words))}</td>"


def _figure(chart: Chart) -> str:
    data = base64.b64encode(csv_of(chart.headers, chart.rows).encode()).decode()
    link = f'<a download="{escape(chart.name)}.csv" href="data:text/csv;base64,{data}">data (CSV)</a>'
    caption = f" {escape(chart.caption)}" if chart.caption else ""
    wide = ' class="wide"' if chart.wide else ""
    return f"<figure{wide}><figcaption><strong>{escape(chart.title)}</strong>{caption} {link}</figcaption>{chart.svg}</figure>"
