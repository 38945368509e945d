"""Organizations as the API answers them within the records they keep, and what it takes of every such record."""

from __future__ import annotations

from typing import Final

from marshmallow import fields

from app.clock import today_utc
from app.codes import AREA_CODE, AREA_CODES, CURRENCY_CODES, MODE_CODES, STATE_CODES
from app.db import MAX_CODE_LENGTH
from app.fields import (
    MAX_AMOUNT_LENGTH,
    MAX_LINE_LENGTH,
    Input,
    NoQuery,
    Output,
    Shown,
    list_field,
    prose_field,
    text_field,
)
from app.organizations.lives import Status
from app.organizations.models import OrganizationKind
from app.organizations.services import CODE_PATTERN, MAX_NAME_LENGTH
from app.organizations.transitions import Action
from app.organizations.viewers import OF_PROVIDER
from app.patterns import ADDRESS, AMOUNT, HIDDEN, LANGUAGE_TAG, LINE, NO_LANGUAGE, SOME_LINE, SOME_PROSE, told
from matching.intake.cells import MAX_ADDRESS_LENGTH, MAX_ID_LENGTH
from matching.vocabulary import Visibility

A_LINE: Final = {"pattern": SOME_PROSE, "refused_when": HIDDEN}


class OrganizationSchema(Output):
    """Who keeps a record in Tandem."""

    id = fields.UUID()
    code = fields.String()
    name = fields.String()
    kind = fields.Enum(OrganizationKind, by_value=True)
    state = fields.String(
        attribute="state_code",
        allow_none=True,
        metadata={"description": "The ISO 3166-1 alpha-3 code of the State that it belongs to."},
    )


class NewOrganizationSchema(Input):
    """An organization to register."""

    code = prose_field(
        "Up to 64 letters, digits, dots, hyphens and underscores.",
        max_length=MAX_CODE_LENGTH,
        required=True,
        says={
            "pattern": f"^{CODE_PATTERN.pattern}$",
            "refused_when": "it looks like an id, or like another's code or name.",
        },
    )
    name = prose_field(
        "What it is called, unlike any other in the eyes of a reader.",
        max_length=MAX_NAME_LENGTH,
        required=True,
        says={"pattern": SOME_LINE, "refused_when": f"it looks like the name of another one, or {HIDDEN}"},
    )
    kind = fields.Enum(OrganizationKind, by_value=True, required=True)
    state = prose_field(
        "The ISO 3166-1 alpha-3 code of the State that it belongs to.",
        max_length=3,
        allow_none=True,
        says={"enum": [*STATE_CODES, None], "refused_when": "the State is not known here."},
    )


class PreviewQuery(NoQuery):
    """As whom to look at a record, and at which visibility."""

    seen_as = text_field(
        "`public`, `members`, `providers`, `secretariat`, or `provider:CODE`.",
        refused_when="nobody is called so.",
        data_key="as",
        required=True,
        max_length=MAX_CODE_LENGTH + len(OF_PROVIDER),
    )
    at = fields.Enum(
        Visibility,
        by_value=True,
        metadata={"description": "A visibility that one considers; without it, the one that the record has."},
    )


class PreviewSchema(Output):
    """As whom one looks at a record, and whether they see it."""

    seen_as = fields.String(data_key="as", attribute="viewer.word")
    visibility = fields.Enum(Visibility, by_value=True)
    is_seen = fields.Boolean()


def status_field() -> Shown:
    """Return the field that says where a record stands today."""
    said = {"type": "string", "enum": [*Status], "description": "Where it stands in its life, today."}
    return Shown(lambda record: record.status_on(today_utc()).value, is_whole=True, metadata=said)


class StandingSchema(Output):
    """Where a record stands in its life, and what the caller can do with it there."""

    id = fields.UUID()
    version = fields.Integer()
    status = fields.Enum(Status, by_value=True)
    visibility = fields.Enum(Visibility, by_value=True)
    wanted_visibility = fields.Enum(
        Visibility, by_value=True, allow_none=True, metadata={"description": "Whom it is for once it is approved."}
    )
    review_note = fields.String(metadata={"description": "Why the secretariat sent the draft back."})
    confirmed_on = fields.Date(allow_none=True)
    sleeps_on = fields.Date(
        allow_none=True, metadata={"description": "When it falls asleep unless it is confirmed or changed before."}
    )
    actions = fields.List(fields.Enum(Action, by_value=True))


class MoveSchema(Input):
    """What to do with a record; `actions` of its status says what the caller can do."""

    action = fields.Enum(
        Action,
        by_value=True,
        required=True,
        metadata=told(refused_when="there is no such step for this kind of record."),
    )
    visibility = fields.Enum(
        Visibility,
        by_value=True,
        metadata=told(
            description="Whom it is for; asked for to `submit` and to `publish`.",
            refused_when="it is missing or `private` where it is asked for.",
        ),
    )
    reason = prose_field(
        "Why it is sent back.", says={"refused_when": f"it is empty where something is sent back, or {HIDDEN}"}
    )


class RecordEdit(Input):
    """Fields that needs and offers have in common, each as in a file of them."""

    title = prose_field("One line that says what is needed or offered.", max_length=MAX_LINE_LENGTH, says=A_LINE)
    description = prose_field("What, how much, for whom.")
    areas = list_field(
        "Codes of areas, the most important first; an empty list has them read out of the text.",
        # The areas of the program, and others that a release of this database may have.
        says={
            "anyOf": [{"enum": list(AREA_CODES)}, {"pattern": AREA_CODE}],
            "refused_when": "it is no area of the release in force.",
        },
    )
    modes = list_field("Modes of support; an empty list has them read out of the text.", codes=MODE_CODES)
    languages = list_field("BCP 47 tags.", says={"pattern": LANGUAGE_TAG, "refused_when": NO_LANGUAGE})
    budget = prose_field(
        "A sum, for an offer per place, as a plain decimal; empty for none.",
        max_length=MAX_AMOUNT_LENGTH,
        says={"pattern": AMOUNT},
    )
    currency = prose_field(
        "ISO 4217; empty for none.",
        max_length=3,
        says={"enum": ["", *CURRENCY_CODES], "refused_when": "there is a budget and no currency."},
    )
    visibility = fields.Enum(Visibility, by_value=True)
    source_url = prose_field(
        "Where it was stated.",
        max_length=MAX_ADDRESS_LENGTH,
        says={"pattern": ADDRESS, "refused_when": HIDDEN},
    )


class NewRecord(RecordEdit):
    """What is given only once, when a record is stored."""

    organization = prose_field(
        "The code of the organization that keeps it; may be left out by who has one.",
        max_length=MAX_CODE_LENGTH,
        says={"pattern": LINE, "refused_when": "it is none of those for which the caller may keep such records."},
    )
    external_id = prose_field(
        "Its id in the organization's own files; made up where it is left out.",
        max_length=MAX_ID_LENGTH,
        says={"pattern": SOME_LINE, "refused_when": HIDDEN},
    )
    title = prose_field(
        "One line that says what is needed or offered.", max_length=MAX_LINE_LENGTH, says=A_LINE, required=True
    )
