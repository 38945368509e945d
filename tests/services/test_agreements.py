"""Which offer meets a need, and its last place, which one of many gets."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from app.actor import SYSTEM, Actor, Affiliation, Role
from app.clock import today_utc
from app.db import Database
from app.errors import ForbiddenError, InvalidFieldError
from app.matches.agreements import Agreement, NoPlaceLeftError, agree, find_agreement, find_places, offers_agreed
from app.matches.profiles import read_run_input
from app.needs.life import NEED_LIFE
from app.needs.models import Need
from app.needs.queries import get_need
from app.offers.queries import get_offer
from app.organizations.lives import Status
from app.organizations.models import Organization
from app.organizations.moves import Move, NotFromHereError, move_record
from app.organizations.transitions import Action
from matching.vocabulary import Visibility
from tests.factories import create_need, create_offer, create_organization

N_AT_ONCE = 30


def somebody(organization: Organization, role: Role) -> Actor:
    return Actor(affiliations=frozenset({Affiliation(organization_id=organization.id, role=role)}))


@pytest.fixture
def desk(session: Session) -> Actor:
    """Somebody of the secretariat."""
    return somebody(create_organization(session, "desk"), Role.SECRETARIAT)


def locked(session: Session, actor: Actor, need: Need) -> Need:
    session.flush()
    session.expire_all()
    return get_need(session, actor, need.id, is_locked=True)


def move(session: Session, actor: Actor, need: Need, action: Action) -> None:
    move_record(session, actor, NEED_LIFE, locked(session, actor, need), Move(action=action))


def test_an_offer_meets_a_need_until_they_part_and_a_fulfilled_need_keeps_its_place(
    session: Session, desk: Actor
) -> None:
    offer, need = create_offer(session, capacity=3), create_need(session)

    standing = agree(session, desk, locked(session, desk, need), offer.id)
    assert standing.status is Status.MATCHED
    assert find_agreement(session, desk, need) == Agreement(need=need, offer=offer)
    assert find_places(session, desk, offer).n_left == 2

    move(session, desk, need, Action.PART)
    assert find_agreement(session, desk, need).offer is None
    assert find_places(session, desk, offer).n_left == 3

    agree(session, desk, locked(session, desk, need), offer.id)
    move(session, SYSTEM, need, Action.FULFIL)
    assert find_places(session, desk, offer).n_left == 2


def test_who_meets_a_need_is_told_to_its_keeper_and_the_secretariat_alone(session: Session, desk: Actor) -> None:
    ministry = create_organization(session, "ministry")
    offer = create_offer(session, visibility=Visibility.PUBLIC)
    need = create_need(session, organization=ministry, visibility=Visibility.PUBLIC)
    agree(session, desk, locked(session, desk, need), offer.id)

    told = {
        who: offers_agreed(session, reader, [need]).get(need.id)
        for who, reader in {
            "keeper": somebody(ministry, Role.RECIPIENT),
            "secretariat": desk,
            "another State": somebody(create_organization(session, "agency"), Role.RECIPIENT),
            "analyst": somebody(create_organization(session, "institute"), Role.ANALYST),
            "public": Actor(),
        }.items()
    }

    assert told == {"keeper": offer, "secretariat": offer, "another State": None, "analyst": None, "public": None}


def test_a_need_met_elsewhere_takes_no_place(session: Session, desk: Actor) -> None:
    offer, need = create_offer(session, capacity=1), create_need(session)

    move(session, desk, need, Action.MATCH)

    assert find_agreement(session, desk, need).offer is None
    assert find_places(session, desk, offer).n_left == 1


def test_the_last_place_is_taken_once(session: Session, desk: Actor) -> None:
    offer = create_offer(session, capacity=1)
    first, second = create_need(session), create_need(session, organization=create_organization(session, "second"))

    agree(session, desk, locked(session, desk, first), offer.id)
    with pytest.raises(NoPlaceLeftError):
        agree(session, desk, locked(session, desk, second), offer.id)

    assert locked(session, desk, second).status is Status.PUBLISHED
    assert find_places(session, desk, offer).n_left == 0


def test_of_thirty_who_take_the_last_place_at_once_one_gets_it(database: Database) -> None:
    with database.unit_of_work() as session:
        home = create_organization(session, "home")
        offer_id = create_offer(session, organization=home, capacity=1).id
        need_ids = [create_need(session, organization=home).id for _ in range(N_AT_ONCE)]

    def take(need_id: UUID) -> bool:
        try:
            with database.unit_of_work() as session:
                agree(session, SYSTEM, get_need(session, SYSTEM, need_id, is_locked=True), offer_id)
        except NoPlaceLeftError:
            return False
        return True

    with ThreadPoolExecutor(N_AT_ONCE) as pool:
        taken = list(pool.map(take, need_ids))

    with database.reading() as session:
        statuses = [get_need(session, SYSTEM, need_id).status for need_id in need_ids]
        places = find_places(session, SYSTEM, get_offer(session, SYSTEM, offer_id))
    assert taken.count(True) == 1
    assert (places.n_taken, places.n_left) == (1, 0)
    assert [status is Status.MATCHED for status in statuses] == taken


@pytest.mark.parametrize(
    "columns",
    [{"visibility": Visibility.PRIVATE}, {"available_until_on": today_utc() - timedelta(days=1)}],
    ids=["hidden", "over"],
)
def test_what_is_not_open_meets_nothing(session: Session, desk: Actor, columns: dict[str, object]) -> None:
    offer, need = create_offer(session, **columns), create_need(session)

    for offer_id in (offer.id, uuid4()):
        with pytest.raises(InvalidFieldError) as refused:
            agree(session, desk, locked(session, desk, need), offer_id)
        assert refused.value.field == "offer"


@pytest.mark.parametrize(("excluded", "provider"), [("Second  provider", "Second Provider"), ("A", "A; A")])
def test_whom_a_state_does_not_want_meets_nothing(session: Session, desk: Actor, excluded: str, provider: str) -> None:
    offer = create_offer(session, provider=provider)
    need = create_need(session, excluded_providers=(excluded,))

    with pytest.raises(InvalidFieldError, match="does not want"):
        agree(session, desk, locked(session, desk, need), offer.id)


def test_a_draft_and_a_need_that_is_met_are_not_met_again(session: Session, desk: Actor) -> None:
    offer = create_offer(session, capacity=5)
    draft, met = create_need(session, visibility=Visibility.PRIVATE), create_need(session)
    agree(session, desk, locked(session, desk, met), offer.id)

    for need in (draft, met):
        with pytest.raises(NotFromHereError):
            agree(session, SYSTEM, locked(session, SYSTEM, need), offer.id)


def test_agreements_are_noted_by_the_secretariat_and_known_to_the_sides(session: Session, desk: Actor) -> None:
    state, centre = create_organization(session, "state"), create_organization(session, "centre")
    offer, need = create_offer(session, organization=centre), create_need(session, organization=state)
    ours, theirs = somebody(state, Role.RECIPIENT), somebody(centre, Role.PROVIDER)

    for actor in (ours, theirs, Actor()):
        with pytest.raises(ForbiddenError):
            agree(session, actor, locked(session, SYSTEM, need), offer.id)
    agree(session, desk, locked(session, SYSTEM, need), offer.id)

    assert find_agreement(session, ours, need).offer == offer
    assert find_places(session, theirs, offer).n_left == 0
    for actor in (theirs, Actor()):
        with pytest.raises(ForbiddenError):
            find_agreement(session, actor, need)
    for actor in (ours, Actor()):
        with pytest.raises(ForbiddenError):
            find_places(session, actor, offer)


def test_a_run_has_as_many_places_as_its_readers_see_free(session: Session, desk: Actor) -> None:
    offer = create_offer(session, capacity=3)
    for visibility in (Visibility.PUBLIC, Visibility.SECRETARIAT):
        need = create_need(session, visibility=visibility)
        agree(session, desk, locked(session, desk, need), offer.id)

    capacities = [
        read_run_input(session, SYSTEM, circle=circle, as_of_on=today_utc()).pool.offers[0].capacity
        for circle in (Visibility.PUBLIC, Visibility.SECRETARIAT)
    ]

    assert capacities == [2, 1]
