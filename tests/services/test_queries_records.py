"""Reading needs and offers: pages both ways, figures by area, and who sees what."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from app.actor import PUBLIC, SYSTEM, Actor, Affiliation, Role
from app.errors import NotFoundError
from app.needs import queries as needs
from app.needs.filters import NeedFilter
from app.offers import queries as offers
from app.offers.queries import OfferFilter
from app.paging import PageRequest
from matching.vocabulary import Mode, Visibility
from tests.factories import create_need, create_offer, create_organization

A_PROVIDER = Actor(user_id=uuid4(), affiliations=frozenset({Affiliation(organization_id=uuid4(), role=Role.PROVIDER)}))


def test_a_page_leads_forward_and_back(session: Session) -> None:
    for name in "abcde":
        create_need(session, external_id=name)
    first = needs.list_page(session, PUBLIC, PageRequest(limit=2))
    second = needs.list_page(session, PUBLIC, PageRequest(limit=2, cursor=first.next_cursor))

    back = needs.list_page(session, PUBLIC, PageRequest(limit=2, cursor=second.previous_cursor))

    assert [need.external_id for need in second.items] == ["c", "d"]
    assert [need.external_id for need in back.items] == ["a", "b"]
    assert first.previous_cursor is None


def test_a_need_of_a_page_is_read_without_further_queries(session: Session) -> None:
    create_need(session, states=("XAA",), areas=("IRC.1",))
    session.expire_all()

    (need,) = needs.list_page(session, PUBLIC, PageRequest()).items
    session.expunge_all()

    assert need.organization.code == "cert-xaa"
    assert (need.state_codes, need.area_codes, need.language_codes) == (("XAA",), ("IRC.1",), ("en",))


@pytest.mark.parametrize("visibility", list(Visibility))
def test_the_system_sees_every_need_and_the_public_the_public_ones(session: Session, visibility: Visibility) -> None:
    create_need(session, visibility=visibility)

    counts = needs.count(session, SYSTEM), needs.count(session, PUBLIC)

    assert counts == (1, 1 if visibility is Visibility.PUBLIC else 0)


def test_a_hidden_need_is_not_found(session: Session) -> None:
    need = create_need(session, visibility=Visibility.SECRETARIAT)

    with pytest.raises(NotFoundError):
        needs.get_need(session, A_PROVIDER, need.id)


def test_a_hidden_offer_is_not_found(session: Session) -> None:
    offer = create_offer(session, visibility=Visibility.SECRETARIAT)

    with pytest.raises(NotFoundError):
        offers.get_offer(session, PUBLIC, offer.id)


def test_a_top_level_area_counts_each_need_once(session: Session) -> None:
    create_need(session, areas=("IRC.1", "IRC.2"))
    create_need(session, areas=("IRC",))
    create_need(session, areas=("LAW",), visibility=Visibility.PRIVATE)

    counts = needs.count_by_area(session, PUBLIC)

    assert counts == {"IRC": 2, "IRC.1": 1, "IRC.2": 1}


def test_a_top_level_area_counts_each_offer_once(session: Session) -> None:
    create_offer(session, areas=("IRC.1", "IRC.2"))
    create_offer(session, areas=("LAW",))
    create_offer(session, areas=("LAW",), visibility=Visibility.MEMBERS)

    counts = offers.count_by_area(session, PUBLIC)

    assert counts == {"IRC": 1, "IRC.1": 1, "IRC.2": 1, "LAW": 1}


def test_a_code_that_begins_like_another_is_another_area(session: Session) -> None:
    create_need(session, areas=("IRC.10",))

    n_found = needs.count(session, PUBLIC, NeedFilter(area="IRC.1"))

    assert n_found == 0


@pytest.mark.parametrize(
    ("wanted", "n_expected"),
    [
        (OfferFilter(text="HANDS ON"), 1),
        (OfferFilter(provider="Second Provider"), 1),
        (OfferFilter(kind="course"), 1),
        (OfferFilter(mode=Mode.EXERCISE), 1),
        (OfferFilter(language="ar"), 1),
        (OfferFilter(area="exe"), 1),
        (OfferFilter(is_open_on=date(2026, 7, 1)), 1),
        (OfferFilter(is_open_on=date(2026, 6, 30)), 2),
        (OfferFilter(provider="Nobody"), 0),
    ],
    ids=str,
)
def test_offers_are_filtered(session: Session, wanted: OfferFilter, n_expected: int) -> None:
    create_offer(session, available_until_on=date(2026, 6, 30))
    create_offer(
        session,
        provider="Second Provider",
        kind="course",
        description="A drill.",
        areas=("EXE.1",),
        modes=("exercise",),
        languages=("ar",),
    )

    n_found = offers.count(session, PUBLIC, wanted)

    assert n_found == n_expected


@pytest.mark.parametrize(("day", "n_open"), [(date(2026, 6, 30), 1), (date(2026, 7, 1), 0)])
def test_a_need_is_open_on_its_last_day(session: Session, day: date, n_open: int) -> None:
    create_need(session, latest_on=date(2026, 6, 30))

    n_found = needs.count(session, PUBLIC, NeedFilter(is_open_on=day))

    assert n_found == n_open


def test_an_id_that_two_organizations_use_is_told(session: Session) -> None:
    create_need(session, external_id="1", organization=create_organization(session, "cert-xaa"))
    create_need(session, external_id="1", organization=create_organization(session, "cert-xab"))
    create_need(session, external_id="2")

    ambiguous = needs.ambiguous_external_ids(session, PUBLIC)

    assert ambiguous == {"1"}


def test_a_need_is_found_by_the_case_of_any_script(session: Session) -> None:
    for title in ("Ελληνική Ασφάλεια", "ÉQUIPE d’intervention", "网络安全"):
        create_need(session, title=title)

    counts = [needs.count(session, PUBLIC, NeedFilter(text=text)) for text in ("ασφάλεια", "Équipe", "网络")]

    assert counts == [1, 1, 1]
