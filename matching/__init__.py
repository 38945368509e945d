"""The matcher: pairs what States need with what providers offer, and says why.

A pure library of values and functions. Time comes in as ``as_of``, weights as a ``ScoringProfile``; the same input
gives the same output. The modules in reading order: vocabulary, records, reference, profiles, sentences → stems, words, text,
suggestion → eligibility → candidates → comparisons → scoring → groups, allocation, coalitions → unmet → tandems →
explanation → engine, and beside them evaluation and differences. Only ``matching.command`` touches files.
"""

from matching.vocabulary import ENGINE_VERSION

__all__ = ["ENGINE_VERSION"]
