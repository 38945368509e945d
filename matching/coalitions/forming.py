"""The coalitions of a run: beside the allocation, in the places that it leaves free."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.allocation import Allocation
from matching.arrays import DECIMALS, Floats
from matching.candidates import split_into_blocks
from matching.coalitions.options import Asking, Option, choose_options, options_of
from matching.coalitions.parts import Parts, parts_of
from matching.model import Model
from matching.profiles import ScoringProfile
from matching.results import Coalition, Partner
from matching.vocabulary import Mode


def form_coalitions(
    model: Model, profile: ScoringProfile, allocation: Allocation, *, max_size: int
) -> tuple[Coalition, ...]:
    """Return the coalitions that serve needs better than the one offer they are allocated, or none at all.

    A need is divided into its areas, each in each of its modes; a coalition is worth to it what its offers score for
    the parts, each part by the offer that serves it best, as a mean by the weight of the parts. Every partner beyond the
    first has to add more than 0.05 to that. The need keeps the offer that it is allocated; partners take free places.
    Of all coalitions those of the best total gain are chosen.

    Parameters
    ----------
    allocation
        Who has which place; its free places are shared out.
    max_size
        How many offers a coalition may have, the allocated one included; at least 2.

    Returns
    -------
    tuple of Coalition
        By need id.

    References
    ----------
    The value is a facility-location function, so that a partner adds less the more there are: Nemhauser, Wolsey & Fisher
    (1978), Mathematical Programming 14, 265-294.
    """
    free_places = allocation.free_places
    forming: list[_Forming] = []
    rows = np.arange(len(model.needs), dtype=np.int64)
    for block in split_into_blocks(rows, n_offers=len(model.offers)):
        may_join = model.eligibility.is_eligible(block) & (free_places > 0)
        for at, parts in enumerate(parts_of(model, profile, block)):
            held = int(allocation.columns[block[at]])
            asking = Asking(weights=parts.weights, scores=parts.scores, may_join=may_join[at], held=held)
            options = options_of(asking, minimum_score=profile.minimum_score, max_size=max_size)
            if options:
                forming.append(_forming(int(block[at]), parts, asking, options))
    chosen = choose_options([case.options for case in forming], [case.held for case in forming], free_places)
    return tuple(
        _coalition(model, case, option) for case, option in zip(forming, chosen, strict=True) if option is not None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Forming:
    """What is kept of a need that has a choice: its parts, and what the offers that occur score for them."""

    row: int
    held: int
    labels: tuple[tuple[str | None, Mode | None], ...]
    weights: Floats
    scores_by_column: dict[int, Floats]
    options: list[Option]


def _forming(row: int, parts: Parts, asking: Asking, options: list[Option]) -> _Forming:
    columns = sorted({column for option in options for column in option.columns})
    return _Forming(
        row=row,
        held=asking.held,
        labels=parts.labels,
        weights=parts.weights,
        scores_by_column={column: parts.scores[:, column].copy() for column in columns},
        options=options,
    )


def _coalition(model: Model, case: _Forming, option: Option) -> Coalition:
    scores = np.array([case.scores_by_column[column] for column in option.columns])
    best = scores.argmax(axis=0)
    value = float(case.weights @ scores.max(axis=0))
    partners = []
    for at, column in enumerate(option.columns):
        without = float(case.weights @ np.delete(scores, at, axis=0).max(axis=0))
        partners.append(
            Partner(
                offer_id=model.offers[column].offer_id,
                is_allocated=column == case.held,
                parts=tuple(label for label, taker in zip(case.labels, best, strict=True) if taker == at),
                adds=round(value - without, DECIMALS),
            )
        )
    return Coalition(
        need_id=model.needs[case.row].need_id,
        partners=tuple(partners),
        value=round(value, DECIMALS),
        alone=round(float((scores @ case.weights).max()), DECIMALS),
    )
