"""Records as their texts are compared for duplicates: language, weighty words, areas and modes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from matching.arrays import Bools, Floats, Integers, Matrix, normalized_rows
from matching.duplicates.languages import written_in
from matching.duplicates.values import Project
from matching.readings import Reader, Suggestion
from matching.records import Need, Offer
from matching.reference import Reference
from matching.text import Vectorizer
from matching.vocabulary import Mode
from matching.words import TokenMemory

Record = Need | Offer | Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """Some records, row by row.

    ``words`` has rows of unit length over stems, weighted by the background corpus; ``areas`` and ``modes`` hold how
    surely the text speaks of each, shape (n_texts, n_codes); ``languages`` are codes, empty where unknown.
    """

    languages: tuple[str, ...]
    words: Matrix
    weights: Floats
    areas: Floats
    modes: Floats
    area_codes: tuple[str, ...]

    @property
    def is_silent(self) -> Bools:
        """Whether a text has no word to compare; shape (n_texts,)."""
        is_silent: Bools = np.diff(self.words.indptr) == 0
        return is_silent

    def take(self, rows: Integers) -> Texts:
        """Return some of the texts."""
        return Texts(
            languages=tuple(self.languages[row] for row in rows),
            words=self.words[rows],
            weights=self.weights,
            areas=self.areas[rows],
            modes=self.modes[rows],
            area_codes=self.area_codes,
        )


def read_texts(records: Sequence[Record], reference: Reference, *, memory: TokenMemory | None = None) -> Texts:
    """Return the records as their texts are compared.

    Areas and modes are those that the text speaks of, whatever the record states: the same text filed under two areas
    is still the same. Where the text speaks of none, what is stated counts.
    """
    vectorizer = Vectorizer(reference.background, memory)
    reader, codes = Reader(reference.taxonomy, vectorizer), reference.taxonomy.current_codes
    # What reads a text looks at title and description alone.
    read = [Need(need_id="", states=(), title=record.title, description=record.description) for record in records]
    stated_areas = [[reference.taxonomy.resolve(code) or "" for code in record.area_codes] for record in records]
    words, weights = _words([f"{record.title}\n{record.description}" for record in records], vectorizer)
    return Texts(
        languages=tuple(written_in(f"{record.title}\n{record.description}") for record in records),
        words=words,
        weights=weights,
        areas=_sureness(reader.suggest_areas(read), stated_areas, codes),
        modes=_sureness(reader.suggest_modes(read), [record.modes for record in records], tuple(Mode)),
        area_codes=codes,
    )


def _words(texts: Sequence[str], vectorizer: Vectorizer) -> tuple[Matrix, Floats]:
    """Return each text as a row of unit length over stems, (1 + ln count) x idf; and the idf of each stem."""
    counts = [_counted(vectorizer.tokenizer.tokens(text)) for text in texts]
    vocabulary = sorted({token for row in counts for token in row})
    column = {token: at for at, token in enumerate(vocabulary)}
    idf = vectorizer.idf(vocabulary)
    where = np.array([column[token] for row in counts for token in sorted(row)], dtype=np.int64)
    times = np.array([row[token] for row in counts for token in sorted(row)], dtype=np.float64)
    starts = np.concatenate(([0], np.cumsum([len(row) for row in counts]))).astype(np.int64)
    values = (1.0 + np.log(times)) * idf[where] if len(where) else np.zeros(0)
    return normalized_rows(sp.csr_matrix((values, where, starts), shape=(len(texts), len(vocabulary)))), idf


def _counted(tokens: Sequence[str]) -> Mapping[str, int]:
    seen: dict[str, int] = {}
    for token in tokens:
        seen[token] = seen.get(token, 0) + 1
    return seen


def _sureness(
    suggested: Sequence[Sequence[Suggestion]], stated: Sequence[Sequence[str]], codes: Sequence[str]
) -> Floats:
    column = {code: at for at, code in enumerate(codes)}
    matrix = np.zeros((len(suggested), len(codes)))
    for row, (found, named) in enumerate(zip(suggested, stated, strict=True)):
        weights = {item.code: item.sureness for item in found} or dict.fromkeys(named, 1.0)
        for code, weight in weights.items():
            if code in column:
                matrix[row, column[code]] = weight
    return matrix
