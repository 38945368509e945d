"""Turns the result of a run into rows, so that the run is explained for ever."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.db import Base
from app.matches.answer_rows import answer_rows, stored_sentence
from app.matches.answers import NO_ANSWERS, RunAnswers, names_of_answers
from app.matches.models import Match, MatchRun, MatchRunFile, Tandem, UnmetNeed
from app.matches.options import PLAIN_OPTIONS, RunOptions
from matching.output import fairness_document
from matching.results import Contribution, JointNeed, RunResult
from matching.vocabulary import Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """A result with what the store adds to it: which rows its ids stand for, its inputs and its files."""

    result: RunResult
    profile_id: UUID
    area_release: str
    visibility: Visibility
    need_id_by_name: Mapping[str, UUID]
    offer_id_by_name: Mapping[str, UUID]
    digests: Mapping[str, str]
    confidential_sha256: str
    files: Mapping[str, bytes]
    started_at: datetime
    finished_at: datetime
    options: RunOptions = PLAIN_OPTIONS
    answers: RunAnswers = NO_ANSWERS


def run_row(record: RunRecord, *, ranking: str) -> MatchRun:
    """Return the row of the run; ``ranking`` is the name of the file that holds it."""
    result, counts = record.result, record.result.counts
    return MatchRun(
        id=uuid4(),
        profile_id=record.profile_id,
        engine_version=result.engine_version,
        as_of_on=result.as_of_on,
        area_release=record.area_release,
        visibility=record.visibility,
        allocation=record.options.rule,
        options=record.options.as_document(),
        answers=names_of_answers(result, record.answers),
        fairness=None if result.fairness is None else fairness_document(result.fairness),
        inputs=[{"name": name, "sha256": digest} for name, digest in record.digests.items()],
        confidential_sha256=record.confidential_sha256,
        counts={
            "needs": counts.n_needs,
            "offers": counts.n_offers,
            "private": counts.n_private,
            "eligible_pairs": counts.n_eligible_pairs,
            "allocated": counts.n_allocated,
            "unmet": counts.n_unmet,
        },
        ranking_sha256=hashlib.sha256(record.files[ranking]).hexdigest(),
        seconds=dict(result.seconds),
        started_at=record.started_at,
        finished_at=record.finished_at,
    )


def insert_findings(session: Session, run_id: UUID, record: RunRecord) -> None:
    """Store the matches, unmet needs, tandems and files of a run, and its further answers."""
    found: list[tuple[type[Base], list[dict[str, Any]]]] = [
        (Match, _match_rows(run_id, record)),
        (UnmetNeed, _unmet_rows(run_id, record)),
        (Tandem, _tandem_rows(run_id, record)),
        (MatchRunFile, _file_rows(run_id, record)),
        *answer_rows(run_id, record.result.coalitions, record.answers, names=record),
    ]
    for model, rows in found:
        if rows:
            session.execute(insert(model), rows)


def _match_rows(run_id: UUID, record: RunRecord) -> list[dict[str, Any]]:
    return [
        {
            "id": uuid4(),
            "run_id": run_id,
            "need_id": record.need_id_by_name[match.need_id],
            "offer_id": record.offer_id_by_name[match.offer_id],
            "rank": match.rank,
            "score": match.score,
            "is_allocated": match.is_allocated,
            "contributions": [contribution_document(part) for part in match.contributions],
        }
        for match in record.result.matches
    ]


def _unmet_rows(run_id: UUID, record: RunRecord) -> list[dict[str, Any]]:
    return [
        {
            "run_id": run_id,
            "need_id": record.need_id_by_name[unmet.need_id],
            "reason": unmet.reason,
            "detail": stored_sentence(unmet.detail),
            "nearest_offer_id": (
                None if unmet.nearest_offer_id is None else record.offer_id_by_name[unmet.nearest_offer_id]
            ),
            "would_match_if": None if unmet.would_match_if is None else stored_sentence(unmet.would_match_if),
        }
        for unmet in record.result.unmet
    ]


def _tandem_rows(run_id: UUID, record: RunRecord) -> list[dict[str, Any]]:
    return [
        {
            "id": uuid4(),
            "run_id": run_id,
            "area_code": tandem.area_code,
            "lead_code": tandem.lead,
            "partner_codes": list(tandem.partners),
            "kind": tandem.kind,
            "score": tandem.score,
            "reasons": [stored_sentence(reason) for reason in tandem.reasons],
            "joint_need": None if tandem.joint_need is None else _joint_need(tandem.joint_need, record),
        }
        for tandem in record.result.tandems
    ]


def _joint_need(draft: JointNeed, record: RunRecord) -> dict[str, Any]:
    return {
        "need_ids": [str(record.need_id_by_name[need_id]) for need_id in draft.need_ids],
        "states": list(draft.states),
        "area_codes": list(draft.area_codes),
        "modes": [mode.value for mode in draft.modes],
        "languages": list(draft.languages),
        "earliest_on": None if draft.earliest_on is None else draft.earliest_on.isoformat(),
        "latest_on": None if draft.latest_on is None else draft.latest_on.isoformat(),
        "priority": draft.priority,
        "title": stored_sentence(draft.title),
        "text": [stored_sentence(part) for part in draft.text],
    }


def _file_rows(run_id: UUID, record: RunRecord) -> list[dict[str, Any]]:
    return [
        {
            "run_id": run_id,
            "name": name,
            "content": zlib.compress(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        for name, content in record.files.items()
    ]


def contribution_document(part: Contribution) -> dict[str, Any]:
    """Return what one component adds to a score, as a match keeps it."""
    return {
        "component": part.component.value,
        "value": part.value,
        "share": part.share,
        **stored_sentence(part.sentence),
    }
