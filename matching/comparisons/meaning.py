"""Meaning: how alike two English texts are by a sentence model; a view that joins the comparison of texts."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Self

import numpy as np

from matching.arrays import Bools, Floats, Rows
from matching.bridge import Bridge
from matching.glossary import ENGLISH
from matching.sentence_model import SentenceModel, meanings, meeting


class MeaningView:
    """What a sentence model says of needs' and offers' texts, as a share of their likeness.

    It counts between two English texts: the model has read no other language.
    """

    def __init__(
        self,
        model: SentenceModel,
        need_texts: Sequence[str],
        offer_texts: Sequence[str],
        *,
        bridge: Bridge,
        share: float,
    ) -> None:
        self._model, self._bridge, self._share = model, bridge, share
        self._offers, self._is_offer_read = meanings(model, offer_texts), _is_english(offer_texts, bridge)
        self._take_needs(need_texts)

    def _take_needs(self, texts: Sequence[str]) -> None:
        self._needs, self._is_need_read = meanings(self._model, texts), _is_english(texts, self._bridge)

    def with_needs(self, texts: Sequence[str]) -> Self:
        """Return the same of other needs' texts and the same offers'."""
        other = copy(self)
        other._take_needs(texts)  # noqa: SLF001 – a copy of itself
        return other

    def joined(self, likeness: Floats, rows: Rows, *, kept: Floats) -> Floats:
        """Return the likeness of some needs with all offers joined with their meeting, of which a share is kept.

        Parameters
        ----------
        likeness, kept : shape (n_rows, n_offers)
        """
        alike = meeting(self._needs[rows] @ self._offers.T)
        is_read = self._is_need_read[rows][:, None] & self._is_offer_read[None, :]
        return self._mixed(likeness, kept * alike, is_read)

    def joined_at(self, likeness: Floats, rows: Rows, columns: Rows, *, kept: Floats) -> Floats:
        """Return the same for some pairs; shape (n_pairs,)."""
        alike = meeting(np.einsum("ij,ij->i", self._needs[rows], self._offers[columns]))
        return self._mixed(likeness, kept * alike, self._is_need_read[rows] & self._is_offer_read[columns])

    def _mixed(self, likeness: Floats, alike: Floats, is_read: Bools) -> Floats:
        return np.where(is_read, (1.0 - self._share) * likeness + self._share * alike, likeness)


def _is_english(texts: Sequence[str], bridge: Bridge) -> Bools:
    return np.array([bridge.language_of(text) == ENGLISH for text in texts], dtype=np.bool_)
