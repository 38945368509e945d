"""Pages on which needs are written and changed, with the coach beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.access.policy import may, require
from app.access.vocabulary import Permission
from app.accounts.views.common import for_people
from app.assessments import queries as assessments
from app.assessments.answers import EMPTY
from app.compression import tell_that_names_were_asked_for
from app.edge import request_actor, request_session
from app.errors import NotFoundError
from app.matches import advice
from app.matches.underway import under_way_beside_draft
from app.needs import entries
from app.needs.queries import get_need
from app.needs.schemas import NeedEdit, NewNeed
from app.needs.signatures import signatures_of, standing_with_signatures
from app.organizations.models import Organization
from app.pages import current_language
from app.reports.forms.choices import need_choices
from app.reports.forms.gaps import AssessedGap, texts_of_gap
from app.reports.forms.kinds import RecordForm
from app.reports.forms.needs import NEED_SECTIONS, VISIBILITY_SENTENCES, need_texts
from app.reports.forms.texts import Texts
from app.reports.names import ChoiceGroups
from app.reports.views import writing
from app.reports.views.common import page_names
from app.reports.views.form_pages import LOOKED_FOR, for_writers, with_areas_in_force
from matching.coach import Verdict
from matching.records import Need
from matching.sentences import N_
from matching.vocabulary import Visibility

ASSESSMENT: Final = "assessment"
ITEM: Final = "item"

bp = Blueprint("need_forms", __name__, url_prefix="/needs")


def _blank(keepers: Sequence[Organization]) -> Texts:
    states = [row.state_code for row in keepers if row.state_code]
    return {"states": tuple(states[:1]), "priority": ("3",), "visibility": (Visibility.PRIVATE.value,)}


def _of_gap() -> Texts:
    """Return what a need says of a gap of an assessment.

    Raises
    ------
    NotFoundError
        When there is no such assessment that the reader may see, or it asks no such thing.
    """
    session, actor = request_session(), request_actor()
    try:
        assessment_id = UUID(request.args[ASSESSMENT])
    except ValueError as error:
        raise NotFoundError("There is no such assessment.") from error
    assessment = assessments.get_assessment(session, actor, assessment_id)
    questionnaire = assessments.get_questionnaire(session, actor, assessment.release)
    item = questionnaire.find_item(request.args.get(ITEM, ""))
    if item is None:
        raise NotFoundError("The questionnaire of this assessment asks no such thing.")
    if request.query_string.decode() == urlencode({ASSESSMENT: assessment.id, ITEM: item.code}):
        tell_that_names_were_asked_for()
    found = AssessedGap(
        assessment=assessment,
        questionnaire=questionnaire,
        item=item,
        content=assessments.answers_of(session, actor, assessment).get(item.code, EMPTY),
        last=assessments.answers_before(session, actor, assessment).get(item.code, EMPTY),
    )
    return with_areas_in_force(texts_of_gap(found, language=current_language()))


def _choices() -> dict[str, ChoiceGroups]:
    return need_choices(request_session(), request_actor(), page_names(), VISIBILITY_SENTENCES)


def _coach(ground: advice.Ground, need: Need, own_id: UUID | None) -> Mapping[str, Any]:
    """Return what the coach says of a need as it is typed, among what the reader may see."""
    session, actor = request_session(), request_actor()
    duplicates = advice.duplicates_of_draft(session, actor, ground, need, own_id=own_id)
    told = {duplicate.need.id for duplicate in duplicates} | ({own_id} if own_id else set())
    coaching = advice.coach_draft(session, actor, ground, need)
    field_by_column = {column: field for field, column in entries.COLUMN_BY_FIELD.items()}
    unmet = [one.field for one in coaching.advice if one.verdict is not Verdict.PASSED]
    return {
        "field_by_column": field_by_column,
        LOOKED_FOR: frozenset(field_by_column.get(column, column) for column in unmet),
        "duplicates": duplicates,
        "under_way": under_way_beside_draft(session, actor, need, apart_from=told),
        "coaching": coaching,
    }


KIND: Final[RecordForm[Any]] = RecordForm(
    noun="need",
    endpoints=bp.name,
    sections=NEED_SECTIONS,
    titles=(N_("Write a need"), N_("Change this need")),
    permission=Permission.NEED_DRAFT,
    publishing=Permission.NEED_SUBMIT,
    schemas=(NewNeed(), NeedEdit()),
    texts_of=lambda record: with_areas_in_force(need_texts(record)),
    blank=_blank,
    choices=_choices,
    get=get_need,
    create=entries.create_need,
    change=entries.change_need,
    read_draft=entries.read_need_draft,
    beside=_coach,
)


@bp.get("/new")
@for_people
def new() -> ResponseReturnValue:
    """Show the form of a new need, with all that an assessment says of a gap where it is to be about one."""
    return writing.begin(KIND, _of_gap() if ASSESSMENT in request.args else None)


@bp.post("/new")
@for_writers(KIND)
def create() -> ResponseReturnValue:
    """Store a new need, or say what is wrong, or check what was typed."""
    return writing.create(KIND)


@bp.get("/<uuid:need_id>/edit")
@for_people
def edit(need_id: UUID) -> ResponseReturnValue:
    """Show the form of a need that is stored."""
    return writing.show(KIND, need_id)


@bp.post("/<uuid:need_id>/edit")
@for_writers(KIND)
def change(need_id: UUID) -> ResponseReturnValue:
    """Store what was changed of a need, or say what is wrong, or check what was typed."""
    return writing.change(KIND, need_id)


@bp.get("/<uuid:need_id>/saved")
@for_people
def saved(need_id: UUID) -> ResponseReturnValue:
    """Say what has happened to a need that was just stored, and what can be done next."""
    need = get_need(request_session(), request_actor(), need_id)
    require(request_actor(), Permission.NEED_DRAFT, owner_id=need.organization_id)
    is_draft = need.visibility is Visibility.PRIVATE
    signatures = signatures_of(request_session(), request_actor(), need)
    return render_template(
        "needs/saved.html",
        title=gettext("The draft is saved") if is_draft else gettext("The need is saved"),
        need=need,
        is_draft=is_draft,
        signatures=signatures,
        standing=standing_with_signatures(request_actor(), need, signatures),
        may_submit=may(request_actor(), Permission.NEED_SUBMIT, owner_id=need.organization_id),
    )
