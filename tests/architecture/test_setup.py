"""The set-up on machines that lack something, and in a folder whose path has spaces: one clear sentence each."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT

# What every Debian has; a test adds to these what its machine has besides.
BASIC_PROGRAMS = ("sh", "cat", "chmod", "cut", "dirname", "grep", "head", "id", "ls", "mkdir", "rm", "sha256sum")
BROUGHT = (
    "bootstrap/dist/css/bootstrap.min.css",
    "bootstrap/dist/css/bootstrap.rtl.min.css",
    "bootstrap/dist/js/bootstrap.bundle.min.js",
    "bootstrap/LICENSE",
    "htmx.org/dist/htmx.min.js",
    "htmx.org/LICENSE",
)


class Machine:
    """A copy of the project's scripts, and a folder of programs that is all they find."""

    def __init__(self, folder: Path) -> None:
        self.project, self.programs = folder / "a clone with spaces", folder / "programs"
        shutil.copytree(ROOT / "deploy", self.project / "deploy", ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("package.json", "package-lock.json", "requirements.txt", "requirements-dev.txt"):
            shutil.copy(ROOT / name, self.project)
        self.programs.mkdir()
        for name in BASIC_PROGRAMS:
            (self.programs / name).symlink_to(shutil.which(name) or name)

    def add_program(self, name: str, *lines: str) -> None:
        """Put a script among the programs."""
        path = self.programs / name
        path.unlink(missing_ok=True)
        path.write_text("\n".join(["#!/bin/sh", *lines, ""]), encoding="utf-8")
        path.chmod(0o755)

    def call(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the project's folder, with these programs alone."""
        return subprocess.run(
            command,
            cwd=self.project,
            env={"PATH": str(self.programs), "LC_ALL": "C.UTF-8", "FOLDER": str(self.programs), **environment},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine with nothing but the basic programs."""
    return Machine(tmp_path)


@pytest.fixture
def machine_with_npm(machine: Machine) -> Machine:
    """A machine whose npm brings a file for each that is wanted, and counts how often it was called."""
    files = [f"node_modules/{path}" for path in BROUGHT]
    manifests = [f"node_modules/{name}/package.json" for name in ("bootstrap", "htmx.org")]
    machine.add_program("node", "echo v22.1.0")
    machine.add_program(
        "npm",
        'echo "$@" >> "$FOLDER/calls"',
        *(f'mkdir -p "$(dirname "{path}")"; echo "from npm" > "{path}"' for path in files),
        *(f"""echo '{{"version": "1.2.3"}}' > "{path}" """ for path in manifests),
    )
    return machine


def test_without_python_the_set_up_says_what_to_install(machine: Machine) -> None:
    done = machine.call("sh", "deploy/setup.sh")

    assert done.returncode == 1
    assert done.stderr == "Python 3.11 or later is needed; on Debian: apt-get install python3 python3-venv\n"


def test_a_python_that_is_too_old_counts_as_none(machine: Machine) -> None:
    machine.add_program("python3", "exit 1")

    done = machine.call("sh", "deploy/setup.sh")

    assert done.returncode == 1
    assert done.stderr == "Python 3.11 or later is needed; on Debian: apt-get install python3 python3-venv\n"


def test_without_the_venv_module_the_set_up_says_what_to_install(machine: Machine) -> None:
    # It answers the question for its version, but makes no environment.
    machine.add_program("python3", '[ "$1" = -c ]')
    machine.add_program("id", "echo 1000")

    done = machine.call("sh", "deploy/setup.sh")

    assert done.returncode == 1
    assert done.stderr == "The venv module of python3 does not work here; on Debian: apt-get install python3-venv\n"


def test_the_set_up_refuses_a_kind_that_it_does_not_know(machine: Machine) -> None:
    done = machine.call("sh", "deploy/setup.sh", "everything")

    assert (done.returncode, done.stderr) == (2, "usage: deploy/setup.sh [run|dev]\n")


@pytest.mark.parametrize("port", ["web", "80a", "-1", "0", "65536", "99999999999"])
def test_a_port_that_is_none_is_refused_before_anything_is_done(machine: Machine, port: str) -> None:
    done = machine.call("sh", "deploy/run.sh", PORT=port)

    assert done.returncode == 2
    assert done.stderr == "PORT has to be a number from 1 to 65535, such as 8000.\n"


def test_an_ordinary_user_is_told_what_the_tests_lack(machine: Machine) -> None:
    machine.add_program("id", "echo 1000")

    done = machine.call("sh", "deploy/test-parts.sh")

    assert done.returncode == 0
    assert done.stdout.startswith("Some tests will be skipped; to run them all: apt-get install ")
    assert " chromium libreoffice-calc " in done.stdout


def test_in_ci_a_missing_part_is_an_error(machine: Machine) -> None:
    machine.add_program("id", "echo 1000")

    done = machine.call("sh", "deploy/test-parts.sh", CI="true")

    assert done.returncode == 1
    assert done.stderr.startswith("The tests need parts that are not installed; on Debian: apt-get install ")


def test_the_front_end_files_come_with_their_licences(machine_with_npm: Machine) -> None:
    done = machine_with_npm.call(sys.executable, "deploy/frontend.py")

    vendor = machine_with_npm.project / "app" / "static" / "vendor"
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(path.name for path in vendor.iterdir()) == [
        "bootstrap.LICENSE.txt",
        "bootstrap.bundle.min.js",
        "bootstrap.min.css",
        "bootstrap.rtl.min.css",
        "htmx.LICENSE.txt",
        "htmx.min.js",
        "manifest.json",
    ]
    assert (vendor / "htmx.min.js").read_text(encoding="utf-8") == "from npm\n"


def test_front_end_files_that_are_there_are_not_fetched_again(machine_with_npm: Machine) -> None:
    machine_with_npm.call(sys.executable, "deploy/frontend.py")

    machine_with_npm.call(sys.executable, "deploy/frontend.py")

    calls = (machine_with_npm.programs / "calls").read_text(encoding="utf-8").splitlines()
    assert calls == ["ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error"]


def test_a_front_end_file_that_was_lost_is_fetched_again(machine_with_npm: Machine) -> None:
    machine_with_npm.call(sys.executable, "deploy/frontend.py")
    lost = machine_with_npm.project / "app" / "static" / "vendor" / "htmx.min.js"
    lost.unlink()

    machine_with_npm.call(sys.executable, "deploy/frontend.py")

    assert lost.exists()


def test_an_npm_that_fails_leaves_one_sentence_and_no_manifest(machine_with_npm: Machine) -> None:
    machine_with_npm.add_program("npm", "exit 7")

    done = machine_with_npm.call(sys.executable, "deploy/frontend.py")

    assert done.returncode == 1
    assert done.stderr == (
        "The front-end files could not be fetched with npm; check the network and run the command again.\n"
    )
    assert not (machine_with_npm.project / "app" / "static" / "vendor" / "manifest.json").exists()


def test_the_development_key_is_for_its_owner_alone() -> None:
    key = ROOT / "instance" / "secret-key"

    mode = key.stat().st_mode & 0o777

    assert mode == 0o600
    assert key.parent.stat().st_mode & 0o077 == 0
