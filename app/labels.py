"""What people call the words that records and results are written in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flask import Flask
from flask_babel import gettext

from app.accounts.models import Standing
from app.actor import Role, Scope
from app.clock import today_utc
from app.organizations.models import OrganizationKind
from app.record_labels import (
    ASSESSMENT_STATES,
    CONSENTS,
    LABEL_STATES,
    LABEL_STEPS,
    SECTIONS,
    SIGNATURE_STEPS,
    SIGNED_FIELDS,
    STATUS_SENTENCES,
    STATUSES,
    STEPS,
)
from matching.coach import Check, Verdict
from matching.differences import Change
from matching.sentences import N_
from matching.vocabulary import AllocationRule, Basis, Component, Mode, TandemKind, UnmetReason, Visibility

MODES: Final[Mapping[str, str]] = {
    Mode.ADVISORY: N_("Advice and technical assistance"),
    Mode.TRAINING: N_("Training"),
    Mode.EXERCISE: N_("Exercise"),
    Mode.EQUIPMENT: N_("Equipment and software"),
    Mode.FINANCIAL: N_("Funding"),
    Mode.EXPERT_DEPLOYMENT: N_("Deployment of experts"),
    Mode.PEER_EXCHANGE: N_("Peer exchange and mentoring"),
    Mode.FELLOWSHIP: N_("Fellowship or scholarship"),
    Mode.DRAFTING: N_("Drafting of laws and strategies"),
    Mode.ASSESSMENT: N_("Assessment or review"),
}

COMPONENTS: Final[Mapping[str, str]] = {
    Component.AREA: N_("Area"),
    Component.TEXT: N_("Text"),
    Component.MODE: N_("Mode of support"),
    Component.LANGUAGE: N_("Language"),
    Component.GEOGRAPHY: N_("Geography"),
    Component.TIME: N_("Time"),
    Component.BUDGET: N_("Budget"),
    Component.RECORD: N_("Provider's record"),
    Component.FRESHNESS: N_("Freshness"),
}

REASONS: Final[Mapping[str, str]] = {
    UnmetReason.NO_ELIGIBLE_OFFER: N_("No offer is open to it"),
    UnmetReason.BELOW_THRESHOLD: N_("No offer fits well enough"),
    UnmetReason.CAPACITY_TAKEN: N_("The offers that fit are taken"),
    UnmetReason.CLOSED: N_("The need is closed"),
}

BASES: Final[Mapping[str, str]] = {
    Basis.STATED: N_("as stated"),
    Basis.READ: N_("classified by reading"),
    Basis.INFERRED: N_("inferred from the text"),
}

TANDEM_KINDS: Final[Mapping[str, str]] = {
    TandemKind.LEAD: N_("A State leads"),
    TandemKind.PEER: N_("Peers"),
}

GROUP_SCHEMES: Final[Mapping[str, str]] = {
    "un_regional_group": N_("UN regional group"),
    "region": N_("Region (UN M49)"),
    "status": N_("Status"),
    "bloc": N_("Regional organization or bloc"),
}

OUTCOMES: Final[Mapping[str, str]] = {
    "allocated": N_("with an offer"),
    "unmet": N_("unmet"),
}

SCHEMES: Final[Mapping[str, str]] = {
    "gfce": N_("Themes of the Global Forum on Cyber Expertise"),
    "cmm_2021": N_("Cybersecurity Capacity Maturity Model, 2021"),
    "un_norms_2015": N_("Norms of responsible State behaviour, 2015"),
    "oewg_cbm": N_("Confidence-building measures of the open-ended working group"),
    "unidir_fcc": N_("Foundational cyber capabilities (UNIDIR)"),
    "dac_crs": N_("Purpose codes of the OECD Development Assistance Committee"),
}

CHECKS: Final[Mapping[str, str]] = {
    Check.ONE_AREA: N_("One area"),
    Check.WHAT_EXACTLY: N_("How, how much, for whom"),
    Check.WHY: N_("Which gap"),
    Check.OUTCOME: N_("Outcome, and how it is seen"),
    Check.BY_WHEN: N_("By when"),
    Check.UNDERWAY: N_("Under way, and by whom"),
    Check.OWNER: N_("Owner and focal point"),
    Check.ABSORPTION: N_("Staff and language"),
    Check.CONSENT: N_("Who may see it"),
}

VERDICTS: Final[Mapping[str, str]] = {
    Verdict.PASSED: N_("said"),
    Verdict.VAGUE: N_("vague"),
    Verdict.MISSING: N_("not said"),
}

CHANGES: Final[Mapping[str, str]] = {
    Change.GAINS: N_("gains an offer"),
    Change.LOSES: N_("loses its offer"),
    Change.MOVES: N_("has another offer"),
    Change.SAME: N_("stays as it is"),
    Change.NEW: N_("is new"),
    Change.GONE: N_("is gone"),
}

ALLOCATION_RULES: Final[Mapping[str, str]] = {
    AllocationRule.OPTIMAL: N_("at the best total over all needs"),
    AllocationRule.WITH_FLOOR: N_("at the best total that keeps the equity floor"),
    AllocationRule.EQUITY_FIRST: N_("the groups of the floor first"),
    AllocationRule.GREEDY: N_("greedily, one need after another, to compare with"),
    AllocationRule.STABLE: N_("stably, as both sides would keep it, to compare with"),
}

ROLES: Final[Mapping[str, str]] = {
    Role.RECIPIENT: N_("focal point"),
    Role.CONTRIBUTOR: N_("contributor, who drafts"),
    Role.PROVIDER: N_("provider"),
    Role.SECRETARIAT: N_("secretariat"),
    Role.ANALYST: N_("analyst"),
    Role.ADMINISTRATOR: N_("administrator"),
}

ORGANIZATION_KINDS: Final[Mapping[str, str]] = {
    OrganizationKind.STATE: N_("authority of a State"),
    OrganizationKind.PROVIDER: N_("provider"),
    OrganizationKind.REGIONAL: N_("regional organization"),
    OrganizationKind.SECRETARIAT: N_("secretariat"),
}

STANDINGS: Final[Mapping[str, str]] = {
    Standing.ACTIVE: N_("has chosen a password"),
    Standing.INVITED: N_("invited"),
    Standing.UNINVITED: N_("has no link that works"),
    Standing.DISABLED: N_("shut out"),
}

SCOPES: Final[Mapping[str, str]] = {
    Scope.READ: N_("read"),
    Scope.WRITE: N_("read and change"),
}

VISIBILITIES: Final[Mapping[str, str]] = {
    Visibility.PRIVATE: N_("its own organization alone"),
    Visibility.SECRETARIAT: N_("the secretariat"),
    Visibility.PROVIDERS: N_("the secretariat and providers"),
    Visibility.MEMBERS: N_("everybody with an account"),
    Visibility.PUBLIC: N_("everybody"),
}

PRIORITIES: Final[Mapping[str, str]] = {
    "5": N_("5 – most urgent"),
    "4": N_("4 – high"),
    "3": N_("3 – ordinary"),
    "2": N_("2 – low"),
    "1": N_("1 – can wait"),
}

LABELS_BY_FILTER: Final = {
    "mode_label": MODES,
    "component_label": COMPONENTS,
    "reason_label": REASONS,
    "basis_label": BASES,
    "tandem_kind_label": TANDEM_KINDS,
    "group_scheme_label": GROUP_SCHEMES,
    "outcome_label": OUTCOMES,
    "scheme_label": SCHEMES,
    "check_label": CHECKS,
    "verdict_label": VERDICTS,
    "change_label": CHANGES,
    "allocation_label": ALLOCATION_RULES,
    "role_label": ROLES,
    "organization_kind_label": ORGANIZATION_KINDS,
    "standing_label": STANDINGS,
    "scope_label": SCOPES,
    "visibility_label": VISIBILITIES,
    "assessment_state_label": ASSESSMENT_STATES,
    "consent_label": CONSENTS,
    "signature_step_label": SIGNATURE_STEPS,
    "signed_field_label": SIGNED_FIELDS,
    "status_label": STATUSES,
    "status_sentence": STATUS_SENTENCES,
    "step_label": STEPS,
    "label_state_label": LABEL_STATES,
    "label_step_label": LABEL_STEPS,
    "section_label": SECTIONS,
    "priority_label": PRIORITIES,
}


def init_app(app: Flask) -> None:
    """Make one filter for each set of words known to the templates."""
    for name, labels in LABELS_BY_FILTER.items():
        app.add_template_filter(labelled(labels), name)
    app.add_template_filter(lambda record: record.status_on(today_utc()), "status_today")


def choices_of(labels: Mapping[str, str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the words with their labels for a filter, in their own order."""
    return [("", [(str(word), str(gettext(label))) for word, label in labels.items()])]


def labelled(labels: Mapping[str, str]) -> Callable[[str], str]:
    """Return what gives a word of a set its label; a word that it does not know stays as it is."""

    def label(word: str) -> str:
        return str(gettext(labels[word])) if word in labels else word

    return label
