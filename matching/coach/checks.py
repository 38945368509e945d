"""The nine checks of a draft: pure functions that look into its fields first and read its text second."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from matching.coach.values import Advice, Check, Draft, Verdict
from matching.sentences import N_, Sentence
from matching.vocabulary import Basis, Cue, Visibility

CLEARLY_SECOND: Final = 0.6
"""How sure the reading of a second area has to be, beside the first, for a text to speak of two."""


def check_draft(draft: Draft) -> tuple[Advice, ...]:
    """Return the result of the nine checks, in their order.

    Parameters
    ----------
    draft
        Title and description may be empty, and in any of the six languages.

    References
    ----------
    What a request needs to be answered, after the templates of the 1540 Committee and the Biological Weapons Convention.
    """
    return tuple(check(draft) for check in _CHECKS)


def check_one_area(draft: Draft) -> Advice:
    """Return whether the need is about one area: one that is stated, or one that its text clearly speaks of."""
    check, field = Check.ONE_AREA, "areas"
    example = Sentence(
        message=N_('For example: "Incident response – a national CSIRT", and a need of its own for each other subject.')
    )
    is_stated = draft.reading.areas_basis is not Basis.INFERRED
    codes = draft.reading.area_codes if is_stated else _clear_areas(draft)
    tops = list(dict.fromkeys(draft.taxonomy.area_by_code[code].top_code for code in codes))
    if not tops:
        sentence = Sentence(message=N_("The need names no area, and its text speaks of none."))
        return Advice(check=check, verdict=Verdict.MISSING, field=field, sentence=sentence, example=example)
    values = {"areas": "; ".join(draft.taxonomy.area_by_code[code].title() for code in tops)}
    if len(tops) > 1:
        message = N_("The need is about several areas: %(areas)s. Offers are about one; file a need for each.")
        sentence = Sentence(message=message, values=values)
        return Advice(check=check, verdict=Verdict.VAGUE, field=field, sentence=sentence, example=example)
    message = N_("It is about one area: %(areas)s.") if is_stated else N_("Its text is about one area: %(areas)s.")
    return _passed(check, field, Sentence(message=message, values=values))


def check_what_exactly(draft: Draft) -> Advice:
    """Return whether the need says how support should come, how much of it, and for whom."""
    need, cues = draft.need, draft.cues
    whole = f"{draft.text}\n{need.audience}"
    has_mode, has_quantity = bool(draft.reading.modes), cues.has_quantity(whole)
    has_audience = bool(need.audience.strip()) or cues.has(draft.text, Cue.AUDIENCE)
    example = Sentence(message=N_('For example: "A five-day course for 20 analysts of the national CSIRT".'))
    if has_mode and has_quantity and has_audience:
        return _passed(Check.WHAT_EXACTLY, "modes", Sentence(message=N_("It says how, how much and for whom.")))
    field = "description"
    if not has_mode:
        field = "modes"
    elif not has_audience:
        field = "audience"
    verdict = Verdict.VAGUE if has_mode or has_quantity or has_audience else Verdict.MISSING
    sentence = Sentence(message=_WHAT_MISSING[has_mode, has_quantity, has_audience])
    return Advice(check=Check.WHAT_EXACTLY, verdict=verdict, field=field, sentence=sentence, example=example)


def check_why(draft: Draft) -> Advice:
    """Return whether the need says which gap it is to close: in points of maturity, or in words."""
    need, check, field = draft.need, Check.WHY, "gap"
    if draft.cues.has(draft.text, Cue.GAP):
        return _passed(check, field, Sentence(message=N_("Its text says what is lacking.")))
    if need.gap:
        values = {"gap": need.gap}
        return _passed(check, field, Sentence(message=N_("The gap is %(gap)s of 5 points."), values=values))
    example = Sentence(
        message=N_('For example: "The team has no one trained in malware analysis; incidents wait for weeks".')
    )
    if need.gap == 0:
        sentence = Sentence(message=N_("A gap of 0 says that nothing is lacking."))
        return Advice(check=check, verdict=Verdict.VAGUE, field=field, sentence=sentence, example=example)
    sentence = Sentence(message=N_("It does not say what is lacking today, in points or in words."))
    return Advice(check=check, verdict=Verdict.MISSING, field=field, sentence=sentence, example=example)


def check_outcome(draft: Draft) -> Advice:
    """Return whether the need says what will be different, and how one will see that."""
    check, field, cues = Check.OUTCOME, "outcome", draft.cues
    stated = draft.need.outcome.strip()
    has_outcome = bool(stated) or cues.has(draft.text, Cue.OUTCOME)
    has_indicator = cues.has_indicator(stated) if stated else cues.has(draft.text, Cue.INDICATOR)
    if has_outcome and has_indicator:
        return _passed(check, field, Sentence(message=N_("It says what will be different and how that will be seen.")))
    example = Sentence(
        message=N_(
            'For example: "The team handles incidents by itself, seen by a first answer within 24 hours in 9 of 10 cases".'
        )
    )
    if has_outcome:
        sentence = Sentence(message=N_("It says what will be different, but not how one will see it."))
        return Advice(check=check, verdict=Verdict.VAGUE, field=field, sentence=sentence, example=example)
    sentence = Sentence(message=N_("It does not say what will be different afterwards."))
    return Advice(check=check, verdict=Verdict.MISSING, field=field, sentence=sentence, example=example)


def check_by_when(draft: Draft) -> Advice:
    """Return whether the need has a last useful day that still lies ahead."""
    check, field, need = Check.BY_WHEN, "latest", draft.need
    example = Sentence(message=N_('For example: "Latest: the last day of June next year".'))
    if need.latest_on is not None and not need.has_closed_on(draft.as_of_on):
        values = {"day": need.latest_on.isoformat()}
        return _passed(check, field, Sentence(message=N_("Help is useful until %(day)s."), values=values))
    if need.latest_on is not None:
        sentence = Sentence(
            message=N_("The last useful day, %(day)s, has passed."), values={"day": f"{need.latest_on}"}
        )
        return Advice(check=check, verdict=Verdict.VAGUE, field=field, sentence=sentence, example=example)
    year = draft.cues.year_of_need(draft.text, from_year=draft.as_of_on.year)
    if year is not None:
        message = N_(
            "Its text speaks of %(year)s; give the last useful day, so that the dates of offers can be compared."
        )
        sentence = Sentence(message=message, values={"year": str(year)})
        return Advice(check=check, verdict=Verdict.VAGUE, field=field, sentence=sentence, example=example)
    sentence = Sentence(message=N_("It does not say by when help is needed."))
    return Advice(check=check, verdict=Verdict.MISSING, field=field, sentence=sentence, example=example)


def check_underway(draft: Draft) -> Advice:
    """Return whether the need says what is being done already and by whom; nothing is an answer too."""
    check, field, cues = Check.UNDERWAY, "underway", draft.cues
    stated = draft.need.underway.strip()
    if stated and cues.has(stated, Cue.NOTHING):
        return _passed(check, field, Sentence(message=N_("It says that nothing else is under way.")))
    has_work = bool(stated) or cues.has(draft.text, Cue.UNDERWAY)
    has_actor = cues.has_actor(stated) if stated else cues.has_together(draft.text, Cue.UNDERWAY, Cue.BODY)
    if has_work and has_actor:
        return _passed(check, field, Sentence(message=N_("It says what is under way and by whom.")))
    example = Sentence(
        message=N_('For example: "A regional organization trains our legal team until March; nothing on forensics".')
    )
    if has_work:
        sentence = Sentence(message=N_("It says that something is under way, but not by whom."))
        return Advice(check=check, verdict=Verdict.VAGUE, field=field, sentence=sentence, example=example)
    sentence = Sentence(message=N_("It does not say what is under way already, and by whom. Nothing is an answer too."))
    return Advice(check=check, verdict=Verdict.MISSING, field=field, sentence=sentence, example=example)


def check_owner(draft: Draft) -> Advice:
    """Return whether the need names the body that will carry it, and somebody there who can be reached."""
    check, field, cues = Check.OWNER, "description", draft.cues
    has_owner, has_reach = cues.has(draft.text, Cue.BODY), cues.has_reach(draft.text)
    if has_owner and has_reach:
        return _passed(check, field, Sentence(message=N_("It names an owner and how to reach a focal point.")))
    example = Sentence(
        message=N_(
            'For example: "Owner: the national CSIRT of the Ministry of Digital Affairs; focal point: cooperation@csirt.example". An office address is enough, no person needs to be named.'
        )
    )
    if has_owner or has_reach or cues.has(draft.text, Cue.CONTACT):
        message = (
            N_("It names an owner, but no address at which a focal point can be reached.")
            if has_owner
            else N_("It speaks of a focal point, but not of the body that will own the work.")
        )
        return Advice(
            check=check, verdict=Verdict.VAGUE, field=field, sentence=Sentence(message=message), example=example
        )
    sentence = Sentence(message=N_("It names neither the body that will own the work nor a focal point."))
    return Advice(check=check, verdict=Verdict.MISSING, field=field, sentence=sentence, example=example)


def check_absorption(draft: Draft) -> Advice:
    """Return whether the need says who will take the help up, and in which language they work."""
    check, cues = Check.ABSORPTION, draft.cues
    has_staff = cues.has(f"{draft.text}\n{draft.need.audience}", Cue.STAFF)
    has_language = bool(draft.need.languages) or cues.has(draft.text, Cue.LANGUAGE)
    if has_staff and has_language:
        return _passed(
            check, "languages", Sentence(message=N_("It says who will take the help up, and in which language."))
        )
    example = Sentence(
        message=N_('For example: "A team of four, assigned full time, will work with the trainers in French".')
    )
    verdict = Verdict.VAGUE if has_staff or has_language else Verdict.MISSING
    if has_language:
        message, field = N_("It does not say who is there to take the help up."), "description"
    elif has_staff:
        message, field = N_("It does not say in which languages the staff can work."), "languages"
    else:
        message, field = (
            N_("It says neither who is there to take the help up nor in which languages they work."),
            "languages",
        )
    return Advice(check=check, verdict=verdict, field=field, sentence=Sentence(message=message), example=example)


def check_consent(draft: Draft) -> Advice:
    """Return whether those who could answer may see the need."""
    check, field, visibility = Check.CONSENT, "visibility", draft.need.visibility
    example = Sentence(message=N_('For example: "providers", so that those who offer help can answer.'))
    match visibility:
        case Visibility.PRIVATE:
            sentence = Sentence(message=N_("Nobody but you may see it, so nobody can answer."))
            return Advice(check=check, verdict=Verdict.MISSING, field=field, sentence=sentence, example=example)
        case Visibility.SECRETARIAT:
            sentence = Sentence(
                message=N_("Only the secretariat may see it; no provider can answer before you widen that.")
            )
            return Advice(check=check, verdict=Verdict.VAGUE, field=field, sentence=sentence, example=example)
        case _:
            return _passed(check, field, Sentence(message=_CONSENTED[visibility]))


_CHECKS: Final[tuple[Callable[[Draft], Advice], ...]] = (
    check_one_area,
    check_what_exactly,
    check_why,
    check_outcome,
    check_by_when,
    check_underway,
    check_owner,
    check_absorption,
    check_consent,
)

# By whether mode, quantity and audience are there.
_WHAT_MISSING: Final = {
    (False, False, False): N_("It does not say how support should come, how much of it, and for whom."),
    (True, False, False): N_("It does not say how much is asked for, and for whom."),
    (False, True, False): N_("It does not say how support should come, and for whom."),
    (False, False, True): N_("It does not say how support should come, and how much of it."),
    (True, True, False): N_("It does not say for whom."),
    (True, False, True): N_("It does not say how much is asked for: how many people, days or pieces."),
    (False, True, True): N_("It does not say how support should come."),
}

_CONSENTED: Final = {
    Visibility.PROVIDERS: N_("Providers may see it."),
    Visibility.MEMBERS: N_("Member States and providers may see it."),
    Visibility.PUBLIC: N_("Everybody may see it."),
}


def _passed(check: Check, field: str, sentence: Sentence) -> Advice:
    return Advice(check=check, verdict=Verdict.PASSED, field=field, sentence=sentence)


def _clear_areas(draft: Draft) -> Iterable[str]:
    """Return the areas of which the text clearly speaks."""
    return [item.code for item in draft.suggested if item.sureness >= CLEARLY_SECOND]
