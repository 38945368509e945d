"""What is printed, as values that a template sets: texts with their language and direction, numbers, and no code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any, Final
from unicodedata import bidirectional

from babel import Locale

from app.assessments.answers import AnswerContent
from app.assessments.gaps import AreaLine, Gap, gap_profile
from app.assessments.models import AssessmentState
from app.assessments.paper.looks import places_of
from app.assessments.paper.papers import Paper
from app.assessments.paper.words import FORM_RULES, LEFT_BLANK, said, spoken_in, words_in
from app.assessments.questionnaires import AREAS_PART, Choice, Item, Section, Texts
from app.filters import day
from app.labels import PRIORITIES
from matching.sentences import N_

N_GAPS: Final = 10  # that fit the page of the profile
GAP_PLACES: Final = 160  # for letters of what is said of one there, those of East Asia in two

Document = dict[str, Any]


def form_document(paper: Paper) -> Document:
    """Return the form, blank or with what was answered."""
    return _frame(paper, "form") | {
        "rules": [_said(paper, rule) for rule in FORM_RULES],
        "stages": _choices(paper, paper.questionnaire.stages),
        "statuses": _choices(paper, paper.questionnaire.statuses),
        "challenges": _choices(paper, paper.questionnaire.challenges),
        "sections": list(_asked_sections(paper)),
    }


def report_document(paper: Paper) -> Document:
    """Return what was answered as a report: law, norms, measures and capacity-building first, then the areas."""
    sections = [_told_section(paper, section) for section in sorted(paper.sections, key=_is_of_areas)]
    frame = _frame(paper, "report")
    if paper.n_unanswered:
        counts = {"n": paper.n_unanswered, "all": len(paper.items)}
        frame["notes"].append(_said(paper, LEFT_BLANK, **counts))
    return frame | {"sections": [section for section in sections if section["items"]]}


def gaps_document(paper: Paper) -> Document:
    """Return the gap profile, with the gaps that are to be closed first."""
    profile = gap_profile(paper.questionnaire, paper.answers, last=paper.before)
    return _frame(paper, "gap_profile") | {
        "stages": _choices(paper, paper.questionnaire.stages),
        "lines": [_line(paper, line) for line in profile.lines],
        "has_last": bool(paper.before),
        "gaps": [_gap(paper, gap) for gap in profile.gaps[:N_GAPS]],
        "has_more": len(profile.gaps) > N_GAPS,
    }


def _frame(paper: Paper, name: str) -> Document:
    """Return what stands around every paper."""
    words = {key: _text(paper, word) for key, word in words_in(paper.language).items()}
    state, marks = _of_people(paper.state_name), list(_marks(paper))
    facts = [*_days(paper), {"name": "release", "value": _of_people(paper.questionnaire.release)}]
    return {
        "words": words,
        "language": paper.language,
        "dir": _direction_in(paper.language),
        "name": name,
        "title": words[name]["text"],
        "state": state if paper.state_name else None,
        "facts": facts,
        "marks": marks,
        "notes": [],
    }


def _days(paper: Paper) -> Iterator[Document]:
    if paper.assessment is None:
        return
    with spoken_in(paper.language):
        yield {"name": "as_of", "value": _own(paper, day(paper.assessment.as_of_on))}
        if paper.assessment.submitted_at is not None:
            yield {"name": "submitted", "value": _own(paper, day(paper.assessment.submitted_at.date()))}


def _marks(paper: Paper) -> Iterator[str]:
    """Yield the words that say what a paper is not: the State's last word, or all of it."""
    if paper.assessment is not None and paper.assessment.state is not AssessmentState.SUBMITTED:
        yield paper.assessment.state.value
    if not paper.is_whole:
        yield "is_part"


def _asked_sections(paper: Paper) -> Iterator[Document]:
    """Yield the sections; all those of the areas have one introduction, which stands once."""
    told: set[str] = set()
    for section in paper.sections:
        introduction = _text(paper, section.introductions)
        is_new = introduction["text"] not in {"", *told}
        told.add(introduction["text"])
        yield {
            "title": _text(paper, section.titles),
            "introduction": introduction if is_new else None,
            "items": [_asked(paper, item) for item in section.items],
        }


def _asked(paper: Paper, item: Item) -> Document:
    content = paper.said_of(item.code)
    statuses = [one.code for one in paper.questionnaire.statuses if one.number == content.status]
    return _named(paper, item) | {
        "kind": item.kind.value,
        "question": _text(paper, item.questions),
        "help": _text(paper, item.helps),
        "descriptions": [_text(paper, texts) for texts in item.descriptions],
        "current": content.current,
        "target": content.target,
        "priority": content.priority,
        "statuses": statuses,
        "challenges": list(content.challenges),
        **_texts(content),
        "evidence": _of_people("\n".join(content.evidence)) if content.evidence else None,
    }


def _told_section(paper: Paper, section: Section) -> Document:
    answered = [item for item in section.items if not paper.said_of(item.code).is_empty]
    return {"title": _text(paper, section.titles), "items": [_told(paper, item) for item in answered]}


def _told(paper: Paper, item: Item) -> Document:
    content, asked = paper.said_of(item.code), paper.questionnaire
    chosen = [one for one in asked.challenges if one.code in content.challenges]
    return _named(paper, item) | {
        "scale": _scale(paper, content),
        "challenges": [_text(paper, one.titles) for one in chosen],
        **_texts(content),
        "evidence": list(content.evidence),
    }


def _scale(paper: Paper, content: AnswerContent) -> list[Document]:
    """Return what was chosen from a scale, each with the name of its field."""
    stages = {one.number: one.titles for one in paper.questionnaire.stages}
    statuses = {one.number: one.titles for one in paper.questionnaire.statuses}
    chosen: list[Document] = []
    if content.status is not None:
        chosen.append({"name": "status", "number": None, "value": _text(paper, statuses[content.status])})
    for name, stage in (("current", content.current), ("target", content.target)):
        if stage is not None:
            chosen.append({"name": name, "number": stage, "value": _text(paper, stages[stage])})
    if content.priority is not None:
        chosen.append({"name": "priority", "number": None, "value": _said(paper, PRIORITIES[str(content.priority)])})
    return chosen


def _texts(content: AnswerContent) -> Document:
    texts = {"in_place": content.in_place, "obstacles": content.obstacles, "gaps": content.gaps}
    return {name: _of_people(text) if text else None for name, text in texts.items()}


def _named(paper: Paper, item: Item) -> Document:
    return {"code": item.code, "reference": item.reference, "title": _text(paper, item.titles)}


def shortened(text: str, n_places: int) -> str:
    """Return as much of a text as stands in so many places, with a mark where that is not all.

    Examples
    --------
    >>> shortened("No strategy", 20), shortened("No strategy", 5), shortened("没有战略", 4)
    ('No strategy', 'No st…', '没有…')
    """
    ends = accumulate(places_of(letter) for letter in text)
    n_kept = sum(end <= n_places for end in ends)
    return text if n_kept == len(text) else f"{text[:n_kept]}…"


def _line(paper: Paper, line: AreaLine) -> Document:
    return {
        "title": _text(paper, line.item.titles),
        "current": line.current,
        "target": line.target,
        "last": line.last,
        "is_from_topics": bool(line.n_topics),
    }


def _gap(paper: Paper, gap: Gap) -> Document:
    missing = shortened(" ".join(gap.content.gaps.split()), GAP_PLACES)
    stages = {"now": gap.content.current, "aim": gap.content.target}
    return {
        "title": _text(paper, gap.item.titles),
        "steps": _said(paper, N_("From stage %(now)s to %(aim)s"), **stages),
        "urgency": _said(paper, N_("priority %(n)s"), n=gap.priority),
        "missing": _of_people(missing) if missing else None,
    }


def _choices(paper: Paper, choices: Sequence[Choice]) -> list[Document]:
    return [
        {
            "number": one.number,
            "code": one.code,
            "title": _text(paper, one.titles),
            "meaning": _text(paper, one.meanings),
        }
        for one in choices
    ]


def _is_of_areas(section: Section) -> bool:
    return any(item.part == AREAS_PART for item in section.items)


def _text(paper: Paper, texts: Texts) -> Document:
    """Return a text of the questionnaire, in the language in which there is one."""
    language = texts.language(paper.language)
    return {"text": texts.text(paper.language), "lang": language, "dir": _direction_in(language)}


def _said(paper: Paper, message: str, **values: object) -> Document:
    """Return a sentence of ours."""
    with spoken_in(paper.language):
        return _text(paper, said(paper.language, message, **values))


def _own(paper: Paper, text: str) -> Document:
    """Return what is in the language of the paper."""
    return {"text": text, "lang": paper.language, "dir": _direction_in(paper.language)}


def _of_people(text: str) -> Mapping[str, str | None]:
    """Return what somebody wrote, in a language of their choice: it runs as its first letter does."""
    strong = next((kind for letter in text if (kind := bidirectional(letter)) in ("L", "R", "AL")), "L")
    return {"text": text, "lang": None, "dir": "ltr" if strong == "L" else "rtl"}


def _direction_in(language: str) -> str:
    return str(Locale.parse(language).text_direction)
