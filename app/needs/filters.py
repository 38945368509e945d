"""What one may ask of a list of needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import Select

from app.organizations.lives import Status
from matching.vocabulary import Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedFilter:
    """Which needs are wanted; all that is given has to hold.

    ``area`` includes its subtopics; ``language`` is the one code that records have for it; ``group`` is a region, a UN
    regional group, a status or a bloc; ``ids`` is a selection of need ids, such as the unmet needs of a run;
    ``organization_id`` is who keeps the need; ``status`` is where it stands today.
    """

    text: str = ""
    area: str | None = None
    state: str | None = None
    group: str | None = None
    mode: Mode | None = None
    language: str | None = None
    is_open_on: date | None = None
    ids: Select[UUID] | None = None
    organization_id: UUID | None = None
    status: Status | None = None


EVERY_NEED: Final = NeedFilter()
