"""Logistic regression of a few weights by Newton's method."""

from __future__ import annotations

import numpy as np

Array = np.ndarray
STEPS = 50


def fit_logistic(
    x: Array, y: Array, decay: float | Array, *, prior: Array | None = None, counts: Array | None = None
) -> Array:
    """[columns]: the weights with which `x` [rows, columns] tells `y` [rows], each drawn to its `prior` (default 0) by
    `decay`; `counts` [rows] says how much a row weighs (default 1)."""
    prior = np.zeros(x.shape[1]) if prior is None else prior
    counts = np.ones(len(y)) if counts is None else counts
    pull = np.full(x.shape[1], decay) if np.isscalar(decay) else np.asarray(decay)
    w = prior.copy()
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-x @ w))
        hessian = (x.T * (counts * p * (1 - p))) @ x + np.diag(pull)
        w -= np.linalg.solve(hessian, x.T @ (counts * (p - y)) + pull * (w - prior))
    return w
