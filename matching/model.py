"""A pool made ready for comparison: read, vectorized, and joined with everything that scores it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Generic, TypeVar

from matching.arrays import Integers
from matching.comparisons.area import AreaComparison
from matching.comparisons.budget import BudgetComparison
from matching.comparisons.freshness import FreshnessComparison
from matching.comparisons.geography import GeographyComparison
from matching.comparisons.language import LanguageComparison
from matching.comparisons.meaning import MeaningView
from matching.comparisons.mode import ModeComparison
from matching.comparisons.record import RecordComparison
from matching.comparisons.text import TextComparison
from matching.comparisons.time import TimeComparison
from matching.comparisons.together import Comparisons
from matching.eligibility import EligibilityCheck
from matching.errors import UnreadableProfileError
from matching.focus import Focus
from matching.groups import check_groups
from matching.learning.track_records import TrackRecords
from matching.places import PlaceReader
from matching.profiles import ScoringProfile
from matching.readings import Reader
from matching.records import Need, Offer, Outcome, Pool
from matching.reference import Reference
from matching.results import Reading
from matching.scoring import Scorer
from matching.sentence_model import SentenceModel
from matching.suggestion import WeightedAreas
from matching.tables import FaultCode
from matching.text import TextSpace, Vectorizer
from matching.text_memory import TextMemory
from matching.vectors import TextVectors

Record = TypeVar("Record", Need, Offer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """On what terms records are compared: reference data, profile, day, and what came of earlier work."""

    reference: Reference
    profile: ScoringProfile
    as_of_on: date
    outcomes: Sequence[Outcome] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Side(Generic[Record]):
    """Needs or offers in their order, what is read of each, and how much each of its areas weighs."""

    records: tuple[Record, ...]
    readings: Sequence[Reading]
    areas: Sequence[WeightedAreas]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A pool made ready for comparison: records in id order, their readings, vectors, and everything that scores them.

    ``comparisons`` are all that the scorer adds up, ``area`` and ``time`` among them; ``need_areas`` and
    ``offer_areas`` say how much each area of a record weighs.
    """

    needs: tuple[Need, ...]
    offers: tuple[Offer, ...]
    n_private: int
    need_readings: Sequence[Reading]
    offer_readings: Sequence[Reading]
    need_areas: Sequence[WeightedAreas]
    offer_areas: Sequence[WeightedAreas]
    need_vectors: TextVectors
    need_stems: Sequence[Integers]
    eligibility: EligibilityCheck
    comparisons: Comparisons
    scorer: Scorer

    @property
    def reading_by_need_id(self) -> dict[str, Reading]:
        """The areas and modes of each need."""
        return {need.need_id: item for need, item in zip(self.needs, self.need_readings, strict=True)}

    @property
    def reading_by_offer_id(self) -> dict[str, Reading]:
        """The areas and modes of each offer."""
        return {offer.offer_id: item for offer, item in zip(self.offers, self.offer_readings, strict=True)}


def prepare(
    pool: Pool,
    reference: Reference,
    profile: ScoringProfile,
    *,
    as_of_on: date,
    memory: TextMemory | None = None,
    sentence_model: SentenceModel | None = None,
) -> Model:
    """Return the pool made ready for comparison, private records left out and the others in id order.

    Raises
    ------
    UnreadableProfileError
        When the profile asks for what is not there: another background corpus, or a floor for an unknown group.
    """
    needs, offers = _matchable(pool, profile, reference)
    places = PlaceReader(reference.geography, reference.gazetteer)
    texts, found = (None, None) if memory is None else (memory.texts, memory.found)
    vectorizer = Vectorizer(reference.background, known=texts)
    reader = Reader(reference.taxonomy, vectorizer, places, known=found)
    sides = side_of(needs, reader), side_of(offers, reader)
    compared_texts = _compared_texts(needs, offers, vectorizer, profile=profile, model=sentence_model)
    setting = Setting(reference=reference, profile=profile, as_of_on=as_of_on, outcomes=pool.outcomes)
    n_private = len(pool.needs) - len(needs) + len(pool.offers) - len(offers)
    return replace(compared(*sides, compared_texts, setting=setting), n_private=n_private)


def side_of(records: tuple[Record, ...], reader: Reader) -> Side[Record]:
    """Return needs or offers with what is read of them."""
    readings, areas = reader.read(records)
    return Side(records=records, readings=readings, areas=areas)


def compared(
    needs: Side[Need], offers: Side[Offer], texts: tuple[TextSpace, TextComparison], *, setting: Setting
) -> Model:
    """Return the model of needs and offers that have been read, and whose texts are compared."""
    reference, as_of_on = setting.reference, setting.as_of_on
    readings = needs.readings, offers.readings
    focus = Focus(needs.records, offers.records, readings, reference)
    eligibility = EligibilityCheck(needs.records, offers.records, reference.geography, as_of_on=as_of_on, focus=focus)
    records = TrackRecords(setting.outcomes, reference, as_of_on=as_of_on)
    space, text = texts
    comparisons = Comparisons(
        area=AreaComparison(needs.areas, offers.areas, reference.taxonomy, readings=readings),
        text=text,
        mode=ModeComparison(*readings),
        language=LanguageComparison(*([item.languages for item in side.records] for side in (needs, offers))),
        geography=GeographyComparison(needs.records, reference.geography, eligibility),
        time=TimeComparison(needs.records, offers.records, as_of_on=as_of_on),
        budget=BudgetComparison(needs.records, offers.records),
        record=RecordComparison(needs.readings, offers.records, records, taxonomy=reference.taxonomy),
        freshness=FreshnessComparison(offers.records, as_of_on=as_of_on),
    )
    return Model(
        needs=needs.records,
        offers=offers.records,
        n_private=0,
        need_readings=needs.readings,
        offer_readings=offers.readings,
        need_areas=needs.areas,
        offer_areas=offers.areas,
        need_vectors=space.groups[0],
        need_stems=space.stems[0],
        eligibility=eligibility,
        comparisons=comparisons,
        scorer=Scorer(comparisons, setting.profile),
    )


def check_sentence_model(profile: ScoringProfile, model: SentenceModel | None) -> None:
    """Refuse to score without the very model that a profile names, or with one that it does not name.

    Raises
    ------
    UnreadableProfileError
        When the model at hand is another.
    """
    if profile.sentence_model != (None if model is None else model.name):
        raise UnreadableProfileError(
            f"The profile asks for the sentence model '{profile.sentence_model}', which is not at hand here."
            if profile.sentence_model is not None
            else "The profile asks for no sentence model.",
            key="sentence_model",
            code=FaultCode.UNKNOWN_CODE,
        )


def _matchable(pool: Pool, profile: ScoringProfile, reference: Reference) -> tuple[tuple[Need, ...], tuple[Offer, ...]]:
    check_profile(profile, reference)
    needs = sorted((need for need in pool.needs if not need.is_private), key=lambda need: need.need_id)
    offers = sorted((offer for offer in pool.offers if not offer.is_private), key=lambda offer: offer.offer_id)
    return tuple(needs), tuple(offers)


def _compared_texts(
    needs: Sequence[Need],
    offers: Sequence[Offer],
    vectorizer: Vectorizer,
    *,
    profile: ScoringProfile,
    model: SentenceModel | None,
) -> tuple[TextSpace, TextComparison]:
    check_sentence_model(profile, model)
    need_texts, offer_texts = [text_of(need) for need in needs], [text_of(offer) for offer in offers]
    space, bridge = vectorizer.space(need_texts, offer_texts), vectorizer.bridge
    # Every reader has asked for the stems by now; in which language a text is, its sentences ask again.
    vectorizer.tokenizer.forget_texts()
    share = profile.sentence_share
    view = None if model is None else MeaningView(model, need_texts, offer_texts, bridge=bridge, share=share)
    return space, TextComparison(space, need_texts, vectorizer, view=view)


def text_of(record: Need | Offer) -> str:
    """Return the text of a record that is compared."""
    return f"{record.title}\n{record.description}"


def check_profile(profile: ScoringProfile, reference: Reference) -> None:
    """Refuse a profile that asks for what this engine does not have.

    Raises
    ------
    UnreadableProfileError
        When it names another background corpus, or an equity floor for an unknown group.
    """
    if profile.background != reference.background.name:
        raise UnreadableProfileError(
            f"The profile names the background corpus '{profile.background}'; "
            f"this release has '{reference.background.name}'.",
            key="background",
            code=FaultCode.UNKNOWN_CODE,
        )
    check_groups(profile.equity_floor, reference.geography)
