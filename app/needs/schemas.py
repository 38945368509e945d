"""Needs as the API answers and takes them, and what one may ask for."""

from __future__ import annotations

from marshmallow import fields, validate

from app.access.policy import is_field_visible
from app.access.vocabulary import Field
from app.codes import STATE_CODES
from app.edge import request_readers
from app.fields import (
    Output,
    PageQuery,
    ShownList,
    amount_field,
    instant_field,
    list_field,
    prose_field,
    text_field,
)
from app.needs.models import MAX_STATED_ON_LENGTH, Need
from app.organizations.lives import Status
from app.organizations.schemas import NewRecord, OrganizationSchema, PreviewSchema, RecordEdit, status_field
from app.patterns import FAR_DAY, HIDDEN, LINE, NO_ORGANIZATION, told
from app.strict import Day, Language, WholeNumber
from matching.vocabulary import Basis, Mode, Visibility


class NeedQuery(PageQuery):
    """Which needs are wanted; all that is given has to hold."""

    text = text_field("What the title, the description or the external id holds, in any case.")
    area = text_field("The code of an area; its subtopics are included.", max_length=16)
    state = text_field("The ISO 3166-1 alpha-3 code of a State that asks.", max_length=3)
    group = text_field("The code of a region, UN regional group, status or bloc of such a State.", max_length=64)
    mode = fields.Enum(Mode, by_value=True, metadata={"description": "How the support is to be given."})
    language = Language("A language in which the support may come (BCP 47 or ISO 639).")
    status = fields.Enum(Status, by_value=True, metadata={"description": "Where it stands in its life, today."})
    is_open_on = Day(metadata={"description": "A day on which the need has not closed."})


def _excluded_providers(need: Need) -> list[str] | None:
    return list(need.excluded_providers) if _is_shown(need, Field.NEED_EXCLUDED_PROVIDERS) else None


def _chosen_providers(need: Need) -> list[str] | None:
    return list(need.chosen_providers) if _is_shown(need, Field.NEED_CHOSEN_PROVIDERS) else None


def _is_shown(need: Need, field: Field) -> bool:
    return all(is_field_visible(reader, field, owner_id=need.organization_id) for reader in request_readers())


class NeedSchema(Output):
    """What one State, or several jointly, ask for."""

    id = fields.UUID()
    organization = fields.Nested(OrganizationSchema)
    external_id = fields.String(metadata={"description": "The id in the file that the need came from."})
    states = fields.List(fields.String(), attribute="state_codes")
    signed_states = fields.List(
        fields.String(),
        attribute="signed_state_codes",
        metadata={"description": "Those of the States that file it; the others are named by whoever entered it."},
    )
    title = fields.String()
    description = fields.String()
    areas = fields.List(fields.String(), attribute="area_codes")
    areas_basis = fields.Enum(Basis, by_value=True)
    modes = fields.List(fields.Enum(Mode, by_value=True), attribute="mode_codes")
    modes_basis = fields.Enum(Basis, by_value=True)
    languages = fields.List(fields.String(), attribute="language_codes")
    earliest_on = fields.Date(allow_none=True)
    latest_on = fields.Date(allow_none=True)
    priority = fields.Integer(validate=validate.Range(1, 5), metadata={"description": "5 is most urgent."})
    gap = fields.Integer(
        allow_none=True, validate=validate.Range(0, 5), metadata={"description": "Target minus current maturity."}
    )
    budget = amount_field("The sum sought.")
    currency = fields.String(allow_none=True)
    audience = fields.String()
    outcome = fields.String()
    underway = fields.String()
    excluded_providers = ShownList(
        _excluded_providers,
        is_whole=True,
        allow_none=True,
        metadata={
            "items": {"type": "string"},
            "description": "Confidential: for the State and the secretariat; null for everybody else, whether there are any or not.",
        },
    )
    confirmed_on = fields.Date(allow_none=True)
    visibility = fields.Enum(Visibility, by_value=True)
    status = status_field()
    chosen_providers = ShownList(
        _chosen_providers,
        is_whole=True,
        allow_none=True,
        metadata={
            "items": {"type": "string"},
            "description": "Codes of the organizations that alone see it where it is for providers, all of them where there is none; null for whom this does not concern.",
        },
    )
    source_url = fields.String()
    stated_on = fields.String(metadata={"description": "When it was stated, as stated: a day, a month or a year."})
    is_sample = fields.Boolean(metadata={"description": "Taken from a public statement, not entered by the State."})
    version = fields.Integer()
    created_at = instant_field()
    updated_at = instant_field()


class NeedPreviewSchema(PreviewSchema):
    """A need as somebody else sees it, as far as the caller sees it too; null where they do not."""

    need = fields.Nested(NeedSchema, attribute="record", allow_none=True)


class NeedEdit(RecordEdit):
    """Fields of a need, each as in a file of needs; what is not given stays as it is."""

    states = list_field("ISO 3166-1 alpha-3 codes; several make a joint need.", codes=STATE_CODES, min_length=1)
    earliest_on = Day(allow_none=True, metadata=told(refused_when=FAR_DAY))
    latest_on = Day(allow_none=True, metadata=told(refused_when=f"it lies before earliest_on, or {FAR_DAY}"))
    priority = WholeNumber(validate=validate.Range(1, 5), metadata={"description": "5 is most urgent."})
    gap = WholeNumber(allow_none=True, validate=validate.Range(0, 5))
    audience = prose_field("Whom it is for.")
    outcome = prose_field("What is to come of it, and how that is seen.")
    underway = prose_field("What is being done already, and by whom.")
    excluded_providers = list_field(
        "Names of providers that the State does not want; confidential.", says={"refused_when": HIDDEN}
    )
    chosen_providers = list_field(
        "Codes of the organizations that alone see it where it is for providers; confidential.",
        says={"refused_when": NO_ORGANIZATION},
    )
    stated_on = prose_field(
        "When, as stated: a day, a month or a year.",
        max_length=MAX_STATED_ON_LENGTH,
        says={"pattern": LINE, "refused_when": HIDDEN},
    )


class NewNeed(NewRecord, NeedEdit):
    """A need to store. Who may submit shows it to the secretariat unless it says otherwise; else it is a draft."""

    states = list_field(
        "ISO 3166-1 alpha-3 codes; several make a joint need.", codes=STATE_CODES, min_length=1, required=True
    )
