"""A warm engine: the offers made ready once, and asked for one new need after another, or for a few."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np

from matching.arrays import Bools
from matching.candidates import CandidateFinder, PlainFinder, split_into_blocks
from matching.comparisons.meaning import MeaningView
from matching.comparisons.text import TextComparison
from matching.comparisons.together import Comparisons
from matching.lexicon import Lexicon
from matching.matches import Matches, Pairs
from matching.model import Model, Setting, Side, check_profile, check_sentence_model, compared, side_of, text_of
from matching.places import PlaceReader
from matching.profiles import ScoringProfile
from matching.readings import READ_AT_ONCE, Reader
from matching.records import Need, Offer, Outcome
from matching.reference import Reference
from matching.results import Match, Reading
from matching.scoring import Scorer
from matching.sentence_model import SentenceModel
from matching.suggestion import WeightedAreas
from matching.text import TextSpace, Vectorizer

if TYPE_CHECKING:
    from matching.search.finder import Finder

FEWEST_OFFERS: Final = 20_000
"""Offers from which on compiled code searches them; the result is the same."""

_MOST_TEXTS: Final = 1000  # of needs, before those are forgotten that have been read


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a warm engine says to one need.

    ``reading`` is what it took the need to be about, ``matches`` are the best offers in their order, each explained and
    none of them allocated, and ``n_eligible`` says how many offers are open to it, of all ``n_offers``.
    """

    reading: Reading
    matches: tuple[Match, ...]
    n_eligible: int
    n_offers: int


class LiveEngine:
    """Answers new needs from offers that stay, as a run on the need and the offers would.

    Everything that concerns the offers alone is made once: what they are about, the weights of their stems, dates,
    States, and the arrays that are searched. Text statistics come from the frozen background, so that the vector of a
    need depends on no other record.

    Parameters
    ----------
    offers
        In any order, each id once; private ones take no part, as in a run.
    reference, profile, as_of_on, outcomes, sentence_model
        As a run takes them.

    Raises
    ------
    UnreadableProfileError
        When the profile asks for what is not there.
    """

    def __init__(
        self,
        offers: Sequence[Offer],
        reference: Reference,
        profile: ScoringProfile,
        *,
        as_of_on: date,
        outcomes: Sequence[Outcome] = (),
        sentence_model: SentenceModel | None = None,
    ) -> None:
        check_profile(profile, reference)
        check_sentence_model(profile, sentence_model)
        self.offers = tuple(
            sorted((offer for offer in offers if not offer.is_private), key=lambda offer: offer.offer_id)
        )
        self._profile = profile
        self._vectorizer = Vectorizer(reference.background)
        places = PlaceReader(reference.geography, reference.gazetteer)
        self._reader = Reader(reference.taxonomy, self._vectorizer, places)
        side, self._lexicon, texts = self._read_offers(sentence_model)
        setting = Setting(reference=reference, profile=profile, as_of_on=as_of_on, outcomes=outcomes)
        self._model = compared(Side(records=(), readings=[], areas=[]), side, texts, setting=setting)
        self._keep_offer_kinds()
        self._finder = self._compiled_finder()
        self._n_texts = 0

    def _read_offers(
        self, model: SentenceModel | None
    ) -> tuple[Side[Offer], Lexicon, tuple[TextSpace, TextComparison]]:
        """Return the offers with what is read of them, some thousands at a time, and their texts made ready."""
        readings: list[Reading] = []
        areas: list[WeightedAreas] = []
        documents: list[list[str]] = []
        for start in range(0, len(self.offers), READ_AT_ONCE):
            some = side_of(self.offers[start : start + READ_AT_ONCE], self._reader)
            readings += some.readings
            areas += some.areas
            documents += [self._vectorizer.bridge.tokens(text_of(offer)) for offer in some.records]
            self._vectorizer.bridge.forget_texts()
        lexicon = Lexicon(documents, self._vectorizer)
        space = lexicon.offers(documents)
        text = TextComparison(space, [], self._vectorizer, view=self._view(model))
        return Side(records=self.offers, readings=readings, areas=areas), lexicon, (space, text)

    def _keep_offer_kinds(self) -> None:
        """Let every comparison tell its offers apart now: what it keeps of that is there for all needs."""
        nobody = np.zeros(0, dtype=np.int64)
        for comparison in self._model.comparisons:
            comparison.sentence_keys(nobody, nobody, np.zeros(0))

    def _view(self, model: SentenceModel | None) -> MeaningView | None:
        if model is None:
            return None
        texts = [text_of(offer) for offer in self.offers]
        return MeaningView(model, [], texts, bridge=self._vectorizer.bridge, share=self._profile.sentence_share)

    def _compiled_finder(self) -> Finder | None:
        """Return the compiled search where there are offers enough for it to pay; it knows no sentence model."""
        if len(self.offers) < FEWEST_OFFERS or self._profile.sentence_model is not None:
            return None
        from matching.search.finder import Finder  # noqa: PLC0415 – takes a second to load

        return Finder(self._model, self._profile)

    def best(self, need: Need, *, n_best: int = 10) -> Answer:
        """Return the best offers for a need, each with what every component adds and why.

        Parameters
        ----------
        need
            A private one is answered as if it were circulated: its owner asks what would come of that.
        n_best
            How many offers to tell at most, at least 1.

        Returns
        -------
        Answer
            Offers, order, scores and contributions are those of a run on this need and the offers. Which offer it would be
            allocated is left to runs, because that depends on the needs of others.
        """
        model = self.model([need])
        found = self._searching(model).candidates(np.zeros(1, dtype=np.int64), n_kept=n_best)
        columns = found.columns[0][found.columns[0] >= 0]
        pairs = Pairs(
            rows=np.zeros(len(columns), dtype=np.int64),
            columns=columns,
            ranks=np.arange(1, len(columns) + 1),
            is_allocated=np.zeros(len(columns), dtype=np.bool_),
        )
        return Answer(
            reading=model.need_readings[0],
            matches=tuple(Matches(pairs, model.needs, model.offers, model.scorer)),
            n_eligible=int(found.n_eligible[0]),
            n_offers=len(self.offers),
        )

    def qualifying(self, drafts: Sequence[Need]) -> Bools:
        """Return which offers are eligible for each draft and reach the minimum score; shape (n_drafts, n_offers).

        A private draft is scored as if it were circulated.
        """
        model, rows = self.model(drafts), np.arange(len(drafts))
        if self._finder is not None:
            return self._finder.with_needs(model).qualifying(rows)
        blocks = [
            model.eligibility.is_eligible(some) & (model.scorer.scores(some) >= self._profile.minimum_score)
            for some in split_into_blocks(rows, n_offers=len(self.offers))
        ]
        return np.concatenate(blocks)

    def model(self, needs: Sequence[Need]) -> Model:
        """Return the model of some needs, in the order in which they are given, and all offers."""
        side = side_of(tuple(needs), self._reader)
        texts = [text_of(need) for need in side.records]
        vectors, stems = self._lexicon.vectors([self._vectorizer.bridge.tokens(text) for text in texts])
        self._forget(len(texts))
        known, eligibility = self._model.comparisons, self._model.eligibility.with_needs(side.records, side.readings)
        comparisons = Comparisons(
            area=known.area.with_needs(side.areas, side.readings),
            text=known.text.with_needs(vectors, stems, texts),
            mode=known.mode.with_needs(side.readings),
            language=known.language.with_needs([need.languages for need in side.records]),
            geography=known.geography.with_needs(side.records, eligibility),
            time=known.time.with_needs(side.records),
            budget=known.budget.with_needs(side.records),
            record=known.record.with_needs(side.readings),
            freshness=known.freshness,
        )
        return replace(
            self._model,
            needs=side.records,
            need_readings=side.readings,
            need_areas=side.areas,
            need_vectors=vectors,
            need_stems=stems,
            eligibility=eligibility,
            comparisons=comparisons,
            scorer=Scorer(comparisons, self._profile),
        )

    def _searching(self, model: Model) -> CandidateFinder:
        if self._finder is not None:
            return self._finder.with_needs(model)
        return PlainFinder(
            scorer=model.scorer,
            eligibility=model.eligibility,
            n_needs=len(model.needs),
            n_offers=len(self.offers),
        )

    def _forget(self, n_texts: int) -> None:
        """Let go of the texts of needs from time to time: whoever types makes a new one with every letter."""
        self._n_texts += n_texts
        if self._n_texts > _MOST_TEXTS:
            self._vectorizer.bridge.forget_texts()
            self._n_texts = 0
