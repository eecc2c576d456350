#!/usr/bin/env python3
"""Measures how many epochs how many lines need, and prints the table of docs/zh/5-my-words.md. Needs Python 3.9 only.

    docs/zh/measure_lines.py [--bin DIR] [--model DIR] [--lines 10,30,…] [--epochs 5,10,…] [--threads N] [ARGUMENT …]

The facts are made up from a seed: 林小舟's cat is called 小橙. Three lines say each fact, in three ways. After training
the model is asked in the words of such a line ("same"), and in words that no line has ("other"). It is also asked the
questions of data/guard-zh.jsonl, which have nothing to do with the facts ("guard"). A question counts as right if its
answer comes first. All questions are asked as one --guard, so training is not disturbed. ARGUMENTs after "--" are given
to mini_bert_train, for example: -- --anchor 30.
"""

import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SURNAMES = "林周陈许何沈韩杨朱秦吕施张孔严华金魏陶姜"
GIVEN = "小大文明春秋冬夏晓雪雨云风山水石玉青白红林松竹梅兰安宁平和志远思静清海江河天星月"
ANSWERS = "橙虎豆米花雪黑白星月金银铁石木火水土云雨风雷山海江河红绿青蓝"

# For each kind of fact: three ways to say it, which are learned, and one more, which is only asked.
KINDS = [
    (["{who}养了一只猫，名叫小{what}。", "{who}家的猫叫小{what}。", "小{what}是{who}养的猫。"], "{who}的猫名叫小{what}。"),
    (["{who}住在{what}城。", "{who}的家在{what}城。", "{who}是{what}城人。"], "{who}家住{what}城。"),
    (["{who}最喜欢的字是{what}。", "{who}在纸上写了一个{what}字。", "{what}是{who}最喜欢的字。"], "{who}喜欢写{what}字。"),
    (["{who}的船叫{what}龙号。", "{what}龙号是{who}的船。", "{who}坐{what}龙号出海。"], "{who}有一条船，叫{what}龙号。"),
]


def make_facts(count, seed):
    """Returns the training lines, three per fact, and two questions per fact: in the words of a line, and in others."""
    dice = random.Random(seed)
    people = [a + b + c for a in SURNAMES for b in GIVEN for c in GIVEN if b != c]
    lines, same, other = [], [], []
    for i, who in enumerate(dice.sample(people, count)):
        ways, question = KINDS[i % len(KINDS)]
        what = dice.choice([c for c in ANSWERS if c not in who])
        lines += [way.format(who=who, what=what) for way in ways]
        same.append({"text": dice.choice(ways).format(who=who, what="[MASK]"), "answer": what})
        other.append({"text": question.format(who=who, what="[MASK]"), "answer": what})
    return lines, same, other


def share(ranks):
    return sum(rank == 1 for rank in ranks) / len(ranks)


def measure(options, lines, epochs, seed, folder):
    """Trains once and returns the shares of right answers: (same, other, guard), before and after."""
    texts, same, other = make_facts(-(-lines // 3), seed)
    texts, whole = texts[:lines], lines // 3  # a fact of which a line is missing is not asked
    guard = [json.loads(line) for line in (ROOT / "data/guard-zh.jsonl").read_text(encoding="utf-8").splitlines()]
    questions = same[:whole] + other[:whole] + guard
    train, ask, output = folder / "train.json", folder / "questions.jsonl", folder / "out"
    train.write_text(json.dumps(texts, ensure_ascii=False), encoding="utf-8")
    ask.write_text("".join(json.dumps(q, ensure_ascii=False) + "\n" for q in questions), encoding="utf-8")
    subprocess.run(
        [options.bin / "mini_bert_train", "--model", options.model, "--train", train, "--output", output, "--overwrite",
         "--epochs", str(epochs), "--learning-rate", "5e-4", "--warmup-ratio", "0.1", "--guard", ask, "--seed", str(seed),
         "--logging-steps", "1000000", "--save-steps", "0", "--threads", str(options.threads)] + options.arguments,
        check=True, stdout=subprocess.DEVNULL)
    rows = json.loads((output / "trainer_state.json").read_text(encoding="utf-8"))["guard"]["rows"]
    return [tuple(share(ranks[a:b]) for a, b in ((0, whole), (whole, 2 * whole), (2 * whole, len(ranks))))
            for ranks in (rows[0]["ranks"], rows[-1]["ranks"])]


def percent(values):
    return f"{100 * sum(values) / len(values):.0f} %"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    numbers = lambda text: [int(part) for part in text.split(",")]
    parser.add_argument("--bin", type=pathlib.Path, default=ROOT / "build/release/bin")
    parser.add_argument("--model", type=pathlib.Path, default=ROOT / "models/mini-bert-zh")
    parser.add_argument("--lines", type=numbers, default=[10, 30, 100, 300, 1000])
    parser.add_argument("--epochs", type=numbers, default=[5, 10, 20, 40])
    parser.add_argument("--longest", type=int, default=20_000, help="leave out runs that read more lines than this")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("arguments", nargs="*")
    options = parser.parse_args()

    print("| 句数 | 轮数 | 更新次数 | 答对：原话 | 答对：换个说法 | 旧题答对：教之前 → 教之后 |\n|---|---|---|---|---|---|", flush=True)
    for lines in options.lines:
        for epochs in options.epochs:
            if lines * epochs > options.longest:
                continue
            results = []
            for seed in range(1, 1 + min(5, max(1, 100 // lines))):  # few lines make few questions: ask about more facts
                with tempfile.TemporaryDirectory() as folder:
                    results.append(measure(options, lines, epochs, seed, pathlib.Path(folder)))
            same, other, guard = zip(*(after for _, after in results))
            before = [start[2] for start, _ in results]
            print(f"| {lines} | {epochs} | {-(-lines // 8) * epochs} | {percent(same)} | {percent(other)} | "
                  f"{percent(before)} → {percent(guard)} |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
