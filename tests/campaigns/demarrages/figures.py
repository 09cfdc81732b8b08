"""Medians, and the ratio of two interleaved series with its interval."""

import random
import statistics

DRAWS = 2000  # of the bootstrap


def median(values):
    """The middle value."""
    return statistics.median(values)


def ratio(ours, theirs, seed):
    """The median of the ratios, spawn by spawn, and its 95 % interval by bootstrap. The n-th spawns of two series
    are neighbours in time, so that what slows the machine slows both."""
    pairs = [a / b for a, b in zip(ours, theirs, strict=True)]
    draw = random.Random(seed)
    medians = sorted(statistics.median(draw.choices(pairs, k=len(pairs))) for _ in range(DRAWS))
    return {"mediane": round(statistics.median(pairs), 2), "bas": round(medians[int(0.025 * DRAWS)], 2),
            "haut": round(medians[int(0.975 * DRAWS)], 2)}
