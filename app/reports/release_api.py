"""Releases of the areas in the API: drafted, looked at with all that they touch, adopted or discarded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy.orm import Session

from app.accounts.idempotency import KeyedRequest, do_once
from app.areas import drafts
from app.areas import release_queries as releases
from app.areas.models import MAX_TERM_LENGTH, MAX_TITLE_LENGTH, AreaRelease, ReleaseState
from app.areas.released import ReleasedArea, in_language_order, parent_in
from app.areas.releases import Adoption, default_review, discard_draft
from app.clock import today_utc
from app.edge import request_actor, request_session, request_unit_of_work
from app.errors import InvalidFieldError
from app.fields import page_request
from app.openapi import ApiBlueprint
from app.paging import Page
from app.reports.release_schemas import (
    AreaReleaseEdit,
    AreaReleaseSchema,
    NewAreaRelease,
    NewReleasedArea,
    ReleasedAreaEdit,
    ReleasedAreaSchema,
    ReleaseReviewSchema,
)
from app.reports.releases import ReleaseReview, adopt_release, review_release
from app.texts import seen_line, seen_text

RELEASES: Final = "/areas/releases"
RELEASE: Final = f"{RELEASES}/<code:release>"
AREA: Final = f"{RELEASE}/areas/<code:code>"
COLUMN_BY_FIELD: Final = {"parent_code": "parent", "successor_code": "successor"}

blueprint = ApiBlueprint("area-releases", __name__, description="Releases of the areas, and drafts of the next")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownArea:
    """An area as a release has it, with its code."""

    code: str
    area: ReleasedArea

    @property
    def id(self) -> str:
        """What an address calls it."""
        return self.code


@blueprint.reads_page(RELEASES, AreaReleaseSchema, is_public=False)
def list_area_releases(query: dict[str, Any]) -> Page[AreaRelease]:
    """Return a page of the releases of the areas by name, drafts and those of former days included."""
    return releases.list_page(request_session(), request_actor(), page_request(query))


@blueprint.creates(RELEASES, AreaReleaseSchema, given=NewAreaRelease)
def create_area_release(given: dict[str, Any], *, idempotency_key: str | None = None) -> AreaRelease:
    """Begin a draft of the next release, and return it; there is one at a time."""
    actor = request_actor()

    def create(session: Session) -> tuple[UUID, AreaRelease]:
        begun = drafts.begin_draft(session, actor, note=given.get("note", ""))
        return _key_of(begun.release), begun

    def read(session: Session, key: UUID) -> AreaRelease:
        return next(one for one in releases.list_releases(session, actor) if _key_of(one.release) == key)

    asked = KeyedRequest(key=idempotency_key, operation="area_release:create", body=given)
    return do_once(request_unit_of_work, actor, asked, create=create, read=read)


@blueprint.reads_one(RELEASE, AreaReleaseSchema, is_public=False)
def get_area_release(release: str) -> AreaRelease:
    """Return one release without its areas."""
    return releases.get_release(request_session(), request_actor(), release)


@blueprint.changes(RELEASE, AreaReleaseSchema, given=AreaReleaseEdit)
def change_area_release(given: dict[str, Any], release: str) -> AreaRelease:
    """Adopt a draft, or discard it, and return it."""
    actor = request_actor()
    with request_unit_of_work() as session:
        draft = releases.get_release(session, actor, release, is_locked=True)
        blueprint.check_etag(draft, AreaReleaseSchema)
        if given["state"] is ReleaseState.DISCARDED:
            discard_draft(session, actor, draft)
        elif given["state"] is ReleaseState.ADOPTED:
            adopted_on = given.get("adopted_on") or today_utc()
            review_on = given.get("review_on") or default_review(adopted_on)
            adoption = Adoption(adopted_on=adopted_on, review_on=review_on, note=given.get("note"))
            adopt_release(session, actor, draft, adoption)
        else:
            raise InvalidFieldError("state", "A draft is adopted or discarded; the rest follows from that.")
        return draft


@blueprint.reads_one(f"{RELEASE}/review", ReleaseReviewSchema, is_public=False)
def get_area_release_review(release: str) -> ReleaseReview:
    """Return what a release changes and what that touches, and of a draft what stands in the way of its adoption."""
    session, actor = request_session(), request_actor()
    return review_release(session, actor, releases.get_release(session, actor, release))


@blueprint.reads_one(AREA, ReleasedAreaSchema, is_public=False)
def get_released_area(release: str, code: str) -> ShownArea:
    """Return an area as a release has it."""
    session = request_session()
    return _shown(session, releases.get_release(session, request_actor(), release), code)


@blueprint.creates(f"{RELEASE}/areas", ReleasedAreaSchema, given=NewReleasedArea, is_within_record=True)
def create_released_area(given: dict[str, Any], release: str, *, idempotency_key: str | None = None) -> ShownArea:
    """Add an area to a draft, and return it."""
    actor, code = request_actor(), given["code"]

    def create(session: Session) -> tuple[UUID, ShownArea]:
        draft = releases.get_release(session, actor, release, is_locked=True)
        drafts.add_area(session, actor, draft, code, _given(given, ReleasedArea(parent=parent_in(code))))
        return _key_of(code), _shown(session, draft, code)

    def read(session: Session, _key: UUID) -> ShownArea:
        return _shown(session, releases.get_release(session, actor, release), code)

    asked = KeyedRequest(key=idempotency_key, operation=f"area_release:add {release}", body=given)
    return do_once(request_unit_of_work, actor, asked, create=create, read=read)


@blueprint.changes(AREA, ReleasedAreaSchema, given=ReleasedAreaEdit)
def change_released_area(given: dict[str, Any], release: str, code: str) -> ShownArea:
    """Change an area of a draft, and return it."""
    actor = request_actor()
    with request_unit_of_work() as session:
        draft = releases.get_release(session, actor, release, is_locked=True)
        shown = _shown(session, draft, code)
        blueprint.check_etag(shown, ReleasedAreaSchema)
        drafts.change_areas(session, actor, draft, {shown.code: _given(given, shown.area)})
        return _shown(session, draft, code)


@blueprint.ends(f"{RELEASE}/changes/<code:code>")
def end_area_change(release: str, code: str) -> None:
    """Leave an area as it is in the release before; one that the draft adds is gone."""
    actor = request_actor()
    with request_unit_of_work() as session:
        draft = releases.get_release(session, actor, release, is_locked=True)
        drafts.take_back(session, actor, draft, code.upper())


def _shown(session: Session, release: AreaRelease, code: str) -> ShownArea:
    return ShownArea(code=code.upper(), area=releases.get_area_of(session, release, code))


def _given(given: dict[str, Any], before: ReleasedArea) -> ReleasedArea:
    """Return an area with what is given of it."""
    changes = {COLUMN_BY_FIELD.get(name, name): value for name, value in given.items() if name != "code"}
    changes |= {name: seen_text(changes[name], field=name) for name in ("scope", "reason") if name in changes}
    if "titles" in changes:
        titles = {
            language: seen_line(text, field=f"titles/{language}", limit=MAX_TITLE_LENGTH)
            for language, text in changes["titles"].items()
        }
        changes["titles"] = {**before.titles, **titles}
    if "terms" in changes:
        terms = [
            (one["language"], seen_line(one["term"], field="terms", limit=MAX_TERM_LENGTH)) for one in changes["terms"]
        ]
        changes["terms"] = in_language_order(terms)
    if "links" in changes:
        changes["links"] = tuple(sorted({(one["scheme"], one["code"]) for one in changes["links"]}))
    return replace(before, **changes)


def _key_of(name: str) -> UUID:
    """Return what an idempotency key remembers of what has a name and no id."""
    return uuid5(NAMESPACE_URL, f"area-release:{name}")
