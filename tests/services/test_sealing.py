"""What is sealed opens with its key, in its place, and not otherwise."""

from __future__ import annotations

import pytest

from app.errors import InvalidSettingError
from app.sealing import Keyring, UnsealingError, new_key_line, parse_keyring

TEXT = "Whom the State excludes: Second Provider – مزود"


def a_keyring(*names: str) -> Keyring:
    return parse_keyring("\n".join(map(new_key_line, names)))


def test_a_sealed_text_opens_in_its_place() -> None:
    keyring = a_keyring("first")

    sealed = keyring.seal(TEXT, place="needs.exclusions:1")

    assert keyring.open(sealed, place="needs.exclusions:1") == TEXT
    assert "Second" not in sealed
    assert sealed.startswith("first:")


def test_the_same_text_is_never_sealed_alike() -> None:
    keyring = a_keyring("first")

    assert keyring.seal(TEXT, place="a") != keyring.seal(TEXT, place="a")


def test_a_sealed_text_opens_nowhere_else() -> None:
    """Whoever can write to the database must not be able to move one person's secret to another."""
    keyring = a_keyring("first")
    sealed = keyring.seal(TEXT, place="users.totp_secret:1")

    with pytest.raises(UnsealingError, match="not where it was put"):
        keyring.open(sealed, place="users.totp_secret:2")


@pytest.mark.parametrize("place", range(6, 60, 7))
def test_a_sealed_text_that_was_altered_does_not_open(place: int) -> None:
    keyring = a_keyring("first")
    sealed = keyring.seal(TEXT, place="a")
    altered = sealed[:place] + ("A" if sealed[place] != "A" else "B") + sealed[place + 1 :]

    with pytest.raises(UnsealingError):
        keyring.open(altered, place="a")


@pytest.mark.parametrize("sealed", ["", "first:", "first:AAAA", "first:%%%", "plain text", "second:AAAA"])
def test_what_was_never_sealed_does_not_open(sealed: str) -> None:
    with pytest.raises(UnsealingError):
        a_keyring("first").open(sealed, place="a")


def test_a_new_key_seals_and_the_old_one_still_opens() -> None:
    line = new_key_line("old")
    sealed = parse_keyring(line).seal(TEXT, place="a")

    both = parse_keyring(f"{new_key_line('new')}\n{line}\n")

    assert both.open(sealed, place="a") == TEXT
    assert both.seal(TEXT, place="a").startswith("new:")
    with pytest.raises(UnsealingError, match="The key 'old' is not in the file"):
        a_keyring("new").open(sealed, place="a")


@pytest.mark.parametrize(
    "text", ["", "\n", "first", "first:short", "First:" + "A" * 43, "a:" + "A" * 43 + "\na:" + "B" * 43]
)
def test_a_file_of_keys_that_cannot_be_used_is_refused_without_telling_them(text: str) -> None:
    with pytest.raises(InvalidSettingError, match="data keys") as caught:
        parse_keyring(text)

    assert "AAAA" not in str(caught.value)


def test_keys_are_not_shown() -> None:
    assert "AAAA" not in repr(parse_keyring("first:" + "A" * 43))
