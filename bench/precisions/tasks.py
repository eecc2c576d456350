"""The labelled tasks of compare_precisions.py: which data, how a model learns them, what it is asked and how well it
answers."""

import re
import sys
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Callable

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "parity"))

import task_data

HELD_OUT = 4000  # texts of the two large sets; one answer in 4,000 is 0.025 points
DOC_STRIDE = 32


def text_questions(rows: list) -> list:
    return [{"text": text} for text, _ in rows]


def accuracy(rows: list, answers: list) -> float:
    return sum(answer[0]["label"] == label for (_, label), answer in zip(rows, answers)) / len(rows)


def label_shown(answer: list) -> str:
    return answer[0]["label"]


def post_questions(posts: list) -> list:
    return [{"text": "".join(words)} for words, _ in posts]


def entities_of(words: list, tags: list) -> set:
    """(kind, begin, end) of each entity; places are characters of the joined text."""
    found, kind, begin, place = set(), None, 0, 0
    for word, tag in [*zip(words, tags), ("", "O")]:
        if kind and not (tag.startswith("I-") and tag[2:] == kind):
            found.add((kind, begin, place))
            kind = None
        if tag != "O" and kind is None:
            kind, begin = tag[2:], place
        place += len(word)
    return found


def entities_shown(answer: list) -> frozenset:
    return frozenset((entity["entity_group"], entity["start"], entity["end"]) for entity in answer)


def entity_f1(posts: list, answers: list) -> float:
    right = expected = found = 0
    for (words, tags), answer in zip(posts, answers):
        true, said = entities_of(words, tags), entities_shown(answer)
        right, expected, found = right + len(true & said), expected + len(true), found + len(said)
    return 2 * right / max(expected + found, 1)


def people_questions(rows: list) -> list:
    return [{"question": question, "context": context} for question, context, _ in rows]


def characters(text: str) -> Counter:
    return Counter(c for c in text.lower() if not c.isspace() and not unicodedata.category(c).startswith("P"))


def character_f1(expected: str, found: str) -> float:
    a, b = characters(expected), characters(found)
    if not a or not b:
        return float(a == b)
    return 2 * sum((a & b).values()) / (sum(a.values()) + sum(b.values()))


def answer_shown(answer: list) -> str:
    return answer[0]["answer"]


def answer_f1(rows: list, answers: list) -> float:
    best = [max(character_f1(text, answer_shown(answer)) for _, text in row[2]) for row, answer in zip(rows, answers)]
    return sum(best) / len(best)


@dataclass
class Task:
    kind: str  # --task of mini_bert_train, and the task of mini_bert_predict
    make: Callable  # writes two files of the published data
    read: Callable  # rows of such a file
    questions: Callable  # what mini_bert_predict is asked about rows
    metric: str
    score: Callable  # of rows and answers, 0 to 1
    shown: Callable  # what of an answer a reader sees: precisions that agree on it agree
    epochs: int
    learning_rate: float
    suffix: str
    flags: tuple = ()  # of both programs
    predict_flags: tuple = ()


def make_weibo(source: Path, train: Path, held_out: Path) -> None:
    """Held out are both the published development and test posts."""
    task_data.make_weibo(source, train, held_out)
    test = source / "weibo-ner" / "weiboNER_2nd_conll.test"
    held_out.write_bytes(held_out.read_bytes().rstrip() + b"\n\n" + test.read_bytes())


TASKS = {
    "waimai": Task("classify", partial(task_data.make_waimai, held_out=HELD_OUT), task_data.read_texts, text_questions,
                   "accuracy", accuracy, label_shown, 2, 3e-4, ".csv", predict_flags=("--top-k", 1)),
    "thucnews-title": Task("classify", partial(task_data.make_thucnews, held_out=HELD_OUT), task_data.read_texts,
                           text_questions, "accuracy", accuracy, label_shown, 2, 3e-4, ".csv",
                           predict_flags=("--top-k", 1)),
    "weibo-ner": Task("tag", make_weibo, task_data.read_weibo, post_questions, "f1 of entities", entity_f1,
                      entities_shown, 4, 5e-4, ".conll"),
    "weibo-people": Task("answer", task_data.make_people, task_data.read_questions, people_questions,
                         "f1 of characters", answer_f1, answer_shown, 4, 5e-4, ".json",
                         flags=("--doc-stride", DOC_STRIDE), predict_flags=("--top-k", 1)),
}


def one_character_masked(texts: list) -> list:
    """Each text with one Chinese character masked. The place depends on the number of the text alone."""
    masked = []
    for number, text in enumerate(texts):
        places = [match.start() for match in re.finditer("[\u4e00-\u9fff]", text)]
        if places:
            place = places[number * 7919 % len(places)]
            masked.append(text[:place] + "[MASK]" + text[place + 1 :])
    return masked
