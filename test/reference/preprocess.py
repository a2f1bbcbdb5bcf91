"""Writes test/reference/preprocess.json: reference values for src/face/preprocess.ts, made with NumPy and SciPy alone.

Run once: python3 test/reference/preprocess.py   (Debian: python3-numpy python3-scipy)
"""
import json
import pathlib

import numpy as np
import scipy.ndimage as ndimage

# A small picture with a gradient, a bright spot, repeated levels and noise: 9 wide, 7 high, whole levels.
rows, columns = np.mgrid[0:7, 0:9]
image = (20 + 12 * columns + 7 * rows + 5 * ((rows * 31 + columns * 17) % 7)).astype(float)
image[2, 3] = 250
image[5, 6:8] = 3


def equalize(levels):
    """OpenCV's equalizeHist, by its definition: the cumulative histogram without the darkest level, scaled to 255."""
    histogram = np.bincount(levels.astype(int).ravel(), minlength=256)
    darkest = np.flatnonzero(histogram)[0]
    cumulative = np.cumsum(histogram) - histogram[darkest]
    table = np.rint(cumulative * 255.0 / (levels.size - histogram[darkest]))
    return table[levels.astype(int)]


def stretch(levels, low, high):
    bottom, top = np.percentile(levels, [low, high])
    return np.clip((levels - bottom) * 255 / (top - bottom), 0, 255)


def homomorphic(levels, low_gain, high_gain, cutoff):
    height, width = levels.shape
    v = np.fft.fftfreq(height)[:, None] * height
    u = np.fft.fftfreq(width)[None, :] * width
    gain = (high_gain - low_gain) * (1 - np.exp(-(u**2 + v**2) / cutoff**2)) + low_gain
    return np.clip(np.expm1(np.real(np.fft.ifft2(np.fft.fft2(np.log1p(levels)) * gain))), 0, 255)


def bilinear(levels, width, height):
    zoom = (height / levels.shape[0], width / levels.shape[1])
    return ndimage.zoom(levels, zoom, order=1, mode="nearest", grid_mode=True)


def nearest(levels, width, height):
    y = np.floor((np.arange(height) + 0.5) * levels.shape[0] / height).astype(int)
    x = np.floor((np.arange(width) + 0.5) * levels.shape[1] / width).astype(int)
    return levels[np.ix_(y, x)]


def case(values):
    return {"width": values.shape[1], "height": values.shape[0], "data": [round(float(v), 6) for v in values.ravel()]}


reference = {
    "image": case(image),
    "equalizeHistogram": case(equalize(image)),
    "medianFilter3": case(ndimage.median_filter(image, 3, mode="nearest")),
    "medianFilter5": case(ndimage.median_filter(image, 5, mode="nearest")),
    "stretchGray": case(stretch(image, 0, 100)),
    "stretchGray5to90": case(stretch(image, 5, 90)),
    "homomorphicFilter": case(homomorphic(image, 0.5, 1.5, 10)),
    "homomorphicFilterCutoff2": case(homomorphic(image, 0.3, 1.2, 2)),
    "resizeNearest13x4": case(nearest(image, 13, 4)),
    "resizeBilinear13x4": case(bilinear(image, 13, 4)),
    "resizeBilinear20x21": case(bilinear(image, 20, 21)),
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(reference) + "\n")
