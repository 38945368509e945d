"""The pages on which a State assesses itself."""

from app.assessments.views import files, sections, sharing
from app.assessments.views.pages import bp

__all__ = ["bp", "files", "sections", "sharing"]
