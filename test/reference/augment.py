"""Reference values for training/augment.test.ts, from SciPy: python3 test/reference/augment.py"""
import numpy as np
from scipy import integrate, ndimage, stats

y, x = np.mgrid[0:48, 0:48]
picture = ((x * 5 + y * 3 + (x * y) % 17 * 4) % 256).astype(float)

size, turn, scale, shift_x, shift_y = 32, np.deg2rad(10), 0.9, 0.08 * 48, -0.02 * 48
v, u = np.mgrid[0:size, 0:size] - (size - 1) / 2
u = -u  # mirrored
step = 48 / size / scale
source_x = 23.5 + shift_x + step * (np.cos(turn) * u - np.sin(turn) * v)
source_y = 23.5 + shift_y + step * (np.sin(turn) * u + np.cos(turn) * v)
out = ndimage.map_coordinates(picture, [source_y, source_x], order=1, mode="nearest")
print("corners", [round(out[i, j], 4) for i, j in [(0, 0), (0, 31), (31, 0), (31, 31)]])
print("inside", [round(out[i, j], 4) for i, j in [(5, 7), (16, 16), (20, 3), (27, 30)]])
print("mean", round(out.mean(), 4))

for alpha in (0.2, 1.0, 3.0):
    beta = stats.beta(alpha, alpha)
    mean = 2 * integrate.quad(lambda t: t * beta.pdf(t), 0.5, 1, limit=500)[0]
    print("mean of max(share, 1 - share), alpha", alpha, round(mean, 4))
