"""What is told of a likely duplicate: the reasons, and what could be done."""

from __future__ import annotations

from typing import Final

import numpy as np

from matching.duplicates.likeness import shared_words
from matching.duplicates.texts import Record, Texts
from matching.duplicates.values import Project, Suggestion
from matching.records import Need, Offer
from matching.reference import Reference
from matching.sentences import N_, Sentence
from matching.vocabulary import Mode

_N_AREAS: Final = 2  # told of the areas that both texts speak of

_ADVICE: Final = {
    Suggestion.KEEP_ONE: N_("Keep one and withdraw the other."),
    Suggestion.JOIN: N_("Join the two into one, with what each says beyond the other."),
    Suggestion.JOINT_NEED: N_("Let the joint need stand for it, if it covers what the State asks for itself."),
    Suggestion.COORDINATE: N_(
        "If it is one activity of several providers, let one of them list it; else say how they differ."
    ),
    Suggestion.ASK_PROJECT: N_(
        "Ask those who carry the project whether it can take this in, or say what is needed beyond it."
    ),
}


def advice_of(suggestion: Suggestion) -> Sentence:
    """Return what could be done, as a sentence."""
    return Sentence(message=_ADVICE[suggestion])


def reasons_of(
    records: tuple[Record, Record], texts: Texts, rows: tuple[int, int], *, reference: Reference, is_bridged: bool
) -> tuple[Sentence, ...]:
    """Return why two records look like one: whose they are, what both are about, and what the texts share.

    ``is_bridged`` says that the texts have no words to compare.
    """
    areas = _shared_areas(texts, rows, reference)
    text = _bridge_reason(texts, *rows) if is_bridged else _words_reason(texts, *rows)
    return (_whose(*records, reference), *areas, text)


def _whose(one: Record, other: Record, reference: Reference) -> Sentence:
    if isinstance(one, Offer) and isinstance(other, Offer):
        if one.provider == other.provider:
            return Sentence(message=N_("Both are offered by %(provider)s."), values={"provider": one.provider})
        values = {"one": one.provider, "other": other.provider}
        return Sentence(message=N_("%(one)s and %(other)s offer them, to some of the same States."), values=values)
    shared = (
        ()
        if isinstance(one, Offer) or isinstance(other, Offer)
        else [code for code in one.states if code in other.states]
    )
    values = {"states": ", ".join(map(reference.geography.name, shared))}
    if isinstance(other, Project):
        if other.need_id:
            message = N_("The need %(need)s tells of work under way in %(states)s.")
            return Sentence(message=message, values={**values, "need": other.need_id})
        return Sentence(message=N_("The project is under way in %(states)s."), values=values)
    is_joint = isinstance(one, Need) and isinstance(other, Need) and one.states != other.states
    message = N_("Both ask for %(states)s, one of them jointly.") if is_joint else N_("Both come from %(states)s.")
    return Sentence(message=message, values=values)


def _shared_areas(texts: Texts, rows: tuple[int, int], reference: Reference) -> tuple[Sentence, ...]:
    shared = np.minimum(texts.areas[rows[0]], texts.areas[rows[1]])
    order = [at for at in np.argsort(-shared, kind="stable")[:_N_AREAS] if shared[at] > 0]
    if not order:
        return ()
    titles = "; ".join(reference.taxonomy.area_by_code[texts.area_codes[at]].title() for at in order)
    return (Sentence(message=N_("Both are about %(areas)s."), values={"areas": titles}),)


def _words_reason(texts: Texts, one: int, other: int) -> Sentence:
    tenths = round(10 * shared_words(texts, one, other))
    return Sentence(message=N_("They share %(tenths)s in 10 of their weighty words."), values={"tenths": tenths})


def _bridge_reason(texts: Texts, one: int, other: int) -> Sentence:
    modes = _shared_modes(texts, one, other)
    if modes:
        message = N_("They are written in two languages, or one is not written out; both speak of %(modes)s.")
        return Sentence(message=message, values={"modes": ", ".join(mode.replace("_", " ") for mode in modes)})
    message = N_("They are written in two languages, or one is not written out: only the areas can be compared.")
    return Sentence(message=message)


def _shared_modes(texts: Texts, one: int, other: int) -> list[str]:
    shared = np.minimum(texts.modes[one], texts.modes[other])
    return [mode for mode, sureness in zip(Mode, shared, strict=True) if sureness > 0]
