"""Reference values for training/metrics.test.ts, from scikit-learn and SciPy: python3 test/reference/metrics.py

The logits are made from sines, so that both languages have them to the last bit of a float32.
"""
import numpy as np
from scipy import optimize, special, stats
from sklearn import metrics

count, classes = 200, 7
row = np.arange(count)[:, None]
labels = (np.arange(count) * 5 + (np.arange(count) // 7)) % 6  # the seventh class never occurs
logits = (3 * np.sin(row * 7 + np.arange(classes) * 3 + row**2 % 11)).astype(np.float32)
logits[np.arange(count), labels] += np.float32(1.25)
probabilities = special.softmax(logits.astype(float), axis=1)
predicted = probabilities.argmax(axis=1)

print("accuracy", metrics.accuracy_score(labels, predicted))
right = int((labels == predicted).sum())
for k, n in ((right, count), (0, 10), (10, 10), (2369, 3589)):
    interval = stats.binomtest(k, n).proportion_ci(0.95, "wilson")
    print("wilson", k, n, [round(v, 9) for v in (interval.low, interval.high)])
print("macro f1", round(metrics.f1_score(labels, predicted, average="macro", zero_division=0), 9))
print("uar", round(metrics.balanced_accuracy_score(labels, predicted), 9))
scores = metrics.precision_recall_fscore_support(labels, predicted, labels=range(classes), zero_division=0)
for name, values in zip(("precision", "recall", "f1", "support"), scores):
    print(name, [round(float(v), 6) for v in values])
print("confusion", metrics.confusion_matrix(labels, predicted, labels=range(classes)).tolist())
print("nll", round(metrics.log_loss(labels, probabilities, labels=range(classes)), 7))

confidence, hit = probabilities.max(axis=1), labels == predicted
edges = np.linspace(0, 1, 16)
ece = 0.0
for low, high in zip(edges[:-1], edges[1:]):
    held = (confidence > low) & (confidence <= high)
    if held.any():
        ece += held.mean() * abs(hit[held].mean() - confidence[held].mean())
print("ece", round(ece, 7))

loss = lambda t: metrics.log_loss(labels, special.softmax(logits.astype(float) / t, axis=1), labels=range(classes))
best = optimize.minimize_scalar(loss, bounds=(0.05, 20), method="bounded", options={"xatol": 1e-9})
print("temperature", round(best.x, 5), "nll there", round(best.fun, 7))

order = np.argsort(-confidence)
kept = np.cumsum(hit[order]) / np.arange(1, count + 1)
for wanted in (0.6, 0.8):
    reach = np.nonzero(kept >= wanted)[0]
    k = reach.max()
    print("threshold for", wanted, round(confidence[order][k], 6), "coverage", (k + 1) / count, "accuracy", round(kept[k], 6))
