"""Who may do what and who sees which record, until there are accounts."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.policy import ROLES_BY_PERMISSION, Permission, may, require
from app.access.visibility import is_visible_to, visible_to
from app.actor import PUBLIC, SYSTEM, Actor, Role
from app.errors import ForbiddenError
from app.needs.models import Need
from matching.vocabulary import Visibility
from tests.factories import create_need


@pytest.mark.parametrize(
    ("actor", "expected"),
    [
        pytest.param(PUBLIC, ["public"], id="public"),
        pytest.param(SYSTEM, ["members", "private", "providers", "public", "secretariat"], id="system"),
    ],
)
def test_an_actor_sees_the_rows_of_its_circle(session: Session, actor: Actor, expected: list[str]) -> None:
    for visibility in Visibility:
        create_need(session, visibility=visibility)

    seen = session.scalars(select(Need.visibility).where(visible_to(actor, Need))).all()

    assert sorted(seen) == expected


@pytest.mark.parametrize("actor", [PUBLIC, SYSTEM], ids=["public", "system"])
@pytest.mark.parametrize("visibility", Visibility)
def test_the_question_about_one_record_has_the_answer_of_the_query(
    session: Session, actor: Actor, visibility: Visibility
) -> None:
    create_need(session, visibility=visibility)

    seen = session.scalars(select(Need.id).where(visible_to(actor, Need))).all()

    assert is_visible_to(actor, visibility) is bool(seen)


def test_every_permission_has_a_role() -> None:
    without = [permission for permission in Permission if not ROLES_BY_PERMISSION.get(permission)]

    assert without == []


@pytest.mark.parametrize("permission", Permission)
def test_the_public_may_change_nothing(permission: Permission) -> None:
    assert not may(PUBLIC, permission)


@pytest.mark.parametrize("permission", Permission)
def test_the_system_may_do_everything(permission: Permission) -> None:
    assert may(SYSTEM, permission)


def test_a_role_has_what_the_policy_gives_it() -> None:
    secretariat = Actor(roles=frozenset({Role.SECRETARIAT}))

    allowed = {permission.value for permission in Permission if may(secretariat, permission)}

    assert allowed == {"need:import", "offer:import", "match_run:create"}


def test_a_missing_permission_is_named() -> None:
    with pytest.raises(ForbiddenError, match="match_run:create"):
        require(PUBLIC, Permission.MATCH_RUN_CREATE)
