"""Reference values for src/graph: five training steps of a small network in PyTorch, in double precision.

Run once with Debian's python3-torch: python3 test/reference/training_step.py > src/graph/fixtures/training-steps.json
"""
import json
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
SHAPES = [("a.weight", (6, 2, 3, 3)), ("b.weight", (6, 6, 3, 3)), ("c.weight", (8, 6, 3, 3)), ("d.weight", (5, 8)),
          ("a.norm.gain", (6,)), ("a.norm.offset", (6,)), ("b.norm.gain", (6,)), ("b.norm.offset", (6,)), ("c.bias", (8,)), ("d.bias", (5,))]
DECAYING = 4


def wave(count, step, size):
    return size * torch.sin(torch.arange(count, dtype=torch.float64) * step + 0.3)


def run(kind):
    total = sum(torch.Size(s).numel() for _, s in SHAPES)
    flat, at, p = wave(total, 1.7, 0.3), 0, {}
    for name, shape in SHAPES:
        n = torch.Size(shape).numel()
        p[name] = flat[at:at + n].reshape(shape).clone().requires_grad_()
        at += n
    x = wave(4 * 2 * 8 * 8, 0.37, 1.0).reshape(4, 2, 8, 8)
    t = (wave(20, 2.1, 1.0) + 1.01).reshape(4, 5)
    t = t / t.sum(1, keepdim=True)
    values = list(p.values())
    groups = [{"params": values[:DECAYING], "weight_decay": 0.01}, {"params": values[DECAYING:], "weight_decay": 0.0}]
    optimizer = torch.optim.SGD(groups, 0.05, momentum=0.9, nesterov=True) if kind == "sgd" else torch.optim.AdamW(groups, 0.01, betas=(0.9, 0.999), eps=1e-8)
    average = [v.detach().clone() for v in values]
    running = {n: (torch.zeros(6), torch.ones(6)) for n in "ab"}

    def norm(y, n):
        mean, variance = y.mean((0, 2, 3)), y.var((0, 2, 3), unbiased=False)
        m, v = running[n]
        running[n] = (m + 0.1 * (mean.detach() - m), v + 0.1 * (variance.detach() - v))
        c = lambda z: z.reshape(1, -1, 1, 1)
        return (y - c(mean)) / torch.sqrt(c(variance) + 1e-3) * c(p[n + ".norm.gain"]) + c(p[n + ".norm.offset"])

    losses, first = [], None
    for step in range(5):
        y = F.relu(norm(F.conv2d(x, p["a.weight"], padding=1), "a"))
        y = F.relu(norm(F.conv2d(y, p["b.weight"], padding=1), "b") + y)
        y = F.relu(F.conv2d(y, p["c.weight"], p["c.bias"], stride=2, padding=1))
        y = F.max_pool2d(y, 2).mean((2, 3))
        z = F.linear(y, p["d.weight"], p["d.bias"])
        loss = -(t * F.log_softmax(z, 1)).sum() / 4
        optimizer.zero_grad()
        loss.backward()
        if first is None:
            first = torch.cat([v.grad.reshape(-1) for v in values])
        torch.nn.utils.clip_grad_norm_(values, 0.5)
        optimizer.step()
        losses.append(loss.item())
        for a, v in zip(average, values):
            a += 0.2 * (v.detach() - a)
    flat = lambda vs: torch.cat([v.detach().reshape(-1) for v in vs])[::13]
    r = lambda v: [float(f"{q:.8g}") for q in v.tolist()]
    statistics = torch.cat([torch.cat(running[n]) for n in "ab"])
    return {"losses": r(torch.tensor(losses)), "firstGradient": r(first[::13]), "parameters": r(flat(values)), "average": r(flat(average)), "statistics": r(statistics)}


print(json.dumps({kind: run(kind) for kind in ("sgd", "adamw")}))
