"""Scoring profiles in the store: the versions that runs refer to, loaded from the data files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.policy import require
from app.access.vocabulary import Permission
from app.actor import Actor
from app.audit.services import Change, record
from app.audit.sync import Tally
from app.clock import Clock, now_utc
from app.datafiles import DATA_FOLDER
from app.errors import ConflictError, InvalidInputError, NotFoundError
from app.matches.models import ScoringProfile
from matching.profiles import parse_profile


def get_profile(session: Session, name: str) -> ScoringProfile:
    """Return the newest version of the profile of that name.

    Raises
    ------
    NotFoundError
        When there is none.
    """
    newest_first = select(ScoringProfile).where(ScoringProfile.name == name)
    order = (ScoringProfile.created_at.desc(), ScoringProfile.version.desc())
    profile = session.scalars(newest_first.order_by(*order).limit(1)).first()
    if profile is None:
        names = ", ".join(session.scalars(select(ScoringProfile.name).distinct().order_by(ScoringProfile.name)))
        raise NotFoundError(
            f"There is no scoring profile '{name}'; known are: {names}."
            if names
            else "There is no scoring profile yet; run `flask --app wsgi load reference` first."
        )
    return profile


def load_profiles(
    session: Session,
    actor: Actor,
    *,
    folder: Path = DATA_FOLDER,
    clock: Clock = now_utc,
) -> Tally:
    """Store the scoring profiles of the data files that are not there yet.

    Raises
    ------
    ConflictError
        When a stored version has other weights than the file: a version never changes, because runs refer to it.
    """
    require(actor, Permission.REFERENCE_LOAD)
    tally = Tally()
    for path in sorted((folder / "profiles").glob("*.json")):
        profile = parse_profile(_read_json(path))
        # The sentence model is for the command line: a service does not load a hundred megabytes into every worker.
        if profile.sentence_model is None:
            tally += _store_profile(session, actor, profile.as_document(), clock=clock)
    return tally


def _store_profile(session: Session, actor: Actor, document: dict[str, Any], *, clock: Clock) -> Tally:
    name, version = document["name"], document["version"]
    existing = session.scalars(select(ScoringProfile).filter_by(name=name, version=version)).one_or_none()
    if existing is not None:
        if existing.document != document:
            raise ConflictError(
                f"Version {version} of the scoring profile '{name}' is stored with other weights; "
                "give the changed one a new version."
            )
        return Tally(unchanged=1)
    profile = ScoringProfile(id=uuid4(), name=name, version=version, document=document, created_at=clock())
    session.add(profile)
    session.flush()
    change = Change(
        action="scoring_profile.registered",
        record_type="scoring_profile",
        record_id=str(profile.id),
        before=None,
        after=document,
    )
    record(session, actor, [change], clock=clock)
    return Tally(created=1)


def _read_json(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidInputError(f"The scoring profile {path.name} cannot be read: {error}.") from error
