"""Fills the page: the view of a run goes in, one HTML text comes out."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from matching.profiles import ScoringProfile
from matching.reference import Reference
from matching.report import wording
from matching.report.charts import PairedBar, Segment, paired_bars, stacked_bar, thousandths
from matching.report.coalitions import CoalitionLine, list_coalitions
from matching.report.details import NeedDetail, detail_needs
from matching.report.disclosure import FEWEST_STATES, Disclosure
from matching.report.fairness import FloorLine, list_floors
from matching.report.figures import Figures, GroupRow, compute_figures, share_of
from matching.report.formats import decimals, host, isolated, percent, printable, said, shortened, titled, web_address
from matching.report.listings import (
    ChangeLine,
    PairLine,
    TandemLine,
    UnmetLine,
    list_changes,
    list_pairs,
    list_tandems,
    list_unmet,
)
from matching.results import RunResult
from matching.sentences import N_
from matching.vocabulary import Basis, Component, UnmetReason

MAX_DETAILED_NEEDS: Final = 200
"""Beyond, a page of needs one by one is neither read nor printed; the full list is in matches.csv."""

MAX_FULL_ROWS: Final = 1000
"""Tables with more rows show ids, codes and scores only, so that the page stays below 5 MB at 20,000 needs."""

ORDINARY_PRIORITY: Final = 3
"""What an empty cell counts as: a need that has it may have said nothing, so it is not told as said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Everything the page shows, as the template takes it."""

    title: str
    is_sample: bool
    result: RunResult
    reference: Reference
    inputs: tuple[tuple[str, str], ...]
    profile_sha256: str
    ranking_sha256: str | None
    n_by_id_only: int
    figures: Figures
    floors: tuple[FloorLine, ...]
    pairs: tuple[PairLine, ...]
    coalitions: tuple[CoalitionLine, ...] | None
    unmet: tuple[UnmetLine, ...]
    changes: tuple[ChangeLine, ...] | None
    changes_together: tuple[ChangeLine, ...]
    details: tuple[NeedDetail, ...]
    tandems: tuple[TandemLine, ...]
    anchor_by_need_id: Mapping[str, str]


def render_report(
    result: RunResult,
    reference: Reference,
    *,
    inputs: tuple[tuple[str, str], ...],
    title: str | None = None,
    is_sample: bool = False,
    ranking_sha256: str | None = None,
) -> str:
    """Return the report of a run as one self-contained HTML5 page.

    Parameters
    ----------
    result
        What the engine returned. Private records never appear; those that Member States may not see appear by id.
    reference
        The States, groups and areas that the run used.
    inputs : tuple of (name, sha256)
        The files that were matched, in the order in which they are listed.
    title
        The heading of the page; a plain one where it is None.
    is_sample
        Whether the records are public statements that others collected, which the page then says.
    ranking_sha256
        The digest of matches.csv, where the page is to be tied to it.

    Returns
    -------
    str
        A page without script and without anything from outside. The same arguments give the same text but for
        ``result.seconds``, which is not shown. Its one style element has the digest ``REPORT_STYLE_SHA256``.
    """
    disclosure = Disclosure(result, reference.geography)
    unmet = list_unmet(result, disclosure)
    details = detail_needs(result, disclosure, unmet, n_most=MAX_DETAILED_NEEDS)
    changes = None if result.what_if is None else result.what_if.pool_changes()
    view = View(
        title=title or N_("Match report"),
        is_sample=is_sample,
        result=result,
        reference=reference,
        inputs=inputs,
        profile_sha256=_digest_of_profile(result.profile),
        ranking_sha256=ranking_sha256,
        n_by_id_only=disclosure.n_by_id_only,
        figures=compute_figures(result, reference, disclosure),
        floors=list_floors(result, reference.geography),
        pairs=list_pairs(disclosure, max_full_rows=MAX_FULL_ROWS),
        coalitions=list_coalitions(result, disclosure),
        unmet=unmet,
        changes=None if changes is None else list_changes(changes.single, disclosure),
        changes_together=() if changes is None else list_changes(changes.together, disclosure),
        details=details,
        tandems=list_tandems(result, disclosure),
        anchor_by_need_id={detail.need_id: f"need-{at}" for at, detail in enumerate(details, start=1)},
    )
    return _rendered(view)


def _rendered(view: View) -> str:
    return _ENVIRONMENT.get_template("report.html").render(
        view=view,
        wording=wording,
        Component=Component,
        UnmetReason=UnmetReason,
        Basis=Basis,
        max_full_rows=MAX_FULL_ROWS,
        fewest_states=FEWEST_STATES,
        ordinary_priority=ORDINARY_PRIORITY,
    )


def _digest_of_profile(profile: ScoringProfile) -> str:
    document = json.dumps(profile.as_document(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(document.encode()).hexdigest()


def _outcome_chart(figures: Figures) -> Markup:
    sizes = thousandths([row.share for row in figures.outcomes], total=sum(row.share for row in figures.outcomes))
    segments = [
        Segment(css_class=f"o-{row.reason or 'served'}", thousandths=size)
        for row, size in zip(figures.outcomes, sizes, strict=True)
    ]
    title = N_("What became of the needs")
    description = N_("One bar for all needs: those with an offer first, then those without, by reason.")
    return stacked_bar(segments, chart_id="outcomes", title=title, description=description)


def _area_chart(figures: Figures) -> Markup:
    bars = [
        PairedBar(
            label=f"{row.code} {row.title}" if row.code else row.title,
            first=row.need_share,
            first_text=f"{row.n_needs:,} ({percent(row.need_share)})",
            second=row.offer_share,
            second_text=f"{row.n_offers:,} ({percent(row.offer_share)})",
        )
        for row in figures.areas
    ]
    title = N_("Needs and offers by area")
    description = N_("For each area, its share of all needs above its share of all offers.")
    legend = (N_("share of needs"), N_("share of offers"))
    return paired_bars(bars, chart_id="areas", title=title, description=description, legend=legend)


def _group_chart(rows: tuple[GroupRow, ...], chart_id: str, title: str) -> Markup:
    bars = [
        PairedBar(
            label=row.title,
            first=row.need_share,
            first_text=f"{row.n_needs:,} ({percent(row.need_share)})",
            second=row.served_share,
            second_text=f"{row.n_served:,} ({percent(row.served_share)})",
        )
        for row in rows
    ]
    description = N_("For each group, its share of all needs above its share of the needs with an offer.")
    legend = (N_("share of needs"), N_("share of needs with an offer"))
    return paired_bars(bars, chart_id=chart_id, title=title, description=description, legend=legend)


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("matching.report"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]  # added by the extension
    filters: dict[str, Any] = {
        "record": isolated, "titled": titled, "shortened": shortened, "said": said, "address": web_address,
        "host": host, "percent": percent, "decimals": decimals, "printable": printable,
        "state_name": lambda code, geography: geography.name(code),
    }  # fmt: skip
    charts = {"outcome_chart": _outcome_chart, "area_chart": _area_chart, "group_chart": _group_chart}
    environment.filters.update(filters)
    environment.globals.update(charts, share_of=share_of)
    style = environment.get_template("report.css").render()
    environment.globals["style"] = Markup(style)  # noqa: S704 – our own file, not a record's text
    return environment


_ENVIRONMENT: Final = _environment()

_STYLE_DIGEST: Final = hashlib.sha256(str(_ENVIRONMENT.globals["style"]).encode()).digest()
REPORT_STYLE_SHA256: Final = f"sha256-{base64.b64encode(_STYLE_DIGEST).decode()}"
"""The source expression for ``style-src`` in a content security policy that lets the report's style through."""
