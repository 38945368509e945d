"""One module per comparison of a need with an offer; each gives its numbers and its sentence."""
