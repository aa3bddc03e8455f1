"""Documents: as their file's ending asks, whole, and loading nothing."""

import pytest

from experiments.pages import as_html, page, with_contents, write_document
from experiments.runner import RunError


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
