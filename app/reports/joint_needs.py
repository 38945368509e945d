"""The draft of a joint need as a row of a file of needs, which an import takes when both States have said yes."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from app.actor import Actor
from app.fields import render_sentence
from app.matches import answer_queries as answers
from app.tables import Cell, Table
from matching.intake.needs import NEED_COLUMNS


def draft_table(session: Session, actor: Actor, run_id: UUID, *, tandem_id: UUID) -> Table:
    """Return the draft in the columns of a file of needs; what nobody has said stays empty.

    Raises
    ------
    NotFoundError
        When there is no such draft that the actor may see.
    """
    tandem = answers.get_peers(session, actor, run_id, tandem_id)
    draft = tandem.joint_need or {}
    cells: dict[str, Cell] = {
        "id": "-".join(["joint", *draft["states"], tandem.area_code]),
        "state": ";".join(draft["states"]),
        "title": render_sentence(draft["title"]),
        "description": " ".join(map(render_sentence, draft["text"])),
        "areas": ";".join(draft["area_codes"]),
        "modes": ";".join(draft["modes"]),
        "languages": ";".join(draft["languages"]),
        "earliest": draft["earliest_on"],
        "latest": draft["latest_on"],
        "priority": draft["priority"],
    }
    columns = tuple(NEED_COLUMNS.known)
    return Table(name="joint-need", columns=columns, rows=iter([[cells.get(column) for column in columns]]))
