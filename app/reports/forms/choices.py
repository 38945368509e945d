"""What there is to choose from in the fields of a form, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from babel import Locale
from babel.numbers import get_currency_name
from flask_babel import get_locale, gettext
from sqlalchemy.orm import Session

from app.access.vocabulary import Permission
from app.actor import Actor
from app.codes import CURRENCY_CODES
from app.filters import language_name, number
from app.labels import GROUP_SCHEMES, MODES, PRIORITIES, choices_of
from app.organizations.models import Organization, OrganizationKind
from app.organizations.queries import list_kept_for, list_organizations
from app.reports.names import ChoiceGroups, Names, in_order
from app.states.queries import list_states
from matching.reference import LANGUAGES

LARGEST_GAP: Final = 5


def need_choices(session: Session, actor: Actor, names: Names, sentences: Mapping[str, str]) -> dict[str, ChoiceGroups]:
    """Return what there is to choose from for a need, by field."""
    return {
        "states": names.state_choices(),
        "priority": choices_of(PRIORITIES),
        "gap": [("", [(str(points), number(points)) for points in range(LARGEST_GAP + 1)])],
        "chosen_providers": [("", _providers(session, actor))],
        **_shared_choices(session, actor, names, sentences),
    }


def offer_choices(
    session: Session, actor: Actor, names: Names, sentences: Mapping[str, str]
) -> dict[str, ChoiceGroups]:
    """Return what there is to choose from for an offer, by field."""
    states = [(str(gettext("States")), choices) for _, choices in names.state_choices()]
    return {
        "eligible": [*names.group_choices(GROUP_SCHEMES), *states],
        **_shared_choices(session, actor, names, sentences),
    }


def organization_choices(organizations: Iterable[Organization]) -> ChoiceGroups:
    """Return the organizations for which one may write."""
    return [("", [(row.code, row.name) for row in organizations])]


def labels_in(groups: ChoiceGroups) -> dict[str, str]:
    """Return what each value is called."""
    return {value: label for _, choices in groups for value, label in choices}


def _shared_choices(
    session: Session, actor: Actor, names: Names, sentences: Mapping[str, str]
) -> dict[str, ChoiceGroups]:
    locale = get_locale() or Locale("en")
    currencies = {code: f"{code} – {get_currency_name(code, locale=locale)}" for code in CURRENCY_CODES}
    return {
        "areas": names.area_choices(),
        "modes": choices_of(MODES),
        "languages": _languages(session, actor),
        "currency": [("", list(currencies.items()))],
        "visibility": choices_of(sentences),
    }


def _languages(session: Session, actor: Actor) -> ChoiceGroups:
    """Return the languages in which States work, those of the United Nations first."""
    spoken = {code for state in list_states(session, actor) for code in state.languages}
    others = {code: language_name(code) for code in spoken - set(LANGUAGES)}
    # A code says nothing to a reader whose language has no word for it.
    named = {code: name for code, name in others.items() if name != code}
    return [
        (str(gettext("Languages of the United Nations")), [(code, language_name(code)) for code in LANGUAGES]),
        (str(gettext("Other languages")), in_order(named)),
    ]


def _providers(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """Return the organizations that may offer something, those of which the actor may know, without the actor's own."""
    known = list_organizations(session, actor)
    own = {row.id for row in list_kept_for(session, actor, Permission.NEED_DRAFT)}
    others = {row.code: row.name for row in known if row.kind is not OrganizationKind.SECRETARIAT and row.id not in own}
    return in_order(others)
