"""Quantiles by NumPy, areas and average precisions by scikit-learn, for tests/data/statistics.cpp.

    tests/tables/make_statistics.py > tests/tables/statistics.inc        (needs numpy and scikit-learn)
"""

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score

dice = np.random.default_rng(1)


def numbers(values):
    return "{" + ", ".join(repr(float(value)) for value in values) + "}"


def rows():
    for count in (1, 2, 3, 7, 40):
        values = np.round(dice.normal(size=count) * 10.0 ** dice.integers(-3, 4), 4)
        for q in (0, 0.01, 0.25, 0.5, 1 / 3, 0.9, 0.99, 1):
            yield f"QUANTILE(({numbers(values)}), {q!r}, {float(np.quantile(values, q))!r})"
    for count, kinds in ((2, 2), (5, 3), (12, 4), (12, 100), (40, 6), (60, 1000), (30, 1)):
        for share in (0.1, 0.5):
            scores = dice.integers(0, kinds, size=count) / 8  # of few kinds, with many ties
            labels = (dice.random(count) < share).astype(int)
            labels[:2] = 0, 1
            scores = scores + 0.25 * labels * (kinds > 3)
            yield (f"SCORES(({numbers(scores)}), ({{{', '.join(map(str, labels))}}}), "
                   f"{float(roc_auc_score(labels, scores))!r}, {float(average_precision_score(labels, scores))!r})")


print("// Made by make_statistics.py: values, share and quantile; scores, labels, area and average precision.")
print("// clang-format off")
for row in rows():
    print(row)
