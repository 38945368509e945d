"""How values are written: immutable, given by name, with names that say what they hold."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.architecture.tree import Module, modules

MAX_UNNAMED_FIELDS = 3  # as with parameters: from the fourth on a field is filled by name
DAY = re.compile(r"(?:Mapped\[)?(?:dt\.|datetime\.)?date(?: \| None)?\]?")
INSTANT = re.compile(r"(?:Mapped\[)?(?:dt\.|datetime\.)?datetime(?: \| None)?\]?")
CLAIM = re.compile(r"(?:Mapped\[)?bool(?: \| None)?\]?")
# What is otherwise, each with the reason.
OTHER_DATACLASSES = {
    "Stopwatch": "adds up as the stages of a run end",
    "Taxonomy": "keeps what it worked out once, and so has no slots",
}
OTHER_DAYS = {"stated_on": "text as it was stated: a day, a month or a year"}
OTHER_INSTANTS = {"now": "the instant that is given in place of a clock"}
OTHER_CLAIMS = {"keep_good_rows": "what the person asked for, not a fact"}
CLAIMS = ("is_", "has_", "can_", "may_", "was_", "are_", "had_", "keeps_", "needs_", "allows_")


def annotated_fields(*folders: str) -> Iterator[tuple[str, str, str]]:
    """Yield where each annotated field of a class is, its name and its type."""
    for module in modules(*folders):
        for owner in module.classes():
            for node in owner.body:
                if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                    yield f"{module.path}:{node.lineno}", node.target.id, ast.unparse(node.annotation)


def decorated_dataclasses(module: Module) -> Iterator[tuple[ast.ClassDef, ast.expr]]:
    """Yield the classes that are dataclasses, with the decorator."""
    for owner in module.classes():
        for decorator in owner.decorator_list:
            name = decorator.func if isinstance(decorator, ast.Call) else decorator
            if ast.unparse(name) in {"dataclass", "dataclasses.dataclass"}:
                yield owner, decorator


def flags_of(decorator: ast.expr) -> set[str]:
    """Return the flags that a decorator switches on."""
    keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
    return {str(keyword.arg) for keyword in keywords if ast.unparse(keyword.value) == "True"}


def flags_wanted(owner: ast.ClassDef) -> set[str]:
    """Return the flags that a dataclass of this size needs."""
    n_fields = sum(isinstance(node, ast.AnnAssign) for node in owner.body)
    return {"frozen", "slots", "kw_only"} if n_fields > MAX_UNNAMED_FIELDS else {"frozen", "slots"}


def test_a_dataclass_is_frozen_slotted_and_filled_by_name() -> None:
    found = [
        (f"{module.path} {owner.name}", flags_wanted(owner) - flags_of(decorator))
        for module in modules("app", "matching")
        for owner, decorator in decorated_dataclasses(module)
        if owner.name not in OTHER_DATACLASSES
    ]

    assert [(name, sorted(missing)) for name, missing in found if missing] == []


def test_an_enumeration_has_words_for_values() -> None:
    bases = [
        (f"{module.path} {owner.name}", ast.unparse(base))
        for module in modules("app", "matching")
        for owner in module.classes()
        for base in owner.bases
    ]

    assert [name for name, base in bases if base.split(".")[-1] in {"Enum", "IntEnum", "Flag"}] == []


def test_days_end_in_on_and_nothing_else_does() -> None:
    fields = [field for field in annotated_fields("app", "matching") if field[1] not in OTHER_DAYS]

    unlike = [f"{place} {name}" for place, name, kind in fields if bool(DAY.fullmatch(kind)) != name.endswith("_on")]

    assert unlike == []


def test_instants_end_in_at_and_nothing_else_does() -> None:
    fields = [field for field in annotated_fields("app", "matching") if field[1] not in OTHER_INSTANTS]

    unlike = [
        f"{place} {name}" for place, name, kind in fields if bool(INSTANT.fullmatch(kind)) != name.endswith("_at")
    ]

    assert unlike == []


def test_a_boolean_is_a_claim() -> None:
    fields = [(place, name) for place, name, kind in annotated_fields("app", "matching") if CLAIM.fullmatch(kind)]

    unlike = [f"{place} {name}" for place, name in fields if not name.startswith(CLAIMS) and name not in OTHER_CLAIMS]

    assert unlike == []
