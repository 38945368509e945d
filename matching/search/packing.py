"""Packs a model into plain arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from matching.arrays import Floats, Matrix
from matching.comparisons.together import Comparisons
from matching.eligibility import EligibilityCheck
from matching.packed import Codes, Records, Singles, Sums, Table, Windows, contiguous
from matching.profiles import ScoringProfile
from matching.search.packed import (
    Laid,
    LaidCodes,
    LaidSums,
    LaidTable,
    LaidTexts,
    LaidWindows,
    Packed,
    Scale,
    Texts,
)
from matching.search.postings import post
from matching.spreading import own_stems_of, words_of
from matching.vectors import FULL_LIKENESS, TextVectors
from matching.vocabulary import Component

_ROW_SHARE: Final = 1 / 16
"""Share of the offers from which on a stem has a whole row: a step along a list takes as long as some 16 along a row."""


def pack(comparisons: Comparisons, profile: ScoringProfile) -> Packed:
    """Return a model in double precision."""
    mode, audience = comparisons.mode.by_kinds()
    return Packed(
        area=comparisons.area.as_codes(),
        text=_texts(*comparisons.text.vectors, copied=comparisons.text.copied()),
        mode=mode,
        audience=audience,
        language=comparisons.language.by_kinds(),
        time=comparisons.time.as_windows(),
        sums=comparisons.budget.as_sums(),
        records=comparisons.record.as_records(),
        freshness=comparisons.freshness.by_offer(),
        scale=Scale(
            weights=np.array([profile.weights[part] for part in Component]),
            neutral=np.array([profile.neutral[part] for part in Component]),
            total=profile.total_weight,
            full_likeness=FULL_LIKENESS,
        ),
    )


def lay_out(packed: Packed, eligibility: EligibilityCheck, profile: ScoringProfile, *, n_stems: int) -> Laid:
    """Return a packed model laid out over all its offers; ``n_stems`` is the length of the vocabulary."""
    share = {part: _Share.of(profile, part) for part in Component}
    opening = _windows(eligibility.as_windows(), _Share(weight=0.0, silent=0.0))
    return Laid(
        offers=np.arange(len(packed.freshness)),
        brought=share[Component.FRESHNESS].parts(packed.freshness),
        reached=share[Component.GEOGRAPHY].weight,
        area=_codes(packed.area, share[Component.AREA]),
        text=_laid_texts(packed.text, share[Component.TEXT], n_stems=n_stems),
        mode=_table(packed.mode, share[Component.MODE]),
        audience=_table(packed.audience, share[Component.MODE]),
        language=_table(packed.language, share[Component.LANGUAGE]),
        time=_windows(packed.time, share[Component.TIME]),
        opening=opening,
        sums=_sums(packed.sums, share[Component.BUDGET]),
        record_kind=packed.records.kind,
        records=_records(packed.records, share[Component.RECORD]),
        excluded=eligibility.as_excluded(),
    )


def lay_out_needs(laid: Laid, packed: Packed, eligibility: EligibilityCheck, *, profile: ScoringProfile) -> Laid:
    """Return other needs laid out beside the offers of a model that is laid out over all of them."""
    share = {part: _Share.of(profile, part) for part in Component}
    area, text, sums = packed.area, packed.text, packed.sums
    return laid._replace(
        area=laid.area._replace(
            starts=area.starts,
            codes=area.codes,
            shares=contiguous(area.shares, np.float32),
            is_need_silent=area.is_need_silent,
        ),
        text=laid.text._replace(is_need_empty=text.is_need_empty),
        mode=_table(packed.mode, share[Component.MODE]),
        audience=_table(packed.audience, share[Component.MODE]),
        language=_table(packed.language, share[Component.LANGUAGE]),
        time=_with_windows_of_needs(laid.time, packed.time),
        opening=_with_windows_of_needs(laid.opening, eligibility.as_windows()),
        sums=laid.sums._replace(sought=sums.sought, need_currency=contiguous(sums.need_currency, np.float32)),
        record_kind=packed.records.kind,
        records=_records(packed.records, share[Component.RECORD]),
        excluded=eligibility.as_excluded(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Share:
    """What a component adds to a score at its best, and where a side is silent."""

    weight: float
    silent: float

    @classmethod
    def of(cls, profile: ScoringProfile, component: Component) -> _Share:
        weight = profile.weights[component] / profile.total_weight
        return cls(weight=weight, silent=weight * profile.neutral[component])

    def parts(self, values: Floats) -> Singles:
        """Return what values add, NaN for silence."""
        parts = np.empty(values.shape, dtype=np.float32)
        # Straight into single precision: a table may be large.
        np.multiply(values, self.weight, out=parts, casting="same_kind")
        parts[np.isnan(values)] = self.silent
        return parts


def _codes(codes: Codes, share: _Share) -> LaidCodes:
    # The shares of a need add up to 1, so that the root of the sum is the silent value again.
    silent = (share.silent / share.weight) ** 2 if share.weight else 0.0
    return LaidCodes(
        starts=codes.starts,
        codes=codes.codes,
        shares=contiguous(codes.shares, np.float32),
        parts=contiguous(np.where(codes.is_offer_silent, silent, codes.values), np.float32),
        is_need_silent=codes.is_need_silent,
        weight=share.weight,
        silent=share.silent,
    )


def _table(table: Table, share: _Share) -> LaidTable:
    return LaidTable(need_kind=table.need_kind, offer_kind=table.offer_kind, parts=share.parts(table.values))


def _texts(needs: TextVectors, offers: TextVectors, *, copied: Matrix) -> Texts:
    return Texts(
        words=words_of(*needs.spread.parts()),
        is_need_empty=needs.is_empty,
        offers=own_stems_of(offers.words),
        is_offer_empty=offers.is_empty,
        copied_starts=contiguous(copied.indptr, np.int32),
        copied_offers=contiguous(copied.indices, np.int32),
        copied_cosines=contiguous(copied.data, np.float64),
    )


def _laid_texts(texts: Texts, share: _Share, *, n_stems: int) -> LaidTexts:
    n_offers = len(texts.is_offer_empty)
    has_row = np.bincount(texts.offers.stems, minlength=n_stems) > _ROW_SHARE * n_offers
    row = contiguous(np.where(has_row, np.cumsum(has_row) - 1, -1), np.int32)
    posted = post(texts, row, int(has_row.sum()), np.arange(n_offers))
    return LaidTexts(
        is_need_empty=texts.is_need_empty,
        is_offer_empty=texts.is_offer_empty,
        row=row,
        rows=posted.rows,
        posting_starts=posted.starts,
        posting_offers=posted.offers,
        posting_weights=posted.weights,
        stretch=1.0 / FULL_LIKENESS,
        weight=share.weight,
        silent=share.silent,
    )


def _windows(windows: Windows, share: _Share) -> LaidWindows:
    return LaidWindows(
        need_from=contiguous(windows.need_from, np.float32),
        need_until=contiguous(windows.need_until, np.float32),
        is_need_special=windows.is_need_special,
        offer_from=contiguous(windows.offer_from, np.float32),
        offer_until=contiguous(windows.offer_until, np.float32),
        is_said=contiguous(~windows.is_offer_special, np.float32),
        weight=share.weight,
        silent=share.silent,
    )


def _with_windows_of_needs(laid: LaidWindows, windows: Windows) -> LaidWindows:
    return laid._replace(
        need_from=contiguous(windows.need_from, np.float32),
        need_until=contiguous(windows.need_until, np.float32),
        is_need_special=windows.is_need_special,
    )


def _sums(sums: Sums, share: _Share) -> LaidSums:
    return LaidSums(
        sought=sums.sought,
        need_currency=contiguous(sums.need_currency, np.float32),
        given=contiguous(np.nan_to_num(sums.given), np.float32),
        offer_currency=contiguous(sums.offer_currency, np.float32),
        is_said=contiguous(~np.isnan(sums.given), np.float32),
        weight=share.weight,
        silent=share.silent,
    )


def _records(records: Records, share: _Share) -> Singles:
    return share.parts(records.values)
