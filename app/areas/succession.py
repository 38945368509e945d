"""Codes that were retired, read as what succeeds them: records keep the code that they were written with."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import ColumnElement, Select, case, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.areas.models import Area
from app.areas.released import ReleasedArea, successor_in_force


def successors(session: Session) -> Mapping[str, str]:
    """Return to which code in force each retired one leads; one that leads nowhere is absent."""
    rows = session.execute(select(Area.code, Area.successor_code, Area.retired_in)).all()
    areas = {
        code: ReleasedArea(is_retired=retired_in is not None, successor=successor)
        for code, successor, retired_in in rows
    }
    found = {code: successor_in_force(areas, code) for code, area in areas.items() if area.is_retired}
    return {code: successor for code, successor in found.items() if successor is not None}


def as_in_force(session: Session, column: InstrumentedAttribute[str]) -> ColumnElement[str]:
    """Return a column of codes with the successor in the place of each retired one."""
    found = successors(session)
    return case(found, value=column, else_=column) if found else column.expression


def codes_within(code: str) -> Select[str]:
    """Return what selects the codes that somebody means who asks for one: its topics, and what it or they succeed.

    Who asks for a retired code means what succeeds it.
    """
    ahead = select(Area.code, Area.successor_code).where(Area.code == code.upper()).cte(recursive=True)
    ahead = ahead.union(select(Area.code, Area.successor_code).join(ahead, Area.code == ahead.c.successor_code))
    asked = select(ahead.c.code)
    meant = select(Area.code).where(or_(Area.code.in_(asked), Area.parent_code.in_(asked))).cte(recursive=True)
    meant = meant.union(select(Area.code).join(meant, Area.successor_code == meant.c.code))
    return select(meant.c.code)
