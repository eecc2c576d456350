#!/usr/bin/env python3
"""Compares our F1 of entities with seqeval, and our comparison of English answers with SQuAD's evaluation script.

    python tests/parity/metrics_parity.py --program build/release/bin/model_outputs [--rounds 400] [--seed 1]

Entities: random tags of every scheme (BIO, BIOES, BMES, BILOU, IOE, tags without a letter, mixtures, ill-formed ones),
with predictions that agree in part, in seqeval's default mode and, where it knows the scheme, in its strict mode. It
does not know M; there it gets I. Answers: random texts of words, articles, ASCII and curly punctuation. Numbers must
be equal to 1e-12.

Needs seqeval 1.2.2.
"""

import argparse
import collections
import random
import re
import string
import sys
import tempfile
import warnings
from pathlib import Path

from parity_testing import model_outputs
from seqeval.metrics import accuracy_score, f1_score, precision_score, recall_score
from seqeval.scheme import auto_detect

TYPES = ["PER", "LOC", "PER.NAM", "A-B", "地点"]
SCHEMES = ["BI", "BIES", "BMES", "BILU", "IE", "I", "B", "BE", "S", "U", "M", "X", "BIESMLUX."]
PLAIN = ["O", "PER", "LOC", "ORG", "人名", "地名", "X", "B", "I", "E", "S"]
PIECES = ["the", "The", "a", "an", "cat", "Cat's", "A-team", "“the”", "“", "”", "–", "…", "'", "don't", "£5", "x_y", ",", "1.5"]
TOLERANCE = 1e-12


def draw_tags(draw: random.Random) -> list:
    """The tags that a job uses: O, and each letter of a scheme with each type; or tags without a letter."""
    if draw.random() < 0.15:
        return draw.sample(PLAIN, draw.randint(2, 6))
    types = draw.sample(TYPES, draw.randint(1, 3))
    tags = [f"{letter}-{type_}" for letter in draw.choice(SCHEMES) for type_ in types]
    return tags + ["O"] * draw.randint(0, len(tags))


def draw_entity_job(draw: random.Random) -> dict:
    tags = draw_tags(draw)
    expected = [[draw.choice(tags) for _ in range(draw.randint(1, 12))] for _ in range(draw.randint(1, 8))]
    agreement = draw.random()
    predicted = [[tag if draw.random() < agreement else draw.choice(tags) for tag in text] for text in expected]
    return {"metric": "entities", "expected": expected, "predicted": predicted}


def seqeval_metrics(job: dict) -> dict:
    """What seqeval says, with the strict mode where it has a scheme for all tags."""
    expected, predicted = job["expected"], job["predicted"]

    def scores(suffix: str, expected: list, predicted: list, **mode: object) -> dict:
        functions = {"f1": f1_score, "precision": precision_score, "recall": recall_score}
        return {name + suffix: float(f(expected, predicted, **mode)) for name, f in functions.items()}

    result = scores("", expected, predicted) | {"accuracy": float(accuracy_score(expected, predicted))}
    with_i = [[[re.sub("^M", "I", tag) for tag in text] for text in texts] for texts in (expected, predicted)]
    try:
        # Without O, which every scheme has: seqeval lists {S} and {U} as schemes, and forgets {S, O} and {U, O}. It takes
        # every tag that begins with O for O.
        scheme = auto_detect([[tag for tag in text if tag[0] != "O"] for texts in with_i for text in texts])
    except ValueError:
        return result
    return result | scores("_strict", *with_i, mode="strict", scheme=scheme)


def normalized(answer: str) -> str:
    """SQuAD's evaluation script, as published (https://rajpurkar.github.io/SQuAD-explorer, evaluate-v1.1.py), in our words."""
    kept = "".join(c for c in answer.lower() if c not in string.punctuation)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", kept).split())


def squad_f1(expected: str, predicted: str) -> float:
    a, b = normalized(expected).split(), normalized(predicted).split()
    if not a or not b:
        return float(a == b)
    return 2 * sum((collections.Counter(a) & collections.Counter(b)).values()) / (len(a) + len(b))


def draw_answer_job(draw: random.Random) -> dict:
    def text() -> str:
        return draw.choice([" ", "", "  "]).join(draw.choice(PIECES) for _ in range(draw.randint(1, 6)))

    expected = [[text() for _ in range(draw.randint(1, 3))] for _ in range(draw.randint(1, 5))]
    predicted = [draw.choice([*answers, text(), answers[0].upper(), answers[0] + "."]) for answers in expected]
    return {"metric": "answers", "expected": expected, "predicted": predicted}


def squad_metrics(job: dict) -> dict:
    pairs = list(zip(job["expected"], job["predicted"]))
    f1 = sum(max(squad_f1(answer, predicted) for answer in answers) for answers, predicted in pairs)
    exact = sum(any(normalized(answer) == normalized(predicted) for answer in answers) for answers, predicted in pairs)
    return {"f1": f1 / len(pairs), "exact_match": exact / len(pairs)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, required=True, help="model_outputs")
    parser.add_argument("--rounds", type=int, default=400, help="jobs of each kind")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    draw = random.Random(arguments.seed)
    jobs = [draw_entity_job(draw) for _ in range(arguments.rounds)]
    jobs += [draw_answer_job(draw) for _ in range(arguments.rounds)]
    with tempfile.TemporaryDirectory() as folder:
        ours = model_outputs(arguments.program.resolve(), jobs, Path(folder) / "jobs.json")
    differences, numbers, strict = 0, 0, 0
    for job, found in zip(jobs, ours):
        wanted = seqeval_metrics(job) if job["metric"] == "entities" else squad_metrics(job)
        numbers += len(wanted)
        strict += "f1_strict" in wanted
        equal = found.keys() == wanted.keys() and all(abs(found[k] - wanted[k]) <= TOLERANCE for k in wanted)
        if not equal:
            differences += 1
            if differences <= 5:
                print(f"difference: {job}\n  found    {found}\n  expected {wanted}")
    print(f"{len(jobs)} jobs ({strict} with a strict mode), {numbers} numbers: {differences} jobs differ")
    return 1 if differences or strict == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
