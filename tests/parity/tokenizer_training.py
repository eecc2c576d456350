"""Vocabularies learned by mini_bert_vocab and by the package from the same lines."""

import os
import random
import subprocess
import tempfile

from tokenizers import BertWordPieceTokenizer


def compare_trainer(program, corpora):
    """Trains on the same lines with both. Equal counts may be broken differently, so sets are compared."""
    lines = []
    for path in corpora:
        with open(path, encoding="utf-8", newline="\n") as file:
            lines += [line.rstrip("\n") for line in file][:20000]
    if not lines:
        # Zipf-like words: the counts of pairs are far apart, so few ties.
        draw = random.Random(5)
        words = ["".join(draw.choice("abcdefghijklmnop") for _ in range(draw.randint(1, 9))) for _ in range(3000)]
        lines = [" ".join(words[int(len(words) * draw.random() ** 4)] for _ in range(20)) for _ in range(3000)]
    worst = 1.0
    with tempfile.TemporaryDirectory() as root:
        path = os.path.join(root, "lines.txt")
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write("".join(line + "\n" for line in lines))
        for size, frequency, alphabet in [(500, 2, 1000), (2000, 2, 1000), (3000, 20, 300), (8000, 2, 6000)]:
            subprocess.run(
                [program, "--size", str(size), "--min-frequency", str(frequency), "--limit-alphabet", str(alphabet)]
                + ["--output", root, path], check=True, stdout=subprocess.DEVNULL,
            )
            with open(os.path.join(root, "vocab.txt"), encoding="utf-8", newline="\n") as file:
                mine = file.read().split("\n")[:-1]
            other = BertWordPieceTokenizer()
            other.train([path], vocab_size=size, min_frequency=frequency, limit_alphabet=alphabet, show_progress=False)
            vocabulary = other.get_vocab()
            common = len(set(mine) & set(vocabulary)) / max(len(mine), len(vocabulary))
            worst = min(worst, common)
            ordered = sorted(vocabulary, key=vocabulary.get)
            same = next((i for i, (a, b) in enumerate(zip(mine, ordered)) if a != b), min(len(mine), len(ordered)))
            print("trainer: size %d, min_frequency %d, limit_alphabet %d: %d and %d tokens, %.2f %% common, first %d in"
                  " the same order" % (size, frequency, alphabet, len(mine), len(vocabulary), 100 * common, same))
    return worst
