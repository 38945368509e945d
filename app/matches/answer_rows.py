"""Turns the further answers of a run into rows, and says which offers they name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from app.db import Base
from app.matches import answer_models as models
from app.matches.answer_models import ChangeList
from app.matches.answers import RunAnswers
from matching.answers import PoolChange, PoolChanges, Sensitivity
from matching.duplicates import Duplicate
from matching.results import Coalition
from matching.sensitivity import told
from matching.sentences import Sentence

Row = dict[str, Any]


class HasNames(Protocol):
    """What knows which row each of the matcher's ids stands for."""

    @property
    def need_id_by_name(self) -> Mapping[str, UUID]:
        """The rows of needs."""

    @property
    def offer_id_by_name(self) -> Mapping[str, UUID]:
        """The rows of offers."""


def stored_sentence(sentence: Sentence) -> Row:
    """Return a sentence as it is stored."""
    return {"message": sentence.message, "values": dict(sentence.values)}


def answer_rows(
    run_id: UUID, coalitions: Sequence[Coalition] | None, answers: RunAnswers, *, names: HasNames
) -> Iterator[tuple[type[Base], list[Row]]]:
    """Yield the rows of the further answers of a run, with the table of each."""
    formed, measured, changes = coalitions or (), answers.sensitivities or (), answers.changes
    named = sorted({*_in_coalitions(formed), *_in_sensitivities(measured), *_in_changes(changes)})
    rows_by_model: dict[type[Base], Iterable[Row]] = {
        models.Coalition: (_coalition(item, names) for item in formed),
        models.Sensitivity: (_sensitivity(item, names) for item in measured),
        models.PoolChange: _changes(changes, names),
        models.OfferDuplicate: (_duplicate(item, names) for item in answers.offer_duplicates or ()),
        models.NamedOffer: ({"offer_id": names.offer_id_by_name[name]} for name in named),
    }
    for model, rows in rows_by_model.items():
        yield model, [{"run_id": run_id, **row} for row in rows]


def _coalition(item: Coalition, names: HasNames) -> Row:
    partners = [
        {
            "offer_id": str(names.offer_id_by_name[partner.offer_id]),
            "is_allocated": partner.is_allocated,
            "parts": [{"area_code": area, "mode": mode} for area, mode in partner.parts],
            "adds": partner.adds,
        }
        for partner in item.partners
    ]
    return {
        "need_id": names.need_id_by_name[item.need_id],
        "value": item.value,
        "alone": item.alone,
        "partners": partners,
    }


def _sensitivity(item: Sensitivity, names: HasNames) -> Row:
    offers = names.offer_id_by_name
    return {
        "need_id": names.need_id_by_name[item.need_id],
        "first_offer_id": offers[item.first_offer_id],
        "second_offer_id": None if item.second_offer_id is None else offers[item.second_offer_id],
        "margin": item.margin,
        "n_trials": item.n_trials,
        "n_first": item.n_first,
        "is_toss_up": item.is_toss_up,
        "rival_offer_ids": [str(offers[name]) for name in item.rival_offer_ids],
        "ranges": [
            {"component": part.component, "weight": part.weight, "lowest": part.lowest, "highest": part.highest}
            for part in item.ranges
        ],
        "told": [stored_sentence(sentence) for sentence in told(item)],
    }


def _changes(changes: PoolChanges | None, names: HasNames) -> Iterator[Row]:
    if changes is None:
        return
    for listing, listed in ((ChangeList.SINGLE, changes.single), (ChangeList.TOGETHER, changes.together)):
        for rank, change in enumerate(listed, start=1):
            yield {"listing": listing, "rank": rank, **_change(change, names)}


def _change(change: PoolChange, names: HasNames) -> Row:
    return {
        "edit": change.edit,
        "told": stored_sentence(change.sentence),
        "n_gained": change.n_gained,
        "n_places": change.n_places,
        "need_ids": _ids(change.need_ids, names.need_id_by_name),
        "lost_need_ids": _ids(change.lost_need_ids, names.need_id_by_name),
        "offer_ids": _ids(change.offer_ids, names.offer_id_by_name),
    }


def _duplicate(item: Duplicate, names: HasNames) -> Row:
    return {
        "one_id": names.offer_id_by_name[item.one_id],
        "other_id": names.offer_id_by_name[item.other_id],
        "likeness": item.likeness,
        "suggestion": item.suggestion,
        "reasons": [stored_sentence(reason) for reason in item.reasons],
        "advice": stored_sentence(item.advice),
    }


def _ids(ids: Iterable[str], id_by_name: Mapping[str, UUID]) -> list[str]:
    return [str(id_by_name[name]) for name in ids]


def _in_coalitions(coalitions: Iterable[Coalition]) -> Iterator[str]:
    return (partner.offer_id for coalition in coalitions for partner in coalition.partners)


def _in_sensitivities(sensitivities: Iterable[Sensitivity]) -> Iterator[str]:
    for item in sensitivities:
        yield item.first_offer_id
        yield from item.rival_offer_ids
        if item.second_offer_id is not None:
            yield item.second_offer_id


def _in_changes(changes: PoolChanges | None) -> Iterator[str]:
    listed = () if changes is None else (*changes.single, *changes.together)
    return (offer_id for change in listed for offer_id in change.offer_ids)
