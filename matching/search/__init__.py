"""The search over all pairs as machine code: the same candidates as the plain definition, to the bit, in less time."""
