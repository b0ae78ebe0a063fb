from os import PathLike
from typing import List, Optional, TypedDict

class Error(Exception): ...

def documents(file: "str | PathLike[str]", display: str) -> str: ...
def comparison(
    left: str, right: str, terms: "Optional[str | PathLike[str]]", format: str
) -> bytes: ...
def index(
    paths: "List[str | PathLike[str]]",
    into: "str | PathLike[str]",
    rebuild: bool,
    prune: bool,
    follow: bool,
) -> str: ...
def snapshot(index: "str | PathLike[str]", to: "str | PathLike[str]", copy: bool) -> None: ...

# Only for type checkers.
class _Filters(TypedDict):
    script: List[str]
    kind: List[str]
    year: List[str]
    undated: bool
    since: Optional[str]
    until: Optional[str]
    in_force: Optional[str]
    as_of: Optional[str]
    added_since: Optional[str]
    party: List[str]
    place: List[str]
    unit: List[str]
    number: List[str]

class _Options(TypedDict):
    limit: int
    offset: int
    sort: str
    expand: bool
    phonetic: bool
    group: bool
    count: bool
    facets: bool
    explain: bool
    display: str

class Index:
    def __new__(cls, folder: "str | PathLike[str]") -> "Index": ...
    def search(self, query: str, filters: _Filters, options: _Options) -> str: ...
    def documents(self, query: str, filters: _Filters) -> str: ...
    def clause(self, id: str) -> Optional[str]: ...
    def document(self, id: str) -> Optional[str]: ...
    def status(self) -> str: ...
