"""Reading runs and what they found."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from app.actor import PUBLIC, SYSTEM
from app.errors import NotFoundError
from app.matches import queries as matches
from app.matches.queries import MatchFilter
from app.needs import queries as needs
from app.needs.filters import NeedFilter
from app.paging import PageRequest
from app.reports import findings
from matching.vocabulary import UnmetReason, Visibility
from tests.factories import (
    create_match,
    create_match_run,
    create_match_run_file,
    create_need,
    create_offer,
    create_organization,
    create_tandem,
    create_unmet_need,
)
from tests.factories.accounts import actor_of, create_user


def test_the_latest_run_is_the_newest_that_may_be_seen(session: Session) -> None:
    seen = create_match_run(session)
    create_match_run(session, visibility=Visibility.SECRETARIAT)

    run = matches.find_latest_run(session, PUBLIC)

    assert run is not None
    assert run.id == seen.id


def test_the_latest_run_that_two_see_has_nothing_that_either_does_not(session: Session) -> None:
    """A run that holds an offer for providers is the newest of theirs, and not of the public."""
    provider = create_organization(session, "provider-a")
    older, newer = create_match_run(session), create_match_run(session)
    create_match(
        session, run=newer, offer=create_offer(session, organization=provider, visibility=Visibility.PROVIDERS)
    )
    own = actor_of(create_user(session, "provider", organization=provider))

    runs = [
        matches.find_latest_run(session, own),
        matches.find_latest_run(session, own, also_seen_by=PUBLIC),
        matches.find_latest_run(session, PUBLIC, also_seen_by=own),
    ]

    assert [run and run.id for run in runs] == [newer.id, older.id, older.id]


def test_the_latest_run_of_the_system_is_the_one_for_the_secretariat(session: Session) -> None:
    create_match_run(session)
    newest = create_match_run(session, visibility=Visibility.SECRETARIAT)

    run = matches.find_latest_run(session, SYSTEM)

    assert run is not None
    assert run.id == newest.id


def test_a_run_with_a_record_that_is_private_by_now_is_nobodys_latest(session: Session) -> None:
    shared = create_match_run(session)
    withdrawn = create_need(session, visibility=Visibility.PRIVATE)
    create_unmet_need(session, run=create_match_run(session, visibility=Visibility.SECRETARIAT), need=withdrawn)

    run = matches.find_latest_run(session, SYSTEM)

    assert run is not None
    assert run.id == shared.id


def test_without_a_run_there_is_no_latest_one(session: Session) -> None:
    assert matches.find_latest_run(session, PUBLIC) is None


def test_the_matches_of_a_need_are_ranked(session: Session) -> None:
    run, need = create_match_run(session), create_need(session)
    for rank in (2, 1, 3):
        create_match(session, run=run, need=need, rank=rank, is_allocated=False)
    session.expire_all()

    found = matches.matches_of_need(session, PUBLIC, run.id, need.id)

    assert [match.rank for match in found] == [1, 2, 3]
    assert {match.offer.provider for match in found} == {"First Provider"}


def test_the_first_served_needs_of_a_run_are_the_first_by_their_ids(session: Session) -> None:
    """The first 200 of a run's page were once 200 by the random key of their rows, and only then put in order."""
    run = create_match_run(session)
    for number in (3, 1, 2):
        need = create_need(session, id=UUID(int=10 - number), external_id=f"need-{number}")
        create_match(session, run=run, need=need)
    session.expire_all()

    found = findings.served_of_run(session, PUBLIC, run.id, limit=2)

    assert [match.need.external_id for match in found] == ["need-1", "need-2"]
    assert {match.offer.provider for match in found} == {"First Provider"}


def test_the_first_unmet_needs_of_a_run_are_the_first_by_their_ids(session: Session) -> None:
    run = create_match_run(session)
    for number in (3, 1, 2):
        need = create_need(session, id=UUID(int=10 - number), external_id=f"need-{number}")
        create_unmet_need(session, run=run, need=need)
    session.expire_all()

    found = findings.unmet_of_run(session, PUBLIC, run.id, limit=2)

    assert [unmet.need.external_id for unmet in found] == ["need-1", "need-2"]


def test_the_matches_of_an_offer_begin_with_the_allocated_one(session: Session) -> None:
    run, offer = create_match_run(session), create_offer(session)
    for score, is_allocated in ((0.5, False), (0.4, True), (0.9, False)):
        create_match(session, run=run, offer=offer, score=score, is_allocated=is_allocated)

    found = matches.matches_of_offer(session, PUBLIC, run.id, offer.id, limit=2)

    assert [(match.score, match.is_allocated) for match in found] == [(0.4, True), (0.9, False)]


def test_needs_are_listed_by_what_a_run_made_of_them(session: Session) -> None:
    run = create_match_run(session)
    create_match(session, run=run, need=create_need(session, external_id="met"))
    create_unmet_need(session, run=run, need=create_need(session, external_id="unmet"))

    counts = [
        needs.count(session, PUBLIC, NeedFilter(ids=ids))
        for ids in (findings.allocated_need_ids(run.id), findings.unmet_need_ids(run.id))
    ]

    assert counts == [1, 1]


def test_unmet_needs_are_counted_by_reason(session: Session) -> None:
    run = create_match_run(session)
    for reason in (UnmetReason.CLOSED, UnmetReason.CLOSED, UnmetReason.CAPACITY_TAKEN):
        create_unmet_need(session, run=run, reason=reason)

    counts = findings.count_unmet_by_reason(session, PUBLIC, run.id)

    assert counts == {"capacity_taken": 1, "closed": 2}


def test_a_file_of_a_run_comes_back_byte_for_byte(session: Session) -> None:
    run = create_match_run(session)
    create_match_run_file(session, run=run, name="matches.csv", content="né\r\n".encode())

    file = matches.get_run_file(session, PUBLIC, run.id, "matches.csv")

    assert file.content == b"n\xc3\xa9\r\n"


def test_a_file_of_a_hidden_run_is_not_found(session: Session) -> None:
    run = create_match_run(session, visibility=Visibility.SECRETARIAT)
    create_match_run_file(session, run=run)

    with pytest.raises(NotFoundError):
        matches.get_run_file(session, PUBLIC, run.id, "matches.csv")


def test_a_run_with_a_withdrawn_record_is_open_to_the_system_only(session: Session) -> None:
    run = create_match_run(session)
    create_unmet_need(session, run=run, need=create_need(session, visibility=Visibility.PRIVATE))

    counts = matches.count_runs(session, PUBLIC), matches.count_runs(session, SYSTEM)

    assert counts == (0, 1)


def test_a_run_closes_when_a_matched_offer_is_withdrawn(session: Session) -> None:
    match = create_match(session, offer=create_offer(session, visibility=Visibility.PROVIDERS))

    with pytest.raises(NotFoundError):
        matches.get_run(session, PUBLIC, match.run_id)


@pytest.mark.parametrize("read", [matches.list_matches, matches.list_tandems, matches.list_unmet])
def test_a_list_of_a_hidden_run_is_not_found(session: Session, read: object) -> None:
    assert callable(read)
    run = create_match_run(session, visibility=Visibility.SECRETARIAT)
    create_match(session, run=run)
    create_tandem(session, run=run)

    with pytest.raises(NotFoundError):
        read(session, PUBLIC, run.id, PageRequest())


def test_the_matches_of_a_run_are_narrowed_by_need_offer_and_allocation(session: Session) -> None:
    run, need, offer = create_match_run(session), create_need(session), create_offer(session)
    both = create_match(session, run=run, need=need, offer=offer, is_allocated=True)
    same_need = create_match(session, run=run, need=need, rank=2, is_allocated=False)
    same_offer = create_match(session, run=run, offer=offer, is_allocated=False)

    def found(**wanted: Any) -> set[UUID]:
        page = matches.list_matches(session, PUBLIC, run.id, PageRequest(), MatchFilter(**wanted))
        return {match.id for match in page.items}

    assert found(need_id=need.id) == {both.id, same_need.id}
    assert found(offer_id=offer.id) == {both.id, same_offer.id}
    assert found(is_allocated=True) == {both.id}
    assert found(is_allocated=False) == {same_need.id, same_offer.id}
    assert found(need_id=need.id, offer_id=offer.id) == {both.id}


def test_a_run_closes_when_the_nearest_offer_of_a_need_is_withdrawn(session: Session) -> None:
    offer = create_offer(session, visibility=Visibility.PROVIDERS)
    unmet = create_unmet_need(session, nearest_offer_id=offer.id)

    with pytest.raises(NotFoundError):
        matches.get_run(session, PUBLIC, unmet.run_id)


@pytest.mark.parametrize("read", [matches.matches_of_need, matches.matches_of_offer, matches.find_unmet])
def test_what_an_unknown_run_found_is_not_found(session: Session, read: object) -> None:
    assert callable(read)

    with pytest.raises(NotFoundError):
        read(session, PUBLIC, uuid4(), uuid4())
