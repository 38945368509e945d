"""Folding: a text as it is compared, without what nobody sees and with one letter for letters that look alike.

What is stored and shown stays as it was written.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_UNSEEN: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_WORD: Final = re.compile(r"[^\W\d_]+")
_LATIN: Final = re.compile("[a-z\u00df-\u024f]")
_CYRILLIC_OR_GREEK: Final = re.compile("[\u0370-\u03ff\u0400-\u04ff]")
_CYRILLIC: Final = "авекмнорстухіјѕ"
_GREEK: Final = "αβεηικμνορτυχ"
_TO_LATIN: Final = str.maketrans(_CYRILLIC + _GREEK, "abekmhopctyxijs" + "abehikmnoptyx")
_TO_CYRILLIC: Final = str.maketrans("abekmhopctyx", "авекмнорстух")


def folded(text: str) -> str:
    r"""Return a text in compatibility form, without invisible characters, each of its words in one script.

    Soft hyphens, zero-width characters, signs of direction, variation selectors and tags are left out: two texts that
    look the same are the same. In a word that mixes Latin with Cyrillic or Greek letters those that look alike count
    as of the script that takes them all; a word of one script stays.

    Parameters
    ----------
    text
        Of any length and script.

    Returns
    -------
    str
        In NFKC; lower case only in words that mixed scripts.

    References
    ----------
    Unicode Standard Annex 44 (Default_Ignorable_Code_Point); Unicode Technical Standard 39 (mixed scripts, confusables).

    Examples
    --------
    >>> folded("inci\u00addent r\u0435sponse")  # a soft hyphen, and a Cyrillic letter
    'incident response'
    """
    if text.isascii():
        return text
    plain = _UNSEEN.sub("", unicodedata.normalize("NFKC", _UNSEEN.sub("", text)))
    return _WORD.sub(_unmixed, plain) if _CYRILLIC_OR_GREEK.search(plain) else plain


def folded_name(name: str) -> str:
    r"""Return a name as names are compared: folded, in lower case, with one letter for letters that look alike.

    Examples
    --------
    >>> folded_name("CERT\u200b  \u0410cademy")  # a Cyrillic letter
    'cert academy'
    """
    return " ".join(folded(name).casefold().translate(_TO_LATIN).split())


def _unmixed(found: re.Match[str]) -> str:
    word = found[0].casefold()
    if not (_LATIN.search(word) and _CYRILLIC_OR_GREEK.search(word)):
        return found[0]
    latin = word.translate(_TO_LATIN)
    if not _CYRILLIC_OR_GREEK.search(latin):
        return latin
    cyrillic = word.translate(_TO_CYRILLIC)
    return found[0] if _LATIN.search(cyrillic) else cyrillic
