"""Two copies of the service that differ in one secret are the same for everybody who may not see it, to the byte.

Each copy is matched anew after the secret was put in, so that all that is made from records is compared too: runs and their
files, matches, unmet needs, tandems, comparisons, answers, advice and duplicates. The secret has the external id of a public
record, the State and the area of others, texts that no other record holds, a budget, excluded providers, and a history of
changes. What differs in one of these alone needs no copy of its own: each is equal to the copy without the record.
"""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest
from _pytest.mark import ParameterSet
from sqlalchemy import select

from app.access.policy import SEEN_BY_ALL, SEEN_BY_ROLE
from app.actor import Role
from app.offers.models import LabelState, Offer
from matching.vocabulary import Visibility
from tests.worlds.building import (
    SECOND_DAY,
    SECRET,
    SECRETS,
    THE_PUBLIC,
    World,
    assess,
    build_first_world,
    copy_file,
    copy_of,
    exclude,
    keep_for_chosen,
    keep_joint,
    keep_secrets,
    label,
    match_on,
    opened,
)
from tests.worlds.looking import Eyes, Seen

BELOW_PUBLIC = [visibility for visibility in Visibility if visibility is not Visibility.PUBLIC]


class Worlds:
    """The copy without a secret, and those with one, each made when it is first asked for."""

    def __init__(self, folder: Path, migrated: Path, stack: ExitStack) -> None:
        self._folder, self._stack = folder, stack
        first = Path(shutil.copyfile(migrated, folder / "first.sqlite3"))
        self._first = build_first_world(stack.enter_context(opened(first)))
        self.before = self._first
        self.without = match_on(self.copy("without"), SECOND_DAY)
        self.having = cache(lambda visibility: match_on(keep_secrets(self.copy(visibility), visibility), SECOND_DAY))
        self.excluding = cache(lambda *names: match_on(exclude(self.copy("-".join(names)), *names), SECOND_DAY))
        self.labelled = cache(lambda visibility: label(self.copy(f"labelled-{visibility}"), f"o-{visibility}"))
        self.assessed = cache(lambda: assess(self.copy("assessed")))
        self.for_chosen = cache(lambda *codes: match_on(keep_for_chosen(self.copy("for-chosen"), *codes), SECOND_DAY))
        self.joint = cache(lambda state: match_on(keep_joint(self.copy(f"with-{state}"), state), SECOND_DAY))
        self.declined = cache(lambda: match_on(keep_joint(self.copy("declined"), "XAB", is_declined=True), SECOND_DAY))
        self.seen_without = cache(lambda reader: Eyes(self.without, reader).everything())

    def copy(self, name: str) -> World:
        """Return a copy of its own, before the second day."""
        path = copy_file(self._first, self._folder / f"{name}.sqlite3")
        return copy_of(self._first, self._stack.enter_context(opened(path)))


@pytest.fixture(scope="module")
def worlds(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worlds]:
    """The copies of this module."""
    with ExitStack() as stack:
        yield Worlds(tmp_path_factory.mktemp("worlds"), migrated_sqlite, stack)


def readers_without(visibility: Visibility) -> list[str]:
    """Return the readers who may not see a record of others at that visibility, by the policy."""
    public = [] if visibility in SEEN_BY_ALL else [THE_PUBLIC]
    return public + [role.value for role in Role if visibility not in SEEN_BY_ROLE[role]]


def cases(*, is_repeated: bool) -> list[ParameterSet]:
    """Return each visibility with the readers who may not see it: the first of those who see the same, or the others."""
    found = []
    for visibility in BELOW_PUBLIC:
        told: set[frozenset[Visibility]] = set()
        for reader in readers_without(visibility):
            sight = SEEN_BY_ALL if reader == THE_PUBLIC else SEEN_BY_ROLE[Role(reader)]
            if is_repeated == (sight in told):
                found.append(pytest.param(visibility, reader, id=f"{visibility}-{reader}"))
            told.add(sight)
    return found


def differences(one: Mapping[str, Seen], other: Mapping[str, Seen]) -> dict[str, object]:
    """Return where two worlds look different, and how."""
    found: dict[str, object] = {}
    for address in sorted({*one, *other}):
        mine, theirs = one.get(address), other.get(address)
        if mine is None or theirs is None:
            found[address] = "is there in one world alone"
        elif mine != theirs:
            found[address] = (mine.status, theirs.status, set(mine.headers) ^ set(theirs.headers), _first(mine, theirs))
    return found


def _first(one: Seen, other: Seen) -> tuple[bytes, bytes] | None:
    place = next((n for n, (a, b) in enumerate(zip(one.body, other.body, strict=False)) if a != b), None)
    return None if place is None else (one.body[place - 60 : place + 60], other.body[place - 60 : place + 60])


@pytest.mark.parametrize(
    ("visibility", "reader"),
    [
        *cases(is_repeated=False),
        *(pytest.param(*case.values, id=case.id, marks=pytest.mark.soak) for case in cases(is_repeated=True)),
    ],
)
def test_a_record_is_not_there_for_whoever_may_not_see_it(
    worlds: Worlds, caplog: pytest.LogCaptureFixture, visibility: Visibility, reader: str
) -> None:
    with caplog.at_level(logging.INFO):
        having = worlds.having(visibility)

        seen = Eyes(having, reader).everything()
        refused = Eyes(having, reader).refusals(having.secret_ids)

    assert differences(seen, worlds.seen_without(reader)) == {}
    assert differences(refused, Eyes(worlds.without, reader).refusals(having.secret_ids)) == {}
    assert [address for address, told in seen.items() if SECRET.encode() in told.body and SECRET not in address] == []
    assert SECRET not in caplog.text


@pytest.mark.parametrize(("visibility", "reader"), cases(is_repeated=True))
def test_no_list_search_or_refusal_tells_of_it_either(worlds: Worlds, visibility: Visibility, reader: str) -> None:
    """For those whose eyes are as good as somebody's above, without all that lists lead to."""
    having = worlds.having(visibility)

    one, other = (
        Eyes(world, reader).lists() | Eyes(world, reader).refusals(having.secret_ids)
        for world in (having, worlds.without)
    )

    assert differences(one, other) == {}


def test_a_need_for_chosen_providers_is_not_there_for_the_others(worlds: Worlds) -> None:
    having = worlds.for_chosen("first")

    seen = Eyes(having, "provider").everything()
    refused = Eyes(having, "provider").refusals(having.secret_ids)

    assert differences(seen, worlds.seen_without("provider")) == {}
    assert differences(refused, Eyes(worlds.without, "provider").refusals(having.secret_ids)) == {}
    assert not same(
        worlds, having, "owner provider", ["/needs", "/api/v1/needs", f"/needs?text={SECRET}", "/areas/LAW"]
    )


OTHERS: Final = [THE_PUBLIC, "provider", "secretariat", "analyst", "administrator"]


@pytest.mark.parametrize(
    ("state", "reader"),
    [*(("XAB", reader) for reader in OTHERS), *(("XAC", reader) for reader in ("recipient", "contributor"))],
)
def test_a_need_that_a_state_is_asked_to_file_is_not_there_for_third_parties(
    worlds: Worlds, state: str, reader: str
) -> None:
    _is_not_there(worlds, worlds.joint(state), reader)


@pytest.mark.parametrize("reader", [*OTHERS, "recipient", "contributor"])
def test_a_need_that_a_state_declined_to_file_is_not_there_for_it_any_more_nor_for_others(
    worlds: Worlds, reader: str
) -> None:
    _is_not_there(worlds, worlds.declined(), reader)


def _is_not_there(worlds: Worlds, having: World, reader: str) -> None:
    addresses = ["/organizations", "/api/v1/organizations"]
    # Administrators read there what readers before them were refused, which differs from copy to copy.
    addresses += [] if reader == "administrator" else ["/audit", "/api/v1/audit-events"]
    one, other = (
        Eyes(world, reader).lists()
        | Eyes(world, reader).refusals(having.secret_ids)
        | {address: Eyes(world, reader).look(address) for address in addresses}
        for world in (having, worlds.without)
    )

    assert differences(one, other) == {}
    assert [address for address, told in one.items() if SECRET.encode() in told.body and SECRET not in address] == []


@pytest.mark.parametrize("reader", ["recipient", "contributor"])
def test_the_state_that_is_asked_sees_the_need_everywhere_but_not_whom_it_excludes(worlds: Worlds, reader: str) -> None:
    having = worlds.joint("XAB")
    addresses = ["/", "/needs", "/needs?format=csv", "/api/v1/needs", f"/needs?text={SECRET}", "/needs?area=LAW"]

    assert not same(worlds, having, reader, [*addresses, "/organizations"])
    assert not any(f"{SECRET} Ltd".encode() in Eyes(having, reader).look(address).body for address in addresses)


@pytest.mark.parametrize(
    "reader",
    [THE_PUBLIC, "recipient", "provider"]
    + [pytest.param(role, marks=pytest.mark.soak) for role in ("contributor", "analyst", "administrator")],
)
def test_whom_a_state_excludes_is_not_there_for_others(worlds: Worlds, reader: str) -> None:
    """Both exclude somebody whose offer would not have been allocated: that one does is no secret, whom is one."""
    one, other = worlds.excluding("Second Provider"), worlds.excluding("Third Provider", "Fourth Provider")

    seen = [Eyes(world, reader).everything() for world in (one, other)]

    assert differences(*seen) == {}
    assert not any(b"Fourth Provider" in answer.body for answer in seen[1].values())


OF_OFFERS: Final = (
    *(
        "/",
        "/offers",
        "/offers?format=csv",
        "/areas/LAW",
        "/principles",
        "/api/v1/offers",
        "/audit",
        "/api/v1/audit-events",
    ),
    *(f"{address}?label={state}" for address in ("/offers", "/api/v1/offers") for state in LabelState),
)


@pytest.mark.parametrize(
    ("visibility", "reader"),
    [(visibility, reader) for visibility in BELOW_PUBLIC for reader in readers_without(visibility)],
)
def test_the_label_of_a_hidden_offer_is_not_there_for_others(
    worlds: Worlds, visibility: Visibility, reader: str
) -> None:
    """Both copies have the offer; in one it was checked, labelled and changed."""
    having, without = worlds.labelled(visibility), worlds.before
    hidden = _ids_of(having, f"o-{visibility}")

    seen, as_before = (
        {address: Eyes(world, reader).look(address) for address in OF_OFFERS} for world in (having, without)
    )
    refused, as_unlabelled = (Eyes(world, reader).refusals(hidden) for world in (having, without))

    assert differences(seen, as_before) == {}
    assert differences(refused, as_unlabelled) == {}
    assert not any(SECRET.encode() in told.body for told in (*seen.values(), *refused.values()))


def test_whoever_sees_the_offer_sees_its_label(worlds: Worlds) -> None:
    having, without = worlds.labelled(Visibility.MEMBERS), worlds.before

    changed = [
        address
        for address in OF_OFFERS
        if Eyes(having, "analyst").look(address) != Eyes(without, "analyst").look(address)
    ]

    assert {"/offers", "/offers?format=csv", "/api/v1/offers", "/offers?label=changed"} <= set(changed)


def _ids_of(world: World, external_id: str) -> frozenset[UUID]:
    with world.database.reading() as session:
        return frozenset(session.scalars(select(Offer.id).filter_by(external_id=external_id)))


ASSESSED: Final = ("/", "/assessments", "/states/XAA", "/organizations", "/api/v1/assessments", "/api/v1/organizations")


@pytest.mark.parametrize("reader", [THE_PUBLIC, *(role.value for role in Role)])
def test_what_a_state_says_of_itself_is_not_there_for_others(worlds: Worlds, reader: str) -> None:
    having, without = worlds.assessed(), worlds.before

    seen, as_before = (
        {address: Eyes(world, reader).look(address) for address in ASSESSED} for world in (having, without)
    )
    refused, unknown = (Eyes(world, reader).refusals(having.secret_ids) for world in (having, without))

    assert differences(seen, as_before) == {}
    assert differences(refused, unknown) == {}
    assert not any(SECRET.encode() in told.body for told in (*seen.values(), *refused.values()))


def test_its_own_people_see_another_world(worlds: Worlds) -> None:
    one, other = (
        Eyes(world, "owner recipient").look("/api/v1/assessments") for world in (worlds.assessed(), worlds.before)
    )

    assert one.body != other.body


@pytest.mark.parametrize("visibility", BELOW_PUBLIC)
def test_whoever_may_see_a_record_sees_another_world(worlds: Worlds, visibility: Visibility) -> None:
    """What is compared above is worth something only where it changes for those who may see the record."""
    having = worlds.having(visibility)
    noun = "offers" if visibility in (Visibility.PRIVATE, Visibility.MEMBERS) else "needs"
    reader = {"needs": "owner recipient", "offers": "owner provider"}[noun]

    addresses = [f"/{noun}", f"/{noun}?format=csv", f"/api/v1/{noun}", "/areas", "/areas/LAW"]
    addresses += [f"/{noun}?text={SECRET}", f"/api/v1/{noun}?text={SECRET}", f"/{noun}?area=LAW&format=csv"]

    assert not same(worlds, having, reader, addresses)
    # The first page counts drafts to who can finish them, and to others all that they see.
    assert not same(worlds, having, reader if visibility is Visibility.PRIVATE else "secretariat", ["/"])


def test_the_secretariat_sees_what_is_for_it_and_its_run(worlds: Worlds) -> None:
    addresses = ["/needs", "/offers", "/match-runs", "/api/v1/match-runs", "/api/v1/matches"]

    assert not same(worlds, worlds.having(Visibility.SECRETARIAT), "secretariat", addresses)


def same(worlds: Worlds, having: World, reader: str, addresses: Iterable[str]) -> list[str]:
    """Return the addresses at which the reader sees no difference."""
    one, other = Eyes(having, reader), Eyes(worlds.without, reader)
    return [address for address in addresses if one.look(address) == other.look(address)]


@pytest.mark.parametrize(
    ("noun", "reader"),
    [
        ("needs", "recipient"),
        ("needs", "contributor"),
        ("needs", "provider"),
        ("offers", "provider"),
        ("offers", "recipient"),
        ("needs", "analyst"),
        ("needs", "secretariat"),
        ("offers", "administrator"),
    ],
)
def test_an_id_that_somebody_else_uses_in_secret_is_free(worlds: Worlds, noun: str, reader: str) -> None:
    """A draft of another organization has the id; whoever takes it, or tries to, hears nothing of that."""
    secret_id = {"external_id": "an-id-of-ours", "visibility": "private"}
    plain, having = (worlds.copy(f"{name}-{noun}-{reader}") for name in ("plain", "having"))
    owner = Eyes(having, {"needs": "owner recipient", "offers": "owner provider"}[noun])
    made = owner.look(f"/api/v1/{noun}", method="POST", json=SECRETS[noun] | secret_id)
    body = SECRETS[noun] | secret_id | {"title": "Ours"}

    answers = [Eyes(world, reader).look(f"/api/v1/{noun}", method="POST", json=body) for world in (plain, having)]

    assert made.status == 201
    assert answers[0].status == answers[1].status
    assert _without_chance(answers[0]) == _without_chance(answers[1])


def _without_chance(seen: Seen) -> dict[str, object]:
    """Return a new record but for its id and its times, which no two have alike."""
    told: dict[str, object] = json.loads(seen.body)
    return {name: value for name, value in told.items() if name not in ("id", "created_at", "updated_at")}
