"""Two texts that look the same are compared as the same, and what is stored stays as it was written."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.folding import folded, folded_name
from matching.words import Tokenizer

PLAIN = "Incident response for ports"


@pytest.mark.parametrize(
    "written",
    [
        "Inci\u00addent respon\u00adse for ports",
        "\u200bIncident\u2060 resp\u200donse for ports\ufeff",
        "\u202aIncident\u202c response for \u2066ports\u2069",
        "Incid\ufe0fent response for po\U000e0100rts",
        "Incident response for ports\U000e0063\U000e0065",
        "In\u0441ident respons\u0435 f\u043er p\u043erts",
        "Incident resp\u03bfnse for ports",
        "Ｉｎｃｉｄｅｎｔ response for ports",
    ],
    ids=["soft hyphen", "zero width", "direction", "variation", "tags", "Cyrillic", "Greek", "full width"],
)
def test_what_nobody_sees_changes_no_stem(written: str) -> None:
    assert Tokenizer().tokens(written) == Tokenizer().tokens(PLAIN)


@pytest.mark.parametrize(
    "text",
    ["Киберпреступность и сор", "Ασφάλεια του κυβερνοχώρου", "نرم‌افزار".replace("\u200c", ""), "ИКТ 4G", "网络安全"],
)
def test_a_word_of_one_script_stays(text: str) -> None:
    assert folded(text) == text


def test_a_russian_word_with_a_latin_letter_counts_as_russian() -> None:
    assert folded("с\u0442рат\u0065гия") == "стратегия"


def test_a_word_that_truly_mixes_scripts_stays() -> None:
    assert folded("IТшникz") == "IТшникz"


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text: str) -> None:
    once = folded(text)

    assert folded(once) == once


@given(st.text(max_size=40))
def test_a_name_is_the_same_in_capitals_and_decomposed(name: str) -> None:
    assert folded_name(unicodedata.normalize("NFD", name)) == folded_name(unicodedata.normalize("NFC", name))


@pytest.mark.parametrize(("one", "other"), [("НАТО", "Нато"), ("CERT ΑΕ", "cert ae"), ("Straße", "STRASSE")])
def test_names_are_compared_without_their_case(one: str, other: str) -> None:
    assert folded_name(one) == folded_name(other)
