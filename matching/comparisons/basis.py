"""Which side of a pair the engine read out of a text, and the sentence that says so."""

from __future__ import annotations

from dataclasses import dataclass

from matching.vocabulary import Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Wordings:
    """One sentence in four wordings, by the sides whose areas or modes were inferred: whole, so that it translates."""

    stated: str
    need_inferred: str
    offer_inferred: str
    both_inferred: str

    def of(self, need_basis: Basis, offer_basis: Basis) -> str:
        """Return the wording that says which side was inferred; what a person read out of a text was not."""
        is_need_inferred, is_offer_inferred = need_basis is Basis.INFERRED, offer_basis is Basis.INFERRED
        if is_need_inferred and is_offer_inferred:
            return self.both_inferred
        if is_need_inferred:
            return self.need_inferred
        return self.offer_inferred if is_offer_inferred else self.stated
