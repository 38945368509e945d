"""The coach: the nine checks of one draft, what single edits would bring, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from matching.arrays import Bools
from matching.coach.checks import check_draft
from matching.coach.cues import CueReader
from matching.coach.edits import Edit, OffersSay, possible_edits
from matching.coach.scoring import DraftScorer
from matching.coach.values import Advice, Coaching, CountedEdit, Draft, EditKind, NextEdit, Verdict
from matching.readings import Reader
from matching.records import Need, Offer
from matching.reference import Reference
from matching.sentences import Sentence
from matching.text import Vectorizer


class Coach:
    """Says of drafts what would make them ones that somebody can answer; made once for a pool of offers."""

    def __init__(self, reference: Reference, scorer: DraftScorer, *, as_of_on: date) -> None:
        self._reference, self._scorer, self._as_of_on = reference, scorer, as_of_on
        self._vectorizer = Vectorizer(reference.background)
        self._reader = Reader(reference.taxonomy, self._vectorizer)
        self._offers_say = OffersSay.of(scorer.offers)
        self._cues = CueReader(reference.taxonomy.cue_terms)

    @property
    def offers(self) -> Sequence[Offer]:
        """The offers that are counted."""
        return self._scorer.offers

    def advise(self, need: Need) -> Coaching:
        """Return the advice on one draft.

        Parameters
        ----------
        need
            Title and description may be empty. What its ``excluded_providers`` take away is not counted, so give a need
            without them where somebody else than its owner reads the advice.

        Returns
        -------
        Coaching
            Counts are exact: each edit is scored against all offers as a run would.
        """
        draft = self.read(need)
        edits = possible_edits(draft, self._offers_say, self._reference.geography)
        qualifying = self._scorer.qualifying([need, *(edit.edited for edit in edits)])
        counted = _gaining(edits, qualifying)
        advice = check_draft(draft)
        return Coaching(
            need_id=need.need_id,
            advice=advice,
            n_offers=qualifying.shape[1],
            n_qualifying=int(qualifying[0].sum()),
            edits=counted,
            next_edit=_next(counted, advice, n_now=int(qualifying[0].sum())),
        )

    def read(self, need: Need) -> Draft:
        """Return the draft as the checks look at it."""
        readings, suggested = self._reader.read([need])[0], self._reader.suggest_areas([need])
        # Whoever types makes a new text with every letter.
        self._vectorizer.tokenizer.forget_texts()
        return Draft(
            need=need,
            reading=readings[0],
            suggested=suggested[0],
            cues=self._cues,
            taxonomy=self._reference.taxonomy,
            as_of_on=self._as_of_on,
        )


def _gaining(edits: Sequence[Edit], qualifying: Bools) -> tuple[CountedEdit, ...]:
    """Return the best edit of each kind that gains offers, the best first."""
    now = qualifying[0]
    counted = [_counted(edit, now, after) for edit, after in zip(edits, qualifying[1:], strict=True)]
    order = list(EditKind)
    counted.sort(key=lambda edit: (-edit.n_after, edit.n_lost, order.index(edit.kind), edit.value))
    best: dict[EditKind, CountedEdit] = {}
    for edit in counted:
        if edit.n_after > now.sum():
            best.setdefault(edit.kind, edit)
    return tuple(best.values())


def _counted(edit: Edit, now: Bools, after: Bools) -> CountedEdit:
    values: dict[str, str | int] = {"value": edit.shown, "now": int(now.sum()), "after": int(after.sum())}
    return CountedEdit(
        kind=edit.kind,
        check=edit.check,
        field=edit.field,
        value=edit.value,
        n_after=int(after.sum()),
        n_gained=int(np.count_nonzero(after & ~now)),
        n_lost=int(np.count_nonzero(now & ~after)),
        sentence=Sentence(message=edit.message, values=values),
    )


def _next(counted: Sequence[CountedEdit], advice: Sequence[Advice], *, n_now: int) -> NextEdit | None:
    """Return the edit that gains most; else the first check that is missing, else the first that is vague."""
    if counted:
        best = counted[0]
        return NextEdit(check=best.check, field=best.field, sentence=best.sentence, n_more=best.n_after - n_now)
    for verdict in (Verdict.MISSING, Verdict.VAGUE):
        for item in advice:
            if item.verdict is verdict:
                return NextEdit(check=item.check, field=item.field, sentence=item.sentence)
    return None
