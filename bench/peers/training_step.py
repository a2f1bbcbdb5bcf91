"""PyTorch's training step of the same two networks, same batch, one thread: python3 training_step.py RECIPE BATCH STEPS

Prints one line of JSON as bench/measure/training-step.ts does.
"""
import json
import resource
import sys
import time

try:
    import torch
    from torch import nn
    from torch.nn import functional as F
except ImportError:
    print(json.dumps({"skipped": "PyTorch is not installed here (Debian: apt-get install python3-torch)."}))
    sys.exit(0)

CLASSES, VOTES = 7, 10
RECIPE, BATCH, STEPS = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])


class Block(nn.Module):
    """Two 3x3 convolutions beside a shortcut, as residualBlock in training/recipes/networks.ts."""

    def __init__(self, channels, filters, stride):
        super().__init__()
        self.a = nn.Conv2d(channels, filters, 3, stride, 1, bias=False)
        self.a_norm = nn.BatchNorm2d(filters, eps=1e-3)
        self.b = nn.Conv2d(filters, filters, 3, 1, 1, bias=False)
        self.b_norm = nn.BatchNorm2d(filters, eps=1e-3)
        self.same = stride == 1 and channels == filters
        if not self.same:
            self.shortcut = nn.Conv2d(channels, filters, 1, stride, bias=False)
            self.shortcut_norm = nn.BatchNorm2d(filters, eps=1e-3)

    def forward(self, x):
        branch = self.b_norm(self.b(F.relu(self.a_norm(self.a(x)))))
        shortcut = x if self.same else self.shortcut_norm(self.shortcut(x))
        return F.relu(branch + shortcut)


class Compact(nn.Module):
    """The recipe `compact`: widths 32, 64, 128, 256, one block a stage, a second head for the votes."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 32, 3, 1, 1, bias=False)
        self.stem_norm = nn.BatchNorm2d(32, eps=1e-3)
        self.stages = nn.Sequential(Block(32, 64, 2), Block(64, 128, 2), Block(128, 256, 2))
        self.dropout = nn.Dropout(0.2)
        self.classifier = nn.Linear(256, CLASSES)
        self.auxiliary = nn.Linear(256, VOTES)

    def forward(self, x):
        x = F.relu(self.stem_norm(self.stem((x - 129.5) / 65)))
        x = self.dropout(self.stages(x).mean(dim=(2, 3)))
        return self.classifier(x), self.auxiliary(x)


class Paper(nn.Module):
    """The recipe `table1-7x7`: four 7x7 convolutions without padding, two poolings, two dense layers."""

    def __init__(self):
        super().__init__()
        sizes = [1, 64, 128, 256, 256]
        self.convolutions = nn.ModuleList(nn.Conv2d(sizes[i], sizes[i + 1], 7) for i in range(4))
        self.dense1 = nn.Linear(256 * 3 * 3, 512)
        self.dropout = nn.Dropout(0.5)
        self.dense2 = nn.Linear(512, CLASSES)

    def forward(self, x):
        x = (x - 129.5) / 65
        for i, convolution in enumerate(self.convolutions):
            x = F.relu(convolution(x))
            if i % 2 == 1:
                x = F.max_pool2d(x, 2)
        x = self.dropout(F.relu(self.dense1(x.flatten(1))))
        return self.dense2(x), None


def cross_entropy(logits, targets):
    return -(targets * F.log_softmax(logits, dim=1)).sum(dim=1).mean()


torch.set_num_threads(1)
torch.manual_seed(1)
network = {"compact": Compact, "table1-7x7": Paper}[RECIPE]().train()
# Weights decay, biases and normalisation do not.
decaying = [p for p in network.parameters() if p.dim() > 1]
others = [p for p in network.parameters() if p.dim() <= 1]
optimizer = torch.optim.SGD(
    [{"params": decaying, "weight_decay": 5e-4}, {"params": others, "weight_decay": 0.0}],
    lr=0.01,
    momentum=0.9,
    nesterov=True,
)
parameters = decaying + others
average = [p.detach().clone() for p in parameters]
pictures = torch.randint(0, 256, (BATCH, 1, 48, 48)).float()
targets = F.one_hot(torch.arange(BATCH) % CLASSES, CLASSES).float()
votes = torch.full((BATCH, VOTES), 1 / VOTES)


def step():
    optimizer.zero_grad()
    logits, auxiliary = network(pictures)
    loss = cross_entropy(logits, targets)
    if auxiliary is not None:
        loss = loss + cross_entropy(auxiliary, votes)
    loss.backward()
    optimizer.step()
    with torch.no_grad():
        for mean, parameter in zip(average, parameters):
            mean.lerp_(parameter, 0.001)
    return loss.item()


step()
times = []
for _ in range(STEPS):
    clock, processor = time.perf_counter(), time.process_time()
    loss = step()
    times.append({"clock": 1e3 * (time.perf_counter() - clock), "processor": 1e3 * (time.process_time() - processor)})
print(
    json.dumps(
        {
            "version": f"PyTorch {torch.__version__}",
            "parameterCount": sum(p.numel() for p in parameters),
            "loss": loss,
            "times": times,
            "peakBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        }
    )
)
