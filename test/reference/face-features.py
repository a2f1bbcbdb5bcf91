"""Writes test/reference/face-features.json: reference values for src/face/{lbp,gabor,mapped-lbp}.ts, made with NumPy and SciPy alone.

Run once: python3 test/reference/face-features.py   (Debian: python3-numpy python3-scipy)
"""
import json
import pathlib

import numpy as np
import scipy.ndimage as ndimage
from scipy.optimize import linear_sum_assignment

# A smooth picture with noise, 24 wide and 20 high, whole levels; equal neighbours occur.
rows, columns = np.mgrid[0:20, 0:24]
image = np.clip(
    np.rint(128 + 60 * np.sin(columns / 3.0) * np.cos(rows / 4.0) + 10 * ((rows * 31 + columns * 17) % 5)), 0, 255
).astype(float)
image[4:8, 4:8] = 90


def lbp(levels, radius):
    """scikit-image's local_binary_pattern(method='default'), by its definition, with the edge continued."""
    codes = np.zeros(levels.shape, int)
    for point in range(8):
        dy = round(-radius * np.sin(2 * np.pi * point / 8), 5)
        dx = round(radius * np.cos(2 * np.pi * point / 8), 5)
        at = ndimage.map_coordinates(levels, [rows + dy, columns + dx], order=1, mode="nearest")
        codes |= (at >= levels - 1e-4).astype(int) << point
    return codes


def gabor(levels, wavelength, turn, orientations, points):
    """The whole kernel in two dimensions, applied at each point by one sum."""
    deviation = 0.56 * wavelength
    reach = int(np.ceil(3 * deviation))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    bell = np.exp(-(x**2 + y**2) / (2 * deviation**2))
    bell /= bell.sum()
    angle = np.pi * turn / orientations
    kernel = bell * np.exp(2j * np.pi * (x * np.cos(angle) + y * np.sin(angle)) / wavelength)
    kernel -= bell * kernel.sum().real
    wide = np.pad(levels, reach, mode="edge")
    height, width = levels.shape
    out = []
    for py in (int((i + 0.5) * height / points) for i in range(points)):
        for px in (int((i + 0.5) * width / points) for i in range(points)):
            out.append(abs((wide[py : py + 2 * reach + 1, px : px + 2 * reach + 1] * kernel).sum()))
    return out


def around(a, b):
    apart = abs(a - b)
    return min(apart, 8 - apart)


def distance(a, b):
    few, many = sorted(([i for i in range(8) if c >> i & 1] for c in (a, b)), key=len)
    if not many:
        return 0.0
    costs = [[around(i, j) for j in many] for i in few] + [[4] * len(many)] * (len(many) - len(few))
    return float(np.array(costs)[linear_sum_assignment(np.array(costs))].sum())


distances = np.array([[distance(a, b) for b in range(256)] for a in range(256)])
centring = np.eye(256) - 1 / 256
values, vectors = np.linalg.eigh(-0.5 * centring @ distances**2 @ centring)
places = vectors[:, ::-1][:, :3] * np.sqrt(values[::-1][:3])
between = np.sqrt(((places[:, None] - places[None]) ** 2).sum(2))

uniform = [c for c in range(256) if bin(c ^ (((c << 1) | (c >> 7)) & 255)).count("1") <= 2]
reference = {
    "image": {"width": 24, "height": 20, "data": [int(v) for v in image.ravel()]},
    "lbp1": [int(v) for v in lbp(image, 1).ravel()],
    "lbp2": [int(v) for v in lbp(image, 2).ravel()],
    "uniform": uniform,
    "gabor4of3": [round(v, 6) for v in gabor(image, 4.0, 1, 3, 3)],
    "gabor7of4": [round(v, 6) for v in gabor(image, 7.0, 3, 4, 3)],
    "distancesFrom29": [distances[29, b] for b in range(256)],
    "distanceSum": distances.sum(),
    "mappedFrom29": [round(v, 6) for v in between[29]],
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(reference) + "\n")
