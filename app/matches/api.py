"""Runs, matches, unmet needs and tandems in the API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.edge import request_actor, request_session
from app.fields import page_request
from app.matches import queries
from app.matches.models import Match, MatchRun, Tandem, UnmetNeed
from app.matches.queries import MatchFilter
from app.matches.schemas import MatchQuery, MatchRunSchema, MatchSchema, RunQuery, TandemSchema, UnmetNeedSchema
from app.openapi import ApiBlueprint
from app.paging import EMPTY_PAGE, Page

runs_blueprint = ApiBlueprint("match-runs", __name__, description="Runs of the matcher")
matches_blueprint = ApiBlueprint("matches", __name__, description="Proposed pairs of a need and an offer")
tandems_blueprint = ApiBlueprint("tandems", __name__, description="States that could file together")


@runs_blueprint.reads_page("/match-runs", MatchRunSchema)
def list_match_runs(query: dict[str, Any]) -> Page[MatchRun]:
    """Return a page of runs, the newest first."""
    return queries.list_runs(request_session(), request_actor(), page_request(query))


@runs_blueprint.reads_one("/match-runs/<uuid:run_id>", MatchRunSchema)
def get_match_run(run_id: UUID) -> MatchRun:
    """Return one run."""
    return queries.get_run(request_session(), request_actor(), run_id)


@runs_blueprint.reads_page("/match-runs/<uuid:run_id>/unmet-needs", UnmetNeedSchema, is_within_record=True)
def list_unmet_needs(query: dict[str, Any], run_id: UUID) -> Page[UnmetNeed]:
    """Return a page of the needs that a run allocated nothing, and why."""
    return queries.list_unmet(request_session(), request_actor(), run_id, page_request(query))


@matches_blueprint.reads_page("/matches", MatchSchema, query=MatchQuery, is_within_record=True)
def list_matches(query: dict[str, Any]) -> Page[Match]:
    """Return a page of the matches of a run by need, then rank."""
    page = page_request(query)
    run_id = _run_id(query)
    if run_id is None:
        return EMPTY_PAGE
    return queries.list_matches(request_session(), request_actor(), run_id, page, MatchFilter(**query))


@matches_blueprint.reads_one("/matches/<uuid:match_id>", MatchSchema)
def get_match(match_id: UUID) -> Match:
    """Return one match."""
    return queries.get_match(request_session(), request_actor(), match_id)


@tandems_blueprint.reads_page("/tandems", TandemSchema, query=RunQuery, is_within_record=True)
def list_tandems(query: dict[str, Any]) -> Page[Tandem]:
    """Return a page of the tandems of a run by area and lead."""
    page = page_request(query)
    run_id = _run_id(query)
    return EMPTY_PAGE if run_id is None else queries.list_tandems(request_session(), request_actor(), run_id, page)


def _run_id(query: dict[str, Any]) -> UUID | None:
    """Take the run out of the query parameters, the newest where none is named; None where there is none at all."""
    run_id: UUID | None = query.pop("run_id", None)
    if run_id is None:
        run = queries.find_latest_run(request_session(), request_actor())
        return None if run is None else run.id
    return run_id
