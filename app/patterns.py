"""What the OpenAPI document says of texts: patterns, and remarks on what a schema has no words for.

The patterns tell what is checked by the fields or where files are read, and check nothing themselves. They are spelled so
that Python and ECMA 262 read them alike; halves of surrogate pairs, which are refused too, have no such spelling.
"""

from __future__ import annotations

from typing import Any, Final

_CONTROLS: Final = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_TURNING: Final = r"\u202a-\u202e"  # embeddings and overrides of the writing direction
_UNWRITABLE: Final = rf"{_CONTROLS}\u2028\u2029{_TURNING}\ufffe\uffff"
QUERY_TEXT: Final = rf"^[^\t\n\r{_CONTROLS}]*$"
PROSE: Final = rf"^[^{_UNWRITABLE}]*$"
SOME_PROSE: Final = rf"^[^{_UNWRITABLE}]*[^\s;{_UNWRITABLE}][^{_UNWRITABLE}]*$"
LINE: Final = rf"^[^\t\n\r{_UNWRITABLE}]*$"
SOME_LINE: Final = rf"^[^\t\n\r{_UNWRITABLE}]*[^\s;{_UNWRITABLE}][^\t\n\r{_UNWRITABLE}]*$"
VISIBLE_ASCII: Final = "^[!-~]+$"
LIST_ITEM: Final = rf"^[^;\t\n\r{_UNWRITABLE}]+$"
LANGUAGE_TAG: Final = "^[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*$"
AMOUNT: Final = r"^([0-9]{1,15}(\.[0-9]{1,4})?)?$"
ADDRESS: Final = rf"^(https?://[^\s<>\x22\x27\\`{{}}|^{_UNWRITABLE}]+)?$"
ENTITY_TAGS: Final = r'^(\*|(W/)?"[!#-~]*"( *, *(W/)?"[!#-~]*")*)$'

NO_LANGUAGE: Final = "there is no such language."
NO_ORGANIZATION: Final = "there is no organization of that code that may offer anything."
FAR_DAY: Final = "it is not between the years 1900 and 2200."
HIDDEN: Final = "a character in it is one that nobody sees, such as those that turn the direction of writing."


def told(*, refused_when: str = "", **says: Any) -> dict[str, Any]:  # noqa: ANN401 – JSON Schema
    """Return what the OpenAPI document says of a field; ``refused_when`` is for what a schema has no words for."""
    return says | ({"x_refused_when": refused_when} if refused_when else {})
