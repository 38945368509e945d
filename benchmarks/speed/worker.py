"""The other end of a measurement: one subject in its own process, told by lines what to do.

``search`` searches once, ``recall`` compares what was found with the exact answer. Each is answered by one line of
JSON; the first line of all tells that the subject is prepared.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.speed.measuring import Subject, forget_peak, peak_mb


def prepared(name: str, folder: Path) -> Subject:
    """Return a subject by ``module/name``; only its own module is loaded, so that its memory is its own."""
    module, _, subject = name.partition("/")
    makers: Mapping[str, Callable[[Path], Subject]] = importlib.import_module(f"benchmarks.speed.{module}").SUBJECTS
    return makers[subject](folder)


def answer(subject: Subject, order: str) -> dict[str, Any]:
    """Return what came of an order."""
    if order == "recall":
        return {"recall": subject.recall()}
    forget_peak()
    done = subject.search()
    return {"seconds": done.seconds, "cpu_seconds": done.cpu_seconds, "note": done.note, "peak_mb": peak_mb()}


def main() -> None:
    """Prepare the subject, then answer until there is nothing more to read."""
    name, folder = sys.argv[1:]
    subject = prepared(name, Path(folder))
    print(json.dumps({"seconds": subject.prepared.seconds, "peak_mb": peak_mb()}), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(subject, line.strip())), flush=True)


if __name__ == "__main__":
    main()
