"""Which passwords may be chosen, and what is kept of them."""

from __future__ import annotations

import pytest

from app.accounts.passwords import UnusablePasswordError, check_password, hash_password, is_outdated, is_password
from tests.support.hashing import put_back

GOOD = "kayak fog lamp thursday"


@pytest.fixture(autouse=True)
def _as_the_service_does(monkeypatch: pytest.MonkeyPatch) -> None:
    put_back(monkeypatch)


@pytest.mark.parametrize(
    ("password", "has_second_factor"),
    [
        (GOOD, False),
        ("пятнадцать синих чаек", False),
        ("十五个字符的密码其实不难记住它们", False),
        ("كلمة سر طويلة بما يكفي", False),
        ("🦜🪁🧭🪵🦜🧲🪁🧭🫖🪵🧲🦜🪁🧭🫖", False),
        ("no capitals no digits", False),
        ("x7Kq2mPz", True),
        ("y" * 15 + GOOD * 8, False),
    ],
    ids=["words", "Russian", "Chinese", "Arabic", "pictures", "no composition rules", "short with a factor", "long"],
)
def test_a_password_may_be(password: str, *, has_second_factor: bool) -> None:
    check_password(password, has_second_factor=has_second_factor, known_words=())


@pytest.mark.parametrize(
    ("password", "has_second_factor", "sentence"),
    [
        ("", False, "0 characters; it needs at least 15"),
        ("fourteen signs", False, "14 characters; it needs at least 15"),
        ("x7Kq2mP", True, "7 characters; it needs at least 8"),
        ("z" * 201, False, "longer than 200"),
        ("aaaaaaaaaaaaaaaa", False, "first that are tried"),
        ("password12345678", False, "first that are tried"),
        ("qwertyuiopasdfgh", False, "first that are tried"),
        ("password", True, "first that are tried"),
        ("abcdefgh", True, "first that are tried"),
    ],
)
def test_a_password_may_not_be(password: str, sentence: str, *, has_second_factor: bool) -> None:
    with pytest.raises(UnusablePasswordError, match=sentence):
        check_password(password, has_second_factor=has_second_factor, known_words=())


def test_what_everybody_knows_of_a_person_is_no_password() -> None:
    with pytest.raises(UnusablePasswordError, match="first that are tried"):
        check_password("vanuatuministry", has_second_factor=False, known_words=("vanuatu", "ministry"))


def test_only_the_password_is_right() -> None:
    kept = hash_password(GOOD)

    assert is_password(kept, GOOD)
    assert not is_password(kept, GOOD + " ")
    assert not is_password(kept, GOOD.upper())
    assert not is_password(None, "nobody has this password, and whoever guesses it gets nowhere")


def test_the_same_letters_are_the_same_however_they_are_composed() -> None:
    kept = hash_password("caf\u00e9 noir et croissant")

    assert is_password(kept, "cafe\u0301 noir et croissant")


def test_a_long_password_counts_to_its_end() -> None:
    kept = hash_password("y" * 199 + "a")

    assert not is_password(kept, "y" * 199 + "b")
    assert not is_password(kept, "y" * 199 + "a" + "more")


def test_each_hash_has_a_salt_and_says_how_it_was_made() -> None:
    first, second = hash_password(GOOD), hash_password(GOOD)

    assert first != second
    assert first.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert not is_outdated(first)
    assert is_outdated("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$iWh06vD8Fy27wf9npn6FXWiCX4K6pW6Ue1Bnzz07Z8A")
