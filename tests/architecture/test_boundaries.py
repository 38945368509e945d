"""Who may commit, ask for the time, read the environment or a file: each in one place, so that the rest can be given it."""

from __future__ import annotations

import re

from tests.architecture.tree import Module, modules

CLOCK_CALLS = re.compile(r"(?:^|\.)(?:now|utcnow|today|localtime|gmtime)$|^time(?:\.time)?$")
FILE_CALLS = re.compile(
    r"^(?:open|io\.open|Path|os\..+)$|\.(?:read_text|read_bytes|write_text|write_bytes|iterdir|glob)$"
)
IMPURE_MODULES = frozenset({"os", "random", "secrets", "socket", "subprocess", "tempfile", "threading", "uuid"})

# What looks up a row for a service that has asked already, or checks the whole without showing any of it.
ACTORLESS = {
    "end_sessions",
    "find_broken_position",
    "find_by_code",
    "find_by_email",
    "count_hashed",
    "find_head",
    "get_by_code",
    "get_profile",
    "get_user",
    "newest_actions",
}


def engine_modules() -> list[Module]:
    """Return the modules of the matcher but for its command line and what keeps its machine code."""
    outer = ("matching/command/", "matching/__main__.py", "matching/compiling.py")
    return [module for module in modules("matching") if not module.path.startswith(outer)]


def test_one_module_commits() -> None:
    committing = {
        module.path for module in modules("app") for _line, name in module.calls() if name.endswith(".commit")
    }

    assert committing <= {"app/db.py"}


def test_one_module_of_the_application_asks_for_the_time() -> None:
    asking = {module.path for module in modules("app") for _line, name in module.calls() if CLOCK_CALLS.search(name)}

    assert asking <= {"app/clock.py"}


def test_the_environment_is_read_where_the_application_starts() -> None:
    reading = {
        module.path for module in modules("app", "matching") if re.search(r"\bos\.(?:environ|getenv)\b", module.text)
    }

    assert reading <= {"app/__init__.py", "app/config.py"}


def test_the_matcher_reads_no_file() -> None:
    reading = [
        f"{module.path}:{line} {name}"
        for module in engine_modules()
        for line, name in module.calls()
        if FILE_CALLS.search(name)
    ]

    assert reading == []


def test_the_matcher_knows_neither_time_nor_chance_nor_machine() -> None:
    imported = [
        f"{module.path}:{line} {name}"
        for module in engine_modules()
        for line, name in module.imports()
        if name.split(".")[0] in IMPURE_MODULES
    ]
    # How long a stage takes may be measured (`perf_counter`); what day it is comes in as `as_of`.
    called = [
        f"{module.path}:{line} {name}"
        for module in engine_modules()
        for line, name in module.calls()
        if CLOCK_CALLS.search(name)
    ]

    assert imported + called == []


def test_a_service_knows_for_whom_it_acts() -> None:
    services = [
        (f"{module.path}:{function.lineno} {function.name}", [argument.arg for argument in function.args.args][:2])
        for module in modules("app")
        if module.path.endswith(("/services.py", "/queries.py"))
        for function in module.public_functions()
        if function.name not in ACTORLESS
    ]

    # Calculations that take no session change and read nothing.
    with_session = [(name, first) for name, first in services if "session" in first]

    assert with_session
    assert [name for name, first in with_session if first != ["session", "actor"]] == []
