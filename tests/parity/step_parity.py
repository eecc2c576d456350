#!/usr/bin/env python3
"""The first steps of fine-tuning beside transformers, from the same weights, the new head's too: the same losses.

    python tests/parity/step_parity.py --program build/release/bin/mini_bert_train --model models/mini-bert-zh

A batch holds the whole data set, so that the order in which either side draws texts does not matter, and the model has
no dropout. What is left is all the rest of a step: reading the texts and cutting the long ones, labels of the first
token of a word, [UNK], what the loss is a mean over, clipping, AdamW with decay and without, warm-up and the linear
schedule. Every loss must be within 1e-4 of theirs, relative, and so must the norm of every gradient.

Where an answer begins is a softmax over the tokens of the text here and over those of the padded text there
(docs/compatibility.md); to compare the rest, theirs is computed without the padding.

Needs torch, transformers, accelerate, scikit-learn and seqeval.
"""

import argparse
import csv
import json
import sys
import tempfile
from pathlib import Path

import task_data
import task_training
import torch
import transformers
from parity_testing import log_history, run, silence_transformers
from task_parity import Task

TOLERANCE = 1e-4
STEPS, WARMUP, DECAY, MAX_NORM = 12, 3, 0.1, 1.5

LABELLED = [
    ("牛奶昨天到了，很新鲜。", "good"),
    ("盒子压坏了，客服也没有回复我", "bad"),
    ("WiFi很快，Café里的咖啡也香", "good"),
    ("等了兩個小時，愛來不來", "bad"),
    ("一般", "fair"),
    ("房间不大，离车站走路十分钟，早饭有豆浆和包子，晚上有点吵，前台的人倒是一直在笑，下次也许还住这里吧", "fair"),
]
# A word, then its tag; "Shanghai" and "iphone12" have several tokens, 愛 is [UNK].
TAGGED = [
    ["小/O", "陈/B-PER", "去/O", "Shanghai/B-LOC", "了/O"],
    ["iphone12/O", "在/O", "南/B-LOC", "京/I-LOC", "卖/O", "光/O", "。/O"],
    ["愛/O", "笑/O", "的/O", "老/B-PER", "王/I-PER"],
    [*["又/O", "下/O", "雨/O", "，/O"] * 10, "成/B-LOC", "都/I-LOC", "也/O", "是/O"],
]
QUESTIONS = [
    ("灯塔建于1887年，塔高31米，灯光能照到18海里以外。守塔人老郑在岛上住了四十年，他养了两只山羊。", "塔有多高？", "31米"),
    ("灯塔建于1887年，塔高31米，灯光能照到18海里以外。守塔人老郑在岛上住了四十年，他养了两只山羊。", "他养了什么？", "两只山羊"),
    ("面粉一斤，水三两，盐少许，揉好放半小时。", "面要放多久？", "半小时"),
]

# A context, a question about it, choices, the number of the right one. The second context is cut.
CHOICES = [
    ("男：WiFi慢死了。女：那我们去隔壁的茶馆吧。", "他们要去哪里？", ["茶馆", "車站", "学校", "家里"], 0),
    ("面粉一斤，水三两，盐少许，揉好放半小时，切成条，下锅煮五分钟，捞出来过凉水，拌上芝麻酱和黄瓜丝。", "这是什么？", ["汤", "饼", "面", "饭"], 2),
    ("守塔人老郑在岛上住了四十年。", "老郑住在哪里？", ["城里", "岛上", "山上的一座很小的庙里面", "船上"], 1),
]


def write_labelled(path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *LABELLED])


def write_tagged(path: Path) -> None:
    rows = [[word.rsplit("/", 1) for word in words] for words in TAGGED]
    path.write_text("\n".join("".join(f"{w} {t}\n" for w, t in row) for row in rows), encoding="utf-8")


def read_tagged(path: Path) -> list:
    posts = [[line.split() for line in post.splitlines()] for post in path.read_text(encoding="utf-8").split("\n\n")]
    return [([word for word, _ in post], [tag for _, tag in post]) for post in posts]


def write_questions(path: Path) -> None:
    paragraphs = [
        {
            "context": context,
            "qas": [{"id": str(i), "question": question, "answers": [{"text": text, "answer_start": context.index(text)}]}],
        }
        for i, (context, question, text) in enumerate(QUESTIONS)
    ]
    data = {"version": "1.1", "data": [{"title": "", "paragraphs": paragraphs}]}
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")


def write_choices(path: Path) -> None:
    questions = [
        [[context], [{"question": question, "choice": choices, "answer": choices[answer]}], str(i)]
        for i, (context, question, choices, answer) in enumerate(CHOICES)
    ]
    path.write_text(json.dumps(questions, ensure_ascii=False), encoding="utf-8")


def read_choices(path: Path) -> list:
    return [
        ("\n".join(lines), asked["question"], asked["choice"], asked["choice"].index(asked["answer"]))
        for lines, questions, _ in json.loads(path.read_text(encoding="utf-8"))
        for asked in questions
    ]


TASKS = {
    "classify": (Task("classify", None, task_data.read_texts, "", 0, 5e-4, 32, suffix=".csv"), write_labelled),
    "tag": (Task("tag", None, read_tagged, "", 0, 5e-4, 32, suffix=".conll"), write_tagged),
    "answer": (Task("answer", None, task_data.read_questions, "", 0, 5e-4, 40, 0, 8, ".json"), write_questions),
    "choose": (Task("choose", None, read_choices, "", 0, 5e-4, 40, suffix=".json"), write_choices),
}


class Recorder(transformers.Trainer):
    """Keeps what log_history rounds."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.losses, self.norms = [], []

    def compute_loss(self, model, inputs, **settings):
        if "start_positions" in inputs:
            labels = [inputs.pop("start_positions"), inputs.pop("end_positions")]
            output, padding = model(**inputs), inputs["attention_mask"] == 0
            logits = [scores.masked_fill(padding, -torch.inf) for scores in (output.start_logits, output.end_logits)]
            loss = sum(map(torch.nn.functional.cross_entropy, logits, labels)) / 2
        else:
            loss = super().compute_loss(model, inputs, **settings)
        self.losses.append(loss.item())
        return loss

    def log(self, logs, *more):
        self.norms += [float(logs["grad_norm"])] if "grad_norm" in logs else []


def theirs(task: Task, rows: list, base: Path, begin: Path) -> Recorder:
    """Puts a new head on `base`, saves that as `begin`, and trains."""
    kind, model = task_training.with_new_head(task, rows, 1, base)
    task_training.save(kind, model, begin)
    examples = kind.encode(rows, kind.labels(rows))
    settings = task_training.training_arguments(
        begin / "run",
        max_steps=STEPS,
        per_device_train_batch_size=len(examples),
        learning_rate=task.learning_rate,
        warmup_steps=WARMUP,
        weight_decay=DECAY,
        max_grad_norm=MAX_NORM,
        logging_steps=1,
    )
    trainer = Recorder(model=model, args=settings, train_dataset=examples, data_collator=kind.collator())
    trainer.train()
    return trainer


def ours(task: Task, file: Path, begin: Path, program: str) -> list:
    output = begin.with_name("ours")
    command = [program, "--task", task.kind, "--model", begin, "--train", file, "--output", output, "--max-steps", STEPS]
    command += ["--batch-size", 1000, "--learning-rate", task.learning_rate, "--warmup-steps", WARMUP]
    command += ["--weight-decay", DECAY, "--max-grad-norm", MAX_NORM, "--max-length", task.max_length]
    command += ["--logging-steps", 1, "--save-steps", 0, "--precision", "f32"]
    command += ["--doc-stride", task.doc_stride] if task.kind == "answer" else []
    run(*command)
    return [row for row in log_history(output) if "loss" in row]


def compare(name: str, arguments) -> tuple:
    """The largest relative difference, and what is wrong."""
    task, write = TASKS[name]
    with tempfile.TemporaryDirectory() as folder:
        file, begin = Path(folder) / f"train{task.suffix}", Path(folder) / "begin"
        write(file)
        trainer = theirs(task, task.read(file), Path(arguments.model), begin)
        rows = ours(task, file, begin, arguments.program)
    worst, problems = 0.0, []
    for key, expected in (("loss", trainer.losses), ("grad_norm", trainer.norms)):
        found = [row[key] for row in rows]
        if len(found) != STEPS or len(expected) != STEPS:
            problems.append(f"{name}: {len(found)} and {len(expected)} numbers {key} of {STEPS} steps")
            continue
        differences = [abs(a - b) / b for a, b in zip(found, expected)]
        worst = max(worst, *differences)
        bad = [step for step, difference in enumerate(differences) if not difference <= TOLERANCE]
        if bad:
            problems.append(f"{name}: {key} at step {bad[0] + 1} is {found[bad[0]]:.7f}, theirs {expected[bad[0]]:.7f}")
    if trainer.losses[-1] > trainer.losses[0] / 2 or not min(trainer.norms) < MAX_NORM < max(trainer.norms):
        problems.append(f"{name}: too little has happened: losses {trainer.losses}, gradients {trainer.norms}")
    print(f"{name}: losses {trainer.losses[0]:.5f} to {trainer.losses[-1]:.5f}, largest difference {worst:.2g}")
    return problems


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="build/release/bin/mini_bert_train")
    parser.add_argument("--model", default="models/mini-bert-zh")
    arguments = parser.parse_args()
    silence_transformers()
    torch.set_num_threads(1)
    problems = [problem for name in TASKS for problem in compare(name, arguments)]
    print("\n".join(problems) or f"every loss and gradient norm within {TOLERANCE:g}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
