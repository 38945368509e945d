"""A sentence model as one more view: small made-up weights always, the real model where its package is installed."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest

from matching.command.datafiles import DATA_FOLDER
from matching.command.profilefiles import load_profile
from matching.command.sentence_models import MINILM, PACKAGE, open_sentence_model
from matching.comparisons.meaning import MeaningView
from matching.engine import run
from matching.errors import UnreadableProfileError
from matching.execution import Execution
from matching.model import prepare
from matching.profiles import ScoringProfile, parse_profile
from matching.sentence_model import Transformer, meanings, meeting
from matching.text import Vectorizer
from matching.vocabulary import Component
from tests.matching.random_pools import random_pool
from tests.matching.worlds import TODAY, make_need, make_offer, make_pool, make_profile, make_reference, only

N_DIMENSIONS, N_TOKENS = 8, 40
is_installed = all(importlib.util.find_spec(name) is not None for name in (PACKAGE, "safetensors", "tokenizers"))


Test = Callable[..., None]


def only_where(*, is_so: bool) -> Callable[[Test], Test]:
    """Leave a test out where the optional model is, or is not: a part that is absent by design is none that is missing."""
    return lambda test: test if is_so else cast("Test", None)


def token_ids(text: str) -> Sequence[int]:
    return [1, *(3 + ord(letter) % (N_TOKENS - 3) for letter in text), 2]


def made_weights(seed: int = 0, *, n_layers: int = 2) -> dict[str, Any]:
    chance = np.random.default_rng(seed)

    def block(*shape: int) -> Any:
        return (chance.standard_normal(shape) * 0.3).astype(np.float32)

    weights = {
        "embeddings.word_embeddings.weight": block(N_TOKENS, N_DIMENSIONS),
        "embeddings.position_embeddings.weight": block(12, N_DIMENSIONS),
        "embeddings.token_type_embeddings.weight": block(2, N_DIMENSIONS),
        "embeddings.LayerNorm.weight": block(N_DIMENSIONS) + 1,
        "embeddings.LayerNorm.bias": block(N_DIMENSIONS),
    }
    for layer in range(n_layers):
        at = f"encoder.layer.{layer}"
        sizes = {"intermediate.dense": (16, N_DIMENSIONS), "output.dense": (N_DIMENSIONS, 16)}
        square = ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense")
        sizes |= dict.fromkeys(square, (N_DIMENSIONS, N_DIMENSIONS))
        for name, shape in sizes.items():
            weights[f"{at}.{name}.weight"], weights[f"{at}.{name}.bias"] = block(*shape), block(shape[0])
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            weights[f"{at}.{name}.weight"], weights[f"{at}.{name}.bias"] = block(N_DIMENSIONS) + 1, block(N_DIMENSIONS)
    return weights


def made_model(seed: int = 0) -> Transformer:
    return Transformer("made", made_weights(seed), n_heads=2, token_ids=token_ids)


def asking(share: float = 0.3, **changes: Any) -> ScoringProfile:
    return make_profile(sentence_model="made", sentence_share=share, **changes)


def test_a_text_becomes_an_array_of_length_one_that_depends_on_it_alone() -> None:
    model = made_model()

    found = model.encode("cert")

    assert found.shape == (N_DIMENSIONS,)
    assert np.linalg.norm(found) == pytest.approx(1.0)
    assert np.array_equal(found, made_model().encode("cert"))
    assert not np.allclose(found, model.encode("tree"))


def test_attention_of_one_head_and_layer_is_as_defined() -> None:
    """The same by loops over the tokens, without any of the shapes."""
    weights = made_weights(3, n_layers=1)
    states = np.random.default_rng(4).standard_normal((4, N_DIMENSIONS)).astype(np.float32)
    model = Transformer("made", weights, n_heads=1, token_ids=token_ids)
    at = "encoder.layer.0.attention.self"
    query, key, value = (
        states @ weights[f"{at}.{part}.weight"].T + weights[f"{at}.{part}.bias"] for part in ("query", "key", "value")
    )

    expected = []
    for one in query:
        scores = np.exp([float(one @ other) / np.sqrt(N_DIMENSIONS) for other in key])
        expected.append(sum(score / scores.sum() * row for score, row in zip(scores, value, strict=True)))

    assert model._attended(states, at) == pytest.approx(np.array(expected), abs=1e-5)  # noqa: SLF001 – what it is made of


def test_a_text_that_is_too_long_for_the_model_is_cut_off() -> None:
    model = made_model()

    assert np.array_equal(model.encode("a" * 11), model.encode("a" * 500))


def test_meanings_are_whole_numbers_and_the_same_for_equal_texts() -> None:
    found = meanings(made_model(), ["cert", "tree", "cert"])

    assert np.array_equal(found, np.rint(found))
    assert np.array_equal(found[0], found[2])
    assert meeting(found[0] @ found[0]) == 1.0


def test_the_view_counts_its_share_between_english_texts_only() -> None:
    bridge = Vectorizer(make_reference().background).bridge
    texts = ["Training for judges", "Обучение судей"]
    view = MeaningView(made_model(), texts, texts, bridge=bridge, share=0.25)

    block = view.joined(np.full((2, 2), 0.5), np.arange(2), kept=np.ones((2, 2)))

    assert block.round(6).tolist() == [[0.625, 0.5], [0.5, 0.5]]
    rows, columns = np.nonzero(np.ones((2, 2)))
    assert np.array_equal(view.joined_at(np.full(4, 0.5), rows, columns, kept=np.ones(4)), block.ravel())


def test_pairs_have_the_scores_of_the_block_to_the_bit() -> None:
    pool = random_pool(5, n_needs=20, n_offers=15)
    model = prepare(pool, make_reference(), asking(), as_of_on=TODAY, sentence_model=made_model())
    rows, columns = np.nonzero(np.ones((20, 15)))

    block, each = model.scorer.values(np.arange(20)), model.scorer.values_at(rows, columns)

    assert np.array_equal(block[Component.TEXT].ravel(), each[Component.TEXT], equal_nan=True)


def test_a_new_offer_changes_nobody_elses_score() -> None:
    pool = random_pool(6, n_needs=8, n_offers=6)
    more = replace(pool, offers=(*pool.offers, make_offer("Z", title="Training", description="A CSIRT")))

    few, many = (
        prepare(each, make_reference(), asking(), as_of_on=TODAY, sentence_model=made_model()).scorer.scores(
            np.arange(8)
        )
        for each in (pool, more)
    )

    assert np.array_equal(few, many[:, : len(pool.offers)])


def test_a_profile_that_names_a_model_is_refused_without_it_and_the_other_way_round() -> None:
    pool = make_pool(make_need(), make_offer())

    with pytest.raises(UnreadableProfileError, match="sentence model 'made', which is not at hand"):
        run(pool, make_reference(), asking(), as_of_on=TODAY)
    with pytest.raises(UnreadableProfileError, match="asks for no sentence model"):
        run(pool, make_reference(), make_profile(), as_of_on=TODAY, execution=Execution(sentence_model=made_model()))


def test_texts_without_a_common_word_are_told_to_be_alike_in_meaning() -> None:
    pool = make_pool(make_need(title="abc", description=""), make_offer(title="cab", description=""))
    profile = replace(only(Component.TEXT), sentence_model="made", sentence_share=0.5)

    (match,) = run(
        pool, make_reference(), profile, as_of_on=TODAY, execution=Execution(sentence_model=made_model())
    ).matches

    told = next(str(part.sentence) for part in match.contributions if part.component is Component.TEXT)
    assert told == "The texts share no word; a sentence model finds them alike."


def test_copying_a_need_does_not_pay_with_a_model_either() -> None:
    """The model knows nothing of copies: a need's own text read by it would be the best offer of all."""
    text = "An incident response team of the nation and the training of its staff for digital forensics and maturity"
    pool = make_pool(make_need(title="Help", description=text), make_offer(title="Help", description=text))
    share_of = {
        share: prepare(
            pool, make_reference(), asking(share), as_of_on=TODAY, sentence_model=made_model()
        ).scorer.values(np.arange(1))[Component.TEXT][0, 0]
        for share in (0.0, 0.5)
    }

    assert share_of[0.5] <= share_of[0.0] + 0.01


def test_the_profile_keeps_the_model_it_names() -> None:
    document = asking(0.25).as_document()

    assert document["sentence_model"] == {"name": "made", "share": 0.25}
    assert parse_profile(document) == asking(0.25)
    assert "sentence_model" not in make_profile().as_document()


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ("MiniLM", "sentence_model"),
        ({"name": "x"}, "sentence_model"),
        ({"name": "x", "share": 2}, "sentence_model.share"),
    ],
    ids=["a name alone", "without a share", "more than all"],
)
def test_a_profile_with_half_a_model_is_refused(value: object, key: str) -> None:
    with pytest.raises(UnreadableProfileError) as refused:
        parse_profile(make_profile().as_document() | {"sentence_model": value})

    assert refused.value.key == key


def test_an_unknown_model_is_refused() -> None:
    with pytest.raises(UnreadableProfileError, match=f"known is '{MINILM}'"):
        open_sentence_model(asking())


@only_where(is_so=not is_installed)
def test_a_model_that_is_not_installed_is_refused_with_what_to_do() -> None:
    with pytest.raises(UnreadableProfileError, match=r"not installed; install deploy/requirements-embedding\.txt"):
        open_sentence_model(load_profile(DATA_FOLDER / "profiles" / "embedding.json"))


@only_where(is_so=is_installed)
def test_the_real_model_finds_the_same_meaning_in_other_words() -> None:
    model = open_sentence_model(load_profile(DATA_FOLDER / "profiles" / "embedding.json"))
    assert model is not None
    need = "Capacity of prosecutors to handle digital evidence"

    same, other = meeting(
        meanings(model, ["Courts learn to use data from seized phones", "A submarine cable"])
        @ meanings(model, [need])[0]
    )

    assert same > other + 0.2
    assert float(model.encode(need)[0]) == pytest.approx(-0.05303, abs=1e-4)
