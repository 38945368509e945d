"""The model of a pool in which offers have changed or come, made without reading or weighing a text again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from matching.arrays import Floats, Rows
from matching.comparisons.area import AreaComparison
from matching.comparisons.budget import BudgetComparison
from matching.comparisons.freshness import FreshnessComparison
from matching.comparisons.geography import GeographyComparison
from matching.comparisons.language import LanguageComparison
from matching.comparisons.mode import ModeComparison
from matching.comparisons.record import RecordComparison
from matching.comparisons.text import TextComparison
from matching.comparisons.time import TimeComparison
from matching.comparisons.together import Comparisons
from matching.eligibility import EligibilityCheck
from matching.focus import Focus
from matching.model import Model
from matching.profiles import ScoringProfile
from matching.records import Offer
from matching.reference import Reference
from matching.results import Reading
from matching.scoring import Scorer
from matching.sentences import SentenceColumn
from matching.suggestion import WeightedAreas


def with_offers(
    model: Model, offers: Sequence[Offer], reference: Reference, *, profile: ScoringProfile, as_of_on: date
) -> Model:
    """Return the model as ``prepare`` would make it if offers were other than they are, and if further ones came.

    Parameters
    ----------
    model
        The pool as it is, made ready under the same profile, reference and day.
    offers
        First one for each offer of the model, in its order, with its id, provider, texts and budget: areas in force,
        modes, languages, States, dates and places may differ, and areas and modes that do are stated ones. Then new
        ones, which say nothing in their texts and come from a provider of whom nothing is known.
    """
    known = list(zip(model.offers, offers, strict=False))
    new = offers[len(known) :]
    areas = [
        weights if offer.area_codes == old.area_codes else _weights(offer)
        for (old, offer), weights in zip(known, model.offer_areas, strict=True)
    ]
    readings = [_reading(*pair, reading) for pair, reading in zip(known, model.offer_readings, strict=True)]
    changed = replace(
        model,
        offers=tuple(offers),
        offer_areas=[*areas, *map(_weights, new)],
        offer_readings=[*readings, *map(_stated, new)],
    )
    names = ("eligible", "available_from_on", "available_until_on")
    if new or any(getattr(old, name) != getattr(offer, name) for old, offer in known for name in names):
        focus = Focus(model.needs, offers, (model.need_readings, changed.offer_readings), reference)
        eligibility = EligibilityCheck(model.needs, offers, reference.geography, as_of_on=as_of_on, focus=focus)
        changed = replace(changed, eligibility=eligibility)
    area = model.comparisons.area
    if new or any(offer.area_codes != old.area_codes for old, offer in known):
        both = model.need_readings, changed.offer_readings
        area = AreaComparison(model.need_areas, changed.offer_areas, reference.taxonomy, readings=both, like=area)
    comparisons = _compared(changed, area, reference, n_known=len(known), as_of_on=as_of_on)
    return replace(changed, comparisons=comparisons, scorer=Scorer(comparisons, profile))


def _compared(
    changed: Model, area: AreaComparison, reference: Reference, *, n_known: int, as_of_on: date
) -> Comparisons:
    """Return all comparisons with the changed offers; that of the texts can only grow."""
    needs, offers = changed.needs, changed.offers
    text = changed.comparisons.text
    return Comparisons(
        area=area,
        text=_WidenedText(text, n_known, len(offers) - n_known) if len(offers) > n_known else text,
        mode=ModeComparison(changed.need_readings, changed.offer_readings),
        language=LanguageComparison([need.languages for need in needs], [offer.languages for offer in offers]),
        geography=GeographyComparison(needs, reference.geography, changed.eligibility),
        time=TimeComparison(needs, offers, as_of_on=as_of_on),
        budget=BudgetComparison(needs, offers),
        record=RecordComparison(
            changed.need_readings, offers, changed.comparisons.record.records, taxonomy=reference.taxonomy
        ),
        freshness=FreshnessComparison(offers, as_of_on=as_of_on),
    )


def _weights(offer: Offer) -> WeightedAreas:
    return dict.fromkeys(offer.area_codes, 1.0)


def _stated(offer: Offer) -> Reading:
    return Reading(
        area_codes=offer.area_codes,
        areas_basis=offer.areas_basis,
        modes=offer.modes,
        modes_basis=offer.modes_basis,
    )


def _reading(old: Offer, new: Offer, reading: Reading) -> Reading:
    if (new.area_codes, new.areas_basis) != (old.area_codes, old.areas_basis):
        reading = replace(reading, area_codes=new.area_codes, areas_basis=new.areas_basis, area_confidences=())
    if (new.modes, new.modes_basis) != (old.modes, old.modes_basis):
        reading = replace(reading, modes=new.modes, modes_basis=new.modes_basis, mode_confidences=())
    return reading


class _WidenedText(TextComparison):
    """The comparison of the texts with further offers, which say nothing in theirs."""

    def __init__(self, known: TextComparison, n_known: int, n_new: int) -> None:
        self._known, self._n_known, self._n_new = known, n_known, n_new

    def values(self, rows: Rows) -> Floats:
        """Return the likeness of the needs' texts with those of all offers, NaN for the further ones."""
        return np.pad(self._known.values(rows), ((0, 0), (0, self._n_new)), constant_values=np.nan)

    def values_at(self, rows: Rows, columns: Rows) -> Floats:
        """Return the likeness of some pairs."""
        values = np.full(len(rows), np.nan)
        is_known = columns < self._n_known
        values[is_known] = self._known.values_at(rows[is_known], columns[is_known])
        return values

    def sentences_at(self, rows: Rows, columns: Rows, values: Floats) -> SentenceColumn:
        """Return the sentences of some pairs; of a further offer what any pair has of which a side says nothing."""
        return self._known.sentences_at(rows, np.where(columns < self._n_known, columns, 0), values)
