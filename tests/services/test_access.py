"""Who may do what and who sees which record: every cell of the policy, written out once more."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.policy import (
    GIVEN_BY_ROLE,
    RULES,
    SEEN_BY_ALL,
    SEEN_BY_ROLE,
    auditing,
    givers_of,
    holds,
    is_field_visible,
    may,
    partners_for,
    require,
    sees_for_whomever_chosen,
)
from app.access.visibility import is_shared_with, sight, visible_to, would_be_visible_to
from app.access.vocabulary import Field, Permission, Subject
from app.actor import PUBLIC, SYSTEM, Actor, Affiliation, Role, Scope
from app.errors import ForbiddenError
from app.matches.models import MatchRun
from app.needs.models import Need
from app.offers.models import Offer
from app.organizations.models import OrganizationKind
from matching.vocabulary import Visibility
from tests.factories import (
    create_match_run,
    create_need,
    create_offer,
    create_organization,
    create_signature,
    create_state,
)

EVERYTHING = {"private", "secretariat", "providers", "members", "public"}

SEEN_OF_OTHERS = {
    "recipient": {"members", "public"},
    "contributor": {"members", "public"},
    "provider": {"providers", "members", "public"},
    "secretariat": {"secretariat", "providers", "members", "public"},
    "analyst": {"members", "public"},
    "administrator": {"public"},
}

SEEN_OF_OWN_NEEDS = SEEN_OF_OTHERS | {"recipient": EVERYTHING, "contributor": EVERYTHING, "secretariat": EVERYTHING}
SEEN_OF_OWN_OFFERS = SEEN_OF_OTHERS | {"provider": EVERYTHING, "secretariat": EVERYTHING}

# For a record of one's own organization, and for one of another.
BELONGS = {"organization:read", "user:read"}
RUNS_THE_MACHINE = BELONGS | {
    *("reference:load", "sample:load", "organization:create", "user:invite", "user:disable"),
    *("audit:read", "audit_mark:read"),
}
MAY = {
    "recipient": (
        {
            *("user:invite", "need:read", "need:draft", "need:submit", "need_rank:read", "need_preview:read"),
            *("assessment:read", "assessment:draft", "assessment:submit", "audit:read"),
            "statistics:read",
        }
        | BELONGS,
        {"statistics:read"},
    ),
    "contributor": (
        {
            *("need:read", "need:draft", "need_rank:read", "need_preview:read"),
            *("assessment:read", "assessment:draft", "statistics:read"),
        }
        | BELONGS,
        {"statistics:read"},
    ),
    "provider": ({"user:invite", "offer:read", "offer:edit", "offer_preview:read", "audit:read"} | BELONGS, set()),
    "secretariat": (
        {
            *("need:read", "need:draft", "need:submit", "need_rank:read", "offer:read", "offer:edit"),
            *("match_run:create", "need_preview:read", "offer_preview:read", "audit:read", "audit_mark:read"),
            *("need:review", "offer:review", "offer:label"),
            *("area_release:read", "area:draft", "area:adopt"),
        }
        | BELONGS,
        {
            *("need_rank:read", "match_run:create", "need_preview:read", "offer_preview:read", "audit:read"),
            *("audit_mark:read", "organization:read", "need:review", "offer:review"),
            "offer:label",
            *("area_release:read", "area:draft", "area:adopt"),
        },
    ),
    "analyst": (BELONGS, set()),
    "administrator": (RUNS_THE_MACHINE, RUNS_THE_MACHINE),
}

# For what another organization keeps and has asked the State of theirs to file together; beside what they may with any.
MAY_AS_PARTNER: dict[str, set[str]] = {
    "recipient": {"need:read", "need:sign"},
    "contributor": {"need:read"},
    "provider": set(),
    "secretariat": set(),
    "analyst": set(),
    "administrator": set(),
}

READS_EVENTS_ON = {
    "recipient": {"need", "signature", "assessment", "person", "organization"},
    "contributor": set(),
    "provider": {"offer", "person", "organization"},
    "secretariat": {"need", "offer", "match_run", "reference"},
    "analyst": set(),
    "administrator": {"match_run", "person", "login", "organization", "reference"},
}

CONFIDENTIAL = {"need.excluded_providers", "need.chosen_providers"}

# Of a record of their own organization, and of one of another.
SEES_FIELDS = {
    "recipient": (CONFIDENTIAL | {"user.email", "user.standing"}, set()),
    "contributor": (CONFIDENTIAL, set()),
    "provider": ({"user.email", "user.standing", "offer.past_labels"}, set()),
    "secretariat": (CONFIDENTIAL | {"offer.past_labels"}, CONFIDENTIAL | {"offer.past_labels"}),
    "analyst": (set(), set()),
    "administrator": ({"user.email", "user.standing"}, {"user.email", "user.standing"}),
}


def somebody(role: str, *, organization_id: UUID | None = None, scopes: frozenset[Scope] = frozenset(Scope)) -> Actor:
    """Return a person with one role in one organization."""
    affiliation = Affiliation(organization_id=organization_id or uuid4(), role=Role(role))
    return Actor(user_id=uuid4(), affiliations=frozenset({affiliation}), scopes=scopes)


def seen(session: Session, actor: Actor, model: type[Need | Offer | MatchRun]) -> set[str]:
    return set(session.scalars(select(model.visibility).where(visible_to(actor, model))))


@pytest.mark.parametrize("role", Role)
def test_a_role_sees_the_needs_of_others_by_their_visibility(session: Session, role: str) -> None:
    for visibility in Visibility:
        create_need(session, visibility=visibility)

    assert seen(session, somebody(role), Need) == SEEN_OF_OTHERS[role]


@pytest.mark.parametrize("role", Role)
def test_a_role_sees_the_needs_of_its_own_organization(session: Session, role: str) -> None:
    own = create_organization(session, "own")
    for visibility in Visibility:
        create_need(session, visibility=visibility, organization=own)

    assert seen(session, somebody(role, organization_id=own.id), Need) == SEEN_OF_OWN_NEEDS[role]


@pytest.mark.parametrize("role", Role)
def test_a_role_sees_the_offers_of_others_by_their_visibility(session: Session, role: str) -> None:
    for visibility in Visibility:
        create_offer(session, visibility=visibility)

    assert seen(session, somebody(role), Offer) == SEEN_OF_OTHERS[role]


@pytest.mark.parametrize("role", Role)
def test_a_role_sees_the_offers_of_its_own_organization(session: Session, role: str) -> None:
    own = create_organization(session, "own")
    for visibility in Visibility:
        create_offer(session, visibility=visibility, organization=own)

    assert seen(session, somebody(role, organization_id=own.id), Offer) == SEEN_OF_OWN_OFFERS[role]


@pytest.mark.parametrize("role", Role)
def test_a_role_sees_the_runs_that_are_for_it(session: Session, role: str) -> None:
    for visibility in (Visibility.SECRETARIAT, Visibility.PUBLIC):
        create_match_run(session, visibility=visibility)

    expected = {"secretariat", "public"} if role == "secretariat" else {"public"}
    assert seen(session, somebody(role), MatchRun) == expected


@pytest.mark.parametrize("model", [Need, Offer])
def test_without_an_account_one_sees_what_is_public(session: Session, model: type[Need | Offer]) -> None:
    for visibility in Visibility:
        create_need(session, visibility=visibility)
        create_offer(session, visibility=visibility)

    assert seen(session, PUBLIC, model) == {"public"}
    assert seen(session, SYSTEM, model) == EVERYTHING


def test_roles_in_two_organizations_do_not_mix(session: Session) -> None:
    """Whoever drafts for one State and is an analyst at another one has no word in the second one's needs."""
    drafting, analysing = create_organization(session, "drafting"), create_organization(session, "analysing")
    actor = Actor(
        user_id=uuid4(),
        affiliations=frozenset(
            {
                Affiliation(organization_id=drafting.id, role=Role.RECIPIENT),
                Affiliation(organization_id=analysing.id, role=Role.ANALYST),
            }
        ),
    )
    for organization in (drafting, analysing):
        create_need(session, visibility=Visibility.PRIVATE, organization=organization)

    keepers = session.scalars(select(Need.organization_id).where(visible_to(actor, Need))).all()

    assert keepers == [drafting.id]
    assert may(actor, Permission.NEED_SUBMIT, owner_id=drafting.id)
    assert not may(actor, Permission.NEED_SUBMIT, owner_id=analysing.id)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("is_own", [True, False], ids=["own", "other"])
def test_a_role_may_do_what_the_policy_gives_it(role: str, *, is_own: bool) -> None:
    organization_id = uuid4()
    actor = somebody(role, organization_id=organization_id if is_own else None)

    allowed = {permission.value for permission in Permission if may(actor, permission, owner_id=organization_id)}

    assert allowed == MAY[role][0 if is_own else 1]


@pytest.mark.parametrize("role", Role)
def test_a_role_may_do_what_the_policy_gives_it_for_what_its_state_is_asked_to_file(role: str) -> None:
    own, other = uuid4(), uuid4()
    actor = somebody(role, organization_id=own)

    allowed = {
        permission.value for permission in Permission if may(actor, permission, owner_id=other, partner_ids={own})
    }

    assert allowed == MAY[role][1] | MAY_AS_PARTNER[role]
    assert not may(actor, Permission.NEED_SIGN, owner_id=other, partner_ids={uuid4()})
    assert {name.value for name in Permission if partners_for(actor, name)} == allowed


@pytest.mark.parametrize("role", Role)
def test_a_role_sees_the_need_that_its_state_is_asked_to_file(session: Session, role: str) -> None:
    own = create_organization(session, "own", kind=OrganizationKind.STATE, state_code=create_state(session, "XAB").code)
    asked = create_signature(session, create_need(session, states=("XAA", "XAB"), visibility=Visibility.PRIVATE))
    create_need(session, states=("XAA", "XAB"), visibility=Visibility.PRIVATE)

    seen_ids = session.scalars(select(Need.id).where(visible_to(somebody(role, organization_id=own.id), Need))).all()

    assert seen_ids == ([asked.need_id] if "need:read" in MAY_AS_PARTNER[role] else [])


def test_two_who_may_both_read_see_different_needs_as_partners() -> None:
    one = somebody("recipient")
    reader = replace(one, scopes=frozenset({Scope.WRITE}))

    assert not partners_for(reader, Permission.NEED_READ)
    assert sight(one, Need) != sight(somebody("recipient"), Need)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("is_own", [True, False], ids=["own", "other"])
def test_a_role_sees_the_fields_that_the_policy_shows_it(role: str, *, is_own: bool) -> None:
    organization_id = uuid4()
    actor = somebody(role, organization_id=organization_id if is_own else None)

    visible = {field.value for field in Field if is_field_visible(actor, field, owner_id=organization_id)}

    assert visible == SEES_FIELDS[role][0 if is_own else 1]


# Who sees a need for providers for which their own organization was chosen, another one, or none.
SEES_CHOSEN = {
    "recipient": (False, False, False),
    "contributor": (False, False, False),
    "provider": (True, False, True),
    "secretariat": (True, True, True),
    "analyst": (False, False, False),
    "administrator": (False, False, False),
}


@pytest.mark.parametrize("role", Role)
def test_a_need_for_chosen_providers_is_seen_by_these_and_no_others(session: Session, role: str) -> None:
    own, other = create_organization(session, "chosen"), create_organization(session, "another")
    for chosen in ((own.code, other.code), (other.code,), ()):
        create_need(session, visibility=Visibility.PROVIDERS, chosen_providers=chosen, external_id=f"{len(chosen)}")

    ids = set(session.scalars(select(Need.external_id).where(visible_to(somebody(role, organization_id=own.id), Need))))

    assert tuple(name in ids for name in ("2", "1", "0")) == SEES_CHOSEN[role]
    assert not session.scalars(select(Need.id).where(visible_to(PUBLIC, Need))).all()


def test_a_choice_says_nothing_at_the_other_visibilities(session: Session) -> None:
    other = create_organization(session, "another")
    for visibility in Visibility:
        create_need(session, visibility=visibility, chosen_providers=(other.code,))

    assert seen(session, somebody("provider"), Need) == {"members", "public"}
    assert seen(session, somebody("recipient"), Need) == {"members", "public"}


def test_who_is_a_provider_and_works_for_the_secretariat_sees_every_need_for_providers(session: Session) -> None:
    create_need(
        session, visibility=Visibility.PROVIDERS, chosen_providers=(create_organization(session, "another").code,)
    )
    roles = (Role.PROVIDER, Role.SECRETARIAT)
    both = Actor(affiliations=frozenset(Affiliation(organization_id=uuid4(), role=role) for role in roles))

    assert seen(session, both, Need) == {"providers"}
    assert seen(session, replace(both, scopes=frozenset({Scope.WRITE})), Need) == set()


def test_a_need_for_chosen_providers_is_for_no_circle_but_the_secretariat(session: Session) -> None:
    create_need(
        session, visibility=Visibility.PROVIDERS, chosen_providers=(create_organization(session, "another").code,)
    )

    held = [
        circle for circle in Visibility if session.scalars(select(Need.id).where(is_shared_with(circle, Need))).all()
    ]

    # A run for private records there is not.
    assert set(held) - {Visibility.PRIVATE} == {Visibility.SECRETARIAT}


def test_providers_who_were_chosen_for_different_needs_have_another_sight() -> None:
    assert sight(somebody("provider"), Need) != sight(somebody("provider"), Need)


@pytest.mark.parametrize("field", Field)
def test_without_an_account_one_sees_no_such_field(field: Field) -> None:
    assert not is_field_visible(PUBLIC, field, owner_id=uuid4())
    assert is_field_visible(SYSTEM, field, owner_id=uuid4())


def test_a_record_of_nobody_is_nobodys_own() -> None:
    assert not may(somebody("recipient"), Permission.NEED_SUBMIT)


def test_a_token_to_read_changes_nothing() -> None:
    own = uuid4()
    reader = somebody("secretariat", organization_id=own, scopes=frozenset({Scope.READ}))

    allowed = {permission.value for permission in Permission if may(reader, permission, owner_id=own)}

    assert allowed == BELONGS | {
        *("need:read", "need_rank:read", "offer:read", "need_preview:read", "offer_preview:read"),
        *("audit:read", "audit_mark:read", "area_release:read"),
    }


def test_a_token_that_may_not_read_sees_what_the_public_sees(session: Session) -> None:
    own = create_organization(session, "own")
    for visibility in Visibility:
        create_need(session, visibility=visibility, organization=own)
    writer = somebody("secretariat", organization_id=own.id, scopes=frozenset({Scope.WRITE}))

    assert seen(session, writer, Need) == {"public"}
    assert not is_field_visible(writer, Field.NEED_EXCLUDED_PROVIDERS, owner_id=own.id)


@pytest.mark.parametrize("role", Role)
def test_a_role_reads_events_on_its_subjects(role: str) -> None:
    own = uuid4()
    actor = somebody(role, organization_id=own)

    read = {subject.value for subject in Subject if may(auditing(actor, subject), Permission.AUDIT_READ, owner_id=own)}

    assert read == READS_EVENTS_ON[role]
    assert holds(actor, Permission.AUDIT_READ) == bool(read)


@pytest.mark.parametrize("kind", ["need", "offer"])
@pytest.mark.parametrize("is_own", [True, False], ids=["own", "other"])
@pytest.mark.parametrize("role", Role)
def test_what_would_be_visible_is_what_is_visible(session: Session, role: str, kind: str, *, is_own: bool) -> None:
    """A preview asks of one record what a query asks of all."""
    keeper = create_organization(session, "keeper")
    actor = somebody(role, organization_id=keeper.id if is_own else None)
    model = {"need": Need, "offer": Offer}[kind]
    for visibility in Visibility:
        {"need": create_need, "offer": create_offer}[kind](session, visibility=visibility, organization=keeper)

    would_be = {
        visibility.value
        for visibility in Visibility
        if would_be_visible_to(actor, visibility, permission=model.READ_PERMISSION, owner_id=keeper.id)
    }

    assert would_be == seen(session, actor, model)


@pytest.mark.parametrize("role", Role)
def test_so_it_is_of_a_need_for_chosen_providers(session: Session, role: str) -> None:
    own, other = create_organization(session, "chosen"), create_organization(session, "another")
    actor, would_be = somebody(role, organization_id=own.id), []
    for chosen in ((own, other), (other,), ()):
        codes, ids = tuple(row.code for row in chosen), frozenset(row.id for row in chosen)
        need = create_need(session, visibility=Visibility.PROVIDERS, chosen_providers=codes)
        would_be.append(
            would_be_visible_to(
                actor, need.visibility, permission=Need.READ_PERMISSION, owner_id=need.organization_id, chosen_ids=ids
            )
        )

    assert tuple(would_be) == SEES_CHOSEN[role]


def test_a_choice_says_nothing_of_what_would_be_visible_at_another_visibility() -> None:
    others = frozenset({uuid4()})
    would_be = {
        visibility
        for visibility in (Visibility.PROVIDERS, Visibility.MEMBERS)
        if would_be_visible_to(
            somebody("provider"), visibility, permission=Need.READ_PERMISSION, owner_id=uuid4(), chosen_ids=others
        )
    }

    assert would_be == {Visibility.MEMBERS}


def test_every_permission_has_its_rules() -> None:
    assert set(RULES) == set(Permission)


@pytest.mark.parametrize("permission", Permission)
def test_the_system_has_every_permission_for_some_record_and_the_public_none(permission: Permission) -> None:
    assert holds(SYSTEM, permission)
    assert not holds(PUBLIC, permission)


@pytest.mark.parametrize("subject", Subject)
def test_the_system_reads_the_trail_on_everything(subject: Subject) -> None:
    assert auditing(SYSTEM, subject) == SYSTEM


def test_the_system_and_who_sees_every_need_for_providers_see_it_whoever_was_chosen() -> None:
    assert sees_for_whomever_chosen(SYSTEM)
    assert sees_for_whomever_chosen(somebody("secretariat"))
    assert not sees_for_whomever_chosen(somebody("provider"))
    assert not sees_for_whomever_chosen(somebody("secretariat", scopes=frozenset({Scope.WRITE})))
    assert not sees_for_whomever_chosen(PUBLIC)


def test_a_role_is_given_by_those_whom_the_policy_names() -> None:
    assert givers_of(Role.PROVIDER) == (Role.RECIPIENT, Role.PROVIDER, Role.ADMINISTRATOR)
    assert givers_of(Role.SECRETARIAT) == (Role.ADMINISTRATOR,)


def test_those_alone_give_roles_who_may_invite() -> None:
    assert {role for role, given in GIVEN_BY_ROLE.items() if given} == set(RULES[Permission.USER_INVITE])


def test_the_table_says_of_each_role_that_it_sees_what_everybody_sees() -> None:
    assert all(seen >= SEEN_BY_ALL for seen in SEEN_BY_ROLE.values())


@pytest.mark.parametrize("permission", Permission)
def test_the_public_may_do_nothing_that_needs_a_permission(permission: Permission) -> None:
    assert not may(PUBLIC, permission)
    assert not may(PUBLIC, permission, owner_id=uuid4())


@pytest.mark.parametrize("permission", Permission)
def test_the_system_may_do_everything(permission: Permission) -> None:
    assert may(SYSTEM, permission)


def test_a_missing_permission_is_named() -> None:
    with pytest.raises(ForbiddenError, match="match_run:create"):
        require(PUBLIC, Permission.MATCH_RUN_CREATE)
