"""What the same States ask for in the same areas, and what is under way there, for those alone who may know it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from app.actor import PUBLIC, SYSTEM, Actor, Affiliation, Role
from app.errors import NotFoundError
from app.matches.agreements import agree
from app.matches.underway import MAX_SHOWN, UnderWay, list_under_way
from app.needs.models import Need
from app.needs.queries import get_need
from app.offers.models import Offer
from app.organizations.lives import Status
from app.organizations.models import Organization
from matching.vocabulary import Visibility
from tests.factories import create_need, create_offer, create_organization


@pytest.fixture
def ministry(session: Session) -> Organization:
    return create_organization(session, "ministry")


@pytest.fixture
def own(ministry: Organization) -> Actor:
    """Somebody of the ministry."""
    return Actor(affiliations=frozenset({Affiliation(organization_id=ministry.id, role=Role.CONTRIBUTOR)}))


def found(session: Session, actor: Actor, need: Need) -> Sequence[UnderWay]:
    session.flush()
    session.expire_all()
    return list_under_way(session, actor, need.id)


def ids(works: Sequence[UnderWay]) -> list[UUID]:
    return [work.need.id for work in works]


def met(session: Session, need: Need, offer: Offer) -> None:
    session.flush()
    session.expire_all()
    agree(session, SYSTEM, get_need(session, SYSTEM, need.id, is_locked=True), offer.id)


def test_needs_of_the_same_state_in_the_same_area_are_told(session: Session) -> None:
    need = create_need(session, areas=("IRC.1",))
    topic = create_need(session, areas=("IRC.2", "GOV"), title="A topic beside it")
    whole = create_need(session, areas=("IRC",), states=("XAA", "XAB"), title="The whole area, with others")
    create_need(session, areas=("GOV",), title="Another area")
    create_need(session, areas=("IRC.1",), states=("XAB",), title="Another State")

    assert ids(found(session, PUBLIC, need)) == [topic.id, whole.id]


def test_what_is_met_or_under_way_comes_first(session: Session) -> None:
    need, offer = create_need(session), create_offer(session, capacity=2)
    asked = create_need(session, title="A")
    begun = create_need(session, title="B", underway="A course runs until June.")
    matched = create_need(session, title="C")
    met(session, matched, offer)

    told = found(session, SYSTEM, need)

    assert ids(told) == [matched.id, begun.id, asked.id]
    assert [work.status for work in told] == [Status.MATCHED, Status.PUBLISHED, Status.PUBLISHED]
    assert [work.offer and work.offer.id for work in told] == [offer.id, None, None]


def test_which_offer_meets_a_need_is_told_to_its_keeper_alone(
    session: Session, ministry: Organization, own: Actor
) -> None:
    offer = create_offer(session, capacity=2)
    need, kept = (create_need(session, organization=ministry) for _ in range(2))
    of_others = create_need(session, title="Kept by another authority")
    met(session, kept, offer)
    met(session, of_others, offer)

    assert {work.need.id: work.offer for work in found(session, own, need)} == {kept.id: offer, of_others.id: None}
    assert [work.offer for work in found(session, PUBLIC, need)] == [None, None]


def test_needs_that_one_does_not_see_are_not_told(session: Session, ministry: Organization, own: Actor) -> None:
    need = create_need(session, organization=ministry)
    draft = create_need(session, organization=ministry, visibility=Visibility.PRIVATE, underway="Talks with a donor")
    create_need(session, visibility=Visibility.PRIVATE)
    create_need(session, visibility=Visibility.SECRETARIAT)

    assert ids(found(session, own, need)) == [draft.id]
    assert found(session, own, need)[0].need.underway == "Talks with a donor"
    assert found(session, PUBLIC, need) == ()


def test_what_is_over_is_not_told(session: Session) -> None:
    need = create_need(session)
    create_need(session, latest_on=date(2020, 1, 1), title="Nobody came in time")

    assert found(session, PUBLIC, need) == ()


def test_no_more_are_told_than_somebody_reads(session: Session) -> None:
    need = create_need(session)
    for _ in range(MAX_SHOWN + 1):
        create_need(session)

    assert len(found(session, PUBLIC, need)) == MAX_SHOWN


def test_of_a_need_that_one_does_not_see_nothing_is_told(session: Session) -> None:
    hidden = create_need(session, visibility=Visibility.MEMBERS)
    create_need(session)

    for need_id in (hidden.id, uuid4()):
        with pytest.raises(NotFoundError):
            list_under_way(session, PUBLIC, need_id)
