"""The frozen corpus behind the text statistics: built from what the project may use, the same on every machine."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BACKGROUND = ROOT / "data" / "background" / "background-1.csv"


def build(target: Path, **environment: str) -> bytes:
    subprocess.run(
        [sys.executable, ROOT / "deploy" / "build_background.py", target],
        check=True,
        env={**os.environ, **environment},
        cwd=target.parent,
        timeout=120,
    )
    return target.read_bytes()


def test_it_is_built_to_the_same_bytes_wherever_it_is_built(tmp_path: Path) -> None:
    """The shipped table is frozen: it stays when areas and terms change, so it is not what is compared with."""
    one = build(tmp_path / "one.csv", PYTHONHASHSEED="1")
    other = build(tmp_path / "other.csv", PYTHONHASHSEED="2", LC_ALL="C", TZ="Asia/Tokyo", PYTHONUTF8="0")

    assert one == other
    assert one.startswith(b"token,n_texts\n,")


def test_no_text_can_be_read_out_of_it() -> None:
    with BACKGROUND.open(encoding="utf-8", newline="") as file:
        tokens = [row["token"] for row in csv.DictReader(file)]

    assert tokens == sorted(tokens)
    assert [token for token in tokens if any(letter.isspace() for letter in token)] == []
