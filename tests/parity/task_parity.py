#!/usr/bin/env python3
"""Trains every labelled task on a real data set, with mini_bert_train and with transformers' Trainer, and compares.

    python tests/parity/task_parity.py --data FOLDER --work FOLDER [--tasks waimai ...] [--seeds 1 2 3]

Both sides begin with the same model and read the same files with the same batch size, learning rate, schedule and number
of epochs; the order of the examples and the weights of the new head differ, so means over seeds are compared and the
spread is shown. With --same-start they do not: both sides begin with the head that transformers draws, and transformers
reads the texts in our order; then every seed can be compared. "ours" is what mini_bert_train reports, "read" what
transformers and the metrics of scikit-learn and seqeval make of the model it wrote: these two must agree. Every result is
kept in --work, so a second call goes on where the first stopped and one with everything at hand prints the table.

--data holds waimai/, thucnews-title/ and weibo-ner/ as they were published. Needs torch, transformers,
accelerate, scikit-learn and seqeval. All in one go it takes an hour or two on one thread; --threads sets more.
"""

import argparse
import json
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import task_data
from parity_testing import log_history, run, silence_transformers

POINTS = 1.0  # how far apart the means may be
SAME = "-same"  # behind the name of a side of --same-start


@dataclass
class Task:
    kind: str  # --task
    make: Callable
    read: Callable
    metric: str
    epochs: int
    learning_rate: float
    max_length: int = 128
    batch_size: int = 16
    doc_stride: int = 32
    suffix: str = ".csv"


TASKS = {
    "waimai": Task("classify", task_data.make_waimai, task_data.read_texts, "accuracy", 2, 3e-4),
    "thucnews-title": Task("classify", task_data.make_thucnews, task_data.read_texts, "accuracy", 2, 3e-4),
    "weibo-ner": Task("tag", task_data.make_weibo, task_data.read_weibo, "f1", 4, 5e-4, suffix=".conll"),
    "weibo-people": Task("answer", task_data.make_people, task_data.read_questions, "f1", 4, 5e-4, suffix=".json"),
}


def train_ours(task: Task, seed: int, arguments, model: Path, files: tuple, output: Path) -> float:
    command = [arguments.program, "--task", task.kind, "--model", model, "--overwrite", "--train", files[0]]
    command += ["--validation", files[1], "--output", output, "--epochs", task.epochs, "--seed", seed]
    command += ["--learning-rate", task.learning_rate, "--batch-size", task.batch_size, "--max-length", task.max_length]
    command += ["--eval-strategy", "no", "--precision", "f32", "--threads", arguments.threads]
    if task.kind == "answer":
        command += ["--doc-stride", task.doc_stride]
    run(*command)
    return 100 * [row for row in log_history(output) if "eval_loss" in row][-1]["eval_" + task.metric]


def run_one(name: str, seed: int, side: str, arguments) -> dict:
    import task_training  # torch takes seconds to load, and the table alone does not need it

    task_training.torch.set_num_threads(arguments.threads)
    silence_transformers()
    task = TASKS[name]
    files = tuple(Path(arguments.work) / f"{name}-{part}{task.suffix}" for part in ("train", "validation"))
    if not all(file.exists() for file in files):
        task.make(Path(arguments.data), *files)
    output = Path(arguments.work) / f"{name}-{side}-{seed}"
    result = {"task": name, "seed": seed, "side": side}
    model, trainer = Path(arguments.model), task_training.Trainer
    if arguments.same_start:
        model, trainer = Path(arguments.work) / f"{name}-begin-{seed}", task_training.TrainerInOurOrder
        if not model.exists():
            task_training.begin(task, task.read(files[0]), seed, Path(arguments.model), model)
    if side.startswith("ours"):
        result["reported"] = train_ours(task, seed, arguments, model, files, output)
    else:
        task_training.train(task, task.read(files[0]), seed, model, output, trainer)
    result["score"] = task_training.evaluate(task, task.read(files[1]), output)
    return result


def compare(name: str, results: dict, seeds: list, same_start: bool) -> tuple:
    """A row of the table, and what is wrong with it."""
    sides = [side + SAME * same_start for side in ("ours", "theirs")]
    ours, theirs = ([results[name, seed, side] for seed in seeds if (name, seed, side) in results] for side in sides)
    if not ours or not theirs:
        return None, f"{name}: no result yet"
    a, b = [row["score"] for row in ours], [row["score"] for row in theirs]
    means, spread = (statistics.mean(a), statistics.mean(b)), [max(x) - min(x) for x in (a, b)]
    off = max(abs(row["reported"] - row["score"]) for row in ours)
    cells = [name, TASKS[name].metric, *(", ".join(f"{score:.2f}" for score in x) for x in (a, b))]
    cells += [f"{means[0]:.2f} ± {spread[0] / 2:.2f}", f"{means[1]:.2f} ± {spread[1] / 2:.2f}"]
    cells += [f"{means[0] - means[1]:+.2f}", f"{off:.3f}"]
    problem = ""
    if abs(means[0] - means[1]) > POINTS:
        problem = f"{name}: the means are {abs(means[0] - means[1]):.2f} points apart"
    if off > 0.05:
        problem = f"{name}: mini_bert_train reports {off:.2f} points more or less than transformers finds"
    return "| " + " | ".join(cells) + " |", problem


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="build/release/bin/mini_bert_train")
    parser.add_argument("--model", default="models/mini-bert-zh")
    parser.add_argument("--data", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--tasks", nargs="+", choices=list(TASKS), default=list(TASKS))
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--sides", nargs="+", choices=["ours", "theirs"], default=["ours", "theirs"])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--same-start", action="store_true")
    arguments = parser.parse_args()
    kept = Path(arguments.work) / "results.jsonl"
    kept.parent.mkdir(parents=True, exist_ok=True)
    lines = kept.read_text(encoding="utf-8").splitlines() if kept.exists() else []
    results = {(row["task"], row["seed"], row["side"]): row for row in map(json.loads, lines)}
    for name in arguments.tasks:
        for seed in arguments.seeds:
            for side in (side + SAME * arguments.same_start for side in arguments.sides):
                if (name, seed, side) in results:
                    continue
                results[name, seed, side] = row = run_one(name, seed, side, arguments)
                with kept.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(row) + "\n")
    print("| data | metric | ours | transformers | mean, ± half the range | | apart | read apart |")
    print("|---|---|---|---|---|---|---|---|")
    problems = []
    for name in arguments.tasks:
        row, problem = compare(name, results, arguments.seeds, arguments.same_start)
        if row:
            print(row)
        problems += [problem] if problem else []
    print("\n".join(problems) or f"every mean within {POINTS} points")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
