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

from app.matches.models import Match, MatchRun, MatchRunFile, Tandem, UnmetNeed
from matching.results import Contribution, RunResult
from matching.sentences import Sentence
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
    """Store the matches, unmet needs, tandems and files of a run."""
    for model, rows in (
        (Match, _match_rows(run_id, record)),
        (UnmetNeed, _unmet_rows(run_id, record)),
        (Tandem, _tandem_rows(run_id, record)),
        (MatchRunFile, _file_rows(run_id, record)),
    ):
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
            "contributions": [_contribution(part) for part in match.contributions],
        }
        for match in record.result.matches
    ]


def _unmet_rows(run_id: UUID, record: RunRecord) -> list[dict[str, Any]]:
    return [
        {
            "run_id": run_id,
            "need_id": record.need_id_by_name[unmet.need_id],
            "reason": unmet.reason,
            "detail": _sentence(unmet.detail),
            "nearest_offer_id": (
                None if unmet.nearest_offer_id is None else record.offer_id_by_name[unmet.nearest_offer_id]
            ),
            "would_match_if": None if unmet.would_match_if is None else _sentence(unmet.would_match_if),
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
            "reasons": [_sentence(reason) for reason in tandem.reasons],
        }
        for tandem in record.result.tandems
    ]


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


def _contribution(part: Contribution) -> dict[str, Any]:
    return {
        "component": part.component.value,
        "value": part.value,
        "share": part.share,
        **_sentence(part.sentence),
    }


def _sentence(sentence: Sentence) -> dict[str, Any]:
    return {"message": sentence.message, "values": dict(sentence.values)}
