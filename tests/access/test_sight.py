"""Every query that tells of records, counts included, for every role: what it tells is what the tables say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app.accounts.queries import list_users
from app.actor import SYSTEM, Actor
from app.areas.release_queries import find_draft
from app.assessments.queries import assessing_organizations
from app.errors import NotFoundError
from app.matches import answer_queries, profiles
from app.matches import queries as matches
from app.matches.warm import sight
from app.needs import queries as needs
from app.needs.models import Need
from app.needs.profiles import get_matchable_need, pool_of_needs
from app.offers import queries as offers
from app.offers.models import Offer
from app.offers.profiles import pool_of_offers, state_of_offers
from app.reports import exports
from app.reports.exports import ExportName
from app.reports.outcomes import outcome_by_need_id
from app.reports.sample import count_sample
from matching.vocabulary import Visibility
from tests.access import told_twice
from tests.access.callers import Caller
from tests.access.site import Site, sees_run
from tests.access.world import LATER, Record, World
from tests.factories import create_need, create_offer, create_organization

CIRCLES: Final = list(Visibility)
NOT_PRIVATE: Final = CIRCLES[1:]

Telling = Callable[[Session, Actor, World], object]


def _at(caller: Caller, is_wrong: bool) -> list[str]:  # noqa: FBT001 – what the words before it say
    """Return at whom something is wrong."""
    return [caller.name] if is_wrong else []


def _seen(caller: Caller, world: World, kind: str, circle: Visibility | None = None) -> set[UUID]:
    wide_enough = NOT_PRIVATE[NOT_PRIVATE.index(circle) :] if circle else CIRCLES
    return {
        record.id
        for record in world.of(kind)
        if told_twice.sees(caller, record)
        and record.visibility in {one.value for one in wide_enough}
        # What waits for the secretariat takes part in nothing.
        and not (circle and record.is_submitted)
    }


def _those_found(get: Callable[[Session, Actor, UUID], Any], kind: str) -> Telling:
    def find(session: Session, actor: Actor, world: World) -> set[UUID]:
        found = set()
        for record in world.of(kind):
            try:
                get(session, actor, record.id)
            except NotFoundError:
                continue
            found.add(record.id)
        return found

    return find


def _every_id(world: World, kind: str) -> list[str]:
    return [str(record.id) for record in world.of(kind)]


# What tells of needs or offers by their ids, and of which.
TELLING: Final[Mapping[str, tuple[str, Telling]]] = {
    "get a need": ("need", _those_found(needs.get_need, "need")),
    "get an offer": ("offer", _those_found(offers.get_offer, "offer")),
    "get a need to match": ("need", _those_found(get_matchable_need, "need")),
    "what repeats an offer": ("offer", _those_found(answer_queries.duplicates_of_offer, "offer")),
    "needs for a file": ("need", lambda session, actor, _: {row.id for row in needs.iter_rows(session, actor)}),
    "offers for a file": ("offer", lambda session, actor, _: {row.id for row in offers.iter_rows(session, actor)}),
    "needs by id": (
        "need",
        lambda session, actor, world: set(
            map(UUID, answer_queries.needs_by_id(session, actor, _every_id(world, "need")))
        ),
    ),
    "offers by id": (
        "offer",
        lambda session, actor, world: set(
            map(UUID, answer_queries.offers_by_id(session, actor, _every_id(world, "offer")))
        ),
    ),
    "needs that events are about": (
        "need",
        lambda session, actor, world: set(needs.needs_by_id(session, actor, [one.id for one in world.of("need")])),
    ),
    "offers that events are about": (
        "offer",
        lambda session, actor, world: set(offers.offers_by_id(session, actor, [one.id for one in world.of("offer")])),
    ),
}

# What tells how many there are.
COUNTING: Final[Mapping[str, tuple[str, Telling]]] = {
    "needs": ("need", lambda session, actor, _: needs.count(session, actor)),
    "offers": ("offer", lambda session, actor, _: offers.count(session, actor)),
    "needs of an area": ("need", lambda session, actor, _: needs.count_by_area(session, actor).get("IRC", 0)),
    "offers of an area": ("offer", lambda session, actor, _: offers.count_by_area(session, actor).get("IRC", 0)),
    "needs of the sample": ("need", lambda session, actor, _: count_sample(session, actor).needs),
    "offers of the sample": ("offer", lambda session, actor, _: count_sample(session, actor).offers),
}


@pytest.mark.parametrize("name", TELLING)
def test_a_query_tells_of_what_one_sees(site: Site, name: str) -> None:
    kind, telling = TELLING[name]
    with site.database.reading() as session:
        told = {caller.name: telling(session, actor, site.world) for caller, actor in site.actors()}

    assert told == {caller.name: _seen(caller, site.world, kind) for caller in site.world.programs}


@pytest.mark.parametrize("name", COUNTING)
def test_a_count_is_of_what_one_sees(site: Site, name: str) -> None:
    kind, counting = COUNTING[name]
    with site.database.reading() as session:
        counted = {caller.name: counting(session, actor, site.world) for caller, actor in site.actors()}

    assert counted == {caller.name: len(_seen(caller, site.world, kind)) for caller in site.world.programs}


@pytest.mark.parametrize("circle", NOT_PRIVATE)
def test_a_run_for_a_circle_matches_what_its_maker_sees_and_all_of_the_circle_see(
    site: Site, circle: Visibility
) -> None:
    wrong = []
    with site.database.reading() as session:
        for caller, actor in site.actors():
            pools = {
                "need": pool_of_needs(session, actor, circle, LATER),
                "offer": pool_of_offers(session, actor, circle, LATER),
            }
            for kind, rows in pools.items():
                wrong += _at(caller, {row.id for row in rows.values()} != _seen(caller, site.world, kind, circle))
            n_offers = state_of_offers(session, actor, circle, LATER)[0]  # type: ignore[index]  # how many there are, and more
            wrong += _at(caller, n_offers != len(pools["offer"]))
            left_out = sum(
                len(_seen(caller, site.world, kind, Visibility.SECRETARIAT) - _seen(caller, site.world, kind, circle))
                for kind in ("need", "offer")
            )
            wrong += _at(caller, profiles.count_left_out(session, actor, circle=circle, as_of_on=LATER) != left_out)

    assert wrong == []


def test_the_system_matches_for_a_circle_what_all_of_it_see(site: Site) -> None:
    with site.database.reading() as session:
        matched = {circle: len(pool_of_needs(session, SYSTEM, circle, LATER)) for circle in NOT_PRIVATE}

    assert matched == {"secretariat": 8, "providers": 6, "members": 4, "public": 2}


def test_runs_are_counted_for_those_who_see_them(site: Site) -> None:
    with site.database.reading() as session:
        counted = {caller.name: matches.count_runs(session, actor) for caller, actor in site.actors()}

    assert counted == {
        caller.name: sum(sees_run(caller, run) for run in site.world.runs) for caller in site.world.programs
    }


@pytest.mark.parametrize("kind", ["need", "offer"])
def test_a_run_closes_to_those_to_whom_a_record_in_it_has_closed(changing_site: Site, kind: str) -> None:
    withdrawn = changing_site.world.named(f"{kind}-own-public" if kind == "need" else f"{kind}-other-public")
    with changing_site.database.unit_of_work() as session:
        row = session.get_one(Need if kind == "need" else Offer, withdrawn.id)
        row.visibility = Visibility.SECRETARIAT
    runs = [
        replace(
            run,
            records=tuple(replace(one, visibility="secretariat") if one == withdrawn else one for one in run.records),
        )
        for run in changing_site.world.runs
    ]

    with changing_site.database.reading() as session:
        counted = {caller.name: matches.count_runs(session, actor) for caller, actor in changing_site.actors()}

    assert any(withdrawn in run.records for run in changing_site.world.runs)
    assert counted == {
        caller.name: sum(sees_run(caller, run) for run in runs) for caller in changing_site.world.programs
    }


def test_what_became_of_a_need_is_told_to_those_who_see_it(site: Site) -> None:
    """Also where somebody sees the run and a record in it was withdrawn in between."""
    wrong = []
    with site.database.reading() as session:
        for caller, actor in site.actors():
            for run in site.world.runs:
                row = session.get_one(matches.MatchRun, run.id)
                every = [record.id for record in site.world.of("need")]
                told = outcome_by_need_id(session, actor, row, every)
                whole = outcome_by_need_id(session, SYSTEM, row, every)
                wrong += _at(caller, set(told) != set(whole) & _seen(caller, site.world, "need"))

    assert wrong == []


@pytest.mark.parametrize("circle", [Visibility.PUBLIC, Visibility.SECRETARIAT])
@pytest.mark.parametrize(("kind", "create"), [("need", create_need), ("offer", create_offer)])
def test_an_id_is_made_clear_where_one_sees_both(
    changing_site: Site, kind: str, create: Callable[..., Any], circle: Visibility
) -> None:
    """The organization before an id would tell that there is another record of that id."""
    with changing_site.database.unit_of_work() as session:
        create(session, external_id="twice", organization=create_organization(session, "other"), visibility=circle)
        create(
            session,
            external_id="twice",
            organization=create_organization(session, "own"),
            visibility=Visibility.PRIVATE,
        )
    name = ExportName.NEEDS if kind == "need" else ExportName.OFFERS
    with changing_site.database.reading() as session:
        told = {
            caller.name: {
                str(row[0]) for row in exports.open_table(session, actor, name).rows if "twice" in str(row[0])
            }
            for caller, actor in changing_site.actors()
        }

    both = [
        Record(kind=kind, owner="own", visibility="private", id=UUID(int=0)),
        Record(kind=kind, owner="other", visibility=circle.value, id=UUID(int=1)),
    ]
    for caller in changing_site.world.programs:
        seen = [record for record in both if told_twice.sees(caller, record)]
        assert told[caller.name] == {f"{record.owner}:twice" if seen == both else "twice" for record in seen}


def test_an_assessment_is_begun_for_those_states_alone_for_which_one_drafts(site: Site) -> None:
    with site.database.reading() as session:
        told = {
            caller.name: {one.code for one in assessing_organizations(session, actor)}
            for caller, actor in site.actors()
        }

    assert told == {
        caller.name: {code for _, code in caller.affiliations if told_twice.may(caller, "assessment:draft", code)}
        for caller in site.world.programs
    }


def test_the_draft_of_a_release_is_there_for_those_who_may_read_releases(site: Site) -> None:
    with site.database.reading() as session:
        told = {caller.name: find_draft(session, actor) is not None for caller, actor in site.actors()}

    assert told == {caller.name: told_twice.may(caller, "area_release:read", "own") for caller in site.world.programs}


def test_whom_a_need_excludes_is_told_to_those_who_may_know(site: Site) -> None:
    """In the record, in the list, and in the file, which has no such column for those who see none at all."""
    wrong = []
    for caller in site.world.programs:
        expected = {
            record.name: [record.excluded] if told_twice.sees_exclusions(caller, record.owner) else None
            for record in site.world.of("need")
            if told_twice.sees(caller, record)
        }
        listed = site.ask(caller, "GET", "/api/v1/needs").json["data"]
        wrong += _at(caller, {one["title"]: one["excluded_providers"] for one in listed} != expected)
    for caller in site.world.browsers:
        text = site.ask(caller, "GET", "/needs?format=csv").get_data(as_text=True)
        needs_seen = [record for record in site.world.of("need") if told_twice.sees(caller, record)]
        told = {record.excluded for record in needs_seen if record.excluded in text}
        known = {record.excluded for record in needs_seen if told_twice.sees_exclusions(caller, record.owner)}
        has_column = "excluded_providers" in text.partition("\n")[0]
        knows_some = any(told_twice.sees_exclusions(caller, owner) for owner in ("own", "other"))
        wrong += _at(caller, (told, has_column) != (known, knows_some))

    assert wrong == []


def test_two_have_one_sight_where_they_see_the_same(site: Site) -> None:
    """The coach that is kept warm for one is asked by the other."""
    everybody = [*site.actors(), (None, SYSTEM)]
    for caller, actor in everybody:
        for other, its_actor in everybody:
            if caller and other:
                is_one = _seen(caller, site.world, "offer") == _seen(other, site.world, "offer")
            else:
                is_one = caller is other
            assert (sight(actor, Offer) == sight(its_actor, Offer)) is is_one


def test_people_are_seen_by_those_who_may_invite_there(site: Site) -> None:
    wrong = []
    with site.database.reading() as session:
        everybody = list_users(session, SYSTEM)
        for caller, actor in site.actors():
            expected = {
                user.id
                for user in everybody
                for row in user.affiliations
                if told_twice.may(caller, "user:invite", row.organization.code)
            }
            wrong += _at(caller, {user.id for user in list_users(session, actor)} != expected)

    assert len(everybody) > 10
    assert wrong == []
