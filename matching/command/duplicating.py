"""``python -m matching duplicates``: needs, offers and work under way that probably say the same."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import date
from typing import Final

from matching.command.arguments import as_of, parse_duplicates_arguments
from matching.command.inputs import BadInputError, Inputs, warned_inputs
from matching.command.writing import check_folder, write_files
from matching.duplicates import (
    Duplicate,
    DuplicateKind,
    duplicate_needs,
    duplicate_offers,
    overlaps_with_projects,
    projects_of_needs,
)
from matching.output import duplicates_csv

_TITLES: Final = {
    DuplicateKind.NEEDS: "Needs of one State that probably ask for the same",
    DuplicateKind.OFFERS: "Offers that probably are the same",
    DuplicateKind.PROJECT: "Needs that ask for what another need says is under way",
}


def tell_duplicates(arguments: Sequence[str]) -> None:
    """Print likely duplicates with their reasons, or write them to a file.

    Raises
    ------
    OSError
        When the file cannot be written; it names the file.
    """
    options = parse_duplicates_arguments(arguments)
    as_of_on = as_of(options)
    if options.out is not None:
        check_folder(options.out.parent)
        if options.out.is_dir():
            raise BadInputError(f"{options.out}: it is a folder; name a file to write to.")
    found = _found(warned_inputs(options, as_of_on=as_of_on), as_of_on)
    if options.out is not None:
        write_files(options.out.parent, {options.out.name: duplicates_csv(found)})
    if options.json:
        document = {"duplicates": [item.as_document() for item in found]}
        sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    elif options.out is None:
        sys.stdout.write(_told(found))
    else:
        sys.stdout.write(f"Likely duplicates: {len(found)}\nWritten to {options.out}\n")


def _found(inputs: Inputs, as_of_on: date) -> list[Duplicate]:
    """Return the likely duplicates among records that are not private, by kind."""
    needs = [need for need in inputs.pool.needs if not need.is_private]
    offers = [offer for offer in inputs.pool.offers if not offer.is_private]
    return [
        *duplicate_needs(needs, inputs.reference, as_of_on=as_of_on),
        *duplicate_offers(offers, inputs.reference, as_of_on=as_of_on),
        *overlaps_with_projects(needs, projects_of_needs(needs), inputs.reference, as_of_on=as_of_on),
    ]


def _told(found: Sequence[Duplicate]) -> str:
    lines = [] if found else ["No likely duplicates."]
    for kind, title in _TITLES.items():
        pairs = [item for item in found if item.kind is kind]
        lines += [f"{title}:"] if pairs else []
        for item in pairs:
            lines.append(f"  {item.likeness:.2f}  {item.one_id}  {item.other_id}")
            lines.append(f"        {' '.join(map(str, item.reasons))} {item.advice}")
    return "\n".join(lines) + "\n"
