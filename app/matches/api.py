"""Runs, matches, unmet needs and tandems in the API."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final, TypeVar
from uuid import UUID

from app.edge import request_actor, request_session
from app.fields import page_request
from app.matches import advice, queries
from app.matches.models import Match, MatchRun, Tandem, UnmetNeed
from app.matches.queries import MatchFilter
from app.matches.rankings import Ranking, rank_offers
from app.matches.schemas import (
    AllUnderWaySchema,
    CoachingSchema,
    DuplicatesSchema,
    MatchQuery,
    MatchRunSchema,
    MatchSchema,
    RankingSchema,
    RunQuery,
    TandemSchema,
    UnmetNeedSchema,
)
from app.matches.underway import list_under_way
from app.openapi import ApiBlueprint
from app.paging import EMPTY_PAGE, BadCursorError, Page, PageRequest
from matching.coach import Coaching

RecordT = TypeVar("RecordT")

RUN_SEPARATOR: Final = "."  # stands in no run's id and in no cursor

runs_blueprint = ApiBlueprint("match-runs", __name__, description="Runs of the matcher")
matches_blueprint = ApiBlueprint("matches", __name__, description="Proposed pairs of a need and an offer")
tandems_blueprint = ApiBlueprint("tandems", __name__, description="States that could file together")

advice_blueprint = ApiBlueprint(
    "advice", __name__, description="What would make a need more specific, and what repeats it"
)


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

    def read(run_id: UUID, page: PageRequest) -> Page[Match]:
        return queries.list_matches(request_session(), request_actor(), run_id, page, MatchFilter(**query))

    return _page_of_one_run(page_request(query), query.pop("run_id", None), read)


@matches_blueprint.reads_one("/matches/<uuid:match_id>", MatchSchema)
def get_match(match_id: UUID) -> Match:
    """Return one match."""
    return queries.get_match(request_session(), request_actor(), match_id)


@tandems_blueprint.reads_page("/tandems", TandemSchema, query=RunQuery, is_within_record=True)
def list_tandems(query: dict[str, Any]) -> Page[Tandem]:
    """Return a page of the tandems of a run by area and lead."""

    def read(run_id: UUID, page: PageRequest) -> Page[Tandem]:
        return queries.list_tandems(request_session(), request_actor(), run_id, page)

    return _page_of_one_run(page_request(query), query.pop("run_id", None), read)


@advice_blueprint.reads_one("/needs/<uuid:need_id>/coach", CoachingSchema)
def get_coach(need_id: UUID) -> Coaching:
    """Return the nine checks of a need, the next best edit, and how many offers qualify now and after it."""
    session, actor = request_session(), request_actor()
    return advice.coach_need(session, actor, advice.read_ground(session, actor), need_id)


@advice_blueprint.reads_one("/needs/<uuid:need_id>/ranking", RankingSchema)
def get_ranking(need_id: UUID) -> Ranking:
    """Return the best offers for a need, to who keeps it and to the secretariat; nothing of it is stored."""
    session, actor = request_session(), request_actor()
    return rank_offers(session, actor, advice.read_ground(session, actor), need_id)


@advice_blueprint.reads_one("/needs/<uuid:need_id>/duplicates", DuplicatesSchema)
def get_duplicates(need_id: UUID) -> dict[str, Any]:
    """Return the needs that probably say the same as one."""
    session, actor = request_session(), request_actor()
    return {"data": advice.list_duplicates(session, actor, advice.read_ground(session, actor), need_id)}


@advice_blueprint.reads_one("/needs/<uuid:need_id>/under-way", AllUnderWaySchema)
def get_under_way(need_id: UUID) -> dict[str, Any]:
    """Return what else the States of a need ask for in its areas, and what is under way there."""
    return {"data": list_under_way(request_session(), request_actor(), need_id)}


def _page_of_one_run(
    page: PageRequest, run_id: UUID | None, read: Callable[[UUID, PageRequest], Page[RecordT]]
) -> Page[RecordT]:
    """Return a page of what one run found: of the run named, else of the newest one when the list began.

    The cursor says which run that is, so that the pages of a walk are of one run even if a newer one is made meanwhile.

    Raises
    ------
    BadCursorError
        When the cursor is none of such a list, or of another run than the one named.
    """
    if page.cursor:
        begun_with, cursor = _split(page.cursor)
        if run_id not in (None, begun_with):
            raise BadCursorError("The cursor is of another run; start again without it.")
        run_id, page = begun_with, replace(page, cursor=cursor)
    if run_id is None:
        run = queries.find_latest_run(request_session(), request_actor())
        if run is None:
            return EMPTY_PAGE
        run_id = run.id
    found = read(run_id, page)
    return replace(
        found,
        next_cursor=found.next_cursor and f"{run_id}{RUN_SEPARATOR}{found.next_cursor}",
        previous_cursor=found.previous_cursor and f"{run_id}{RUN_SEPARATOR}{found.previous_cursor}",
    )


def _split(cursor: str) -> tuple[UUID, str]:
    begun_with, _, place = cursor.partition(RUN_SEPARATOR)
    try:
        run_id = UUID(begun_with)
    except ValueError as error:
        raise BadCursorError("The cursor is not one of this list; start again without it.") from error
    if not place:
        raise BadCursorError("The cursor is not one of this list; start again without it.")
    return run_id, place
