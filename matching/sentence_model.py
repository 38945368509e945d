"""A sentence model as one more view of texts: what a text means, as an array of numbers.

The model is given: whoever runs the matcher opens its files, and the profile names it, so that a run with it is the run
of another profile. A text is encoded by itself, and its numbers are whole: no order of adding changes a bit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt
from scipy.special import erf

from matching.arrays import Floats

UNRELATED: Final = 0.2
"""A cosine that texts of any two subjects reach, measured between the areas of the taxonomy."""

FULL_MEETING: Final = 0.8
"""A cosine from which two texts count as one."""

_STEPS: Final = 4096.0  # in which the numbers of a text are counted, from -1 to 1
_TINY: Final = 1e-12
_PREFIX: Final = "encoder.layer."

Singles = npt.NDArray[np.float32]


class SentenceModel(Protocol):
    """What the matcher asks of a model."""

    name: str

    def encode(self, text: str) -> Floats:
        """Return a text as an array of length 1; shape (n_dimensions,)."""
        ...


class Transformer:
    """A small BERT with mean pooling, computed with numpy alone.

    Parameters
    ----------
    name
        By which profiles ask for it.
    weights
        By name as BERT models are published; all layers of one size.
    n_heads
        Into which each layer's attention is divided.
    token_ids
        Cuts a text into the numbers of its tokens, the first and last of them marks; at least one.

    References
    ----------
    Devlin, Chang, Lee & Toutanova (2019), NAACL, 4171-4186; Reimers & Gurevych (2019), EMNLP, 3982-3992 (mean pooling).
    """

    def __init__(
        self, name: str, weights: Mapping[str, Singles], *, n_heads: int, token_ids: Callable[[str], Sequence[int]]
    ) -> None:
        self.name = name
        self._weights, self._n_heads, self._token_ids = weights, n_heads, token_ids
        self._n_layers = 1 + max(int(key.split(".")[2]) for key in weights if key.startswith(_PREFIX))
        self._n_most = len(weights["embeddings.position_embeddings.weight"])

    def encode(self, text: str) -> Floats:
        """Return a text as an array of length 1; shape (n_dimensions,). What is too long for the model is cut off."""
        ids = list(self._token_ids(text))[: self._n_most]
        states = self._weights["embeddings.word_embeddings.weight"][ids]
        states = states + self._weights["embeddings.position_embeddings.weight"][: len(ids)]
        states = self._normed(states + self._weights["embeddings.token_type_embeddings.weight"][0], "embeddings")
        for layer in range(self._n_layers):
            states = self._layer(states, f"{_PREFIX}{layer}")
        pooled = states.mean(axis=0).astype(np.float64)
        length = float(np.linalg.norm(pooled))
        unit: Floats = pooled / length if length > 0 else pooled
        return unit

    def _layer(self, states: Singles, at: str) -> Singles:
        attended = self._linear(self._attended(states, f"{at}.attention.self"), f"{at}.attention.output.dense")
        states = self._normed(states + attended, f"{at}.attention.output")
        inner = self._linear(states, f"{at}.intermediate.dense")
        gelu = (inner * 0.5 * (1.0 + erf(inner / np.sqrt(np.float32(2.0))))).astype(np.float32)
        return self._normed(states + self._linear(gelu, f"{at}.output.dense"), f"{at}.output")

    def _attended(self, states: Singles, at: str) -> Singles:
        shape = len(states), self._n_heads, states.shape[1] // self._n_heads
        query, key, value = (
            self._linear(states, f"{at}.{part}").reshape(shape).transpose(1, 0, 2) for part in ("query", "key", "value")
        )
        weights = query @ key.transpose(0, 2, 1) / np.sqrt(np.float32(shape[2]))
        weights = np.exp(weights - weights.max(axis=-1, keepdims=True))
        weights = weights / weights.sum(axis=-1, keepdims=True)
        joined: Singles = (weights @ value).transpose(1, 0, 2).reshape(states.shape)
        return joined

    def _linear(self, states: Singles, at: str) -> Singles:
        result: Singles = states @ self._weights[f"{at}.weight"].T + self._weights[f"{at}.bias"]
        return result

    def _normed(self, states: Singles, at: str) -> Singles:
        mean, variance = states.mean(axis=-1, keepdims=True), states.var(axis=-1, keepdims=True)
        scaled = (states - mean) / np.sqrt(variance + np.float32(_TINY))
        result: Singles = scaled * self._weights[f"{at}.LayerNorm.weight"] + self._weights[f"{at}.LayerNorm.bias"]
        return result


def meanings(model: SentenceModel, texts: Sequence[str]) -> Floats:
    """Return texts as whole numbers; equal texts are encoded once.

    Returns
    -------
    shape (n_texts, n_dimensions)
        Whole numbers, so that the product of two texts is exact.
    """
    found = {text: np.rint(model.encode(text) * _STEPS) for text in dict.fromkeys(texts)}
    rows: Any = [found[text] for text in texts]
    n_dimensions = len(rows[0] if rows else model.encode("any text"))
    return np.array(rows, dtype=np.float64).reshape(len(texts), n_dimensions)


def meeting(products: Floats) -> Floats:
    """Return how alike texts are whose ``meanings`` have these products, in [0, 1], of any shape.

    Examples
    --------
    >>> meeting(np.array([0.2, 0.5, 0.8]) * 4096.0**2).round(3).tolist()
    [0.0, 0.5, 1.0]
    """
    cosines = products / (_STEPS * _STEPS)
    alike: Floats = np.clip((cosines - UNRELATED) / (FULL_MEETING - UNRELATED), 0.0, 1.0)
    return alike
