"""Documents: as their file's ending asks, whole, and loading nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

from experiments.pages import as_html, page, with_contents, write_document
from experiments.runner import RunError

ROOT = Path(__file__).resolve().parents[2]


def test_a_page_escapes_its_title_and_forbids_itself_to_load():
    html = page("a < b", "<p>x</p>")
    assert "<title>a &lt; b</title>" in html
    assert "default-src 'none'" in html


def test_markdown_knows_tables_and_shows_html_as_text():
    html = as_html("| a | b |\n|---|---|\n| 1 | <b>2</b> |\n")
    assert "<td>1</td>" in html
    assert "&lt;b&gt;2" in html


def test_the_ending_decides_and_another_is_refused(tmp_path):
    write_document(tmp_path / "x.md", "T", "# T\n")
    write_document(tmp_path / "x.html", "T", "# T\n")
    assert (tmp_path / "x.md").read_text() == "# T\n"
    assert "<h1>T</h1>" in (tmp_path / "x.html").read_text()
    with pytest.raises(RunError, match=r"x\.pdf: a document ends in \.md or \.html"):
        write_document(tmp_path / "x.pdf", "T", "")
    assert not (tmp_path / "x.pdf").exists()


def test_a_long_page_begins_with_links_to_its_parts():
    html = with_contents(as_html("# T\n\n## One\n\n## Two <b>\n\n## One\n"))
    assert '<a href="#part-3">One</a>' in html
    assert html.count('<h2 id="part-') == 3
    assert html.index("<nav") < html.index('<h2 id="part-1">One')
    short = as_html("# T\n\n## One\n")
    assert with_contents(short) == short


@pytest.mark.parametrize(
    "words",
    [("replay", "quick"), ("report", "results"), ("validate", "--only", "A2"), ("reference", "bass")],
    ids=lambda words: words[0],
)
def test_a_page_is_not_written_over_a_list_of_partners(tmp_path, words):
    """A page goes to an HTML file only, and what it would be written to is seen before anything runs."""
    table = tmp_path / "partners.csv"
    table.write_text("name\nAcme\n")
    call = [sys.executable, str(ROOT / "run_sim.py"), *words, "-o", "partners.csv"]
    done = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 2
    assert "partners.csv: the page is an HTML file; name one that ends in .html with -o" in done.stderr
    assert "Traceback" not in done.stderr
    assert table.read_text() == "name\nAcme\n"
