"""Which State said what behind a statistic, kept sealed in its row: it is needed once more, to compare the next one with."""

from __future__ import annotations

import json
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.assessments.disclosure import Said
from app.assessments.statistic_models import Statistic
from app.audit.services import canonical_json
from app.db import keyring_of
from app.resealing import count_sealed, reseal
from app.sealing import padded

PADDED_TO: Final = 1024  # bytes: more than the largest group takes, so that no length tells how many States count


def seal_said(session: Session, row: Statistic, said: Said) -> None:
    """Keep in a row who said what; it needs its id."""
    text = padded(canonical_json(dict(sorted(said))), to_bytes=PADDED_TO)
    row.content = keyring_of(session).seal(text, place=_place(row.id))


def open_said(session: Session, row: Statistic) -> Said:
    """Return who said what behind a row.

    Raises
    ------
    UnsealingError
        When it was altered, or its key is not there.
    """
    document = json.loads(keyring_of(session).open(row.content, place=_place(row.id)))
    return frozenset(document.items())


def count_sealed_statistics(session: Session, key_name: str) -> int:
    """Return how many statistics are sealed with a key."""
    return count_sealed(session, Statistic.content, key_name)


def reseal_statistics(session: Session) -> int:
    """Seal with the key in use what is sealed with another one; return how many statistics that were."""

    def seal_anew(row: Statistic) -> None:
        seal_said(session, row, open_said(session, row))

    return reseal(session, select(Statistic), Statistic.content, seal_anew)


def _place(statistic_id: UUID) -> str:
    return f"statistics.content:{statistic_id}"
