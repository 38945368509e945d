"""The closed sets of words that needs, offers and results are written in."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

ENGINE_VERSION: Final = "2.0"
"""Changes whenever the same input could give other output bytes."""


class Mode(StrEnum):
    """How support is given."""

    ADVISORY = "advisory"
    TRAINING = "training"
    EXERCISE = "exercise"
    EQUIPMENT = "equipment"
    FINANCIAL = "financial"
    EXPERT_DEPLOYMENT = "expert_deployment"
    PEER_EXCHANGE = "peer_exchange"
    FELLOWSHIP = "fellowship"
    DRAFTING = "drafting"
    ASSESSMENT = "assessment"


class Audience(StrEnum):
    """Whom support is for; read out of texts, since records name audiences in words of their own."""

    OFFICIALS = "officials"
    DIPLOMATS = "diplomats"
    JUSTICE = "justice"
    POLICE = "police"
    RESPONDERS = "responders"
    TECHNICIANS = "technicians"
    INFRASTRUCTURE_OPERATORS = "infrastructure_operators"
    PARLIAMENTARIANS = "parliamentarians"
    MILITARY = "military"
    CIVIL_SOCIETY = "civil_society"
    WOMEN = "women"
    YOUTH = "youth"
    PUBLIC = "public"
    BUSINESS = "business"
    ACADEMIA = "academia"


class Visibility(StrEnum):
    """Who may see a record, from the narrowest circle to the widest."""

    PRIVATE = "private"
    SECRETARIAT = "secretariat"
    PROVIDERS = "providers"
    MEMBERS = "members"
    PUBLIC = "public"

    @property
    def is_for_members(self) -> bool:
        """Whether every logged-in Member State may see the record."""
        return self in (Visibility.MEMBERS, Visibility.PUBLIC)


class Component(StrEnum):
    """One comparison of a need with an offer; its value is in [0, 1] or absent."""

    AREA = "area"
    TEXT = "text"
    MODE = "mode"
    LANGUAGE = "language"
    GEOGRAPHY = "geography"
    TIME = "time"
    BUDGET = "budget"
    RECORD = "record"
    FRESHNESS = "freshness"


class Condition(StrEnum):
    """A hard condition of eligibility, in the order in which they are told."""

    NEED_CLOSED = "need_closed"
    OFFER_CLOSED = "offer_closed"
    STATE_NOT_ELIGIBLE = "state_not_eligible"
    WINDOWS_APART = "windows_apart"
    PROVIDER_EXCLUDED = "not_eligible"  # without detail: whom a State excludes is confidential


class UnmetReason(StrEnum):
    """Why a need has no allocation."""

    NO_ELIGIBLE_OFFER = "no_eligible_offer"
    BELOW_THRESHOLD = "below_threshold"
    CAPACITY_TAKEN = "capacity_taken"
    CLOSED = "closed"


class Basis(StrEnum):
    """How a record came by its areas or modes: its owner, a reader of its text, or the engine.

    ``READ`` without any code says that a person has read the text and found none.
    """

    STATED = "stated"
    READ = "read"
    INFERRED = "inferred"


class TandemRole(StrEnum):
    """What a State volunteers to be in a tandem."""

    LEAD = "lead"
    PARTNER = "partner"
    EITHER = "either"


class TandemKind(StrEnum):
    """A lead with its partners, or two peers with the same need."""

    LEAD = "lead"
    PEER = "peer"


class AllocationRule(StrEnum):
    """How places are shared out."""

    OPTIMAL = "optimal"
    WITH_FLOOR = "with_floor"
    EQUITY_FIRST = "equity_first"
    GREEDY = "greedy"
    STABLE = "stable"


class Cue(StrEnum):
    """What a word or a phrase shows; the codes of ``data/taxonomy/cue_terms.csv``."""

    AUDIENCE = "audience"
    UNIT = "unit"
    NUMBER = "number"
    QUANTITY = "quantity"
    REFERENCE = "reference"
    MONTH = "month"
    GAP = "gap"
    OUTCOME = "outcome"
    INDICATOR = "indicator"
    DEADLINE = "deadline"
    UNDERWAY = "underway"
    NOTHING = "nothing"
    BODY = "body"
    CONTACT = "contact"
    STAFF = "staff"
    LANGUAGE = "language"
