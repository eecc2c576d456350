"""The data of task_parity.py: published sets, cut to what a few minutes of one thread can learn, as files that
mini_bert_train reads, and read back from these files for transformers."""

import csv
import json
import random
import re
from pathlib import Path


def take(rows: list, train: int, validation: int) -> tuple:
    """A shuffle that never changes, then the first rows of it."""
    rows = list(rows)
    random.Random(20190526).shuffle(rows)
    return rows[:train], rows[train : train + validation]


def write_texts(rows: list, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "label"])
        writer.writerows(rows)


def read_texts(path: Path) -> list:
    with path.open(encoding="utf-8", newline="") as file:
        return [(row["text"], row["label"]) for row in csv.DictReader(file)]


def make_waimai(source: Path, train: Path, validation: Path, held_out: int = 1000) -> None:
    with (source / "waimai" / "waimai_10k.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["review"], row["label"]) for row in csv.DictReader(file) if row["review"].strip()]
    for part, path in zip(take(rows, 2000, held_out), (train, validation), strict=True):
        write_texts(part, path)


def make_thucnews(source: Path, train: Path, validation: Path, held_out: int = 1000) -> None:
    names = (source / "thucnews-title" / "class.txt").read_text(encoding="utf-8").split()
    parts = []
    for file in ("dev.txt", "test.txt"):
        lines = (source / "thucnews-title" / file).read_text(encoding="utf-8").split("\n")
        rows = [line.rsplit("\t", 1) for line in lines if line.strip()]
        parts.append([(text, names[int(label)]) for text, label in rows])
    write_texts(take(parts[0], 2500, 0)[0], train)
    write_texts(take(parts[1], held_out, 0)[0], validation)


def make_weibo(source: Path, train: Path, validation: Path) -> None:
    """As published, digits and all: to drop them is what a reader of this format has to do."""
    stem = source / "weibo-ner" / "weiboNER_2nd_conll"
    train.write_bytes(stem.with_suffix(".train").read_bytes())
    validation.write_bytes(stem.with_suffix(".dev").read_bytes())


def read_weibo(path: Path) -> list:
    """(characters, tags) of each post."""
    posts, words, tags = [], [], []
    for line in path.read_text(encoding="utf-8").split("\n") + [""]:
        if line.strip():
            word, tag = line.split()
            words.append(re.fullmatch("(\ufffd+|.)([0-9]+)", word)[1])
            tags.append(tag)
        elif words:
            posts.append((words, tags))
            words, tags = [], []
    return posts


def write_people(posts: list, path: Path) -> None:
    """The posts that mention somebody, as questions who that is: every mention is an answer, the first one is learned."""
    paragraphs = []
    for words, tags in posts:
        answers, place, end = [], 0, -1  # `end` of an answer that may go on
        for word, tag in zip(words, tags, strict=True):
            if tag.startswith("B-PER"):
                answers.append({"text": word, "answer_start": place})
                end = place + len(word)
            elif tag.startswith("I-PER") and end == place:
                answers[-1]["text"] += word
                end += len(word)
            place += len(word)
        if answers:
            question = {"id": str(len(paragraphs)), "question": "说的是谁？", "answers": answers}
            paragraphs.append({"context": "".join(words), "qas": [question]})
    data = {"version": "1.1", "data": [{"title": "", "paragraphs": paragraphs}]}
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")


def make_people(source: Path, train: Path, validation: Path) -> None:
    stem = source / "weibo-ner" / "weiboNER_2nd_conll"
    posts = {part: read_weibo(stem.with_suffix("." + part)) for part in ("train", "dev", "test")}
    write_people(posts["train"], train)
    write_people(posts["dev"] + posts["test"], validation)


def read_questions(path: Path) -> list:
    """(question, context, [(begin, text), ...]) of each question."""
    return [
        (question["question"], paragraph["context"], [(a["answer_start"], a["text"]) for a in question["answers"]])
        for article in json.loads(path.read_text(encoding="utf-8"))["data"]
        for paragraph in article["paragraphs"]
        for question in paragraph["qas"]
    ]
