"""The ten principles of capacity-building on which States agreed: loaded from the data files, and read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.policy import require
from app.access.vocabulary import Permission
from app.actor import Actor
from app.audit.services import Document
from app.audit.sync import RecordKind, Tally, sync
from app.datafiles import DATA_FOLDER, read_rows
from app.errors import InvalidInputError, NotFoundError
from app.offers.models import Principle, Section
from app.paging import Page, PageRequest, read_page

Columns = dict[str, Any]


class _PrincipleKind(RecordKind[Columns, Principle]):
    record_type = "principle"

    def describe_value(self, value: Columns) -> Document:
        return value | {"section": value["section"].value}

    def describe_row(self, row: Principle) -> Document:
        columns = {column.key: getattr(row, column.key) for column in row.__table__.columns}
        return columns | {"section": row.section.value}

    def create(self, value: Columns) -> Principle:
        return Principle(**value)

    def update(self, row: Principle, value: Columns) -> None:
        for name, content in value.items():
            setattr(row, name, content)

    def record_id(self, row: Principle) -> str:
        return row.code


def load_principles(session: Session, actor: Actor, *, folder: Path = DATA_FOLDER) -> Tally:
    """Make the principles those of the data files.

    Raises
    ------
    InvalidInputError
        When the file names a section that there is not, or a place that is no number.
    """
    require(actor, Permission.REFERENCE_LOAD)
    wanted = {row["code"]: _columns(row) for row in read_rows(folder / "taxonomy" / "principles.csv")}
    existing = {row.code: row for row in session.scalars(select(Principle))}
    return sync(session, actor, _PrincipleKind(), wanted=wanted, existing=existing)


def list_principles(session: Session) -> Sequence[Principle]:
    """Return the principles in their order."""
    return session.scalars(select(Principle).order_by(Principle.position, Principle.code)).all()


def list_page(session: Session, page: PageRequest) -> Page[Principle]:
    """Return a page of principles by code."""
    return read_page(session, select(Principle), page, order_by=[Principle.code])


def get_principle(session: Session, code: str) -> Principle:
    """Return a principle, whose code may come in any case.

    Raises
    ------
    NotFoundError
        When there is none of that code.
    """
    found = session.get(Principle, code.upper())
    if found is None:
        raise NotFoundError("There is no such principle.")
    return found


def _columns(row: dict[str, str]) -> Columns:
    try:
        return row | {"section": Section(row["section"]), "position": int(row["position"])}
    except ValueError as error:
        raise InvalidInputError(f"The data file principles.csv is not right at {row['code']}: {error}.") from error
