"""What the people of an organization do next: its self-assessment, its drafts, a need or an offer to write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from app.access.vocabulary import Permission
from app.actor import Actor
from app.assessments.models import AssessmentState
from app.assessments.queries import assessing_organizations, find_newest
from app.organizations.lives import Status
from app.organizations.models import Organization, OrganizationKind
from app.organizations.queries import list_kept_for
from app.reports.lives import KIND_BY_NOUN


class Step(StrEnum):
    """Something that can be done next."""

    BEGIN_ASSESSMENT = "begin_assessment"
    GO_ON_WITH_ASSESSMENT = "go_on_with_assessment"
    SEE_GAPS = "see_gaps"
    FINISH_NEEDS = "finish_needs"
    WRITE_NEED = "write_need"
    FINISH_OFFERS = "finish_offers"
    LIST_OFFER = "list_offer"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writing:
    """Who writes records of a kind, and the steps with them."""

    permission: Permission
    finish: Step
    write: Step


_WRITING: Final[Mapping[str, _Writing]] = {
    "need": _Writing(permission=Permission.NEED_DRAFT, finish=Step.FINISH_NEEDS, write=Step.WRITE_NEED),
    "offer": _Writing(permission=Permission.OFFER_EDIT, finish=Step.FINISH_OFFERS, write=Step.LIST_OFFER),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """A step with the assessment that it is about, or with how many drafts there are."""

    step: Step
    assessment_id: UUID | None = None
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NextSteps:
    """The steps of one organization, that which comes first at the head."""

    organization: Organization
    steps: tuple[NextStep, ...]


def find_next_steps(session: Session, actor: Actor) -> tuple[NextSteps, ...]:
    """Return what is next for each State and provider that the actor writes for, by code; nothing for who writes for none."""
    assessing = frozenset(row.id for row in assessing_organizations(session, actor))
    writers_by_noun = {noun: list_kept_for(session, actor, row.permission) for noun, row in _WRITING.items()}
    writers = {row.id: row for rows in writers_by_noun.values() for row in rows if _has_own_needs_or_offers(row)}
    found = []
    for organization in sorted(writers.values(), key=lambda row: row.code):
        nouns = [noun for noun, rows in writers_by_noun.items() if organization in rows]
        drafts = [_drafts(session, actor, noun, organization) for noun in nouns]
        steps = [step for step in drafts if step.count]
        steps += [_of_assessment(session, actor, organization)] if organization.id in assessing else []
        steps += [NextStep(step=_WRITING[noun].write) for noun in nouns]
        found.append(NextSteps(organization=organization, steps=tuple(steps)))
    return tuple(found)


def _has_own_needs_or_offers(organization: Organization) -> bool:
    """Return whether an organization asks or offers for itself; the secretariat has the records of others before it."""
    return organization.kind is not OrganizationKind.SECRETARIAT


def _drafts(session: Session, actor: Actor, noun: str, organization: Organization) -> NextStep:
    kind = KIND_BY_NOUN[noun]
    wanted = kind.wanted(status=Status.DRAFT, organization_id=organization.id)
    return NextStep(step=_WRITING[noun].finish, count=kind.count(session, actor, wanted))


def _of_assessment(session: Session, actor: Actor, organization: Organization) -> NextStep:
    newest = find_newest(session, actor, organization.id)
    if newest is None:
        return NextStep(step=Step.BEGIN_ASSESSMENT)
    is_draft = newest.state is AssessmentState.DRAFT
    return NextStep(step=Step.GO_ON_WITH_ASSESSMENT if is_draft else Step.SEE_GAPS, assessment_id=newest.id)
