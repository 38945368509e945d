"""What both kinds of file come to before their header is read: records of text, and marks on what is wrong."""

from __future__ import annotations

from dataclasses import dataclass, field

from matching.tables.values import FaultCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A fault whose column has no name yet; ``position`` counts from 0, ``None`` is the whole record."""

    line: int
    position: int | None
    code: FaultCode
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """The records of a file in their order, each with the line where it begins."""

    records: list[tuple[int, list[str]]] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
