"""Duplicates: needs of one State, offers, and projects under way that probably say the same, in any of six languages."""

from matching.duplicates.finding import duplicate_needs, duplicate_offers, overlaps_with_projects
from matching.duplicates.values import (
    Duplicate,
    DuplicateKind,
    Project,
    Suggestion,
    projects_of_needs,
    projects_of_outcomes,
)

__all__ = [
    "Duplicate",
    "DuplicateKind",
    "Project",
    "Suggestion",
    "duplicate_needs",
    "duplicate_offers",
    "overlaps_with_projects",
    "projects_of_needs",
    "projects_of_outcomes",
]
