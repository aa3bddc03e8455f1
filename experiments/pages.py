"""Documents as Markdown or as one self-contained HTML page that loads nothing."""

import re
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any

from experiments.runner import RunError, write_file

STYLE = """
:root {
  --ink: #1c2733; --soft: #5b6b7b; --line: #d8dfe6; --back: #fff; --fill: #f4f7f9;
  --good: #14733f; --bad: #b3261e; --open: #8a5a00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e6ebf0; --soft: #a3b1bf; --line: #38434e; --back: #14191e; --fill: #1d242b;
    --good: #6fd19b; --bad: #ff8a80; --open: #f0c060;
  }
}
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--back); }
body { margin: 0 auto; padding: 1.5rem; max-width: 70rem; }
h1, h2, h3 { line-height: 1.2; margin: 2rem 0 .6rem; }
h1 { margin-top: 0; }
table { border-collapse: collapse; margin: .8rem 0 1.2rem; font-size: .88rem; display: block; overflow-x: auto; }
th, td { text-align: left; vertical-align: top; padding: .3rem .7rem .3rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 600; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
pre { background: var(--fill); padding: .7rem 1rem; overflow-x: auto; font-size: .82rem; }
summary { color: var(--soft); cursor: pointer; }
code { background: var(--fill); font-size: .88em; }
figure { margin: 1rem 0; }
figcaption { color: var(--soft); font-size: .88rem; }
svg { max-width: 100%; height: auto; }
svg text { fill: var(--ink); font: 12px system-ui, sans-serif; }
nav ul { columns: 2; list-style: none; padding: 0; font-size: .92rem; }
a { color: inherit; }
.good { color: var(--good); font-weight: 600; }
.bad { color: var(--bad); font-weight: 600; }
.open { color: var(--open); font-weight: 600; }
.soft { color: var(--soft); }
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def page(title: str, body: str) -> str:
    """One HTML page.

    Parameters
    ----------
    title
        Plain text.
    body
        HTML.

    Returns
    -------
    str
        Loads nothing, and its policy says so.
    """
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
    rule = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    top = f'<!doctype html>\n<html lang="en">\n<head>{head}{rule}<style>{STYLE}</style></head>'
    return f"{top}\n<body>\n{body}\n</body>\n</html>\n"


def with_contents(html: str, heading: str = "h2") -> str:
    """A page's HTML with its headings numbered as anchors, and links to them after the first heading.

    Parameters
    ----------
    html
        As ``as_html`` gives it.
    heading
        Which headings are listed.

    Returns
    -------
    str
        The same where there are fewer than three.
    """
    found = re.findall(rf"<{heading}>(.*?)</{heading}>", html, re.DOTALL)
    if len(found) < 3:
        return html
    for n, text in enumerate(found, 1):
        html = html.replace(f"<{heading}>{text}</{heading}>", f'<{heading} id="part-{n}">{text}</{heading}>', 1)
    links = "".join(f'<li><a href="#part-{n}">{text}</a></li>' for n, text in enumerate(found, 1))
    return html.replace("</h1>", f'</h1>\n<nav aria-label="Contents"><ul>{links}</ul></nav>', 1)


def table(headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[str]:
    """A table in Markdown; bars in cells are escaped.

    Parameters
    ----------
    headers, rows
        Cells of any type.

    Returns
    -------
    list of str
        Lines, an empty one at the end.
    """
    lines = ["| " + " | ".join(headers) + " |", "|" + "---|" * len(headers)]
    lines += ["| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in rows]
    return [*lines, ""]


def as_html(markdown: str) -> str:
    """Markdown as HTML; tables are understood, HTML within it is shown as text."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown)


FOLDED = 24  # lines of code beyond which a block is closed until it is asked for


def folded(html: str) -> str:
    """HTML whose long blocks of code can be opened one by one, so that the text can be read without them."""

    def fold(block: re.Match[str]) -> str:
        lines = block[2].count("\n")
        if lines <= FOLDED:
            return block[0]
        return f"<details><summary>{lines} lines of code</summary>{block[0]}</details>"

    return re.sub(r"(<pre><code[^>]*>)(.*?)</code></pre>", fold, html, flags=re.DOTALL)


def check_page_path(path: Path) -> None:
    """See, before anything runs for it, that a file is one that a page may be written to.

    Raises
    ------
    RunError
        When it has another ending, as a list of partners has that must not be overwritten, or its folder is not there.
    """
    if path.suffix.lower() not in (".html", ".htm"):
        raise RunError(f"{path}: the page is an HTML file; name one that ends in .html with -o")
    if not path.parent.is_dir():
        raise RunError(f"{path}: there is no folder {path.parent}; make it, or name another file with -o")


def write_document(path: Path, title: str, markdown: str) -> None:
    """Write a document as the ending of its file asks, complete or not at all.

    Parameters
    ----------
    path
        Ends in .md, .markdown, .txt, .html or .htm.
    title
        Of the page.
    markdown
        The document.

    Raises
    ------
    RunError
        When the ending is another one, or the file cannot be written.
    """
    if path.suffix.lower() in (".html", ".htm"):
        write_file(path, page(title, with_contents(folded(as_html(markdown)))))
    elif path.suffix.lower() in (".md", ".markdown", ".txt"):
        write_file(path, markdown)
    else:
        raise RunError(f"{path}: a document ends in .md or .html; name it so")
