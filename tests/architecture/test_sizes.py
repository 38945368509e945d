"""Alarms: a module or function that grows past its size holds more than one idea; split it by idea, not by count."""

from __future__ import annotations

import ast

from tests.architecture.tree import Function, modules

MAX_MODULE_LINES = 300
MAX_FUNCTION_LINES = 40  # without the docstring
# What may be given without its name, after the session and the actor that stand first everywhere.
MAX_LEADING_PARAMETERS = 3

# Migrations are lists of columns and tests lists of cases: they grow without holding a second idea.
FOLDERS = ("app", "matching", "deploy", "benchmarks")

# What may be longer, each with the reason.
LONG_MODULES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}


def length_of(function: Function) -> int:
    """Return a function's lines without its docstring."""
    first = function.body[0]
    is_documented = ast.get_docstring(function) is not None
    documented_lines = (first.end_lineno or first.lineno) - first.lineno + 1 if is_documented else 0
    return (function.end_lineno or function.lineno) - function.lineno + 1 - documented_lines


def leading_parameters(function: Function) -> list[str]:
    """Return the parameters that may be given without their names, but for the object itself."""
    names = [argument.arg for argument in [*function.args.posonlyargs, *function.args.args]]
    return [name for name in names if name not in {"self", "cls", "session", "actor"}]


def test_no_module_is_longer_than_one_reads_in_one_go() -> None:
    sizes = {module.path: len(module.text.splitlines()) for module in modules(*FOLDERS)}

    too_long = {path for path, n_lines in sizes.items() if n_lines > MAX_MODULE_LINES}

    assert too_long == set(LONG_MODULES)


def test_no_function_is_longer_than_a_screen() -> None:
    functions = [
        (f"{module.path}::{function.name}", function) for module in modules(*FOLDERS) for function in module.functions()
    ]

    too_long = {name for name, function in functions if length_of(function) > MAX_FUNCTION_LINES}

    assert too_long == set(LONG_FUNCTIONS)


def test_from_the_fourth_on_a_parameter_is_given_by_name() -> None:
    functions = [
        (f"{module.path}:{function.lineno} {function.name}", function)
        for module in modules("app", "matching")
        for function in module.functions()
        if not function.decorator_list and not function.name.startswith("_")
    ]

    by_place = [name for name, function in functions if len(leading_parameters(function)) > MAX_LEADING_PARAMETERS]

    assert by_place == []
