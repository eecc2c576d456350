"""Writes schedules.json: the learning rates of every schedule of transformers, as factors on the peak.

    python tests/golden/make_schedules.py
"""

import json
import pathlib

import torch
from transformers import get_scheduler

PEAK = 5e-4
CASES = [
    ("linear", {}),
    ("cosine", {}),
    ("cosine", {"num_cycles": 1.5}),
    ("constant", {}),
    ("constant_with_warmup", {}),
    ("cosine_with_restarts", {}),
    ("cosine_with_restarts", {"num_cycles": 3}),
    ("polynomial", {}),
    ("polynomial", {"power": 2.0, "lr_end": 1e-5}),
    ("inverse_sqrt", {}),
    ("inverse_sqrt", {"timescale": 7}),
    ("cosine_with_min_lr", {"min_lr_rate": 0.1}),
    ("cosine_with_min_lr", {"min_lr": 1e-4, "num_cycles": 0.75}),
    ("cosine_warmup_with_min_lr", {"min_lr_rate": 0.1}),
    ("cosine_warmup_with_min_lr", {"min_lr": 1e-4, "warmup_lr_rate": 0.2}),
    ("warmup_stable_decay", {"num_decay_steps": 5}),
    ("warmup_stable_decay", {"num_decay_steps": 4, "num_stable_steps": 3, "min_lr_ratio": 0.1, "decay_type": "linear"}),
    ("warmup_stable_decay", {"num_decay_steps": 6, "warmup_type": "cosine", "decay_type": "1-sqrt"}),
    ("warmup_stable_decay", {"num_decay_steps": 6, "warmup_type": "1-sqrt", "num_cycles": 1.0, "min_lr_ratio": 0.2}),
]


def factors(name, options, warmup, total):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=PEAK)
    scheduler = get_scheduler(name, optimizer, warmup, total, options or None)
    return [scheduler.lr_lambdas[0](step) for step in range(total)]


rows = []
for name, options in CASES:
    for warmup, total in [(0, 12), (3, 17), (5, 20)]:
        rows.append({"schedule": name, "options": options, "peak": PEAK, "warmup": warmup, "total": total,
                     "factors": factors(name, options, warmup, total)})
lines = ",\n".join(json.dumps(row) for row in rows)
pathlib.Path(__file__).with_name("schedules.json").write_text(f"[\n{lines}\n]\n")
