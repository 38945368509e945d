"""The form of an offer: its fields in the order in which one thinks of them, and what stands in them of one that is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from app.fields import MAX_LINE_LENGTH
from app.offers.models import MAX_KIND_LENGTH, Offer
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
from matching.reference import EVERYBODY
from matching.sentences import N_
from matching.vocabulary import Visibility

OFFER_SECTIONS: Final[Sections] = (
    Section(
        name="what",
        title=N_("What is on offer"),
        fields=(
            replace(
                TITLE, hint=N_("One line that says what is on offer, such as: Ten-day course for incident responders.")
            ),
            FormField(
                name="provider",
                kind=Kind.LINE,
                label=N_("Provider"),
                hint=N_("The name under which States know you."),
                wrong=TITLE_WRONG,
                is_required=True,
                max_length=MAX_LINE_LENGTH,
            ),
            replace(DESCRIPTION, hint=N_("What it consists of, how long it takes, and what it asks of the State.")),
            replace(
                AREAS, hint=N_("The most important first. Without any, the text is read for it, and the offer says so.")
            ),
            replace(MODES, hint=N_("Tick all that the offer consists of.")),
            replace(LANGUAGES, hint=N_("Those in which it is given. To choose several, hold Ctrl or ⌘.")),
        ),
    ),
    Section(
        name="to-whom",
        title=N_("Who may have it"),
        fields=(
            FormField(
                name="eligible",
                kind=Kind.MANY,
                label=N_("Open to"),
                hint=N_(
                    "Groups and States; each State of a group may have it. Choose none to open it to all. To choose several, hold Ctrl or ⌘."
                ),
                empty=(EVERYBODY,),
            ),
            FormField(
                name="capacity",
                kind=Kind.LINE,
                label=N_("Places"),
                hint=N_("How many needs it can serve; 0 lists it and gives it to nobody. Empty counts as 1."),
                wrong=N_("Write a whole number from 0 to 1,000,000."),
                empty=1,
                is_number=True,
            ),
        ),
    ),
    Section(
        name="when",
        title=N_("When"),
        fields=(
            FormField(
                name="available_from_on",
                kind=Kind.DAY,
                label=N_("Available from"),
                hint=N_("Leave it empty if it is available now."),
                wrong=DAY_WRONG,
                empty=None,
            ),
            FormField(
                name="available_until_on",
                kind=Kind.DAY,
                label=N_("Available until"),
                hint=N_("The last day; after it the offer is closed. Leave it empty if there is none."),
                wrong=DAY_WRONG,
                empty=None,
            ),
            FormField(
                name="confirmed_on",
                kind=Kind.DAY,
                label=N_("Last confirmed"),
                hint=N_("The last day on which you made sure that it is still on offer."),
                wrong=DAY_WRONG,
                empty=None,
            ),
        ),
    ),
    Section(
        name="money",
        title=N_("Money"),
        is_folded=True,
        fields=(
            replace(BUDGET, label=N_("Worth of one place")),
            CURRENCY,
            FormField(
                name="funder",
                kind=Kind.LINE,
                label=N_("Funded by"),
                hint=N_("Who pays, where it is not the provider."),
                wrong=TITLE_WRONG,
                max_length=MAX_LINE_LENGTH,
            ),
        ),
    ),
    Section(
        name="source",
        title=N_("If it was published, or stands in your files"),
        is_folded=True,
        fields=(
            FormField(
                name="kind",
                kind=Kind.LINE,
                label=N_("What you call it"),
                hint=N_("Such as project, course or fund."),
                wrong=TITLE_WRONG,
                max_length=MAX_KIND_LENGTH,
            ),
            ADDRESS,
            EXTERNAL_ID,
        ),
    ),
    Section(name="who", title=N_("Who may see it"), fields=(VISIBILITY,)),
)

VISIBILITY_SENTENCES: Final[Mapping[str, str]] = {
    Visibility.PRIVATE: N_("Private: a draft that your organization alone sees. It takes no part in matching."),
    Visibility.SECRETARIAT: N_("Secretariat: your organization and the secretariat, which matches it in confidence."),
    Visibility.PROVIDERS: N_("Providers: also other providers, but no State."),
    Visibility.MEMBERS: N_("Members: everybody with an account, all States too."),
    Visibility.PUBLIC: N_("Public: everybody, also without an account."),
}


def offer_texts(offer: Offer) -> Texts:
    """Return what stands in the form of an offer that is stored; what was read out of its text is not stated, so it is left out."""
    return {
        **shared_texts(offer),
        "provider": one(offer.provider),
        "eligible": () if offer.eligible == (EVERYBODY,) else offer.eligible,
        "capacity": one(offer.capacity),
        "available_from_on": one(offer.available_from_on),
        "available_until_on": one(offer.available_until_on),
        "confirmed_on": one(offer.confirmed_on),
        "funder": one(offer.funder),
        "kind": one(offer.kind),
    }
