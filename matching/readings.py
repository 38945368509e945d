"""The areas, modes, audiences and places that a run works with: as a record states them, else read out of its text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from matching.attention import attention
from matching.confidence import AREAS, AUDIENCES, MODES, Calibration
from matching.places import PlaceReader, ReadPlace
from matching.records import Need, Offer
from matching.reference import EVERYBODY, Taxonomy
from matching.results import Reading
from matching.shelf import Shelf
from matching.suggestion import OUTSIDE, TermIndex, WeightedAreas
from matching.text import Vectorizer
from matching.vocabulary import Audience, Basis, Mode
from matching.words import text_key

MAX_AREAS: Final = 6
MAX_MODES: Final = 3
MAX_READ: Final = 16  # labels that a text may speak of before each is less sure; few statements speak of more
MINIMUM_EVIDENCE: Final = 0.7  # somewhat less than one clear term gives: below, a text is said to name no area
RELATIVE_FLOOR: Final = 0.35  # an area with less evidence than this share of the best is an aside
READ_AT_ONCE: Final = 4096  # records, since what lies between text and reading takes much room
_OF_AUDIENCES: Final = AUDIENCES.confidence(1.0, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A code read out of a text, with how much it counts: 1 for the best, less for the others, above 0.

    Less than 1 for the best as well where the text speaks of more than ``MAX_READ`` codes. ``confidence`` is how often
    such a reading is right, in [0, 1].
    """

    code: str
    sureness: float
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the text of a record speaks of, whatever the record states; of areas and modes the surest first."""

    areas: tuple[Suggestion, ...]
    modes: tuple[Suggestion, ...]
    audiences: tuple[Audience, ...]
    places: tuple[ReadPlace, ...]


class Reader:
    """Reads areas, modes and audiences out of titles and descriptions, and places where they are asked for.

    ``known`` is what has been found in texts before, by the same taxonomy and gazetteer.
    """

    def __init__(
        self,
        taxonomy: Taxonomy,
        vectorizer: Vectorizer,
        places: PlaceReader | None = None,
        *,
        known: Shelf[Found] | None = None,
    ) -> None:
        self._taxonomy, self._places, self._known = taxonomy, places, known
        areas = {
            code: [*taxonomy.area_by_code[code].titles.values(), *_flat(taxonomy.area_by_code[code].terms)]
            for code in taxonomy.current_codes
        }
        # A neighbouring field is read beside the areas: what speaks of it most lies outside all of them.
        areas[OUTSIDE] = _flat(taxonomy.outside_terms)
        self._areas = TermIndex(areas, vectorizer, do_rare_words_count_more=True)
        # The words for modes are common everywhere: training is no less training for being asked for often.
        self._modes = TermIndex(
            {mode: _flat(terms) for mode, terms in taxonomy.mode_terms.items()},
            vectorizer,
            do_rare_words_count_more=False,
        )
        self._audiences = TermIndex(
            {audience: _flat(terms) for audience, terms in taxonomy.audience_terms.items()},
            vectorizer,
            do_rare_words_count_more=False,
        )

    def suggest_areas(self, records: Sequence[Need | Offer]) -> list[tuple[Suggestion, ...]]:
        """Return the areas that each record's text speaks of, the surest first; empty where it names none."""
        return [tuple(item for item in found if item.code != OUTSIDE) for found in self._areas_and_outside(records)]

    def _areas_and_outside(self, records: Sequence[Need | Offer]) -> list[tuple[Suggestion, ...]]:
        return _best(self._areas, records, calibration=AREAS, n_kept=MAX_AREAS)

    def suggest_modes(self, records: Sequence[Need | Offer]) -> list[tuple[Suggestion, ...]]:
        """Return the modes that each record's text speaks of, the surest first; empty where it names none."""
        return _best(self._modes, records, calibration=MODES, n_kept=MAX_MODES)

    def read_audiences(self, records: Sequence[Need | Offer]) -> list[tuple[Audience, ...]]:
        """Return whom each record is for.

        What a need states of its audience is read alone. An audience counts where a whole term of it stands in the
        text: half a term is a word that stands for much else.
        """
        stated = [_stated_audience(record) for record in records]
        titles = ["" if words else record.title for record, words in zip(records, stated, strict=True)]
        bodies = [words or record.description for record, words in zip(records, stated, strict=True)]
        evidence = self._audiences.evidence(titles, bodies)
        return [tuple(Audience(self._audiences.labels[at]) for at in np.flatnonzero(row >= 1.0)) for row in evidence]

    def read_places(self, record: Need | Offer) -> tuple[ReadPlace, ...]:
        """Return the places that an offer's text is for, or that a need's names beside its own States.

        None are read of an offer that states whom it is open to: that wins.
        """
        if self._places is None:
            return ()
        if isinstance(record, Offer):
            if record.eligible != (EVERYBODY,):
                return ()
            return self._places.read(record.title, record.description, giver=record.provider)
        return tuple(
            place for place in self._places.read(record.title, record.description) if place.code not in record.states
        )

    def find(self, records: Sequence[Need | Offer]) -> list[Found]:
        """Return what the text of each record speaks of; none is read that has been read before."""
        if self._known is None:
            return self._find(records)
        keys = [_key(record) for record in records]
        new = {key: record for key, record in zip(keys, records, strict=True) if self._known.get(key) is None}
        for key, found in zip(new, self._find(list(new.values())), strict=True):
            self._known.put(key, found)
        return [self._known.used[key] for key in keys]

    def _find(self, records: Sequence[Need | Offer]) -> list[Found]:
        """Return the same anew, some thousands at a time."""
        starts = range(0, len(records), READ_AT_ONCE)
        return [found for start in starts for found in self._find_some(records[start : start + READ_AT_ONCE])]

    def _find_some(self, records: Sequence[Need | Offer]) -> list[Found]:
        found = self._areas_and_outside(records), self.suggest_modes(records), self.read_audiences(records)
        return [
            Found(areas=areas, modes=modes, audiences=audiences, places=self.read_places(record))
            for record, areas, modes, audiences in zip(records, *found, strict=True)
        ]

    def read(self, records: Sequence[Need | Offer]) -> tuple[list[Reading], list[WeightedAreas]]:
        """Return what to work with for each record, and its areas by weight.

        Stated areas weigh 1 each; retired codes are replaced by their successors. Where a person has read a record and
        found no area or mode, none is inferred. Outside all areas weighs as an area of its own, whether a person found
        it there or its text speaks of a neighbouring field; the reading names it by no code.
        """
        pairs = [self._joined(record, found) for record, found in zip(records, self.find(records), strict=True)]
        return [reading for reading, _ in pairs], [weighted for _, weighted in pairs]

    def _joined(self, record: Need | Offer, found: Found) -> tuple[Reading, WeightedAreas]:
        """Return what a record states and, where it states nothing, what its text speaks of."""
        stated = [code for code in map(self._taxonomy.resolve, record.area_codes) if code is not None]
        has_areas = bool(stated) or record.areas_basis is Basis.READ
        has_modes = bool(record.modes) or record.modes_basis is Basis.READ
        weighted = dict.fromkeys(stated, 1.0) if has_areas else {item.code: item.sureness for item in found.areas}
        is_outside = has_areas and not stated
        kept = () if has_areas else tuple(item for item in found.areas if item.code != OUTSIDE)
        has_audience = bool(_stated_audience(record))
        reading = Reading(
            area_codes=tuple(code for code in weighted if code != OUTSIDE),
            areas_basis=record.areas_basis if has_areas else Basis.INFERRED,
            modes=record.modes if has_modes else tuple(Mode(item.code) for item in found.modes),
            modes_basis=record.modes_basis if has_modes else Basis.INFERRED,
            audiences=found.audiences,
            audiences_basis=Basis.STATED if has_audience else Basis.INFERRED,
            area_confidences=tuple(item.confidence for item in kept),
            mode_confidences=() if has_modes else tuple(item.confidence for item in found.modes),
            audience_confidences=() if has_audience else (_OF_AUDIENCES,) * len(found.audiences),
            places=tuple(place.code for place in found.places),
            place_confidences=tuple(place.confidence for place in found.places),
        )
        return reading, {OUTSIDE: 1.0} if is_outside else weighted


def _key(record: Need | Offer) -> str:
    """Return what a reader looks at in a record, as one word: no text can be told from it."""
    sides = ("need", *record.states) if isinstance(record, Need) else ("offer", _giver(record))
    return text_key("\x1f".join((record.title, record.description, _stated_audience(record), *sides)))


def _giver(offer: Offer) -> str:
    """Return who gives an offer whose places are read; nobody where it states whom it is open to."""
    return f"by {offer.provider}" if offer.eligible == (EVERYBODY,) else ""


def _stated_audience(record: Need | Offer) -> str:
    return record.audience if isinstance(record, Need) else ""


def _flat(terms: Mapping[str, Sequence[str]]) -> list[str]:
    return [term for language in terms.values() for term in language]


def _best(
    index: TermIndex, records: Sequence[Need | Offer], *, calibration: Calibration, n_kept: int
) -> list[tuple[Suggestion, ...]]:
    evidence = index.evidence([record.title for record in records], [record.description for record in records])
    order = np.argsort(-evidence, axis=1, kind="stable")[:, :n_kept]
    strengths = np.take_along_axis(evidence, order, axis=1)
    least = np.maximum(MINIMUM_EVIDENCE, RELATIVE_FLOOR * strengths.max(axis=1, initial=0.0))
    n_read = (evidence >= least[:, None]).sum(axis=1)
    # A text that speaks of everything is about nothing in particular, whichever of its labels are kept.
    best = strengths.max(axis=1, initial=0.0) / attention(n_read, n_full=MAX_READ)
    rows = zip(
        order.tolist(),
        strengths.tolist(),
        (strengths >= least[:, None]).sum(axis=1).tolist(),
        best.tolist(),
        strict=True,
    )
    return [
        tuple(
            Suggestion(
                code=index.labels[at],
                sureness=round(strength / most, 3),
                confidence=calibration.confidence(strength, strength / most),
            )
            for at, strength in zip(positions[:n_sure], strongest[:n_sure], strict=True)
        )
        for positions, strongest, n_sure, most in rows
    ]
