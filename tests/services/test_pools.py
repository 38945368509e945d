"""The pools of needs and offers that a run matches: each record under a name that no other one has."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.actor import SYSTEM
from app.needs.profiles import pool_of_needs
from app.offers.profiles import pool_of_offers
from app.organizations.importing import engine_ids
from matching.vocabulary import Visibility
from tests.factories import create_need, create_offer, create_organization
from tests.factories.storing import AN_INSTANT

# Few letters, so that ids of one organization often look like those of another with its code before them.
CODES = st.sampled_from(("a", "b", "a.b"))
EXTERNAL_IDS = st.lists(st.sampled_from(("a", "b", "x", ":", "a.b")), min_size=1, max_size=4).map("".join)
RECORDS = st.lists(st.tuples(CODES, EXTERNAL_IDS), unique=True, max_size=8)


@pytest.mark.parametrize(("create", "pool_of"), [(create_need, pool_of_needs), (create_offer, pool_of_offers)])
def test_three_organizations_cannot_stop_the_matcher(session: Session, create: object, pool_of: object) -> None:
    """The third one's own id once looked like the first one's with its code before it, and no run came out any more."""
    for code, external_id in (("a", "x"), ("b", "x"), ("c", "a:x")):
        create(session, external_id=external_id, organization=create_organization(session, code))  # type: ignore[operator]  # one of the two factories

    pool = pool_of(session, SYSTEM, Visibility.PUBLIC, AN_INSTANT.date())  # type: ignore[operator]  # one of the two pools

    assert list(pool) == ["a:x", "b:x", "c:a:x"]


@given(RECORDS)
def test_no_two_records_of_a_pool_are_called_the_same(records: list[tuple[str, str]]) -> None:
    pool = [(uuid4(), code, external_id) for code, external_id in records]

    names = engine_ids(pool)

    assert len(set(names.values())) == len(records)


def test_an_id_that_is_the_only_one_of_its_kind_is_kept_as_it_is() -> None:
    first, second = uuid4(), uuid4()

    names = engine_ids([(first, "a", "urn:x"), (second, "b", "y")])

    assert names == {first: "urn:x", second: "y"}
