"""Which column of a table a header means.

Case, spaces and marks aside it is one of the column's synonyms, or consists of words of one column's synonyms only, once
brackets and words that say little are left out: "Type of Business", "Country / HQ", "# Employees (FTE)", "Sales Region".
"""

import difflib
import re
from collections.abc import Collection, Mapping, Sequence

from sim.scenario.problems import ScenarioError, did_you_mean, listed, shown

Columns = Mapping[str, str]  # a column's name -> its synonyms, separated by spaces, itself included

COUNTS = {"staff", "partners", "left"}  # what "number of" and "#" go with
UNITS = {"staff": "people", "revenue": "US dollars a year"}
_COUNTING = {"number", "count", "no", "nr"}
_SILENT = _COUNTING | set(
    "a an and annual area areas at by covered current focus for in key line lines list main of offered or per primary served "  # noqa: SIM905
    "sold the total us usd dollar dollars yearly fte ftes".split()
)
_FOREIGN = set(  # units that are none of ours
    "k 000 000s thousand thousands tsd m mn mio million millions bn billion billions "  # noqa: SIM905
    "eur euro euros keur teur meur gbp pounds chf sek nok dkk pln czk jpy yen inr cny aud cad kusd musd usdk usdm € £ ¥".split()
)
_BEFORE = {"sales", "company", "partner", "partners", "customer", "customers", "target", "home", "business"}  # "sales region"


def matched(header: Sequence[str], label: str, columns: Columns, needed: Sequence[str]) -> dict[str, int]:
    """Position of each column that the header has.

    Raises
    ------
    ScenarioError
        When a needed column is missing, two mean the same, or one has another unit than the model.
    """
    at: dict[str, int] = {}
    for position, cell in enumerate(header):
        column = meaning(cell, columns)
        if column is None:
            continue
        if column in at:
            raise ScenarioError(
                f"{label}, line 1: columns {shown(header[at[column]])} and {shown(cell)} both mean {column}; rename or remove one"
            )
        if column in UNITS and _FOREIGN.intersection(_words(cell)):
            says = f"{column} is in {UNITS[column]}; convert it and call the column {column}, or rename it to have it left out"
            raise ScenarioError(f"{label}, line 1: column {shown(cell)}: {says}")
        at[column] = position
    for column in needed:
        if column not in at:
            what = "names" if column == "name" else f"each row's {column}"
            hint = next((h for cell in header if (h := did_you_mean(cell, columns[column].split()))), ";")
            raise ScenarioError(
                f"{label}, line 1: there is no column of {what} among {listed(map(shown, header))}{hint} Call it {column}"
            )
    return at


def meaning(header: str, columns: Columns) -> str | None:
    """The column that a header means, None for none."""
    column_of = {synonym: column for column, synonyms in columns.items() for synonym in synonyms.split()}
    words = _words(header)
    outside = _words(re.sub(r"\(.*?\)|\[.*?\]", " ", header))
    column = column_of.get("_".join(words)) or column_of.get("_".join(outside)) or _of_telling(outside, column_of)
    if column in COUNTS or column == "revenue":
        return None if "%" in header else column
    return None if _COUNTING.intersection(words) else column


def unused(header: str, columns: Columns, taken: Collection[str]) -> str:
    """A header without use, with the column that may have been meant."""
    words = _words(header)
    open_columns = [c for c in columns if c not in taken and (c in COUNTS or not _COUNTING.intersection(words))]
    column_of = {synonym: column for column in open_columns for synonym in columns[column].split()}
    near = [word for word in reversed(words) if word in column_of and word not in _BEFORE and len(word) > 2]
    near += difflib.get_close_matches("_".join(words), column_of, n=1, cutoff=0.8)
    return f"{header} (did you mean {column_of[near[0]]}?)" if near else header


def _of_telling(words: Sequence[str], column_of: Mapping[str, str]) -> str | None:
    """The column that words mean without those that say little."""
    telling = [w for w in words if w not in _SILENT and w not in _FOREIGN and not re.fullmatch(r"(19|20)\d\d", w)]
    if not telling or (telling[-1] in _BEFORE and telling[-1] != words[-1]):
        return None
    last = [word for word in telling[:-1] if word not in _BEFORE] + telling[-1:]
    return _of_words(telling, column_of) or _of_words(last, column_of)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+|[€£¥]", text.casefold().replace("#", " number "))


def _of_words(words: Sequence[str], column_of: Mapping[str, str]) -> str | None:
    """The column one of whose synonyms has just these words, in any order, or of whose synonyms all of them are."""
    for synonym, column in column_of.items():
        if set(synonym.split("_")) == set(words):
            return column
    found = {column_of.get(word) for word in words}
    return found.pop() if len(found) == 1 else None
