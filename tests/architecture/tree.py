"""What the tests of the house rules look at: the files of the project, and the Python modules as syntax trees."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Made by the set-up, by tools or by running; git ignores them too.
MADE_FOLDERS = frozenset(
    {".git", ".venv", ".cache", "instance", "vendor", "node_modules", "__pycache__", ".hypothesis"}
)

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One Python file."""

    path: str
    text: str
    tree: ast.Module

    def classes(self) -> list[ast.ClassDef]:
        """Return its classes, nested ones too."""
        return [node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef)]

    def functions(self) -> list[Function]:
        """Return its functions and methods, nested ones too."""
        return [node for node in ast.walk(self.tree) if isinstance(node, Function)]

    def public_functions(self) -> list[Function]:
        """Return the functions at its top that are for others."""
        return [node for node in self.tree.body if isinstance(node, Function) and not node.name.startswith("_")]

    def calls(self) -> Iterator[tuple[int, str]]:
        """Yield the line and the dotted name of everything that is called."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield node.lineno, ast.unparse(node.func)

    def imports(self) -> Iterator[tuple[int, str]]:
        """Yield the line and the dotted name of everything that is imported."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            if isinstance(node, ast.ImportFrom):
                yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


@cache
def project_files() -> tuple[str, ...]:
    """Return the path of every file that somebody wrote, from the project's folder, in order."""
    found = []
    for folder, names, files in os.walk(ROOT):
        names[:] = [name for name in names if name not in MADE_FOLDERS and not name.endswith("_cache")]
        found += [(Path(folder) / name).relative_to(ROOT).as_posix() for name in files]
    return tuple(sorted(found))


@cache
def text_of(path: str) -> str | None:
    """Return a file's text, or None where it is not text."""
    try:
        return (ROOT / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


@cache
def modules(*folders: str) -> tuple[Module, ...]:
    """Return the modules in the folders."""
    paths = [
        path for path in project_files() if path.endswith(".py") and path.startswith(tuple(f"{f}/" for f in folders))
    ]
    texts = {path: text_of(path) or "" for path in paths}
    return tuple(Module(path=path, text=text, tree=ast.parse(text)) for path, text in texts.items())
