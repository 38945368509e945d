"""Step 2 of the cycle: a State assesses itself, area by area, and sees where its gaps are."""
