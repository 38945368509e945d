"""Ways to write an offer so that it ranks higher than it deserves, each as a change of an honest offer.

The attacks are those that a matcher invites which counts words and claims. ``benchmarks.gaming`` measures what each of
them gains on the sample, and ``tests/matching/test_gaming.py`` holds that none pays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from matching.records import Need, Offer
from matching.reference import Reference
from matching.vocabulary import Mode

Attack = Callable[[Offer], Offer]

LANGUAGES: Final = ("ar", "de", "en", "es", "fr", "hi", "id", "it", "ja", "ko", "pt", "ru", "sw", "tr", "vi", "zh")
_HOMOGLYPHS: Final = str.maketrans("aceopxyABEKMHOPCTX", "асеорхуАВЕКМНОРСТХ")
_ZERO_WIDTH: Final = "\u200b"
_TAG_SPACE: Final = 0xE0000  # the letters of the tags block copy ASCII, and nobody sees them
_FAR_DAYS: Final = (date(1900, 1, 1), date(9999, 12, 31))


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What an attacker knows: the needs that are published, the taxonomy, the States, and the day."""

    needs: Sequence[Need]
    reference: Reference
    as_of_on: date


def attacks(world: World) -> Mapping[str, Attack]:
    """Return every attack that changes one offer, by name."""
    return {
        **_stuffed_texts(world),
        **_copied_needs(world),
        **_claims(world),
        **_hidden_characters(world),
        **_fields(world),
    }


def reaches(world: World) -> Mapping[str, Attack]:
    """Return the attacks on geography; the honest version of each is open to everybody as well."""
    states = tuple(sorted(world.reference.geography.state_by_code))
    groups = ("AFR", "APG", "EEG", "GRULAC", "WEOG")
    return {
        "all States named one by one": lambda offer: replace(offer, eligible=states),
        "all regional groups named": lambda offer: replace(offer, eligible=groups),
        "everybody, and all States one by one": lambda offer: replace(offer, eligible=("*", *states)),
    }


def honest_additions(offers: Sequence[Offer]) -> Mapping[str, Attack]:
    """Return what an honest provider might do, to measure attacks against: give one more thing, or three."""
    texts = [f"{offer.title}. {offer.description}" for offer in offers]
    return {
        "the text of one other offer added": lambda offer: _told(offer, texts[0]),
        "the texts of three other offers added": lambda offer: _told(offer, " ".join(texts[:: len(texts) // 3][:3])),
    }


def _stuffed_texts(world: World) -> dict[str, Attack]:
    terms = _terms(world)
    return {
        "title written ten times": lambda offer: replace(offer, title=" ".join([offer.title] * 10)),
        "description written ten times": lambda offer: replace(offer, description="\n".join([offer.description] * 10)),
        "title put before the description ten times": lambda offer: _told(offer, " ".join([offer.title] * 10)),
        "terms of all areas, English": lambda offer: _told(offer, ", ".join(terms["en"])),
        "terms of all areas, six languages": lambda offer: _told(
            offer, ", ".join(term for own in terms.values() for term in own)
        ),
        "titles of all areas in the title": lambda offer: replace(offer, title=f"{offer.title}: {_area_titles(world)}"),
        "titles of all areas in the description": lambda offer: _told(offer, _area_titles(world)),
        "the commonest words of all needs": lambda offer: _told(offer, " ".join(_common_words(world.needs))),
        "no description": lambda offer: replace(offer, description=""),
        "a title of one word": lambda offer: replace(offer, title="Cybersecurity", description=""),
        "nothing but titles of areas": lambda offer: replace(offer, title="Support", description=_area_titles(world)),
    }


def _copied_needs(world: World) -> dict[str, Attack]:
    texts = [f"{need.title}. {need.description}" for need in world.needs]
    halves = [text[: len(text) // 2] for text in texts]
    return {
        "one need copied behind the text": lambda offer: _told(offer, texts[7]),
        "three needs copied behind the text": lambda offer: _told(offer, " ".join(texts[::20])),
        "ten needs copied behind the text": lambda offer: _told(offer, " ".join(texts[::6])),
        "all needs copied behind the text": lambda offer: _told(offer, " ".join(texts)),
        "half of ten needs copied behind the text": lambda offer: _told(offer, " ".join(halves[::6])),
        "titles of all needs copied": lambda offer: _told(offer, " ".join(need.title for need in world.needs)),
        "nothing but ten needs": lambda offer: replace(offer, title="Support", description=" ".join(texts[::6])),
        "nothing but all needs": lambda offer: replace(offer, title="Support", description=" ".join(texts)),
    }


def _claims(world: World) -> dict[str, Attack]:
    tops = world.reference.taxonomy.top_codes
    codes = world.reference.taxonomy.current_codes
    return {
        "all top-level areas claimed": lambda offer: replace(offer, area_codes=tops),
        "all areas claimed": lambda offer: replace(offer, area_codes=codes),
        "all modes claimed": lambda offer: replace(offer, modes=tuple(Mode)),
        "all languages claimed": lambda offer: replace(offer, languages=LANGUAGES),
        "twelve areas claimed, two in each half": lambda offer: replace(offer, area_codes=codes[::7]),
        "all areas, modes and languages": lambda offer: replace(
            offer, area_codes=codes, modes=tuple(Mode), languages=LANGUAGES
        ),
    }


def _hidden_characters(world: World) -> dict[str, Attack]:
    terms = " ".join(_terms(world)["en"][:400])
    return {
        "zero width characters between letters": lambda offer: _lettered(offer, _ZERO_WIDTH.join),
        "soft hyphens in the words": lambda offer: _lettered(offer, lambda text: _broken(text, "\u00ad")),
        "variation selectors in the words": lambda offer: _lettered(offer, lambda text: _broken(text, "\ufe0f")),
        "directions overridden": lambda offer: _lettered(offer, lambda text: f"\u202e{text}\u202c"),
        "Cyrillic letters that look Latin": lambda offer: _lettered(offer, lambda text: text.translate(_HOMOGLYPHS)),
        "terms in invisible tags": lambda offer: _told(
            offer, "".join(chr(_TAG_SPACE + ord(letter)) for letter in terms if letter.isascii())
        ),
        "terms of all areas behind combining marks": lambda offer: _told(offer, re.sub(r"(\w)", "\\1\u0336", terms)),
    }


def _fields(world: World) -> dict[str, Attack]:
    today, tomorrow = world.as_of_on, world.as_of_on + timedelta(days=400)
    first, last = _FAR_DAYS
    return {
        "confirmed in the future": lambda offer: replace(offer, confirmed_on=tomorrow),
        "confirmed today": lambda offer: replace(offer, confirmed_on=today),
        "a budget of a billion": lambda offer: replace(offer, budget=Decimal(10**12), currency="USD"),
        "open from 1900 to 9999": lambda offer: replace(offer, available_from_on=first, available_until_on=last),
        "a million places": lambda offer: replace(offer, capacity=1_000_000),
    }


def _told(offer: Offer, more: str) -> Offer:
    return replace(offer, description=f"{offer.description} {more}")


def _lettered(offer: Offer, change: Callable[[str], str]) -> Offer:
    return replace(offer, title=change(offer.title), description=change(offer.description))


def _broken(text: str, sign: str) -> str:
    return re.sub(r"(\w\w\w)(?=\w)", rf"\1{sign}", text)


def _terms(world: World) -> dict[str, list[str]]:
    areas = world.reference.taxonomy.area_by_code.values()
    languages = ("en", "fr", "es", "ru", "zh", "ar")
    return {name: [term for area in areas for term in area.terms.get(name, ())] for name in languages}


def _area_titles(world: World) -> str:
    return ", ".join(area.title() for area in world.reference.taxonomy.area_by_code.values())


def _common_words(needs: Sequence[Need]) -> list[str]:
    counts: dict[str, int] = {}
    for need in needs:
        for word in sorted(set(re.findall(r"\w{4,}", f"{need.title} {need.description}".casefold()))):
            counts[word] = counts.get(word, 0) + 1
    return sorted(counts, key=lambda word: (-counts[word], word))[:200]
