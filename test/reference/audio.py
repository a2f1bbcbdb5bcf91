"""Writes test/reference/audio.json: reference values for src/audio, made with NumPy and SciPy alone.

Each function below is written from the definition that librosa 0.10 documents for the function it names
(librosa itself is not used), with 'reflect' padding unless said otherwise.
Run once: python3 test/reference/audio.py   (Debian: python3-numpy python3-scipy)
"""
import json
import pathlib

import numpy as np
import scipy.fft
import scipy.signal

RATE = 16000


def make_sound(count):
    """Whole 16-bit levels out of a formula that the test repeats exactly: a gliding tone, an overtone and noise."""
    n = np.arange(count, dtype=np.int64)
    noise = ((n * 1103515245 + 12345) // 65536) % 2001 - 1000
    ramp = (n * n // 40) % 16000 - 8000
    square = np.where((n // 37) % 2 == 0, 5000, -5000)
    return ((ramp + square + noise) / 32768).astype(np.float32)


def pad(y, size, mode):
    return np.pad(y.astype(float), size // 2, mode=mode)


def frames(y, size, hop):
    """librosa.util.frame"""
    return np.lib.stride_tricks.sliding_window_view(y, size)[::hop]


def stft(y, size, hop, mode="reflect"):
    """librosa.stft, transposed: [frames, bins]"""
    window = scipy.signal.get_window("hann", size, fftbins=True)
    return np.fft.rfft(frames(pad(y, size, mode), size, hop) * window, axis=1)


def hz_to_mel(f):
    """librosa.hz_to_mel, Slaney's Auditory Toolbox"""
    f = np.asarray(f, float)
    return np.where(f < 1000, f * 3 / 200, 15 + 27 * np.log(np.maximum(f, 1) / 1000) / np.log(6.4))


def mel_to_hz(m):
    return np.where(m < 15, m * 200 / 3, 1000 * np.exp(np.log(6.4) / 27 * (m - 15)))


def filterbank(rate, size, bands, htk=False, low=0, high=None):
    """librosa.filters.mel(sr, n_fft, n_mels, fmin, fmax, norm='slaney')"""
    high = rate / 2 if high is None else high
    if htk:
        ends = 2595 * np.log10(1 + np.array([low, high]) / 700)
        edges = 700 * (10 ** (np.linspace(*ends, bands + 2) / 2595) - 1)
    else:
        edges = mel_to_hz(np.linspace(hz_to_mel(low), hz_to_mel(high), bands + 2))
    bins = np.fft.rfftfreq(size, 1 / rate)
    rows = []
    for low, middle, high in zip(edges, edges[1:], edges[2:]):
        # A triangle through three points, scaled to unit area.
        rows.append(np.interp(bins, [low, middle, high], [0, 1, 0], left=0, right=0) * 2 / (high - low))
    return np.array(rows)


def mel_power(y, rate, size, hop, bands, mode="reflect"):
    """librosa.feature.melspectrogram(power=2)"""
    return np.abs(stft(y, size, hop, mode)) ** 2 @ filterbank(rate, size, bands).T


def to_db(power, top_db=80):
    """librosa.power_to_db(ref=1, amin=1e-10)"""
    db = 10 * np.log10(np.maximum(1e-10, power))
    return np.maximum(db, db.max() - top_db)


def mfcc(y, rate, size, hop, bands, count):
    """librosa.feature.mfcc(dct_type=2, norm='ortho')"""
    return scipy.fft.dct(to_db(mel_power(y, rate, size, hop, bands)), type=2, norm="ortho", axis=1)[:, :count]


def delta(data, order=1):
    """librosa.feature.delta(width=9, mode='interp')"""
    return scipy.signal.savgol_filter(data, 9, polyorder=order, deriv=order, axis=0, mode="interp")


def shape(y, rate, size, hop):
    """librosa.feature.spectral_centroid, spectral_bandwidth(p=2), spectral_rolloff(roll_percent=0.85)"""
    magnitude = np.abs(stft(y, size, hop))
    bins = np.fft.rfftfreq(size, 1 / rate)
    share = magnitude / magnitude.sum(axis=1, keepdims=True)
    centroid = share @ bins
    bandwidth = np.sqrt((share * (bins[None, :] - centroid[:, None]) ** 2).sum(axis=1))
    rolloff = bins[(np.cumsum(share, axis=1) >= 0.85).argmax(axis=1)]
    return np.stack([centroid, bandwidth, rolloff], axis=1)


def rms(y, size, hop):
    """librosa.feature.rms, zeros at the ends"""
    return np.sqrt((frames(pad(y, size, "constant"), size, hop) ** 2).mean(axis=1))


def zero_crossing_rate(y, size, hop):
    """librosa.feature.zero_crossing_rate, edges repeated"""
    signs = np.signbit(np.where(np.abs(y) <= 1e-10, 0, pad(y, size, "edge")[size // 2 : -(size // 2)]))
    signs = np.pad(signs, size // 2, mode="edge")
    cut = frames(signs, size, hop)
    return (cut[:, 1:] != cut[:, :-1]).sum(axis=1) / size




def save(values):
    values = np.asarray(values, float)
    return {"shape": list(values.shape), "data": [float(f"{v:.9g}") for v in values.ravel()]}


def pick(values, rows):
    return save(np.asarray(values)[rows])


y = make_sound(6000)
paper = make_sound(80000)
spectrum = stft(y, 512, 256)
summary = []
for column in [rms(paper, 2048, 512)[:, None], shape(paper, RATE, 2048, 512), zero_crossing_rate(paper, 2048, 512)[:, None]]:
    summary += [v for c in column.T for v in (c.mean(), c.var())]
for c in mfcc(paper, RATE, 2048, 512, 128, 20).T:
    summary += [c.mean(), c.var()]

reference = {
    "sound": save(y[:20]),
    "hann": save(scipy.signal.get_window("hann", 16, fftbins=True)),
    "rfft": save(np.stack([np.fft.rfft(y[:64].astype(float)).real, np.fft.rfft(y[:64].astype(float)).imag])),
    "stftReal": pick(spectrum.real, [0, 1, 11, 22, 23]),
    "stftImaginary": pick(spectrum.imag, [0, 1, 11, 22, 23]),
    "powerConstant": pick(np.abs(stft(y, 512, 256, "constant")) ** 2, [0, 1, 23]),
    "melBank": pick(filterbank(RATE, 512, 128), [0, 1, 40, 80, 127]),
    "melBankHtk": pick(filterbank(RATE, 512, 40, htk=True), [0, 20, 39]),
    "melBankVoice": pick(filterbank(RATE, 1024, 64, low=50), [0, 20, 63]),
    "melBankDigits": pick(filterbank(RATE, 512, 40, low=60, high=4000), [0, 20, 39]),
    "mel": pick(mel_power(y, RATE, 512, 256, 128), [0, 5, 23]),
    "logMelPaper": pick(to_db(mel_power(paper, RATE, 512, 256, 128)), [0, 1, 156, 311, 312]),
    "logMelTop20": pick(to_db(mel_power(y, RATE, 512, 256, 128), 20), [0, 7]),
    "mfcc": save(mfcc(y, RATE, 2048, 512, 128, 20)),
    "delta": save(delta(mfcc(y, RATE, 2048, 512, 128, 20))),
    "delta2": save(delta(mfcc(y, RATE, 2048, 512, 128, 20), 2)),
    "shape": save(shape(y, RATE, 2048, 512)),
    "rms": save(rms(y, 2048, 512)[:, None]),
    "zeroCrossingRate": save(zero_crossing_rate(y, 2048, 512)[:, None]),
    "summary": save(summary),
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(reference) + "\n")
