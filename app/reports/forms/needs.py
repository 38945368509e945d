"""The form of a need: its fields in the order in which one thinks of them, and what stands in them of one that is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from app.needs.models import MAX_STATED_ON_LENGTH, Need
from app.reports.forms.fields import FormField, Kind, Section, Sections
from app.reports.forms.shared import (
    ADDRESS,
    AREAS,
    BUDGET,
    CURRENCY,
    DAY_WRONG,
    DESCRIPTION,
    EXTERNAL_ID,
    LANGUAGES,
    MODES,
    TITLE,
    TITLE_WRONG,
    VISIBILITY,
    one,
    shared_texts,
)
from app.reports.forms.texts import Texts
from app.texts import MAX_PROSE_LENGTH
from matching.intake.cells import MAX_NAME_LENGTH
from matching.sentences import N_
from matching.vocabulary import Visibility

NEED_SECTIONS: Final[Sections] = (
    Section(
        name="what",
        title=N_("What is needed"),
        fields=(
            replace(
                TITLE,
                hint=N_(
                    "One line that says what is needed, such as: Training for the national incident response team."
                ),
            ),
            replace(AREAS, hint=N_("One is best: offers are about one. Without any, it is read out of the text.")),
            replace(
                DESCRIPTION,
                hint=N_("What is lacking today, how much is needed, which body will carry it and how to reach it."),
            ),
            FormField(
                name="audience",
                kind=Kind.LINE,
                label=N_("For whom"),
                hint=N_("Who will be trained or supported, and how many, such as: 20 analysts of the national team."),
                wrong=TITLE_WRONG,
                max_length=MAX_PROSE_LENGTH,
            ),
            FormField(
                name="latest_on",
                kind=Kind.DAY,
                label=N_("By when"),
                hint=N_("The last day on which help is useful."),
                wrong=DAY_WRONG,
                empty=None,
            ),
        ),
    ),
    Section(
        name="states",
        title=N_("Together with other States"),
        is_folded=True,
        fields=(
            FormField(
                name="states",
                kind=Kind.SELECTS,
                label=N_("State"),
                hint=N_(
                    "Name further States only where they ask jointly and have agreed to it. Once both lists are taken, a check adds one more."
                ),
                is_required=True,
            ),
        ),
    ),
    Section(
        name="why",
        title=N_("Gap, outcome, and what is under way"),
        is_folded=True,
        fields=(
            FormField(
                name="gap",
                kind=Kind.SELECT,
                is_number=True,
                label=N_("Gap to the target"),
                hint=N_("By how many points of maturity the target lies above today, from 0 to 5."),
                empty=None,
            ),
            FormField(
                name="outcome",
                kind=Kind.PROSE,
                label=N_("Outcome sought"),
                hint=N_("What will be different afterwards, and how that will be seen."),
                max_length=MAX_PROSE_LENGTH,
            ),
            FormField(
                name="underway",
                kind=Kind.PROSE,
                label=N_("Already under way"),
                hint=N_("What is being done already, and by whom. Nothing is an answer too."),
                max_length=MAX_PROSE_LENGTH,
            ),
        ),
    ),
    Section(
        name="how",
        title=N_("Mode of support, languages, start and priority"),
        is_folded=True,
        fields=(
            replace(MODES, label=N_("How support may come"), hint=N_("Tick all that would help.")),
            LANGUAGES,
            FormField(
                name="earliest_on",
                kind=Kind.DAY,
                label=N_("Not before"),
                hint=N_("Leave it empty if help may begin at any time."),
                wrong=DAY_WRONG,
                empty=None,
            ),
            FormField(
                name="priority",
                kind=Kind.SELECT,
                is_number=True,
                label=N_("Priority"),
                hint=N_("Against your other needs; it is not compared with those of other States."),
                empty=3,
            ),
        ),
    ),
    Section(name="money", title=N_("Money"), is_folded=True, fields=(BUDGET, CURRENCY)),
    Section(
        name="source",
        title=N_("If it was published, or stands in your files"),
        is_folded=True,
        fields=(
            ADDRESS,
            FormField(
                name="stated_on",
                kind=Kind.LINE,
                label=N_("Stated on"),
                hint=N_("The day, month or year in which it was published."),
                wrong=N_("Write a day, a month or a year."),
                max_length=MAX_STATED_ON_LENGTH,
            ),
            EXTERNAL_ID,
        ),
    ),
    Section(name="who", title=N_("Who may see it"), fields=(VISIBILITY,)),
    Section(
        name="providers",
        title=N_("Choose providers, or leave some out"),
        is_folded=True,
        fields=(
            FormField(
                name="chosen_providers",
                kind=Kind.MANY,
                label=N_("Only these providers"),
                hint=N_(
                    "Where it is for providers: those that alone are shown it. Choose none to show it to all of them."
                ),
            ),
            FormField(
                name="excluded_providers",
                kind=Kind.LINES,
                label=N_("Providers that are not wanted"),
                hint=N_(
                    "One name a line. Confidential: your organization and the secretariat see it, nobody else, and nobody is told the reason."
                ),
                wrong=N_("Write one name a line, each of at most 500 characters and without semicolons."),
                max_length=MAX_NAME_LENGTH,
            ),
        ),
    ),
)

VISIBILITY_SENTENCES: Final[Mapping[str, str]] = {
    Visibility.PRIVATE: N_("Private: a draft that your organization alone sees. It takes no part in matching."),
    Visibility.SECRETARIAT: N_("Secretariat: your organization and the secretariat, which matches it in confidence."),
    Visibility.PROVIDERS: N_("Providers: also those who may offer help, all of them or the ones you choose below."),
    Visibility.MEMBERS: N_("Members: everybody with an account, other States too."),
    Visibility.PUBLIC: N_("Public: everybody, also without an account."),
}


def need_texts(need: Need) -> Texts:
    """Return what stands in the form of a need that is stored; what was read out of its text is not stated, so it is left out."""
    return {
        **shared_texts(need),
        "states": need.state_codes,
        "audience": one(need.audience),
        "gap": one(need.gap),
        "outcome": one(need.outcome),
        "underway": one(need.underway),
        "earliest_on": one(need.earliest_on),
        "latest_on": one(need.latest_on),
        "priority": one(need.priority),
        "stated_on": one(need.stated_on),
        "chosen_providers": need.chosen_providers,
        "excluded_providers": need.excluded_providers,
    }
