"""``python -m matching rules``: what every rule of sharing out makes of a pool, in lines or as JSON."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from matching.allocation import Alternative
from matching.arrays import Integers
from matching.command.arguments import TOLD_GROUPS, as_of, parse_rules_arguments
from matching.command.inputs import warned_inputs
from matching.engine import share_out_by_every_rule
from matching.execution import Execution
from matching.groups import NEVER_SERVED, check_groups
from matching.reference import Geography
from matching.vocabulary import AllocationRule

_HEADINGS: Final = ("rule", "served", "score", "worth", "gain", "lose", "move")


def tell_rules(arguments: Sequence[str]) -> None:
    """Print what every rule makes of the needs and offers, beside the one of the best total.

    Raises
    ------
    UnreadableProfileError
        When a group is unknown.
    """
    options = parse_rules_arguments(arguments)
    as_of_on = as_of(options)
    inputs = warned_inputs(options, as_of_on=as_of_on)
    groups = _groups(options, inputs.reference.geography)
    check_groups(groups, inputs.reference.geography, setting="--groups")
    floor = inputs.profile.equity_floor
    found = share_out_by_every_rule(
        inputs.pool,
        inputs.reference,
        inputs.profile,
        share_by_group={**dict.fromkeys(groups, 0.0), **floor},
        as_of_on=as_of_on,
        execution=Execution(sentence_model=inputs.sentence_model),
    )
    if not any(floor.values()):
        found = tuple(item for item in found if item.rule is not AllocationRule.WITH_FLOOR)
    documents = [_document(item, found[0].columns) for item in found]
    if options.json:
        sys.stdout.write(json.dumps(documents, ensure_ascii=False, indent=2) + "\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in _lines(documents))


def _groups(options: argparse.Namespace, geography: Geography) -> list[str]:
    """Return the groups to tell apart, each as it is known whatever the case in which it was typed."""
    if options.groups is None:
        return [*TOLD_GROUPS, *([] if options.outcomes is None else [NEVER_SERVED])]
    known = {code.casefold(): code for code in (*geography.members_by_token, NEVER_SERVED)}
    typed = [group.strip() for group in options.groups.split(";") if group.strip()]
    return [known.get(group.casefold(), group) for group in typed]


def _document(item: Alternative, best: Integers) -> dict[str, Any]:
    """Return a rule as a JSON object; ``gain``, ``lose`` and ``move`` count needs beside the best total."""
    had, has = best >= 0, item.columns >= 0
    return {
        "rule": item.rule.value,
        "served": item.totals.n_served,
        "score": item.totals.score,
        "worth": item.totals.worth,
        "gain": int(np.count_nonzero(has & ~had)),
        "lose": int(np.count_nonzero(had & ~has)),
        "move": int(np.count_nonzero(had & has & (best != item.columns))),
        "served_share_by_group": {group: round(share, 6) for group, share in item.served_share_by_group.items()},
    }


def _lines(documents: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return a table with a line for each rule."""
    groups = list(documents[0]["served_share_by_group"])
    rows = [
        (
            document["rule"],
            str(document["served"]),
            *(f"{document[key]:.6f}" for key in ("score", "worth")),
            *(str(document[key]) for key in ("gain", "lose", "move")),
            *(f"{document['served_share_by_group'][group]:.0%}" for group in groups),
        )
        for document in documents
    ]
    table = [(*_HEADINGS, *groups), *rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return [
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in table
    ]
