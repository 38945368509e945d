"""Who gives whom which role where, and who takes it away."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.queries import list_users
from app.accounts.services import NewUser, add_user, find_by_email, remove_affiliation, set_disabled
from app.accounts.tokens import NewToken, find_actor_by_token, issue_token, list_tokens, revoke_token
from app.actor import PUBLIC, SYSTEM, Actor, Role, Scope
from app.audit.models import AuditEvent
from app.errors import AppError, ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from app.organizations.models import OrganizationKind
from tests.factories import create_organization
from tests.factories.accounts import actor_of, create_api_token, create_user
from tests.factories.storing import AN_INSTANT

GIVEN = {
    "recipient": {"recipient", "contributor", "provider"},
    "contributor": set(),
    "provider": {"provider"},
    "secretariat": set(),
    "analyst": set(),
    "administrator": {"recipient", "contributor", "provider", "analyst"},
}


def a_new(email: str = "somebody@example.org", role: str = "recipient", code: str = "ministry") -> NewUser:
    return NewUser(email=email, organization_code=code, role=Role(role))


def actions(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.position)))


def can_add(session: Session, actor: Actor, role: str) -> bool:
    try:
        add_user(session, actor, a_new(f"{role}@example.org", role))
    except (ForbiddenError, InvalidInputError):
        return False
    return True


def test_a_person_is_added_once(session: Session) -> None:
    create_organization(session, "ministry", kind=OrganizationKind.STATE)

    first = add_user(session, SYSTEM, a_new("Somebody@Example.org"))
    again = add_user(session, SYSTEM, a_new("somebody@EXAMPLE.ORG"))
    other_role = add_user(session, SYSTEM, a_new("somebody@example.org", "contributor"))

    assert (first.is_new, first.is_role_new) == (True, True)
    assert (again.is_new, again.is_role_new) == (False, False)
    assert (other_role.is_new, other_role.is_role_new) == (False, True)
    assert first.user.id == again.user.id == other_role.user.id
    assert actions(session) == ["user.registered", "user.affiliated"]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("is_own", [True, False], ids=["own", "other"])
def test_a_role_invites_to_the_roles_that_the_policy_gives_it(session: Session, role: str, *, is_own: bool) -> None:
    ministry = create_organization(session, "ministry", kind=OrganizationKind.STATE)
    actor = actor_of(create_user(session, role, organization=ministry if is_own else None))

    given = {wanted.value for wanted in Role if can_add(session, actor, wanted)}

    assert given == (GIVEN[role] if is_own or role == "administrator" else set())


def test_the_public_invites_nobody(session: Session) -> None:
    create_organization(session, "ministry", kind=OrganizationKind.STATE)

    with pytest.raises(ForbiddenError):
        add_user(session, PUBLIC, a_new())


@pytest.mark.parametrize(
    ("kind", "role"),
    [("provider", "recipient"), ("state", "secretariat"), ("state", "administrator"), ("secretariat", "provider")],
)
def test_an_organization_has_the_roles_of_its_kind(session: Session, kind: str, role: str) -> None:
    create_organization(session, "ministry", kind=OrganizationKind(kind))

    with pytest.raises(InvalidInputError, match=f"kind {kind}, which has no {role}; it has "):
        add_user(session, SYSTEM, a_new(role=role))


@pytest.mark.parametrize(
    "email",
    ["", "somebody", "@example.org", "a@b", "two words@example.org", "a@example.org\x00", "a@" + "x" * 300 + ".org"],
)
def test_what_is_no_address_is_refused(session: Session, email: str) -> None:
    create_organization(session, "ministry", kind=OrganizationKind.STATE)

    with pytest.raises(InvalidInputError, match="e-mail address"):
        add_user(session, SYSTEM, a_new(email))


def test_an_address_in_another_script_is_one(session: Session) -> None:
    create_organization(session, "ministry", kind=OrganizationKind.STATE)

    added = add_user(session, SYSTEM, a_new("用户@例え.jp"))

    assert find_by_email(session, "用户@例え.JP") is added.user


def test_a_role_that_is_taken_away_is_gone_with_an_event(session: Session) -> None:
    user = create_user(session)

    remove_affiliation(session, SYSTEM, user.id, user.affiliations[0].id)

    assert user.values == frozenset()
    assert actions(session) == ["user.disaffiliated"]


def test_a_focal_point_takes_nothing_from_the_people_of_others(session: Session) -> None:
    focal_point, other = create_user(session), create_user(session)

    with pytest.raises(ForbiddenError):
        remove_affiliation(session, actor_of(focal_point), other.id, other.affiliations[0].id)


def test_a_provider_takes_no_role_that_it_may_not_give(session: Session) -> None:
    """A State that is also a provider has both; the provider's people are not its focal point."""
    ministry = create_organization(session, "ministry", kind=OrganizationKind.STATE)
    provider = create_user(session, "provider", organization=ministry)
    focal_point = create_user(session, "recipient", organization=ministry)

    with pytest.raises(ForbiddenError):
        remove_affiliation(session, actor_of(provider), focal_point.id, focal_point.affiliations[0].id)


def test_a_role_of_somebody_else_is_not_found(session: Session) -> None:
    user, other = create_user(session), create_user(session)

    with pytest.raises(NotFoundError):
        remove_affiliation(session, SYSTEM, user.id, other.affiliations[0].id)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_an_administrator_shuts_somebody_out(session: Session, role: str) -> None:
    user = create_user(session)

    with pytest.raises(ForbiddenError):
        set_disabled(session, actor_of(create_user(session, role)), user.id, is_disabled=True)


def test_somebody_is_shut_out_once(session: Session) -> None:
    user = create_user(session)
    set_disabled(session, actor_of(create_user(session, "administrator")), user.id, is_disabled=True)

    with pytest.raises(ConflictError, match="is disabled already"):
        set_disabled(session, SYSTEM, user.id, is_disabled=True)


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("administrator", {"own@example.org", "other@example.org"}),
        ("recipient", {"own@example.org"}),
        ("analyst", set()),
    ],
)
def test_people_are_listed_for_those_who_invite_them(session: Session, role: str, expected: set[str]) -> None:
    ministry = create_organization(session, "ministry", kind=OrganizationKind.STATE)
    actor = actor_of(create_user(session, role, organization=ministry, email="reader@example.org"))
    create_user(session, "contributor", organization=ministry, email="own@example.org")
    create_user(session, "contributor", email="other@example.org")

    seen = {user.email for user in list_users(session, actor)} - {"reader@example.org"}

    assert seen == expected


def test_a_token_acts_for_its_person_until_it_expires(session: Session) -> None:
    user = create_user(session)
    issued = issue_token(
        session, actor_of(user), NewToken(user_id=user.id, name="Sheet", days=2), clock=lambda: AN_INSTANT
    )

    before = find_actor_by_token(session, issued.secret, now=AN_INSTANT + timedelta(days=2, seconds=-1))
    after = find_actor_by_token(session, issued.secret, now=AN_INSTANT + timedelta(days=2))

    assert before == actor_of(user)
    assert after is None
    assert actions(session) == ["api_token.issued"]


def test_the_store_holds_no_token(session: Session) -> None:
    user = create_user(session)

    issued = issue_token(session, SYSTEM, NewToken(user_id=user.id, name="Sheet"))

    (row,) = list_tokens(session, actor_of(user))
    kept = repr({column.key: getattr(row, column.key) for column in row.__table__.columns})
    assert issued.secret not in kept
    assert issued.secret.removeprefix("tandem_") not in kept


def test_a_token_to_read_has_one_scope(session: Session) -> None:
    user = create_user(session)

    issued = issue_token(
        session, SYSTEM, NewToken(user_id=user.id, name="Sheet", scope=Scope.READ), clock=lambda: AN_INSTANT
    )

    actor = find_actor_by_token(session, issued.secret, now=AN_INSTANT)
    assert actor is not None
    assert actor.scopes == {Scope.READ}


@pytest.mark.parametrize(("name", "days"), [("", 1), ("x" * 101, 1), ("two\nlines", 1), ("Sheet", 0), ("Sheet", 366)])
def test_a_token_needs_a_name_and_an_end(session: Session, name: str, days: int) -> None:
    user = create_user(session)

    with pytest.raises(InvalidInputError):
        issue_token(session, actor_of(user), NewToken(user_id=user.id, name=name, days=days))


@pytest.mark.parametrize("role", Role)
def test_nobody_gets_a_token_of_somebody_else(session: Session, role: str) -> None:
    user = create_user(session)

    with pytest.raises(ForbiddenError):
        issue_token(session, actor_of(create_user(session, role)), NewToken(user_id=user.id, name="Theirs"))


@pytest.mark.parametrize("who", ["somebody", "public"])
def test_a_token_of_somebody_else_is_as_none_to_revoke(session: Session, who: str) -> None:
    user = create_user(session)
    create_api_token(session, user)
    (row,) = list_tokens(session, actor_of(user))
    actor = PUBLIC if who == "public" else actor_of(create_user(session, "administrator"))

    problems = []
    for token_id in (row.id, uuid4()):
        with pytest.raises(AppError) as caught:
            revoke_token(session, actor, token_id)
        problems.append((type(caught.value), str(caught.value)))

    assert problems[0] == problems[1] == (NotFoundError, "There is no such token.")
    assert row.revoked_at is None
