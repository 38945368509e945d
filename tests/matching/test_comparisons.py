"""Each comparison by itself: its number and the sentence that goes with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.attention import FULL_MODES
from matching.comparisons.area import AreaComparison
from matching.comparisons.base import Comparison
from matching.comparisons.budget import BudgetComparison
from matching.comparisons.freshness import FreshnessComparison
from matching.comparisons.geography import GeographyComparison
from matching.comparisons.language import LanguageComparison
from matching.comparisons.mode import ModeComparison
from matching.comparisons.nearness import area_nearness
from matching.comparisons.text import TextComparison
from matching.comparisons.time import TimeComparison
from matching.eligibility import EligibilityCheck
from matching.records import Need, Offer
from matching.reference import Area, Taxonomy
from matching.results import Reading
from matching.suggestion import OUTSIDE
from matching.text import Vectorizer
from matching.vocabulary import Audience, Basis, Mode
from tests.matching.worlds import TODAY, make_geography, make_need, make_offer, make_reference, make_taxonomy

MODES = st.lists(st.sampled_from(list(Mode)), max_size=4, unique=True).map(tuple)
WORDS = st.lists(st.sampled_from(["csirt", "strategy", "train", "law", "网络安全", "киберщит"]), max_size=5).map(
    " ".join
)


def value_of(comparison: Comparison) -> float | None:
    """Return the value of the only pair, None where a side is silent."""
    value = float(comparison.values(np.array([0]))[0, 0])
    return None if np.isnan(value) else round(value, 6)


def sentence_of(comparison: Comparison) -> str:
    return str(comparison.sentence(0, 0, value_of(comparison)))


def areas(
    need: dict[str, float], offer: dict[str, float], bases: tuple[Basis, Basis] = (Basis.STATED, Basis.STATED)
) -> AreaComparison:
    asked, offered = (Reading(area_codes=(), areas_basis=basis, modes=(), modes_basis=basis) for basis in bases)
    return AreaComparison([need], [offer], make_taxonomy(), readings=([asked], [offered]))


def text(need: str, offer: str) -> TextComparison:
    vectorizer = Vectorizer(make_reference().background)
    return TextComparison(vectorizer.space([need], [offer]), [need], vectorizer)


def modes(
    need: Sequence[Mode],
    offer: Sequence[Mode],
    basis: Basis = Basis.STATED,
    offer_basis: Basis = Basis.STATED,
) -> ModeComparison:
    asked = Reading(area_codes=(), areas_basis=Basis.STATED, modes=tuple(need), modes_basis=basis)
    offered = Reading(area_codes=(), areas_basis=Basis.STATED, modes=tuple(offer), modes_basis=offer_basis)
    return ModeComparison([asked], [offered])


def reading(**parts: Any) -> Reading:
    known = {"area_codes": (), "areas_basis": Basis.INFERRED, "modes": (), "modes_basis": Basis.INFERRED}
    return Reading(**(known | parts))


def audiences(need: Sequence[Audience], offer: Sequence[Audience], basis: Basis = Basis.INFERRED) -> ModeComparison:
    asked = reading(audiences=tuple(need), audiences_basis=basis)
    return ModeComparison([asked], [reading(audiences=tuple(offer))])


def geography(need: Need, offer: Offer) -> GeographyComparison:
    check = EligibilityCheck([need], [offer], make_geography(), as_of_on=TODAY)
    return GeographyComparison([need], make_geography(), check)


def times(need: Need, offer: Offer) -> TimeComparison:
    return TimeComparison([need], [offer], as_of_on=TODAY)


def budgets(sought: Decimal | None, given_: Decimal | None, *, offer_currency: str = "EUR") -> BudgetComparison:
    need = make_need(budget=sought, currency="EUR")
    return BudgetComparison([need], [make_offer(budget=given_, currency=offer_currency)])


@pytest.mark.parametrize(
    ("need", "offer", "value"),
    [
        ({"GOV.1": 1.0}, {"GOV.1": 1.0}, 1.0),
        ({"GOV.1": 1.0}, {"GOV": 1.0}, 0.75),
        ({"GOV": 1.0}, {"GOV.1": 1.0}, 0.75),
        ({"IRC.1": 1.0}, {"IRC.2": 1.0}, 0.5),
        ({"GOV.1": 1.0}, {"IRC.1": 1.0}, 0.0),
        ({"GOV.1": 1.0, "IRC.1": 1.0}, {"GOV.1": 1.0}, 0.707107),
        ({"GOV.1": 1.0}, {"GOV.1": 1.0, "IRC.1": 1.0}, 1.0),
        ({"GOV.1": 1.0, "IRC.1": 0.5}, {"IRC.1": 0.8}, 0.46188),
        ({}, {"GOV.1": 1.0}, None),
        ({"GOV.1": 1.0}, {}, None),
        ({OUTSIDE: 1.0}, {"GOV.1": 1.0}, 0.0),
        ({"GOV.1": 1.0}, {OUTSIDE: 1.0}, 0.0),
        ({OUTSIDE: 1.0}, {OUTSIDE: 1.0}, 0.75),
        ({OUTSIDE: 1.0}, {}, None),
    ],
    ids=[
        *("same", "parent", "child", "siblings", "apart", "half", "wider offer", "read", "silent need", "silent offer"),
        *("need outside", "offer outside", "both outside", "outside and silent"),
    ],
)
def test_areas_count_by_their_distance_in_the_tree(
    need: dict[str, float], offer: dict[str, float], value: float | None
) -> None:
    comparison = areas(need, offer)

    found = value_of(comparison)

    assert found == value


def test_areas_of_different_branches_touch_through_an_entry_of_a_fine_scheme_only() -> None:
    linked = {("gfce", "C.1"), ("dac", "15130")}
    parts = [
        Area(code="GOV", parent=None, titles={}, links=frozenset(linked)),
        Area(code="IRC", parent=None, titles={}, links=frozenset({("gfce", "C.1")})),
        Area(code="LAW", parent=None, titles={}, links=frozenset({("dac", "15130")})),
    ]

    nearness = area_nearness(Taxonomy("test", {area.code: area for area in parts}))

    assert nearness.tolist() == [[1.0, 0.3, 0.0], [0.3, 1.0, 0.0], [0.0, 0.0, 1.0]]


def test_the_area_of_a_pair_depends_on_no_other_pair_to_the_last_bit() -> None:
    """A dense product adds in another order for another shape, and one pair in a million got another millionth."""
    chance = Random(2026)
    codes = [f"A.{at}" for at in range(70)]
    taxonomy = Taxonomy("test", {code: Area(code=code, parent="A", titles={}) for code in codes})
    needs = [{code: round(chance.random(), 3) or 0.5 for code in chance.sample(codes, 7)} for _ in range(40)]
    offers = [{code: round(chance.random(), 3) or 0.5 for code in chance.sample(codes, 5)} for _ in range(200)]
    rows = np.arange(len(needs))

    together = AreaComparison(needs, offers, taxonomy).values(rows)
    row_by_row = np.concatenate([AreaComparison(needs, offers, taxonomy).values(rows[[row]]) for row in rows])
    fewer_offers = AreaComparison(needs, offers[:7], taxonomy).values(rows)

    assert np.array_equal(together, row_by_row)
    assert np.array_equal(together[:, :7], fewer_offers)


def test_the_nearness_of_areas_is_symmetric_and_a_retired_area_has_none() -> None:
    taxonomy = make_taxonomy()

    nearness = area_nearness(taxonomy)

    assert "GOV.9" not in taxonomy.current_codes
    assert nearness.shape == (6, 6)
    assert (nearness == nearness.T).all()
    assert (nearness.diagonal() == 1).all()


@pytest.mark.parametrize(
    ("need", "offer", "sentence"),
    [
        ({"GOV.1": 1.0}, {"GOV.1": 1.0}, "Both are about National strategy (GOV.1)."),
        (
            {"IRC.1": 1.0},
            {"IRC.2": 1.0},
            "The need is about National CSIRT (IRC.1), the offer about CSIRT maturity (IRC.2) nearby.",
        ),
        (
            {"GOV.1": 1.0},
            {"CRI": 1.0},
            "The need is about National strategy (GOV.1), the offer about Cybercrime (CRI).",
        ),
        ({}, {"CRI": 1.0}, "Need or offer names no area."),
    ],
    ids=["same", "nearby", "apart", "silent"],
)
def test_the_sentence_of_areas_names_those_that_meet(
    need: dict[str, float], offer: dict[str, float], sentence: str
) -> None:
    comparison = areas(need, offer)

    told = sentence_of(comparison)

    assert told == sentence


@pytest.mark.parametrize(
    ("bases", "sentence"),
    [
        ((Basis.STATED, Basis.READ), "Both are about National strategy (GOV.1)."),
        (
            (Basis.INFERRED, Basis.STATED),
            "Both are about National strategy (GOV.1), the need as read from its text.",
        ),
        (
            (Basis.READ, Basis.INFERRED),
            "Both are about National strategy (GOV.1), the offer as read from its text.",
        ),
        ((Basis.INFERRED, Basis.INFERRED), "Both are about National strategy (GOV.1), as read from the texts."),
    ],
    ids=["neither", "need", "offer", "both"],
)
def test_the_sentence_of_areas_says_which_side_was_read_from_its_text(
    bases: tuple[Basis, Basis], sentence: str
) -> None:
    """Two silent records were said to be about an area that the engine had read out of their words, as if stated."""
    comparison = areas({"GOV.1": 1.0}, {"GOV.1": 1.0}, bases)

    told = sentence_of(comparison)

    assert told == sentence


@pytest.mark.parametrize(
    ("need", "offer", "bases", "words"),
    [
        ("IRC.1", "IRC.2", (Basis.INFERRED, Basis.STATED), "As read from its text, the need is about"),
        ("GOV.1", "CRI", (Basis.STATED, Basis.INFERRED), "as read from its text, the offer is about"),
        ("GOV.1", "CRI", (Basis.INFERRED, Basis.INFERRED), "As read from the texts, the need is about"),
        (OUTSIDE, "CRI", (Basis.READ, Basis.INFERRED), "as read from its text, the offer lies inside"),
        (OUTSIDE, "CRI", (Basis.INFERRED, Basis.STATED), "As read from its text, the need lies outside the areas"),
        ("CRI", OUTSIDE, (Basis.STATED, Basis.INFERRED), "As read from its text, the offer lies outside the areas"),
        (OUTSIDE, OUTSIDE, (Basis.READ, Basis.INFERRED), "Both lie outside the areas, the offer as read from its"),
    ],
    ids=["nearby", "apart", "both", "outside", "need read outside", "offer read outside", "both outside"],
)
def test_areas_that_do_not_meet_are_told_as_read_where_they_were(
    need: str, offer: str, bases: tuple[Basis, Basis], words: str
) -> None:
    comparison = areas({need: 1.0}, {offer: 1.0}, bases)

    told = sentence_of(comparison)

    assert words in told


def test_equal_texts_count_fully_and_texts_without_a_common_fragment_nothing() -> None:
    values = [value_of(text("Train a CSIRT", other)) for other in ("Train a CSIRT", "Law of outer space")]

    assert values == [1.0, 0.0]


def test_a_text_without_a_word_says_nothing() -> None:
    values = [value_of(text("…", "Train a CSIRT")), value_of(text("Train a CSIRT", "the of a"))]

    assert values == [None, None]


@given(WORDS, WORDS)
def test_likeness_of_texts_lies_between_0_and_1(one: str, other: str) -> None:
    found = value_of(text(one, other))

    assert found is None or 0 <= found <= 1


def test_the_sentence_of_texts_shows_the_weightiest_shared_words_as_the_need_writes_them() -> None:
    told = sentence_of(text("Training of CSIRTs: strategies", "Strategy and training for a CSIRT"))

    assert told == "The texts share: CSIRTs, strategies, Training."


def test_numbers_are_no_shared_words_unless_nothing_else_is_shared() -> None:
    """A match was told to rest on "2018", the weightiest of the words because few texts have it."""
    told = [
        sentence_of(text("Strategy 2018 for 4G", "Strategy of 2018 with 4G")),
        sentence_of(text("Strategy 2018", "Courses in 2018")),
    ]

    assert told == ["The texts share: 4G, Strategy.", "The texts share: 2018."]


def test_texts_that_are_alike_in_fragments_only_share_no_word() -> None:
    comparison = text("cyberdefence", "cybersecurity")

    told = sentence_of(comparison)

    assert value_of(comparison) is not None
    assert told == "The texts share no word."


@pytest.mark.parametrize(
    ("need", "offer", "value"),
    [
        ([Mode.TRAINING], [Mode.TRAINING, Mode.EXERCISE], 1.0),
        ([Mode.TRAINING, Mode.EXERCISE], [Mode.TRAINING], 0.5),
        ([Mode.TRAINING], [Mode.EXERCISE], 0.0),
        ([], [Mode.EXERCISE], None),
        ([Mode.TRAINING], [], None),
    ],
    ids=["all", "half", "none", "silent need", "silent offer"],
)
def test_modes_count_by_the_share_that_is_offered(need: list[Mode], offer: list[Mode], value: float | None) -> None:
    comparison = modes(need, offer)

    found = value_of(comparison)

    assert found == value


def test_modes_that_were_inferred_count_a_sixth_as_far_from_the_middle() -> None:
    values = [
        value_of(modes([Mode.TRAINING], offer, Basis.INFERRED)) for offer in ([Mode.TRAINING], [Mode.EXERCISE], [])
    ]

    assert values == [0.583333, 0.416667, None]


@pytest.mark.parametrize(
    ("need", "offer", "value", "sentence"),
    [
        ([Audience.JUSTICE], [Audience.JUSTICE, Audience.POLICE], 0.833333, "Both are for justice, as read from"),
        ([Audience.JUSTICE], [Audience.YOUTH], 0.5, "As read from the texts, the need is for justice, the offer for"),
        ([Audience.JUSTICE], [Audience.YOUTH, Audience.DIPLOMATS], 0.166667, "the need is for justice, the offer for"),
        ([], [Audience.CIVIL_SOCIETY], 0.166667, "the offer is for civil society, whom the need does not name."),
        ([Audience.JUSTICE], [], None, "Need or offer does not say"),
        ([], [Audience.JUSTICE], None, "Need or offer does not say"),
    ],
    ids=["shared", "others", "apart", "apart from a silent need", "silent offer", "silent need"],
)
def test_the_audience_counts_where_it_is_shared_or_a_circle_apart(
    need: list[Audience], offer: list[Audience], value: float | None, sentence: str
) -> None:
    """A State without a police unit for cybercrime was offered training for diplomats, because both were training."""
    comparison = audiences(need, offer)

    assert value_of(comparison) == value
    assert sentence in sentence_of(comparison)


def test_a_stated_audience_is_told_as_stated() -> None:
    told = sentence_of(audiences([Audience.POLICE], [Audience.POLICE], Basis.STATED))

    assert told == "The need is for police, and so is the offer, as read from its text."


def test_of_modes_and_audience_the_one_that_moves_the_value_more_is_told() -> None:
    need = reading(modes=(Mode.TRAINING,), audiences=(Audience.POLICE,))
    offers = [
        reading(modes=(Mode.TRAINING,), audiences=(Audience.YOUTH,)),
        reading(modes=(Mode.TRAINING,), audiences=(Audience.POLICE,)),
    ]

    told = [sentence_of(ModeComparison([need], [offer])) for offer in offers]

    assert told == ["Both name training, as read from the texts.", "Both are for police, as read from the texts."]


@given(MODES, MODES.filter(lambda modes: len(modes) < FULL_MODES), st.sampled_from(list(Mode)))
def test_one_more_mode_of_the_offer_never_counts_less_while_they_are_few(
    need: tuple[Mode, ...], offer: tuple[Mode, ...], more: Mode
) -> None:
    before = value_of(modes(need, offer))

    after = value_of(modes(need, tuple(dict.fromkeys((*offer, more)))))

    assert before is None or (after is not None and after >= before)


@pytest.mark.parametrize(("n_modes", "value"), [(1, 1.0), (4, 1.0), (5, 0.8), (10, 0.4)])
def test_modes_share_the_attention_of_an_offer_that_claims_many(n_modes: int, value: float) -> None:
    comparison = modes([Mode.ADVISORY], list(Mode)[:n_modes])

    assert value_of(comparison) == value


def test_the_sentence_of_modes_writes_them_as_words() -> None:
    told = [
        sentence_of(modes([Mode.EXPERT_DEPLOYMENT], [Mode.EXPERT_DEPLOYMENT])),
        sentence_of(modes([Mode.PEER_EXCHANGE], [Mode.FINANCIAL])),
    ]

    assert told == ["Both name expert deployment.", "The need asks for peer exchange; the offer names financial."]


@pytest.mark.parametrize(
    ("bases", "met", "missed"),
    [
        (
            (Basis.INFERRED, Basis.READ),
            "Both name training, the need as read from its text.",
            "As read from its text, the need asks for training; the offer names equipment.",
        ),
        (
            (Basis.STATED, Basis.INFERRED),
            "Both name training, the offer as read from its text.",
            "The need asks for training; as read from its text, the offer names equipment.",
        ),
        (
            (Basis.INFERRED, Basis.INFERRED),
            "Both name training, as read from the texts.",
            "As read from the texts, the need asks for training; the offer names equipment.",
        ),
    ],
    ids=["need", "offer", "both"],
)
def test_the_sentence_of_modes_says_which_side_was_read_from_its_text(
    bases: tuple[Basis, Basis], met: str, missed: str
) -> None:
    """A State that had said nothing of equipment was told that its need asks for it."""
    offers = [Mode.TRAINING], [Mode.EQUIPMENT]

    told = [sentence_of(modes([Mode.TRAINING], offer, *bases)) for offer in offers]

    assert told == [met, missed]


@pytest.mark.parametrize(
    ("need", "offer", "value", "sentence"),
    [
        (["en", "fr"], ["fr"], 1.0, "Both can work in fr."),
        (["en"], ["fr", "es"], 0.0, "The need asks for en; the offer comes in fr, es."),
        ([], ["fr"], None, "Need or offer names no language."),
        (["en"], [], None, "Need or offer names no language."),
    ],
    ids=["one shared", "none shared", "silent need", "silent offer"],
)
def test_one_common_language_is_enough(need: list[str], offer: list[str], value: float | None, sentence: str) -> None:
    comparison = LanguageComparison([need], [offer])

    found = (value_of(comparison), sentence_of(comparison))

    assert found == (value, sentence)


@pytest.mark.parametrize(
    ("states", "eligible", "value", "sentence"),
    [
        (("XAA",), ("XAA",), 1.0, "The offer names State XAA."),
        (("XAA",), ("*",), 0.5, "The offer is open to all States."),
        # Two of six States: 1 - 0.5 x ln 2 / ln 6.
        (("XAA",), ("AFR",), 0.806574, "The offer is for African States, to which the State belongs."),
        (("XAA",), ("AFR", "*"), 0.806574, "The offer is for African States, to which the State belongs."),
        (
            ("XAA", "XAB"),
            ("XAA", "AFR"),
            0.806574,
            "The offer is for African States, among them State XAA, State XAB.",
        ),
        (("XAA", "XBA"), ("XBA", "AFR"), 0.806574, "The offer is for African States, among them State XAA."),
        (("XAA", "XBA"), ("XAA", "XBA"), 1.0, "The offer names State XAA, State XBA."),
        (("XAA", "XBA"), ("*",), 0.5, "The offer is open to all States."),
        (("XBA",), ("AFR",), 0.0, "The offer is not open to the State."),
        (("XAA", "XBA"), ("AFR",), 0.0, "The offer is not open to all of the States."),
    ],
    ids=[
        *("named", "everybody", "group", "narrowest", "joint", "joint in part by name", "joint named"),
        *("joint everybody", "closed", "joint half closed"),
    ],
)
def test_geography_counts_by_how_narrowly_the_offer_admits_the_states(
    states: tuple[str, ...], eligible: tuple[str, ...], value: float, sentence: str
) -> None:
    """A joint need was told of "the State", and of one group for all where another State was named beside it."""
    comparison = geography(make_need(states=states), make_offer(eligible=eligible))

    found = (value_of(comparison), sentence_of(comparison))

    assert found == (value, sentence)


@pytest.mark.parametrize(
    ("window", "availability", "value"),
    [
        ((date(2026, 7, 1), date(2026, 7, 10)), (date(2026, 1, 1), date(2026, 12, 31)), 1.0),
        ((date(2026, 7, 1), date(2026, 7, 10)), (date(2026, 7, 6), None), 0.5),
        ((date(2026, 7, 1), date(2026, 7, 10)), (None, date(2026, 7, 1)), 0.1),
        # What lies before the day of the run counts for nothing: ten days are left, five of them covered.
        ((date(2020, 1, 1), date(2026, 6, 10)), (None, date(2026, 6, 5)), 0.5),
        # A need without an end is compared over 1095 days.
        ((date(2027, 1, 1), None), (date(2027, 1, 1), date(2028, 12, 31)), 0.666971),
        ((date(2027, 1, 1), None), (date(2026, 1, 1), None), 1.0),
        ((None, None), (date(2026, 1, 1), None), None),
        ((date(2027, 1, 1), None), (None, None), None),
    ],
    ids=["whole", "second half", "one day", "past", "open need", "both open", "silent need", "silent offer"],
)
def test_time_is_the_share_of_the_needs_days_that_are_covered(
    window: tuple[date | None, date | None], availability: tuple[date | None, date | None], value: float | None
) -> None:
    need = make_need(earliest_on=window[0], latest_on=window[1])
    offer = make_offer(available_from_on=availability[0], available_until_on=availability[1])

    found = value_of(times(need, offer))

    assert found == value


def test_the_time_of_a_pair_does_not_depend_on_other_needs() -> None:
    need, offer = make_need(latest_on=date(2027, 1, 1)), make_offer(available_from_on=date(2026, 9, 1))
    distant = make_need("N2", latest_on=date(2099, 1, 1))

    alone = TimeComparison([need], [offer], as_of_on=TODAY).values(np.array([0]))[0, 0]
    together = TimeComparison([need, distant], [offer], as_of_on=TODAY).values(np.array([0]))[0, 0]

    assert alone == together


@pytest.mark.parametrize(
    ("first_day", "sentence"),
    [
        (date(2026, 7, 6), "The offer is available for 50% of the need's window."),
        (date(2026, 7, 11), "The offer is not available in the window of the need."),
        (date(2026, 7, 1), "The offer is available for the whole window of the need."),
    ],
    ids=["half", "apart", "whole"],
)
def test_the_sentence_of_time_says_how_much_is_covered(first_day: date, sentence: str) -> None:
    need = make_need(earliest_on=date(2026, 7, 1), latest_on=date(2026, 7, 10))

    told = sentence_of(times(need, make_offer(available_from_on=first_day)))

    assert told == sentence


@pytest.mark.parametrize(
    ("first_day", "sentence"),
    [
        (date(2028, 12, 31), "The offer is available for less than one per cent of the need's window."),
        (date(2028, 1, 2), "The offer is available for nearly the whole window of the need."),
        (date(2028, 12, 28), "The offer is available for 1% of the need's window."),
        (date(2028, 1, 5), "The offer is available for 99% of the need's window."),
    ],
    ids=["one day of 366", "365 days of 366", "four days", "362 days"],
)
def test_hardly_is_not_told_as_never_nor_nearly_as_always(first_day: date, sentence: str) -> None:
    """One day of 366 was told as 0%, and 365 as 100%."""
    need = make_need(earliest_on=date(2028, 1, 1), latest_on=date(2028, 12, 31))

    told = sentence_of(times(need, make_offer(available_from_on=first_day)))

    assert told == sentence


@pytest.mark.parametrize(
    ("sought", "given_", "value"),
    [
        (Decimal(1000), Decimal(250), 0.25),
        (Decimal(1000), Decimal(5000), 1.0),
        (Decimal(0), Decimal(5), 1.0),
        (Decimal(0), Decimal(0), 1.0),
        (Decimal(10), Decimal(0), 0.0),
        (Decimal(10), Decimal(1000), 1.0),
        (Decimal(10), Decimal(1001), None),
        (None, Decimal(10), None),
        (Decimal(10), None, None),
    ],
    ids=[
        *("part", "more", "nothing sought", "nothing at all", "nothing given", "a hundred times", "out of scale"),
        *("silent need", "silent offer"),
    ],
)
def test_a_budget_counts_by_the_share_that_a_place_covers(
    sought: Decimal | None, given_: Decimal | None, value: float | None
) -> None:
    comparison = budgets(sought, given_)

    found = value_of(comparison)

    assert found == value


def test_sums_in_two_currencies_say_nothing() -> None:
    comparison = budgets(Decimal(10), Decimal(10), offer_currency="USD")

    found = (value_of(comparison), sentence_of(comparison))

    assert found == (None, "Need and offer name no sums in one currency.")


def test_a_sum_out_of_scale_is_told_as_such() -> None:
    told = sentence_of(budgets(Decimal(150000), Decimal(10**12)))

    assert told == "One place is worth so many times the sum sought that the two are not compared."


def test_the_sentence_of_a_budget_gives_both_sums() -> None:
    told = [sentence_of(budgets(Decimal(150000), Decimal(given_))) for given_ in (37500, 150000)]

    assert told == [
        "One place is worth 37,500 EUR of the 150,000 sought.",
        "One place is worth 150,000 EUR, which covers the 150,000 sought.",
    ]


@pytest.mark.parametrize(
    ("confirmed_on", "value"),
    [
        *((TODAY, 1.0), (date(2025, 6, 1), 1.0), (date(2024, 6, 1), 0.5), (date(2023, 6, 1), 0.249526)),
        *((date(2026, 6, 2), None), (None, None)),
    ],
    ids=["today", "a year", "two years", "three years and a leap day", "in the future", "unknown"],
)
def test_freshness_halves_with_every_year_after_the_first_without_a_confirmation(
    confirmed_on: date | None, value: float | None
) -> None:
    comparison = FreshnessComparison([make_offer(confirmed_on=confirmed_on)], as_of_on=TODAY)

    found = value_of(comparison)

    assert found == value


@pytest.mark.parametrize(
    ("confirmed_on", "sentence"),
    [
        (date(2026, 5, 31), "The provider confirmed the offer on 2026-05-31."),
        (TODAY, "The provider confirmed the offer on 2026-06-01."),
        (
            date(2027, 1, 1),
            "The provider's confirmation is dated 2027-01-01, after the day of the match, and does not count.",
        ),
        (None, "The provider has not said when the offer was last confirmed."),
    ],
    ids=["yesterday", "today", "in the future", "unknown"],
)
def test_the_sentence_of_freshness_tells_the_day_itself(confirmed_on: date | None, sentence: str) -> None:
    """A confirmation of yesterday was told as "1 days ago", one of next year as "0 days ago"."""
    comparison = FreshnessComparison([make_offer(confirmed_on=confirmed_on)], as_of_on=TODAY)

    told = sentence_of(comparison)

    assert told == sentence


@pytest.mark.parametrize(("n_languages", "value"), [(1, 1.0), (6, 1.0), (12, 0.5)])
def test_languages_share_the_attention_of_an_offer_that_claims_more_than_six(n_languages: int, value: float) -> None:
    claimed = ["en", *(f"q{letter}a" for letter in "abcdefghijk")][:n_languages]

    assert value_of(LanguageComparison([["en"]], [claimed])) == value


def test_areas_share_the_attention_of_an_offer_that_claims_many() -> None:
    """An offer that named all areas stood first for every need."""
    claimed = dict.fromkeys(("GOV", "GOV.1", "IRC", "IRC.1", "IRC.2", "CRI"), 1.0)
    few = {code: claimed[code] for code in ("GOV.1", "IRC", "IRC.1", "IRC.2", "CRI")}

    values = [value_of(areas({"GOV.1": 1.0}, offer)) for offer in (few, claimed)]

    assert values == [1.0, 0.833333]


@pytest.mark.parametrize(
    ("eligible", "value"),
    [
        (("XAA", "XBA"), 1.0),
        # Beyond the square root of all six: 1 + 0.5 x (1 - 2 ln 4 / ln 6).
        (("XAA", "XAB", "XBA", "XBB"), 0.726294),
        (("XAA", "XAB", "XBA", "XBB", "XCA", "XZZ"), 0.5),
        (("*", "XAA", "XAB", "XBA", "XBB", "XCA", "XZZ"), 0.5),
        # Five of six States by three groups: the two African ones come last, as wide as all.
        (("AFR", "APG", "EEG"), 0.693426),
        (("APG", "XAA", "XAB", "XBA", "XBB"), 0.726294),
    ],
    ids=["few", "many", "all", "all and everybody", "groups together", "named beside a group"],
)
def test_naming_all_is_to_be_open_to_everybody(eligible: tuple[str, ...], value: float) -> None:
    """An offer that named all States one by one was as close to each as one that was made for it."""
    comparison = geography(make_need(states=("XAA",)), make_offer(eligible=eligible))

    assert value_of(comparison) == value


@pytest.mark.parametrize(
    ("from_on", "until_on", "value"),
    [
        (date(2020, 1, 1), date(2029, 1, 1), 1.0),
        (date(1900, 1, 1), date(9999, 12, 31), None),
        (TODAY, date(2037, 1, 1), None),
        (date(2010, 1, 1), None, None),
        (TODAY, None, 1.0),
    ],
    ids=["nine years", "for ever", "beyond ten years", "since long ago", "from today"],
)
def test_an_offer_that_is_open_for_more_than_ten_years_has_promised_no_dates(
    from_on: date, until_on: date | None, value: float | None
) -> None:
    need = make_need(earliest_on=TODAY, latest_on=date(2027, 6, 1))
    offer = make_offer(available_from_on=from_on, available_until_on=until_on)

    assert value_of(TimeComparison([need], [offer], as_of_on=TODAY)) == value
