"""The report's part on coalitions: which offers serve a need in parts, as far as they may be named."""

from __future__ import annotations

from dataclasses import dataclass

from matching.records import Need, Offer
from matching.report.disclosure import Disclosure
from matching.results import Coalition, Partner, RunResult
from matching.vocabulary import Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerLine:
    """One offer of a coalition; ``offer`` is None where only its id may be shown, ``parts`` empty where not even those."""

    offer_id: str
    offer: Offer | None
    is_allocated: bool
    parts: tuple[tuple[str | None, Mode | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoalitionLine:
    """One need with the offers that serve it in parts; ``need`` is None where only its id may be shown."""

    need_id: str
    need: Need | None
    partners: tuple[PartnerLine, ...]
    value: float
    alone: float


def list_coalitions(result: RunResult, disclosure: Disclosure) -> tuple[CoalitionLine, ...] | None:
    """Return the coalitions by need id, None where the run was not asked for any."""
    if result.coalitions is None:
        return None
    return tuple(_line(coalition, disclosure) for coalition in result.coalitions)


def _line(coalition: Coalition, disclosure: Disclosure) -> CoalitionLine:
    return CoalitionLine(
        need_id=coalition.need_id,
        need=disclosure.named_need(coalition.need_id),
        partners=tuple(_partner_line(coalition.need_id, partner, disclosure) for partner in coalition.partners),
        value=coalition.value,
        alone=coalition.alone,
    )


def _partner_line(need_id: str, partner: Partner, disclosure: Disclosure) -> PartnerLine:
    return PartnerLine(
        offer_id=partner.offer_id,
        offer=disclosure.offer_beside(need_id, partner.offer_id),
        is_allocated=partner.is_allocated,
        parts=partner.parts if disclosure.may_explain(need_id, partner.offer_id) else (),
    )
