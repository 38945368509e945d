"""The bridge between languages: words of five languages as the English ones that most of a pool is written in.

Texts of two languages share no word, so that their likeness would be nothing. A glossary that is frozen with the
background corpus gives the English words for those of the field; a text is read with it in the one language that it is
written in. What the glossary does not hold stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Final

from matching.arrays import Integers
from matching.glossary import ENGLISH, Keys, read_glossary
from matching.reference import Background
from matching.shelf import Shelf
from matching.words import Tokenizer, text_key

_LATIN: Final = (ENGLISH, "fr", "es")
_CLEAR_LEAD: Final = 3  # function words more than of the next language
_CYRILLIC: Final = re.compile("[Ѐ-ӿ]")
_ARABIC: Final = re.compile("[؀-ۿ]")
_HAN: Final = re.compile("[一-鿿]")
_FOREIGN: Final = re.compile("[Ѐ-ӿ؀-ۿ一-鿿]")
_LETTER: Final = re.compile(r"[^\W\d_]")


class Bridge:
    """Cuts a text of any of the six languages into stems, as far as possible English ones."""

    def __init__(
        self, background: Background, tokenizer: Tokenizer, *, known: Shelf[Sequence[str]] | None = None
    ) -> None:
        self._tokenizer, self._known_texts = tokenizer, known
        self._stop_words = background.stop_words_by_language
        self._keys, self._glossary = Keys(tokenizer), read_glossary(background)
        self._seen: set[str] = set()
        self._of_the_field: dict[str, set[str]] = {language: set() for language in _LATIN}
        self._latin_by_text: dict[str, str] = {}

    def tokens(self, text: str) -> list[str]:
        """Return the stems of a text in their order, stop words left out.

        Examples
        --------
        >>> background = Background(name="none", n_texts=1, document_frequency={}, glossary=({"en": ("training",),
        ...     "ru": ("обучение",)},))
        >>> Bridge(background, Tokenizer()).tokens("Обучение судей")
        ['train', 'суд']
        """
        return [self._tokenizer.stem_numbers.stems[number] for number in self.numbers(text).tolist()]

    def numbers(self, text: str) -> Integers:
        """Return the same by their numbers among the stems of the tokenizer; shape (n_stems,)."""
        if self._known_texts is None:
            return self._read(text)
        key, known = text_key(text), self._tokenizer.stem_numbers
        stems = self._known_texts.get(key)
        if stems is not None:
            return known.numbers(stems)
        numbers = self._read(text)
        self._known_texts.put(key, [known.stems[number] for number in numbers.tolist()])
        return numbers

    def _read(self, text: str) -> Integers:
        if not self._has_foreign(text):
            return self._tokenizer.numbers(text)
        return self._tokenizer.stem_numbers.numbers([stem for _, stems in self._pieces(text) for stem in stems])

    def forget_texts(self) -> None:
        """Let go of the texts seen so far; the words are kept, which are few."""
        self._latin_by_text.clear()
        self._tokenizer.forget_texts()

    def words_by_stem(self, text: str) -> dict[str, str]:
        """Return for each stem of a text the first word that it stands for, in the language of the text."""
        if not self._has_foreign(text):
            return self._tokenizer.words_by_stem(text)
        found: dict[str, str] = {}
        for word, stems in self._pieces(text):
            for stem in stems:
                found.setdefault(stem, word)
        return found

    def language_of(self, text: str) -> str:
        """Return the language that a text is mostly written in: by its script, or by its function words.

        Examples
        --------
        >>> words = {"en": frozenset({"the"}), "fr": frozenset({"le", "des"})}
        >>> background = Background(name="none", n_texts=1, document_frequency={}, stop_words_by_language=words)
        >>> Bridge(background, Tokenizer()).language_of("Renforcer le cadre des lois")
        'fr'
        """
        if not text.isascii():
            n_letters = len(_LETTER.findall(text))
            if _HAN.search(text):
                return "zh"
            for language, script in (("ru", _CYRILLIC), ("ar", _ARABIC)):
                if 2 * len(script.findall(text)) > n_letters:
                    return language
        return self._latin_language(text)

    def _latin_language(self, text: str) -> str:
        """Return English, French or Spanish; kept, since every reader asks for each text."""
        found = self._latin_by_text.get(text)
        if found is None:
            found = self._latin_by_text[text] = self._read_latin_language(text)
        return found

    def _read_latin_language(self, text: str) -> str:
        """Return the language by function words and, where these tell little, by words of the field."""
        words = set(text.casefold().split())
        hits = {language: len(words & self._stop_words.get(language, frozenset())) for language in _LATIN}
        first, second = sorted(hits.values(), reverse=True)[:2]
        if first - second < _CLEAR_LEAD:
            self._look_up(words - self._seen)
            for language in _LATIN:
                hits[language] += len(words & self._of_the_field[language])
        # English where nothing tells: most of a pool is.
        return max(_LATIN, key=lambda language: hits[language])

    def _look_up(self, words: set[str]) -> None:
        """Note in which Latin languages the glossary holds some words; they are few beside their uses."""
        self._seen |= words
        for language in _LATIN:
            known = self._known_in(language)
            # No English word of the glossary has an accent, which its key would not show.
            own = [word for word in words if word.isascii()] if language == ENGLISH else words
            self._of_the_field[language].update(word for word in own if self._keys.key(language, word) in known)

    def _known_in(self, language: str) -> Container[str]:
        return self._glossary.english if language == ENGLISH else self._glossary.stems_of(language)

    def _has_foreign(self, text: str) -> bool:
        """Return whether the glossary may have a word for anything in the text."""
        if not self._glossary.stems_by_language:
            return False
        return (not text.isascii() and bool(_FOREIGN.search(text))) or self._latin_language(text) != ENGLISH

    def _pieces(self, text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield each word with its stems: one in another script is of its language, whatever stands around it."""
        latin = self._latin_language(text)
        for word in self._tokenizer.words(text):
            if _HAN.match(word):
                yield from self._han_pieces(word, self._glossary.stems_of("zh"))
                continue
            language = "ru" if _CYRILLIC.match(word) else "ar" if _ARABIC.match(word) else latin
            if word.casefold() in self._stop_words.get(language, frozenset()):
                continue
            known = self._glossary.stems_of(language)
            stems = known.get(self._keys.key(language, word))
            yield word, self._tokenizer.stems_of(word) if stems is None else stems

    def _han_pieces(self, run: str, known: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield the longest words of the glossary that a run of characters begins with, and what lies between them."""
        start = at = 0
        while at < len(run):
            longest = min(self._glossary.longest_han, len(run) - at)
            found = next((run[at : at + n] for n in range(longest, 0, -1) if run[at : at + n] in known), None)
            if found is None:
                at += 1
                continue
            yield from self._unknown(run[start:at])
            yield found, known[found]
            start = at = at + len(found)
        yield from self._unknown(run[start:])

    def _unknown(self, run: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield what no word of the glossary covers; one character alone is a remnant."""
        if len(run) > 1:
            for stem in self._tokenizer.stems_of(run):
                yield stem, (stem,)
