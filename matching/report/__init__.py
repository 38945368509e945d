"""The report of a run: one self-contained page that a secretariat can read and print."""

from matching.report.rendering import REPORT_STYLE_SHA256, render_report

__all__ = ["REPORT_STYLE_SHA256", "render_report"]
