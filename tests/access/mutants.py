"""Wrong policies: each with one cell, one branch or one question of the right one changed.

A mutant is made in the memory of one process and never in a file: cells in the tables themselves, branches and
questions as another body for the function that holds them.
"""

from __future__ import annotations

import ast
import copy
import gc
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, Final

from app.access import policy
from app.access.policy import ANY, OWN, PARTNER
from app.access.vocabulary import Permission, Relation, Subject
from app.actor import Role
from matching.vocabulary import Visibility

ROOT: Final = Path(__file__).resolve().parents[2]
POLICY_MODULES: Final = ("app/access/policy.py", "app/access/vocabulary.py", "app/access/visibility.py")
NOTHING: Final[frozenset[Relation]] = frozenset()
NAME_BY_RELATIONS: Final = {NOTHING: "–", OWN: "own", PARTNER: "partner", OWN | PARTNER: "own partner", ANY: "any"}

# What stands in the place of a question: an answer that lets more people see or do more, and for a claim the other too.
ANSWERS: Final[Mapping[str, tuple[str, ...]]] = {
    "require": ("None",),
    "visible_to": ("__import__('sqlalchemy').true()",),
    "is_shared_with": ("__import__('sqlalchemy').true()",),
    "may": ("True", "False"),
    "may_give": ("True", "False"),
    "is_field_visible": ("True", "False"),
    "sees_field_somewhere": ("True", "False"),
    "keeps_for": ("frozenset(row.organization_id for row in {actor}.affiliations)",),
    "partners_for": ("frozenset(row.organization_id for row in {actor}.affiliations)",),
    "sight": ("0",),
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A wrong policy: what is wrong with it, and what makes it so in this process."""

    name: str
    apply: Callable[[], None]


class MutantError(Exception):
    """A mutant cannot be made; the message says which."""


def every_mutant() -> list[Mutant]:
    """Return all mutants in an order that depends on nothing but the code."""
    found = [*_cells(), *_branches(), *_questions()]
    repeated = Counter(mutant.name for mutant in found)
    places: Counter[str] = Counter()
    told = []
    for mutant in found:
        places[mutant.name] += 1
        place = f" ({places[mutant.name]})" if repeated[mutant.name] > 1 else ""
        told.append(Mutant(f"{mutant.name}{place}", mutant.apply))
    return told


def _cells() -> Iterator[Mutant]:
    # A field is asked of with its keeper alone: there, a partner is like everybody else.
    tables = (("RULES", policy.RULES, (*NAME_BY_RELATIONS,)), ("FIELD_RULES", policy.FIELD_RULES, (NOTHING, OWN, ANY)))
    for title, table, others in tables:
        for row, by_role in table.items():
            for role in Role:
                present = by_role.get(role, NOTHING)
                for other in others:
                    if other != present:
                        change = f"{NAME_BY_RELATIONS[present]} → {NAME_BY_RELATIONS[other]}"
                        yield Mutant(
                            f"{title}: {row} of {role}: {change}", _set_in(table, row, {**by_role, role: other})
                        )
    yield from _flips("GIVEN_BY_ROLE", policy.GIVEN_BY_ROLE, Role)
    yield from _flips("SEEN_BY_ROLE", policy.SEEN_BY_ROLE, Visibility)
    yield from _flips("AUDITED_BY_ROLE", policy.AUDITED_BY_ROLE, Subject, roles=policy.RULES[Permission.AUDIT_READ])
    for title, words in (("SEEN_BY_ALL", Visibility), ("SECOND_FACTOR_ROLES", Role), ("CHOSEN_ROLES", Role)):
        for word in words:
            yield Mutant(f"{title}: {word}", _rebound(title, getattr(policy, title) ^ {word}))


def _flips(
    title: str, table: Mapping[Role, frozenset[Any]], words: type[Any], *, roles: Iterable[Role] = Role
) -> Iterator[Mutant]:
    """Yield the mutants in which one word more or one fewer stands in one row, of the roles for which it is read at all."""
    for role in roles:
        for word in words:
            present = table.get(role, frozenset())
            change = "taken away" if word in present else "added"
            yield Mutant(f"{title}: {word} of {role}: {change}", _set_in(table, role, present ^ {word}))


def _set_in(table: Any, key: object, value: object) -> Callable[[], None]:
    return lambda: table.__setitem__(key, value)


def _rebound(name: str, value: object) -> Callable[[], None]:
    """Return what binds a name of the policy to another value, wherever it was imported."""

    def bind() -> None:
        right = getattr(policy, name)
        for module in list(sys.modules.values()):
            if getattr(module, "__name__", "").startswith(("app.", "tests.")) and vars(module).get(name) is right:
                setattr(module, name, value)

    return bind


def _branches() -> Iterator[Mutant]:
    for path in POLICY_MODULES:
        for function in _functions(_parsed(path)):
            for n, node in enumerate(ast.walk(function)):
                for change, changed in _changes_of(node):
                    yield _with_other_body(path, function, n, changed, told=f"{_short(node)} → {change}")


def _short(node: ast.AST) -> str:
    """Return how a node reads, of a branch its condition alone."""
    return f"if {ast.unparse(node.test)}" if isinstance(node, ast.If) else ast.unparse(node).strip()[:90]


def _questions() -> Iterator[Mutant]:
    for file in sorted((ROOT / "app").rglob("*.py")):
        path = file.relative_to(ROOT).as_posix()
        if path in POLICY_MODULES:
            continue
        for function in _functions(_parsed(path)):
            for n, node in enumerate(ast.walk(function)):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ANSWERS:
                    for answer in ANSWERS[node.func.id]:
                        text = answer.format(actor=ast.unparse(node.args[0]))
                        changed = ast.parse(text, mode="eval").body
                        short = text.removeprefix("__import__('sqlalchemy').")
                        yield _with_other_body(path, function, n, changed, told=f"{ast.unparse(node)} → {short}")


def _changes_of(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Yield what may stand in the place of a node: a branch the other way round or left out, a condition without a part."""
    match node:
        case ast.If() | ast.IfExp():
            yield "the other way round", _changed(node, test=ast.UnaryOp(ast.Not(), node.test))
            yield "never", _changed(node, test=ast.Constant(value=False))
            yield "always", _changed(node, test=ast.Constant(value=True))
        case ast.BoolOp():
            for n, rest in enumerate(_without_one(node.values)):
                yield f"without part {n + 1}", rest[0] if len(rest) == 1 else _changed(node, values=rest)
        case ast.UnaryOp(op=ast.Not()):
            yield "without not", node.operand
        case ast.Compare(ops=[operator]) if type(operator) in _OPPOSITES:
            yield "the opposite", _changed(node, ops=[_OPPOSITES[type(operator)]()])
        case ast.comprehension(ifs=[_, *_]):
            yield "without if", _changed(node, ifs=[])
        case ast.Constant() | ast.Call():
            yield from _changes_of_value(node)


def _changes_of_value(node: ast.Constant | ast.Call) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield str(not node.value), ast.Constant(value=not node.value)
        return
    match ast.unparse(node.func):
        case "or_":
            for n, rest in enumerate(_without_one(node.args)):
                yield f"without part {n + 1}", _changed(node, args=rest)
        case "any":
            yield "all", _changed(node, func=ast.Name("all", ast.Load()))
        case "true":
            yield "false()", ast.parse("__import__('sqlalchemy').false()", mode="eval").body


def _without_one(parts: list[ast.expr]) -> Iterator[list[ast.expr]]:
    return (parts[:n] + parts[n + 1 :] for n in range(len(parts)))


_OPPOSITES: Final[Mapping[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}


def _changed(node: ast.AST, **fields: object) -> ast.AST:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _parsed(path: str) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """Yield the functions of a module and the methods of its classes."""
    for node in tree.body:
        for inner in node.body if isinstance(node, ast.ClassDef) else [node]:
            if isinstance(inner, ast.FunctionDef):
                yield inner


class _Replacement(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> Any:
        return self.new if node is self.old else self.generic_visit(node)


def _with_other_body(path: str, function: ast.FunctionDef, n: int, changed: ast.AST, *, told: str) -> Mutant:
    """Return the mutant in which the n-th node of a function is another one."""
    name = f"{path} {function.name}: {told}"

    def replace() -> None:
        tree = _parsed(path)
        same = next(one for one in _functions(tree) if one.lineno == function.lineno)
        old = next(node for place, node in enumerate(ast.walk(same)) if place == n)
        mutated = ast.fix_missing_locations(_Replacement(old, ast.copy_location(changed, old)).visit(tree))
        code = _code_of(compile(mutated, str(ROOT / path), "exec"), same)
        if not _set_code(code):
            raise MutantError(f"{name}: there is no such function in this process.")

    return Mutant(name, replace)


def _code_of(code: CodeType, function: ast.FunctionDef) -> CodeType:
    first = min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)])
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            if (inner.co_name, inner.co_firstlineno) == (function.name, first):
                return inner
            if inner.co_qualname.split(".")[0][:1].isupper():
                try:
                    return _code_of(inner, function)
                except MutantError:
                    continue
    raise MutantError(f"There is no code of {function.name}.")


def _set_code(code: CodeType) -> int:
    """Give the code to every function that has the right one; return to how many."""

    def is_meant(one: object) -> bool:
        return isinstance(one, FunctionType) and (one.__code__.co_filename, one.__code__.co_qualname) == (
            code.co_filename,
            code.co_qualname,
        )

    # What is frozen is not among what the collector tells of.
    gc.unfreeze()
    found = [one for one in gc.get_objects() if is_meant(one)]
    gc.freeze()
    for one in found:
        one.__code__ = code
    return len(found)
