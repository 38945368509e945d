"""The coach is kept from one question to the next, and never counts offers that have changed, gone or are hidden."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.access.visibility import sight
from app.actor import PUBLIC, SYSTEM, Actor
from app.matches.advice import read_ground
from app.matches.warm import warm_pool
from app.offers.models import Offer
from matching.coach import Coach
from matching.vocabulary import Visibility
from tests.factories import create_match_run, create_offer, create_organization
from tests.factories.accounts import actor_of, create_user


def ask(session: Session, actor: Actor = PUBLIC) -> Coach:
    ground = read_ground(session, actor)
    return warm_pool(session, actor, ground.run, circle=ground.run.visibility, reference=ground.reference).coach


def titles(coach: Coach) -> list[str]:
    return sorted(offer.title for offer in coach.offers)


def test_the_coach_is_kept_while_nothing_changes(session: Session) -> None:
    create_offer(session)
    create_match_run(session)

    assert ask(session) is ask(session)


def test_two_who_ask_in_turn_do_not_make_each_other_wait(session: Session) -> None:
    create_offer(session)
    create_match_run(session)
    of_public, of_system = ask(session), ask(session, SYSTEM)

    assert of_public is not of_system
    assert (ask(session), ask(session, SYSTEM)) == (of_public, of_system)


def _rename(session: Session, offer: Offer) -> None:
    offer.title = "Renamed"


def _hide(session: Session, offer: Offer) -> None:
    offer.visibility = Visibility.MEMBERS


def _delete(session: Session, offer: Offer) -> None:
    session.delete(offer)


def _add(session: Session, _offer: Offer) -> None:
    create_offer(session, title="Added")


@pytest.mark.parametrize(
    ("change", "expected"),
    [(_rename, ["Kept", "Renamed"]), (_hide, ["Kept"]), (_delete, ["Kept"]), (_add, ["Added", "Kept", "Old"])],
    ids=["renamed", "hidden", "deleted", "added"],
)
def test_an_offer_that_changes_is_counted_as_it_stands(
    session: Session, change: Callable[[Session, Offer], None], expected: list[str]
) -> None:
    create_offer(session, title="Kept")
    offer = create_offer(session, title="Old")
    create_match_run(session)
    before = titles(ask(session))

    change(session, offer)
    session.flush()

    assert (before, titles(ask(session))) == (["Kept", "Old"], expected)


def test_a_run_on_another_day_is_advised_on_anew(session: Session) -> None:
    create_offer(session)
    run = create_match_run(session)
    before = ask(session)

    run.as_of_on += timedelta(days=1)
    session.flush()

    assert ask(session) is not before


def test_nobody_is_counted_what_the_one_before_could_see(session: Session) -> None:
    create_offer(session, title="For all")
    create_offer(session, title="For members", visibility=Visibility.MEMBERS)
    create_match_run(session, visibility=Visibility.MEMBERS)
    run = read_ground(session, SYSTEM).run
    reference = read_ground(session, SYSTEM).reference

    of_system, of_public = (
        titles(warm_pool(session, actor, run, circle=run.visibility, reference=reference).coach)
        for actor in (SYSTEM, PUBLIC)
    )

    assert (of_system, of_public) == (["For all", "For members"], ["For all"])


def test_two_who_each_see_an_offer_of_their_own_are_not_given_that_of_the_other(session: Session) -> None:
    """The two offers are alike in all that a change of the pool would show in."""
    run = create_match_run(session)
    reference = read_ground(session, SYSTEM).reference
    told = []
    for code in ("first", "second"):
        own = create_organization(session, code)
        create_offer(
            session, organization=own, external_id="o-1", title=f"Of {code}", visibility=Visibility.SECRETARIAT
        )
        actor = actor_of(create_user(session, "provider", organization=own))
        pool = warm_pool(session, actor, run, circle=Visibility.SECRETARIAT, reference=reference)
        told.append([offer.title for offer in pool.engine.offers])

    assert told == [["Of first"], ["Of second"]]


def test_those_who_see_other_rows_have_another_sight() -> None:
    assert sight(PUBLIC, Offer) == sight(Actor(request_id="another request"), Offer)
    assert sight(PUBLIC, Offer) != sight(SYSTEM, Offer)
