"""Split, compare and search Chinese agreements that live in two scripts.

Answers are dictionaries of the shapes that ``tiaowen … --format json`` prints; docs/api.md describes
each key. Offsets are in code points, as Python counts them, so ``text[start:end]`` is what a highlight
marks. What can't be read raises :class:`Error` or :class:`OSError`, a wrong argument
:class:`ValueError`.
"""

from __future__ import annotations

import json
import os
from typing import Any, Iterable, List, Optional, TypedDict, Union

from . import _tiaowen
from ._tiaowen import Error

__all__ = [
    "Answer",
    "Clause",
    "Comparison",
    "Document",
    "Error",
    "Facets",
    "Hit",
    "Index",
    "Report",
    "clauses",
    "compare",
    "documents",
    "export",
    "index",
]

Path = Union[str, "os.PathLike[str]"]

#: The values of a filter: one, or several of which any is enough.
Values = Union[str, Iterable[str], None]

#: Years, months or days: 2017, "2017-11".
Years = Union[str, int, Iterable[Union[str, int]], None]


class Document(TypedDict):
    """One instrument inside a source."""

    id: str
    title: Optional[str]
    number: Optional[str]
    kind: str
    script: str
    language: str
    date: Optional[str]
    parties: List[str]
    place: Optional[str]
    source: str
    ordinal: int


class Clause(TypedDict):
    """The unit that is searched, cited and compared."""

    id: str
    document: Document
    kind: str
    label: Optional[str]
    path: List[str]
    eid: str
    heading: Optional[str]
    headings: List[str]
    citation: str
    units: List[str]
    text: str
    bytes: List[int]


class DocumentText(Document):
    """A document with its clauses, in reading order, and what was left out of it."""

    clauses: List[Clause]
    dropped: List[dict[str, Any]]


class Hit(TypedDict):
    """A clause that answers a query; ``highlights`` are spans of its text in code points."""

    rank: int
    score: float
    clause: Clause
    highlights: List[List[int]]
    counterparts: List[str]


class Facets(TypedDict):
    """How many hits have each value; ``undated`` among the years counts those without a date."""

    kind: dict[str, int]
    year: dict[str, int]
    script: dict[str, int]
    party: dict[str, int]
    unit: dict[str, int]


class Answer(TypedDict):
    """What a search found."""

    query: str
    total: int
    total_is: str
    took_us: int
    hits: List[Hit]
    facets: Optional[Facets]
    notes: List[dict[str, Any]]
    suggestions: List[str]


class Comparison(TypedDict):
    """Two versions, clause by clause."""

    left: Document
    right: Document
    summary: dict[str, int]
    rows: List[dict[str, Any]]


class Report(TypedDict):
    """What a run of indexing did. Sources in ``failed`` could not be read; all others were."""

    added: int
    updated: int
    unchanged: int
    moved: int
    removed: int
    duplicates: List[dict[str, str]]
    failed: List[dict[str, str]]
    documents: int
    clauses: int
    bytes: int
    seconds: float


def documents(file: Path, *, display: str = "original") -> List[DocumentText]:
    """The documents of a file with their clauses. ``display`` is original, hant or hans."""
    return json.loads(_tiaowen.documents(file, display))


def clauses(file: Path, *, display: str = "original") -> List[Clause]:
    """The clauses of a file, in reading order. ``display`` is original, hant or hans."""
    found = documents(file, display=display)
    return [clause for document in found for clause in document["clauses"]]


def compare(left: Path, right: Path, *, terms: Optional[Path] = None) -> Comparison:
    """Aligns two versions and types their differences.

    A side is a file, or ``FILE#N`` for its Nth document. ``terms`` is a table of regional terms that
    is added to the one built in.
    """
    return json.loads(export(left, right, "json", terms=terms))


def export(left: Path, right: Path, format: str, *, terms: Optional[Path] = None) -> bytes:
    """A comparison as a file: json, csv, html, tmx, docx or tracked (a .docx with tracked changes)."""
    return bytes(_tiaowen.comparison(os.fspath(left), os.fspath(right), terms, format))


def index(
    paths: Union[Path, Iterable[Path]],
    into: Path = "index",
    *,
    rebuild: bool = False,
    prune: bool = False,
    follow: bool = False,
) -> Report:
    """Builds or updates an index from files and folders; the report of the run."""
    if isinstance(paths, (str, os.PathLike)):
        paths = [paths]
    return json.loads(_tiaowen.index(list(paths), into, rebuild, prune, follow))


class Index:
    """An index that is open. It answers as of the commit that it was opened at."""

    def __init__(self, folder: Path = "index") -> None:
        self._folder = folder
        self._open = _tiaowen.Index(folder)

    def search(
        self,
        query: str = "",
        *,
        limit: int = 10,
        offset: int = 0,
        sort: str = "score",
        script: Values = None,
        kind: Values = None,
        year: Years = None,
        undated: bool = False,
        since: Optional[str] = None,
        until: Optional[str] = None,
        in_force: Optional[str] = None,
        as_of: Optional[str] = None,
        added_since: Optional[str] = None,
        party: Values = None,
        place: Values = None,
        unit: Values = None,
        number: Values = None,
        expand: bool = True,
        phonetic: bool = False,
        group: bool = True,
        count: bool = False,
        facets: bool = False,
        explain: bool = False,
        display: str = "original",
    ) -> Answer:
        """Clauses that answer ``query``, typed in either script; the filters are those of
        ``tiaowen search``. An empty query lists what the filters let through.

        Of several values of one filter any is enough, and all filters must match. ``undated``
        selects documents without a date, or beside ``year`` these too; it is not for use with
        ``since`` and ``until``. With ``facets`` the answer counts the hits by each value.
        """
        filters = _filters(
            script=script,
            kind=kind,
            year=year,
            undated=undated,
            since=since,
            until=until,
            in_force=in_force,
            as_of=as_of,
            added_since=added_since,
            party=party,
            place=place,
            unit=unit,
            number=number,
        )
        options: _tiaowen._Options = {
            "limit": limit,
            "offset": offset,
            "sort": sort,
            "expand": expand,
            "phonetic": phonetic,
            "group": group,
            "count": count,
            "facets": facets,
            "explain": explain,
            "display": display,
        }
        return json.loads(self._open.search(query, filters, options))

    def documents(
        self,
        query: str = "",
        *,
        script: Values = None,
        kind: Values = None,
        year: Years = None,
        undated: bool = False,
        since: Optional[str] = None,
        until: Optional[str] = None,
        in_force: Optional[str] = None,
        as_of: Optional[str] = None,
        added_since: Optional[str] = None,
        party: Values = None,
        place: Values = None,
        unit: Values = None,
        number: Values = None,
    ) -> List[dict[str, Any]]:
        """Documents with clauses that answer ``query``; ``clauses`` is how many of them do. The
        filters are those of :meth:`search`."""
        filters = _filters(
            script=script,
            kind=kind,
            year=year,
            undated=undated,
            since=since,
            until=until,
            in_force=in_force,
            as_of=as_of,
            added_since=added_since,
            party=party,
            place=place,
            unit=unit,
            number=number,
        )
        return json.loads(self._open.documents(query, filters))["documents"]

    def clause(self, id: str) -> Clause:
        """A clause by its id; :class:`KeyError` where there is none."""
        found = self._open.clause(id)
        if found is None:
            raise KeyError(id)
        return json.loads(found)

    def document(self, id: str) -> DocumentText:
        """A document by its id with its clauses; :class:`KeyError` where there is none."""
        found = self._open.document(id)
        if found is None:
            raise KeyError(id)
        return json.loads(found)

    def status(self) -> dict[str, Any]:
        """What is indexed, with which dictionaries, and how large it is."""
        return json.loads(self._open.status())

    def snapshot(self, folder: Path, *, copy: bool = False) -> None:
        """Makes ``folder`` a consistent copy of the index, also while it is written to."""
        _tiaowen.snapshot(self._folder, folder, copy)

    def __repr__(self) -> str:
        return f"Index({os.fspath(self._folder)!r})"


def _filters(
    *,
    script: Values,
    kind: Values,
    year: Years,
    undated: bool,
    since: Optional[str],
    until: Optional[str],
    in_force: Optional[str],
    as_of: Optional[str],
    added_since: Optional[str],
    party: Values,
    place: Values,
    unit: Values,
    number: Values,
) -> _tiaowen._Filters:
    return {
        "script": _all(script),
        "kind": _all(kind),
        "year": _all(year),
        "undated": undated,
        "since": since,
        "until": until,
        "in_force": in_force,
        "as_of": as_of,
        "added_since": added_since,
        "party": _all(party),
        "place": _all(place),
        "unit": _all(unit),
        "number": _all(number),
    }


def _all(values: Years) -> List[str]:
    """The values of a filter, of which one may stand for itself."""
    if values is None:
        return []
    if isinstance(values, (str, int)):
        return [str(values)]
    return [str(value) for value in values]
