"""The papers as files: a workbook or pages to print, of what one reader sees."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from functools import lru_cache

from app.assessments.paper import printing, workbooks
from app.assessments.paper.documents import Document, form_document, gaps_document, report_document
from app.assessments.paper.papers import Paper, blank_paper
from app.assessments.paper.printing import Template, pdf_bytes
from app.assessments.paper.workbooks import workbook_bytes
from app.assessments.questionnaires import Questionnaire

A_DAY: date = date(2026, 1, 1)  # of what has none, so that the same paper is the same file


class FormFormat(StrEnum):
    """As what a form can be had."""

    PDF = "pdf"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A file with the name under which it is to be kept."""

    name: str
    media_type: str
    content: bytes


def blank_form(questionnaire: Questionnaire, wanted: FormFormat, *, language: str) -> Copy:
    """Return the form that nobody has filled in; it is printed once for all who ask for it."""
    paper = blank_paper(questionnaire, language=language)
    if wanted is FormFormat.XLSX:
        return _workbook(paper)
    document = json.dumps(form_document(paper))
    return _pages(paper, Template.FORM, _printed_blank(document, questionnaire.adopted_on))


def form(paper: Paper, wanted: FormFormat) -> Copy:
    """Return the form with what was answered so far; raises ``ConflictError`` where it is too long for that."""
    return _workbook(paper) if wanted is FormFormat.XLSX else _printed(paper, Template.FORM, form_document(paper))


def report(paper: Paper) -> Copy:
    """Return what was answered as the national implementation report; raises as ``form``."""
    return _printed(paper, Template.REPORT, report_document(paper))


def gap_profile_page(paper: Paper) -> Copy:
    """Return the gap profile on one page; raises as ``form``."""
    return _printed(paper, Template.GAPS, gaps_document(paper))


def _workbook(paper: Paper) -> Copy:
    content = workbook_bytes(paper)
    return Copy(name=f"tandem-form-{_mark(paper)}.xlsx", media_type=workbooks.MEDIA_TYPE, content=content)


def _printed(paper: Paper, template: Template, document: Document) -> Copy:
    assessment = paper.assessment
    made_at = _beginning(None) if assessment is None else assessment.updated_at
    return _pages(paper, template, pdf_bytes(template, json.dumps(document), made_at=made_at))


def _pages(paper: Paper, template: Template, content: bytes) -> Copy:
    return Copy(name=f"tandem-{template.value}-{_mark(paper)}.pdf", media_type=printing.MEDIA_TYPE, content=content)


@lru_cache(maxsize=12)  # one or two megabytes each; six languages of two releases
def _printed_blank(document: str, adopted_on: date | None) -> bytes:
    return pdf_bytes(Template.FORM, document, made_at=_beginning(adopted_on))


def _beginning(day: date | None) -> datetime:
    return datetime.combine(day or A_DAY, time.min, UTC)


def _mark(paper: Paper) -> str:
    return paper.questionnaire.release if paper.assessment is None else str(paper.assessment.as_of_on)
