"""The draft of the need that two peers could file together, made of what both needs say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from matching.records import Need
from matching.reference import Reference
from matching.results import JointNeed, Reading
from matching.sentences import N_, Sentence


def draft_joint_need(
    one: Need, other: Need, readings: Mapping[str, Reading], *, area_code: str, reference: Reference
) -> JointNeed:
    """Return the draft of a joint need of two States.

    Parameters
    ----------
    one, other
        Needs of one State each, whose windows meet.
    readings
        What the run knows of each need, by id.
    area_code
        The area in which the two meet.
    reference
        The States with their languages, and the areas.
    """
    pair = (one, other)
    first, second = (readings[need.need_id] for need in pair)
    spoken, also_spoken = (_languages(need, reference) for need in pair)
    starts = [need.earliest_on for need in pair if need.earliest_on is not None]
    ends = [need.latest_on for need in pair if need.latest_on is not None]
    names = ", ".join(reference.geography.name(need.states[0]) for need in pair)
    area = reference.taxonomy.area_by_code[area_code].title()
    languages = tuple(code for code in spoken if code in also_spoken)
    start, end = max(starts, default=None), min(ends, default=None)
    return JointNeed(
        states=tuple(sorted(need.states[0] for need in pair)),
        need_ids=tuple(need.need_id for need in pair),
        area_codes=tuple(code for code in first.area_codes if code in second.area_codes) or (area_code,),
        modes=tuple(mode for mode in first.modes if mode in second.modes),
        languages=languages,
        earliest_on=start,
        latest_on=end,
        priority=max(need.priority for need in pair),
        title=Sentence(message=N_("Joint request of %(states)s: %(area)s"), values={"states": names, "area": area}),
        text=(
            *(_asked(need, reference) for need in pair),
            _told_languages(languages),
            *_told_window(start, end),
        ),
    )


def _languages(need: Need, reference: Reference) -> tuple[str, ...]:
    return need.languages or reference.geography.state_by_code[need.states[0]].languages


def _asked(need: Need, reference: Reference) -> Sentence:
    values = {"state": reference.geography.name(need.states[0]), "title": need.title}
    return Sentence(message=N_("%(state)s asks for: %(title)s."), values=values)


def _told_languages(languages: tuple[str, ...]) -> Sentence:
    if not languages:
        return Sentence(message=N_("They share no language: the work would need interpretation."))
    return Sentence(message=N_("Both can work in %(languages)s."), values={"languages": ", ".join(languages)})


def _told_window(start: date | None, end: date | None) -> tuple[Sentence, ...]:
    """Return when both can work; nothing where neither says a day."""
    days = {"start": str(start), "end": str(end)}
    if start is None and end is None:
        return ()
    if end is None:
        return (Sentence(message=N_("Both can work from %(start)s on."), values={"start": days["start"]}),)
    if start is None:
        return (Sentence(message=N_("Both can work until %(end)s."), values={"end": days["end"]}),)
    return (Sentence(message=N_("Both can work from %(start)s to %(end)s."), values=days),)
