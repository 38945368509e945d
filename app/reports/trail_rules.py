"""Who may know of an event of the audit trail, as the one condition that every query of events carries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, String, and_, cast, false, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from app.access.policy import auditing, keeps_for, may
from app.access.visibility import visible_to
from app.access.vocabulary import Permission, Subject
from app.accounts.models import UserAffiliation
from app.actor import Actor
from app.assessments.models import Assessment
from app.audit.models import AuditEvent
from app.matches.queries import ids_of_runs
from app.needs.models import Need
from app.offers.models import Offer
from app.organizations.models import Organization

SUBJECTS_BY_RECORD_TYPE: Final[Mapping[str, tuple[Subject, ...]]] = {
    "need": (Subject.NEED,),
    "need_signature": (Subject.SIGNATURE,),
    "assessment": (Subject.ASSESSMENT,),
    # That there is a release is no secret; that somebody lets an assessment be counted is about the assessment.
    "statistics": (Subject.REFERENCE,),
    "offer": (Subject.OFFER,),
    "match_run": (Subject.RUN,),
    "user": (Subject.PERSON, Subject.LOGIN),
    "api_token": (Subject.LOGIN,),
    "security_key": (Subject.LOGIN,),
    # How many needs were sealed is nothing for who runs the machine; that they were is on the command line.
    "data_keys": (),
    "organization": (Subject.ORGANIZATION,),
    "state": (Subject.REFERENCE,),
    "group": (Subject.REFERENCE,),
    "area": (Subject.REFERENCE,),
    "area_release": (Subject.REFERENCE,),
    "incident": (Subject.REFERENCE,),
    "principle": (Subject.REFERENCE,),
    "questionnaire": (Subject.REFERENCE,),
    "scheme": (Subject.REFERENCE,),
    "scoring_profile": (Subject.REFERENCE,),
}
"""What events on each type of record are about; on any other, the system alone knows of them."""

PERSON_ACTIONS: Final = ("user.registered", "user.affiliated", "user.disaffiliated", "user.disabled", "user.enabled")
"""What becomes of a person in an organization; whatever else happens to an account is a matter of logins."""


def may_know(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that the actor may know of an event, by what the record is at present."""
    if actor.is_system:
        return true()
    return or_(
        _about_kept(actor, Subject.NEED, Need),
        _about_kept(actor, Subject.SIGNATURE, Need),
        _about_kept(actor, Subject.OFFER, Offer),
        _about_assessments(actor),
        _about_runs(actor),
        _about_people(actor),
        _about_logins(actor),
        _about_organizations(actor),
        _about_reference(actor),
    )


def record_types_of(actor: Actor) -> tuple[str, ...]:
    """Return the types of records on which the actor may know of events, whether there are any or not."""
    read = {subject for subject in Subject if _reads_any(actor, subject) or _own(actor, subject)}
    return tuple(name for name, subjects in SUBJECTS_BY_RECORD_TYPE.items() if actor.is_system or read & {*subjects})


def _about_kept(actor: Actor, subject: Subject, model: type[Need | Offer]) -> ColumnElement[bool]:
    """Return the condition for what an organization keeps: a record that one sees in the role in which one reads on it."""
    seen = select(_spelled(model.id)).where(visible_to(auditing(actor, subject), model))
    if not _reads_any(actor, subject):
        seen = seen.where(model.organization_id.in_(_own(actor, subject)))
    return _is_on(subject, seen)


def _about_assessments(actor: Actor) -> ColumnElement[bool]:
    own = keeps_for(auditing(actor, Subject.ASSESSMENT), Permission.ASSESSMENT_READ)
    seen = select(_spelled(Assessment.id)).where(Assessment.organization_id.in_(sorted(own)))
    return _is_on(Subject.ASSESSMENT, seen.where(Assessment.organization_id.in_(_own(actor, Subject.ASSESSMENT))))


def _about_runs(actor: Actor) -> ColumnElement[bool]:
    if not _reads_any(actor, Subject.RUN):
        return false()
    seen = ids_of_runs(auditing(actor, Subject.RUN)).subquery()
    return _is_on(Subject.RUN, select(_spelled(seen.c.id)))


def _about_people(actor: Actor) -> ColumnElement[bool]:
    is_about_people = and_(AuditEvent.record_type == "user", AuditEvent.action.in_(PERSON_ACTIONS))
    if _reads_any(actor, Subject.PERSON):
        return is_about_people
    own = _own(actor, Subject.PERSON)
    theirs = select(UserAffiliation.id).where(_spelled(UserAffiliation.user_id) == _key()).correlate(AuditEvent)
    # What a person was elsewhere, or is there as well, is nothing to tell here.
    since = UserAffiliation.created_at <= AuditEvent.occurred_at
    return and_(
        is_about_people,
        theirs.where(UserAffiliation.organization_id.in_(own), since).exists(),
        ~theirs.where(UserAffiliation.organization_id.not_in(own)).exists(),
    )


def _about_logins(actor: Actor) -> ColumnElement[bool]:
    if not _reads_any(actor, Subject.LOGIN):
        return false()
    is_of_account = and_(AuditEvent.record_type == "user", AuditEvent.action.not_in(PERSON_ACTIONS))
    return or_(is_of_account, AuditEvent.record_type.in_(("api_token", "security_key")))


def _about_organizations(actor: Actor) -> ColumnElement[bool]:
    if _reads_any(actor, Subject.ORGANIZATION):
        return AuditEvent.record_type == "organization"
    own = _own(actor, Subject.ORGANIZATION)
    return _is_on(Subject.ORGANIZATION, select(_spelled(Organization.id)).where(Organization.id.in_(own)))


def _about_reference(actor: Actor) -> ColumnElement[bool]:
    if not _reads_any(actor, Subject.REFERENCE):
        return false()
    return AuditEvent.record_type.in_(_types_of(Subject.REFERENCE))


def _is_on(subject: Subject, keys: Select[str]) -> ColumnElement[bool]:
    return and_(AuditEvent.record_type.in_(_types_of(subject)), _key().in_(keys))


def _types_of(subject: Subject) -> list[str]:
    return [name for name, subjects in SUBJECTS_BY_RECORD_TYPE.items() if subject in subjects]


def _reads_any(actor: Actor, subject: Subject) -> bool:
    return may(auditing(actor, subject), Permission.AUDIT_READ)


def _own(actor: Actor, subject: Subject) -> list[Any]:
    return sorted(keeps_for(auditing(actor, subject), Permission.AUDIT_READ))


def _key() -> ColumnElement[str]:
    """Return the id of the record of an event without hyphens: so far databases agree on how an id is spelled."""
    return func.replace(AuditEvent.record_id, "-", "")


def _spelled(column: InstrumentedAttribute[Any] | ColumnElement[Any]) -> ColumnElement[str]:
    return func.replace(cast(column, String), "-", "")
