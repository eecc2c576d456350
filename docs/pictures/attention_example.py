"""The worked example of docs/attention.md: one head, three tokens, two columns."""

import math
import sys


def product(a, b):
    return [[sum(x * y for x, y in zip(row, column)) for column in zip(*b)] for row in a]


def transposed(a):
    return [list(row) for row in zip(*a)]


def softmax(row):
    powers = [math.exp(x) for x in row]
    return [power / sum(powers) for power in powers]


def attention_example():
    q, k, v = [[1, 0], [0, 2], [1, 1]], [[1, 1], [0, 1], [2, 0]], [[1, 0], [0, 1], [2, 2]]
    scores = [[x / math.sqrt(2) for x in row] for row in product(q, transposed(k))]
    probs = [softmax(row) for row in scores]
    return {"q": q, "k": k, "v": v, "scores": scores, "probs": probs, "out": product(probs, v)}


def check_attention_page(page):
    """The page must show the numbers that the picture shows."""
    text = page.read_text(encoding="utf-8")
    for name, rows in attention_example().items():
        form = "{}" if name in "qkv" else "{:.3f}"
        line = "  ".join("(" + ", ".join(form.format(x) for x in row) + ")" for row in rows)
        if f"    {name.ljust(6)} = {line}\n" not in text:
            sys.exit(f"{page} lacks the line '{name} = {line}', which attention.svg shows")
