"""How fast the matcher is, beside what a good engineer would use on the same records, in one run."""
