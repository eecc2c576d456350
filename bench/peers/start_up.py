"""From starting a program to its first answer: what goes into a [MASK]. The model's files are in memory already (page
cache), as they are the second time a program is used."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import results
import sides

HERE = Path(__file__).resolve().parent
TOLERANCE = 1e-4  # of the scores of the five best answers, relative to the best


def command_of(name, where, model, text):
    if name == "ours":
        return [str(where.build / "bin" / "mini_bert_predict"), "fill-mask", "--json", "--model", str(model), text]
    return [sys.executable, str(HERE / "first_answer.py"), name, str(model), str(where.work), text]


def first_answer(command, environment):
    """Milliseconds, and the JSON that was printed."""
    start = time.perf_counter()
    result = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    milliseconds = 1e3 * (time.perf_counter() - start)
    if result.returncode != 0:
        raise RuntimeError(f"{command[0]} failed: {result.stderr.strip().splitlines()[-1:]}")
    return milliseconds, json.loads(result.stdout)


def require_same(expected, found, name):
    scores = lambda answers: [answer["score"] for answer in answers]
    worst = max(abs(e - f) for e, f in zip(scores(expected), scores(found), strict=True)) / scores(expected)[0]
    same_token = expected[0]["token"] == found[0]["token"]
    if not same_token or not worst <= TOLERANCE:
        raise RuntimeError(f"answers of {name} differ: {found} instead of {expected}")
    return float(f"{worst:.2g}")


def measure(options, where, model, title, text="三国人物诸葛[MASK]"):
    names = options.sides or ["ours", "torch", "onnxruntime"]
    commands = {name: command_of(name, where, model, text) for name in names}
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("OPENBLAS_", "MKL_", "OMP_"))}
    environments = {name: dict(clean, **sides.environment(name, set(), where)) for name in names}
    answers = {name: first_answer(commands[name], environments[name])[1] for name in names}  # also warms the page cache
    check = {name: require_same(answers[names[0]], answers[name], name) for name in names}
    samples = {name: [] for name in names}
    for _ in range(options.rounds or 7):
        for name in names:
            samples[name].append(first_answer(commands[name], environments[name])[0])
    return {
        "title": title,
        "check": check,
        "sides": {name: {"ms": results.figures(samples[name])} for name in names},
    }
