"""Makes svm.json: what LIBSVM, LIBLINEAR and SciPy say of a small data set, for the tests in src/svm.

Run: python3 test/reference/svm.py > test/reference/svm.json
Needs svm-train, svm-predict (Debian libsvm-tools), liblinear-train, liblinear-predict (Debian liblinear-tools), SciPy.
"""
import json
import os
import random
import subprocess
import tempfile

import numpy as np
from scipy.optimize import minimize

LABELS = [3, -1, 2]
COLUMNS = 9
rng = random.Random(7)
centers = {label: [rng.gauss(0, 0.8) for _ in range(COLUMNS)] for label in LABELS}


def make_rows(count):
    lines = []
    for i in range(count):
        label = LABELS[i % 3] if i < 3 else rng.choice(LABELS)
        pairs = [
            f"{c + 1}:{round(centers[label][c] + rng.gauss(0, 1), 3)}" for c in range(COLUMNS) if rng.random() < 0.6
        ]
        lines.append(" ".join([str(label), *pairs]))
    return "\n".join(lines) + "\n"


folder = tempfile.mkdtemp()
path = lambda name: os.path.join(folder, name)
train, test = make_rows(48), make_rows(20)
binary = "".join(f"{1 if line[0] == '3' else -1}{line[line.index(' '):]}\n" for line in train.splitlines()[::-1])
for name, text in [("train", train), ("test", test), ("binary", binary)]:
    with open(path(name), "w") as file:
        file.write(text)


def run(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def svm(options, data="train", probability=False):
    """The printed objective of each pair, the model's text, and the predictions for the test rows."""
    said = run("svm-train", *options.split(), path(data), path("model"))
    run("svm-predict", *(["-b", "1"] if probability else []), path("test"), path("model"), path("out"))
    model = open(path("model")).read()
    head = dict(line.split(" ", 1) for line in model.split("SV\n")[0].splitlines())
    out = open(path("out")).read().split("\n")[:-1]
    result = {
        "options": options,
        "data": data,
        "objectives": [float(line.split()[2].rstrip(",")) for line in said.splitlines() if line.startswith("obj")],
        "labels": [int(x) for x in head["label"].split()],
        "supportCounts": [int(x) for x in head["nr_sv"].split()],
        "rho": [float(x) for x in head["rho"].split()],
    }
    if probability:
        result["model"] = model
        result["probabilities"] = [[float(x) for x in line.split()[1:]] for line in out[1:]]
        result["predicted"] = [int(line.split()[0]) for line in out[1:]]
    else:
        result["predicted"] = [int(x) for x in out]
    return result


def linear(options, data="train"):
    said = run("liblinear-train", *options.split(), "-e", "1e-9", path(data), path("model"))
    assert "WARNING" not in said, "not converged: choose a smaller C"
    run("liblinear-predict", path("test"), path("model"), path("out"))
    lines = open(path("model")).read().splitlines()
    return {
        "options": options,
        "data": data,
        "labels": [int(x) for x in lines[2].split()[1:]],
        "weights": [[round(float(x), 7) for x in line.split()] for line in lines[6:]],
        "predicted": [int(x) for x in open(path("out")).read().split()],
    }


def sigmoid():
    decisions = [round(rng.gauss(0.3, 1.5), 3) for _ in range(25)]
    signs = [1 if d + rng.gauss(0, 1) > 0 else -1 for d in decisions]
    d, s = np.array(decisions), np.array(signs)
    up, down = (s > 0).sum(), (s < 0).sum()
    t = np.where(s > 0, (up + 1) / (up + 2), 1 / (down + 2))
    loss = lambda x: np.sum(np.logaddexp(0, x[0] * d + x[1]) - (1 - t) * (x[0] * d + x[1]))
    a, b = minimize(loss, [0, 0], tol=1e-14).x
    return {"decisions": decisions, "signs": signs, "a": round(a, 6), "b": round(b, 6)}


def coupling():
    k = 4
    r = np.full((k, k), 0.5)
    for i in range(k):
        for j in range(i):
            r[i, j] = round(rng.uniform(0.1, 0.9), 2)
            r[j, i] = 1 - r[i, j]
    q = -r.T * r
    for i in range(k):
        q[i, i] = sum(r[j, i] ** 2 for j in range(k) if j != i)
    system = np.block([[q, np.ones((k, 1))], [np.ones((1, k)), np.zeros((1, 1))]])
    p = np.linalg.solve(system, [0] * k + [1])[:k]
    return {"pairwise": [round(x, 2) for x in r.flatten()], "probabilities": [round(x, 6) for x in p]}


print(
    json.dumps(
        {
            "train": train,
            "test": test,
            "binary": binary,
            "svc": [
                svm("-t 0"),
                svm("-t 2 -g 0.1 -c 10"),
                svm("-t 2 -g 0.5 -h 0 -w2 3 -w-1 0.5"),
                svm("-t 1 -g 0.2 -r 1 -d 2 -c 2"),
                svm("-t 3 -g 0.05 -r -0.5"),
                svm("-t 2 -g 0.1 -c 0.1 -e 0.00001", "binary"),
            ],
            "probability": svm("-t 2 -g 0.1 -b 1", probability=True),
            "linear": [
                linear("-s 1 -c 0.1"),
                linear("-s 3 -c 0.5 -B 1"),
                linear("-s 1 -c 0.02 -w2 4 -B 2"),
                linear("-s 3 -w1 3 -w-1 0.5", "binary"),
            ],
            "sigmoid": sigmoid(),
            "coupling": coupling(),
        },
        separators=(",", ":"),
    )
)
