"""Looking through the private needs of an actor, into which the database cannot look: what is asked of all, asked of these."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.policy import holds
from app.access.visibility import visible_to
from app.actor import Actor
from app.areas.succession import codes_within, successors
from app.audit.services import Document
from app.needs.filters import NeedFilter
from app.needs.models import Need
from app.needs.secrets import EXTERNAL_ID, iter_private
from app.organizations.importing import IDS_PER_QUERY, qualified_id
from app.organizations.models import Organization
from app.states.queries import member_codes
from matching.vocabulary import Visibility

AREA_SEPARATOR: Final = "."  # between the code of an area and that of its subtopic
QUALIFIER: Final = ":"  # between the code of an organization and an external id


def private_ids(session: Session, actor: Actor, wanted: NeedFilter) -> list[UUID]:
    """Return the ids of the actor's private needs that say what is wanted; the selection of ids is left to the database."""
    tests = list(_tests(session, wanted))
    return [need_id for need_id, need in _private(session, actor) if all(is_wanted(need) for is_wanted in tests)]


def count_private_by_area(session: Session, actor: Actor) -> Mapping[str, int]:
    """Return how many private needs of the actor each area has; a top-level area counts those of its subtopics."""
    counts: Counter[str] = Counter()
    found = successors(session)
    for _, need in _private(session, actor):
        codes = {found.get(code, code) for code in need["area_codes"]}
        counts.update(codes | {code.partition(AREA_SEPARATOR)[0] for code in codes})
    return counts


def private_area_codes(session: Session, actor: Actor) -> Iterator[Collection[str]]:
    """Yield of each private need of the actor the areas that it names."""
    for _, need in _private(session, actor):
        yield need["area_codes"]


def ambiguous_private_ids(session: Session, actor: Actor) -> frozenset[str]:
    """Return the external ids that need the organization's code before them on account of the actor's private needs."""
    private = (visible_to(actor, Need), Need.visibility == Visibility.PRIVATE)
    codes = dict(session.execute(select(Need.id, Organization.code).join(Need.organization).where(*private)).all())
    named = [(codes[need_id], str(need[EXTERNAL_ID])) for need_id, need in _private(session, actor)]
    n_by_id = Counter(external_id for _, external_id in named)
    qualified = {qualified_id(*pair) for pair in named}
    # No code holds a colon, so an id with one can only look like that of another need with its organization before it.
    plain = {external_id.partition(QUALIFIER)[2] for external_id in n_by_id}
    others = set(_named_in_the_open(session, actor, n_by_id.keys() | qualified | plain))
    other_ids, others_qualified = {external_id for _, external_id in others}, {qualified_id(*pair) for pair in others}
    repeated = {external_id for external_id, n in n_by_id.items() if n > 1}
    return frozenset(
        repeated | (other_ids & (n_by_id.keys() | qualified)) | (n_by_id.keys() & (qualified | others_qualified))
    )


def _named_in_the_open(session: Session, actor: Actor, external_ids: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the code of the organization and the external id of each other need that has one of these ids."""
    seen = select(Organization.code, Need.external_id).join(Need.organization)
    seen = seen.where(visible_to(actor, Need), Need.visibility != Visibility.PRIVATE)
    ids = iter(external_ids)
    while batch := list(islice(ids, IDS_PER_QUERY)):
        yield from (
            (code, external_id) for code, external_id in session.execute(seen.where(Need.external_id.in_(batch)))
        )


def _private(session: Session, actor: Actor) -> Iterator[tuple[UUID, Document]]:
    if holds(actor, Need.READ_PERMISSION):
        yield from iter_private(session, visible_to(actor, Need))


def _tests(session: Session, wanted: NeedFilter) -> Iterator[Callable[[Document], bool]]:
    """Yield what has to hold of a need, as the conditions of ``app.needs.queries`` say it to the database."""
    if wanted.text:
        text = unicodedata.normalize("NFC", wanted.text).casefold()
        yield lambda need: any(text in need[name].casefold() for name in ("title", "description", EXTERNAL_ID))
    if wanted.area:
        within = set(session.scalars(codes_within(wanted.area)))
        yield lambda need: not within.isdisjoint(need["area_codes"])
    if wanted.state:
        state = wanted.state.upper()
        yield lambda need: state in need["states"]
    if wanted.group:
        members = set(session.scalars(select(member_codes(wanted.group).subquery().c.state_code)))
        yield lambda need: not members.isdisjoint(need["states"])
    if wanted.mode:
        yield lambda need: wanted.mode in need["modes"]
    if wanted.language:
        yield lambda need: wanted.language in need["languages"]
    if wanted.is_open_on:
        day = wanted.is_open_on.isoformat()
        yield lambda need: need["latest_on"] is None or need["latest_on"] >= day
