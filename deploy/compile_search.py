"""Makes the machine code of the search, so that the first large run need not wait for it.

Done by the set-up, once for each state of the sources; where the folder of the program cannot be written to, the code
is made when it is needed.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np
import scipy.sparse as sp

from matching.akin_pairs import akin_pairs
from matching.command.datafiles import load_reference
from matching.command.profilefiles import load_profile
from matching.compiling import FOLDER
from matching.kinship import LEAST_KINSHIP
from matching.model import prepare
from matching.records import Need, Offer, Pool
from matching.search.finder import Finder
from matching.spreading import cosines_of_pairs, own_stems_of, words_of
from matching.vectors import TextVectors
from matching.vocabulary import Visibility

N_NEEDS = 4  # of one State: enough for the search to narrow the offers
A_DAY = date(2026, 1, 1)


def main() -> None:
    """Compile the search where that has not been done."""
    if any(FOLDER.rglob("kernel.search-*.nbc")):
        return
    sys.stdout.write("Compiling the search …\n")
    sys.stdout.flush()
    search_a_tiny_pool()


def search_a_tiny_pool() -> None:
    """Call all functions of the search with the types that a run calls them with, which compiles them."""
    needs = tuple(
        Need(need_id=f"N{at}", states=("FJI",), title="CSIRT", visibility=Visibility.PUBLIC) for at in range(N_NEEDS)
    )
    offers = (Offer(offer_id="O1", provider="P", title="CSIRT", visibility=Visibility.PUBLIC),)
    profile, rows = load_profile(), np.arange(N_NEEDS)
    model = prepare(Pool(needs=needs, offers=offers), load_reference(as_of_on=A_DAY), profile, as_of_on=A_DAY)
    finder = Finder(model, profile)
    finder.candidates(rows, n_kept=1)
    finder.qualifying(rows)
    nothing = np.zeros(N_NEEDS, dtype=np.int64)
    finder.gaining(rows, urgency=np.ones(N_NEEDS), price=nothing[:1], surplus=nothing, n_kept=1)
    compare_texts(model.need_vectors)


def compare_texts(texts: TextVectors) -> None:
    """Call what the texts of a large run are compared with besides."""
    n_texts, n_stems = texts.words.shape
    pairs = np.arange(n_texts), np.arange(n_texts)
    words = words_of(*texts.spread.parts())
    cosines_of_pairs(words, own_stems_of(texts.words), pairs, np.zeros(n_stems), np.zeros(n_texts))
    akin_pairs(sp.csr_matrix(np.ones((1, 1))), LEAST_KINSHIP)


if __name__ == "__main__":
    main()
