"""Writes .cache/names_used_elsewhere.py for the search for dead code: names that are used, but not by Python code.

These are the names in templates, the words of an enumeration (each is a value that a file or a request may hold), and
the columns and fields that a mapping or a schema reads by reflection.
"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / ".cache" / "names_used_elsewhere.py"
TEMPLATE_FOLDERS = ("app/templates", "matching/report/templates")
CODE_FOLDERS = ("app", "matching")
EXPRESSION = re.compile(r"\{[{%](?P<code>.*?)[}%]\}", re.DOTALL)


def main() -> None:
    """Write the names, each as an attribute that is read."""
    names = sorted({*_names_in_templates(), *_names_by_reflection()})
    OUTPUT.parent.mkdir(exist_ok=True)
    OUTPUT.write_text("".join(f"_.{name}\n" for name in names), encoding="utf-8")


def _names_in_templates() -> Iterator[str]:
    for folder in TEMPLATE_FOLDERS:
        for path in (ROOT / folder).rglob("*.html"):
            for found in EXPRESSION.finditer(path.read_text(encoding="utf-8")):
                names = re.findall(r"\b[A-Za-z_]\w*\b", found["code"])
                yield from (name for name in names if not keyword.iskeyword(name))


def _names_by_reflection() -> Iterator[str]:
    for folder in CODE_FOLDERS:
        for path in (ROOT / folder).rglob("*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for owner in (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)):
                yield from _reflected_members(owner)


def _reflected_members(owner: ast.ClassDef) -> Iterator[str]:
    is_enumeration = any(ast.unparse(base) == "StrEnum" for base in owner.bases)
    for node in owner.body:
        if isinstance(node, ast.Assign) and (is_enumeration or _is_field(node.value)):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))
        is_mapped = isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation).startswith("Mapped[")
        if is_mapped and isinstance(node.target, ast.Name):
            yield node.target.id


def _is_field(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and "field" in ast.unparse(value.func).lower()


if __name__ == "__main__":
    main()
