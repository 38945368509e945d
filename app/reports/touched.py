"""What a change of an area touches: how many records refer to its code, of those that the reader may see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.access.policy import require
from app.access.visibility import visible_to
from app.access.vocabulary import Permission
from app.actor import Actor
from app.areas.models import Area, IncidentArea
from app.assessments import queries as assessments
from app.assessments.models import AssessmentState
from app.assessments.questionnaires import Questionnaire
from app.errors import ConflictError
from app.matches.models import Tandem
from app.matches.queries import ids_of_runs
from app.needs.models import Need, NeedArea
from app.needs.private import private_area_codes
from app.offers.models import Offer, OfferArea


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """How many records refer to the code of an area, each once.

    Of areas those that stand under it or that it succeeds; of questions and assessments those by the questionnaire in force;
    of runs those that found States which could file together in it.
    """

    n_areas: int = 0
    n_needs: int = 0
    n_offers: int = 0
    n_questions: int = 0
    n_assessments: int = 0
    n_incidents: int = 0
    n_runs: int = 0

    @property
    def n_referring(self) -> int:
        """How many records, other areas left out."""
        counts: list[int] = [getattr(self, one.name) for one in fields(self) if one.name != "n_areas"]
        return sum(counts)


NOTHING: Final = Touched()


def touched_by_code(session: Session, actor: Actor) -> Mapping[str, Touched]:
    """Return for each code to which something refers how much that is, as the actor sees records.

    Raises
    ------
    ForbiddenError
        When the actor reads no releases of the areas.
    """
    require(actor, Permission.AREA_RELEASE_READ)
    counts = {
        "n_areas": _areas(session),
        "n_needs": _needs(session, actor),
        "n_offers": _count(session, _offers(actor)),
        "n_incidents": _count(session, _by_code(IncidentArea.area_code, IncidentArea.incident_code)),
        "n_runs": _count(
            session, _by_code(Tandem.area_code, Tandem.run_id).where(Tandem.run_id.in_(ids_of_runs(actor)))
        ),
        **_questions(session, actor),
    }
    codes = {code for by_code in counts.values() for code in by_code}
    return {code: Touched(**{name: by_code.get(code, 0) for name, by_code in counts.items()}) for code in codes}


def _areas(session: Session) -> Mapping[str, int]:
    rows = session.execute(select(Area.parent_code, Area.successor_code, Area.retired_in)).all()
    under = [parent for parent, _, retired_in in rows if parent is not None and retired_in is None]
    return Counter([*under, *(successor for _, successor, _ in rows if successor is not None)])


def _needs(session: Session, actor: Actor) -> Mapping[str, int]:
    counts = Counter(_count(session, _by_code(NeedArea.area_code, Need.id).join(Need).where(visible_to(actor, Need))))
    for codes in private_area_codes(session, actor):
        counts.update(set(codes))
    return counts


def _offers(actor: Actor) -> Select[str, int]:
    return _by_code(OfferArea.area_code, Offer.id).join(Offer).where(visible_to(actor, Offer))


def _questions(session: Session, actor: Actor) -> Mapping[str, Mapping[str, int]]:
    """Return the questions by area, and the assessments of which the actor sees an answer to one of them."""
    try:
        questionnaire = assessments.newest_questionnaire(session, actor)
    except ConflictError:
        return {}
    area_by_item = {item.code: item.area_code for item in questionnaire.items if item.area_code is not None}
    return {
        "n_questions": Counter(area_by_item.values()),
        "n_assessments": _assessments(session, actor, questionnaire, area_by_item),
    }


def _assessments(
    session: Session, actor: Actor, questionnaire: Questionnaire, area_by_item: Mapping[str, str]
) -> Mapping[str, int]:
    counts: Counter[str] = Counter()
    for assessment in assessments.iter_rows(session, actor):
        if assessment.state is AssessmentState.SUBMITTED and assessment.release == questionnaire.release:
            answered = assessments.answer_rows(session, actor, assessment)
            counts.update({area_by_item[item] for item in answered if item in area_by_item})
    return counts


def _by_code(code: InstrumentedAttribute[str], counted: InstrumentedAttribute[Any]) -> Select[str, int]:
    return select(code, func.count(func.distinct(counted))).group_by(code)


def _count(session: Session, statement: Select[str, int]) -> Mapping[str, int]:
    return dict(session.execute(statement).all())
