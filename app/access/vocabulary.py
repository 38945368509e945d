"""The words in which the policy speaks: what one may be allowed to do, how one stands to a record, and its parts."""

from __future__ import annotations

from enum import StrEnum

from app.actor import Scope


class Permission(StrEnum):
    """One thing that an actor may be allowed to do."""

    REFERENCE_LOAD = "reference:load"
    SAMPLE_LOAD = "sample:load"
    ORGANIZATION_CREATE = "organization:create"
    ORGANIZATION_READ = "organization:read"
    USER_READ = "user:read"
    USER_INVITE = "user:invite"
    USER_DISABLE = "user:disable"
    AREA_RELEASE_READ = "area_release:read"
    AREA_DRAFT = "area:draft"
    AREA_ADOPT = "area:adopt"
    NEED_READ = "need:read"
    NEED_DRAFT = "need:draft"
    NEED_SUBMIT = "need:submit"
    NEED_REVIEW = "need:review"
    NEED_SIGN = "need:sign"
    NEED_RANK_READ = "need_rank:read"
    ASSESSMENT_READ = "assessment:read"
    ASSESSMENT_DRAFT = "assessment:draft"
    ASSESSMENT_SUBMIT = "assessment:submit"
    STATISTICS_READ = "statistics:read"
    STATISTICS_RELEASE = "statistics:release"
    OFFER_READ = "offer:read"
    OFFER_EDIT = "offer:edit"
    OFFER_REVIEW = "offer:review"
    OFFER_LABEL = "offer:label"
    MATCH_RUN_READ = "match_run:read"
    MATCH_RUN_CREATE = "match_run:create"
    NEED_PREVIEW = "need_preview:read"
    OFFER_PREVIEW = "offer_preview:read"
    AUDIT_READ = "audit:read"
    AUDIT_MARK = "audit_mark:read"

    @property
    def scope(self) -> Scope:
        """What a token has to be for."""
        return Scope.READ if self.endswith(":read") else Scope.WRITE


class Relation(StrEnum):
    """How an actor stands to a record, in one of their roles."""

    OWN = "own"  # kept by the organization in which the actor has the role
    PARTNER = "partner"  # kept by one that has asked the State of theirs to file it together
    OTHER = "other"  # kept by another one, or by none


class Field(StrEnum):
    """A field that fewer may see than the record it belongs to."""

    NEED_EXCLUDED_PROVIDERS = "need.excluded_providers"
    USER_EMAIL = "user.email"
    USER_STANDING = "user.standing"  # whether they have come in, and with what
    NEED_CHOSEN_PROVIDERS = "need.chosen_providers"
    OFFER_PAST_LABELS = "offer.past_labels"  # with the reasons for which they were withdrawn


class Subject(StrEnum):
    """What an event of the audit trail is about, as far as it decides who reads it."""

    NEED = "need"
    SIGNATURE = "signature"  # which States were asked to file a need together, and what they answered
    ASSESSMENT = "assessment"
    OFFER = "offer"
    RUN = "match_run"
    PERSON = "person"  # that somebody came, left, or was shut out
    LOGIN = "login"  # what a person does with their account: logins, passwords, second factors, tokens
    ORGANIZATION = "organization"
    REFERENCE = "reference"  # States, groups, areas and the weights of runs, which are public
