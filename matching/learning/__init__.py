"""Learning from what came of earlier matches: the records of providers, and weights from decisions."""
