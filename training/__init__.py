"""Corpora to the bundled language pipeline: `prepare`, `train`, `assemble`, `evaluate`. Not installed."""
