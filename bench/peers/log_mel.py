"""NumPy's contender of bench/audio.ts: log_mel.py SECONDS REPEATS prints the processor time of its runs."""
import json
import sys
import time

try:
    import numpy as np
except ImportError:
    print(json.dumps({"skipped": "python3-numpy is not installed"}))
    sys.exit()

RATE, SIZE, HOP, BANDS = 16000, 512, 256, 128
seconds, repeats = int(sys.argv[1]), int(sys.argv[2])
sound = (np.random.default_rng(1).standard_normal(seconds * RATE) * 0.1).astype(np.float32)
mel = np.linspace(0, 15 + 27 * np.log(RATE / 2 / 1000) / np.log(6.4), BANDS + 2)
edges = np.where(mel < 15, mel * 200 / 3, 1000 * np.exp(np.log(6.4) / 27 * (mel - 15)))
bins = np.fft.rfftfreq(SIZE, 1 / RATE)
bank = np.array([np.interp(bins, edges[i : i + 3], [0, 1, 0], 0, 0) * 2 / (edges[i + 2] - edges[i]) for i in range(BANDS)])
bank = bank.astype(np.float32)
window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(SIZE) / SIZE)).astype(np.float32)


def run():
    padded = np.pad(sound, SIZE // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, SIZE)[::HOP]
    power = np.abs(np.fft.rfft(frames * window, axis=1).astype(np.complex64)) ** 2
    decibels = 10 * np.log10(np.maximum(1e-10, power @ bank.T))
    return np.maximum(decibels, decibels.max() - 80)


run()
times = []
for _ in range(repeats):
    start = time.process_time()
    run()
    times.append((time.process_time() - start) * 1000)
print(json.dumps({"processor": sorted(times)[len(times) // 2]}))
