"""Vocabularies learned by mini_bert_vocab and by the package from the same lines."""

import os
import random
import tempfile

from parity_testing import write_lines
from tokenizer_texts import learned_vocabulary, read_lines
from tokenizers import BertWordPieceTokenizer


def compare_trainer(program, corpora):
    """Trains on the same lines with both. Equal counts may be broken differently, so sets are compared."""
    lines = []
    for path in corpora:
        lines += read_lines([path])[:20000]
    if not lines:
        # Zipf-like words: the counts of pairs are far apart, so few ties.
        draw = random.Random(5)
        words = ["".join(draw.choice("abcdefghijklmnop") for _ in range(draw.randint(1, 9))) for _ in range(3000)]
        lines = [" ".join(words[int(len(words) * draw.random() ** 4)] for _ in range(20)) for _ in range(3000)]
    worst = 1.0
    with tempfile.TemporaryDirectory() as root:
        path = os.path.join(root, "lines.txt")
        write_lines(path, lines)
        for size, frequency, alphabet in [(500, 2, 1000), (2000, 2, 1000), (3000, 20, 300), (8000, 2, 6000)]:
            flags = ["--size", size, "--min-frequency", frequency, "--limit-alphabet", alphabet]
            mine = learned_vocabulary(program, path, root, *flags)
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
