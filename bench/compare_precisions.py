#!/usr/bin/env python3
"""Compares the answers of mini_bert_predict in bf16 and int8 with those in f32.

    cmake --build --preset release --target mini_bert_train mini_bert_predict
    bench/compare_precisions.py --data FOLDER --work FOLDER

For each labelled task and seed it trains a model with mini_bert_train, asks mini_bert_predict about texts that the model
has not seen, once in each precision, and scores the answers. The pretrained model also fills blanks and makes vectors of
texts. The table shows means over the seeds, in points of a hundred, and the difference from f32. "changed" is the share
of answers that differ from those in f32, in either direction. The script fails if a mean differs by more than --points.
Figures go to bench/results/precisions.json.

--data holds waimai/, thucnews-title/ and weibo-ner/ as they were published. --work keeps the trained models and all
scores, so a second call continues where the first stopped. Needs Python 3.10 and nothing else.
"""

import argparse
import json
import math
import statistics
import sys
from itertools import combinations
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
for folder in ("bench/peers", "bench/precisions", "tests/parity"):
    sys.path.insert(0, str(ROOT / folder))

import results
import tasks
from parity_testing import ProgramError, run

PRECISIONS = ("f32", "bf16", "int8")
BATCH_SIZE, MAX_LENGTH = 16, 128
BLANKS, VECTORS = 400, 200


def ask(options, model: Path, kind: str, precision: str, questions: list, *flags) -> list:
    """The answer to each question, a list of one or more objects or numbers."""
    lines = "".join(json.dumps({"id": i, **question}) + "\n" for i, question in enumerate(questions))
    command = [options.bin / "mini_bert_predict", kind, "--model", model, "--precision", precision, "--json"]
    output = run(*command, "--threads", options.threads, *flags, input=lines)
    rows = [json.loads(line) for line in output.split("\n") if line]
    wrong = next((row["error"] for row in rows if "error" in row), None)
    if wrong or [row["id"] for row in rows] != list(range(len(questions))):
        raise RuntimeError(f"{kind} in {precision}: {wrong or 'answers are missing'}")
    return [row["result"] if isinstance(row["result"], list) else [row["result"]] for row in rows]


def train(options, task, seed: int, data: Path, output: Path) -> None:
    if (output / "model.safetensors").exists():
        return
    command = [options.bin / "mini_bert_train", "--task", task.kind, "--model", options.model, "--train", data]
    command += ["--output", output, "--overwrite", "--epochs", task.epochs, "--learning-rate", task.learning_rate]
    command += ["--batch-size", BATCH_SIZE, "--max-length", MAX_LENGTH, "--seed", seed, "--precision", "f32"]
    run(*command, "--save-steps", 0, "--threads", options.threads, *task.flags)


def score_task(options, name: str, seed: int) -> dict:
    """Points and share of changed answers, of each precision."""
    task = tasks.TASKS[name]
    files = [options.work / f"{name}-{part}{task.suffix}" for part in ("train", "held-out")]
    if not all(file.exists() for file in files):
        task.make(options.data, *files)
    model = options.work / f"{name}-{seed}"
    train(options, task, seed, files[0], model)
    rows, shown, result = task.read(files[1]), {}, {"task": name, "seed": seed}
    for precision in PRECISIONS:
        flags = (*task.flags, *task.predict_flags)
        answers = ask(options, model, task.kind, precision, task.questions(rows), *flags)
        shown[precision] = [task.shown(answer) for answer in answers]
        changed = sum(a != b for a, b in zip(shown["f32"], shown[precision]))
        result[precision] = {"points": 100 * task.score(rows, answers), "changed": 100 * changed / len(rows)}
    return {**result, "questions": len(rows)}


def fill_blanks(options, titles: list) -> dict:
    """Share of blanks whose best word is that of f32, among those of the guard and of `titles`."""
    guard = (ROOT / "data" / "guard-zh.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in guard] + tasks.one_character_masked(titles)[:BLANKS]
    questions = [{"text": text} for text in texts]
    best = {}
    for precision in PRECISIONS:
        answers = ask(options, options.model, "fill-mask", precision, questions, "--top-k", 1)
        best[precision] = [json.dumps(tokens_of(answer)) for answer in answers]
    agreeing = {p: sum(a == b for a, b in zip(best["f32"], best[p])) for p in PRECISIONS[1:]}
    return {"texts": len(texts), **{p: 100 * count / len(texts) for p, count in agreeing.items()}}


def tokens_of(answer) -> list:
    """The tokens of an answer to one blank or to several."""
    return [answer["token"]] if isinstance(answer, dict) else [token for part in answer for token in tokens_of(part)]


def unit(vector: list) -> list:
    norm = math.sqrt(sum(x * x for x in vector))
    return [x / norm for x in vector]


def compare_vectors(options, titles: list) -> dict:
    """How far the cosines of pairs of texts move from those of f32: mean and largest."""
    questions = [{"text": text} for text in titles[:VECTORS]]
    cosines = {}
    for precision in PRECISIONS:
        vectors = [unit(v) for v in ask(options, options.model, "embed", precision, questions)]
        cosines[precision] = [sum(map(float.__mul__, a, b)) for a, b in combinations(vectors, 2)]
    result = {"texts": len(questions), "pairs": len(cosines["f32"])}
    for precision in PRECISIONS[1:]:
        moved = [abs(a - b) for a, b in zip(cosines["f32"], cosines[precision])]
        result[precision] = {"mean": statistics.mean(moved), "largest": max(moved)}
    return result


def summary(name: str, rows: list) -> dict:
    """Means over the seeds, and the difference from f32."""
    result = {"task": name, "metric": tasks.TASKS[name].metric, "questions": rows[0]["questions"], "seeds": len(rows)}
    base = statistics.mean(row["f32"]["points"] for row in rows)
    result["f32"] = round(base, 3)
    for precision in PRECISIONS[1:]:
        apart = [row[precision]["points"] - row["f32"]["points"] for row in rows]
        result[precision] = {
            "points": round(base + statistics.mean(apart), 3),
            "apart": round(statistics.mean(apart), 3),
            "apart_by_seed": [round(x, 3) for x in apart],
            "changed": round(statistics.mean(row[precision]["changed"] for row in rows), 3),
        }
    return result


def table(figures: dict) -> str:
    lines = ["| task | metric | questions | f32 | bf16 | apart | changed | int8 | apart | changed |"]
    lines += ["|---|---|---|---|---|---|---|---|---|---|"]
    for row in figures["tasks"]:
        cells = [row["task"], row["metric"], f"{row['questions']:,}", f"{row['f32']:.2f}"]
        for precision in PRECISIONS[1:]:
            side = row[precision]
            cells += [f"{side['points']:.2f}", f"{side['apart']:+.2f}", f"{side['changed']:.2f} %"]
        lines.append("| " + " | ".join(cells) + " |")
    blanks, vectors = figures["fill_mask"], figures["embed"]
    lines += ["", "| compared with f32 | bf16 | int8 |", "|---|---|---|"]
    cells = " | ".join(f"{blanks[p]:.1f} %" for p in PRECISIONS[1:])
    lines.append(f"| same best words, {blanks['texts']} texts | {cells} |")
    for what in ("mean", "largest"):
        cells = " | ".join(f"{vectors[p][what]:.1e}" for p in PRECISIONS[1:])
        lines.append(f"| {what} change of a cosine, {vectors['pairs']:,} pairs | {cells} |")
    return "\n".join(lines)


def scores_of(options) -> list:
    """One row for each task and seed, in this order."""
    kept = options.work / "precisions.jsonl"
    lines = kept.read_text(encoding="utf-8").splitlines() if kept.exists() else []
    known = {(row["task"], row["seed"]): row for row in map(json.loads, lines)}
    wanted = [(name, seed) for name in options.tasks for seed in options.seeds]
    for name, seed in wanted:
        if (name, seed) not in known:
            known[name, seed] = row = score_task(options, name, seed)
            points = "  ".join(f"{precision} {row[precision]['points']:.2f}" for precision in PRECISIONS)
            print(f"{name}, seed {seed}: {points}", file=sys.stderr)
            with kept.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
    return [known[key] for key in wanted]


def compare(options) -> int:
    options.work.mkdir(parents=True, exist_ok=True)
    rows = scores_of(options)
    titles_file = options.work / "titles.csv"
    tasks.TASKS["thucnews-title"].make(options.data, options.work / "titles-train.csv", titles_file)
    titles = [text for text, _ in tasks.TASKS["thucnews-title"].read(titles_file)]
    figures = {
        "seeds": options.seeds,
        "tasks": [summary(name, [row for row in rows if row["task"] == name]) for name in options.tasks],
        "fill_mask": fill_blanks(options, titles),
        "embed": compare_vectors(options, titles),
    }
    print(table(figures))
    print("  -> " + str(results.save(options.results, "precisions", figures)))
    problems = [
        f"{row['task']}: {precision} differs from f32 by {row[precision]['apart']:+.2f} points, allowed are {options.points}"
        for row in figures["tasks"]
        for precision in PRECISIONS[1:]
        if abs(row[precision]["apart"]) > options.points
    ]
    print("\n".join(problems) or f"every mean is within {options.points} points of f32")
    return 1 if problems else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=Path, default=ROOT / "build" / "release" / "bin", help="folder of the programs")
    parser.add_argument("--model", type=Path, default=ROOT / "models" / "mini-bert-zh")
    parser.add_argument("--data", type=Path, required=True, help="folder of the published sets")
    parser.add_argument("--work", type=Path, required=True, help="trained models and scores are kept here")
    parser.add_argument("--results", type=Path, default=ROOT / "bench" / "results")
    parser.add_argument("--tasks", nargs="+", choices=list(tasks.TASKS), default=list(tasks.TASKS))
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--threads", type=int, default=0, help="0: one for each processor")
    parser.add_argument("--points", type=float, default=0.3, help="how far a mean may be from f32")
    return compare(parser.parse_args())


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (ProgramError, RuntimeError, OSError) as error:
        sys.exit(f"compare_precisions.py: {error}")
