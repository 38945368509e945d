"""Confidence: how often what is read out of a text is right, by the evidence that the text gives.

Measured on texts whose areas and modes are known, those written for this project (``benchmarks/labelled_texts.csv``,
``labelled_modes.csv``) and those of the sample that a person has read, which have three quarters of the weight since
they are harder: of readings with a confidence of 0.7, about seven in ten are right. ``benchmarks/README.md`` has the table.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

DECIMALS: Final = 2  # more would pretend to know more, and differ between machines


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """A logistic curve over the logarithms of the evidence and of its share in that of the best reading."""

    level: float
    by_evidence: float
    by_share: float

    def confidence(self, evidence: float, share: float) -> float:
        """Return how sure a reading is.

        Parameters
        ----------
        evidence
            Above 0; about 1 for one clear term.
        share
            Of the evidence of the best reading of the same text, above 0 up to 1.

        Returns
        -------
        float
            In [0, 1], with two decimals.

        Examples
        --------
        >>> [AREAS.confidence(evidence, 1.0) for evidence in (0.7, 1.5, 3.0)]
        [0.5, 0.73, 0.88]
        """
        odds = self.level + self.by_evidence * math.log(evidence) + self.by_share * math.log(share)
        return round(1.0 / (1.0 + math.exp(-odds)), DECIMALS)


AREAS: Final = Calibration(level=0.47, by_evidence=1.35, by_share=1.36)
MODES: Final = Calibration(level=1.06, by_evidence=2.38, by_share=2.16)
AUDIENCES: Final = Calibration(level=2.0, by_evidence=0.0, by_share=0.0)
"""Of 101 audiences read 89 are right, whatever the evidence, which is a whole term at least."""
