"""What the tokenizers are held against each other with: vocabularies and texts, made up when there are none."""

import os
import random
import unicodedata

from parity_testing import SPECIALS, run


def generated_vocabulary():
    """Letters, syllables, digits, punctuation and some scripts, enough for every branch."""
    tokens = SPECIALS + ["[unused%d]" % i for i in range(1, 10)] + ["##"]
    letters = [chr(c) for c in range(0x21, 0x7F)] + [chr(c) for c in range(0xA1, 0x250)]
    letters += [chr(c) for c in range(0x370, 0x530)] + [chr(c) for c in range(0x5D0, 0x5EB)]
    letters += [chr(c) for c in range(0x1100, 0x1200)] + [chr(c) for c in range(0x3040, 0x3100)]
    letters += [chr(c) for c in range(0x4E00, 0x9FA6, 3)] + [chr(c) for c in range(0x3000, 0x3020)]
    tokens += letters + ["##" + c for c in letters if c.isalpha()]
    tokens += [a + b for a in "bcdfghklmnprstw" for b in "aeiou"]
    tokens += ["##" + a + b for a in "bcdfghklmnprstw" for b in "aeiou"] + ["hello", "world", "##ing", "un", "##aff"]
    return list(dict.fromkeys(tokens))


def learned_vocabulary(trainer, lines, directory, *flags):
    """What mini_bert_vocab learns from a file of lines; it writes to `directory`."""
    os.makedirs(directory, exist_ok=True)
    run(trainer, *flags, "--output", directory, lines)
    return read_vocabulary(os.path.join(directory, "vocab.txt"))


def read_vocabulary(path):
    with open(path, encoding="utf-8", newline="\n") as file:
        return [line.rstrip("\r\n") for line in file]


def read_lines(paths):
    lines = []
    for path in paths:
        with open(path, encoding="utf-8", newline="\n") as file:
            lines += [line.rstrip("\n") for line in file]
    return lines


def code_points():
    """Every code point that can stand in a text, alone and between letters, 32 of them to a text."""
    all_of_them = [chr(c) for c in range(0x110000) if not 0xD800 <= c < 0xE000]
    for start in range(0, len(all_of_them), 32):
        yield " ".join("%s a%sb" % (c, c) for c in all_of_them[start : start + 32])


def combining_marks():
    """Every mark, and every code point that may have become one since, next to marks it would change places with."""
    marks = [chr(c) for c in range(0x300, 0x20000) if unicodedata.category(chr(c)) in ("Mn", "Mc", "Me", "Cn")]
    for start in range(0, len(marks), 32):
        yield " ".join("a%s\u302e\u05b0 \u302e%sb" % (c, c) for c in marks[start : start + 32])


STRANGE = (
    ["\t", "\r", "\n", "\x00", "\x0b", "\x85", "\u00a0", "\u00ad", "\u200b", "\u200d", "\u2028", "\u2029", "\u3000", "\ufeff"]
    + ["\ufffd", "\U000e0001", "\ue000", "\u0301", "\u0323", "\u0345", "\u302e", "\U0001d165", "\u05b0", "\u0f71", "\u0f74"]
    + ["\u0130", "\u01c5", "\u1e9e", "\u03a3", "\u0390", "\ufb03", "\u212b", "\u2126", "\uac00", "\ud55c", "\u1100\u1161"]
    + ["[MASK]", "[SEP]", "[CLS]", "[UNK]", "[PAD]", "[mask]", "[", "]", "##", "##a", "x" * 99, "x" * 101, "\u00e9" * 100]
    + ["\u54e6", "\u6211", "\uf900", "\U00020000", "\U0002b81f", "\U0002b820", "\U0002b920", "\U0002f800", "\u3042", "\u30ab"]
    + ["hello", "World", "un", "don't", "do not", "'", "n't", "$", "+", "^", "`", "\u3002", "\uff0c", "\u2014", "\u166d"]
    + [" ", " ", " ", "  ", "a", "B", "\u00e9", "\u1ea4", "7", "\u0661", "\U0001f600", "\u2460", "\u24b6", "\u0904", "\u093f"]
)


def random_texts(count, seed):
    draw = random.Random(seed)
    for _ in range(count):
        parts = []
        for _ in range(draw.randint(0, 12)):
            kind = draw.random()
            if kind < 0.7:
                parts.append(draw.choice(STRANGE))
            elif kind < 0.85:
                parts.append(chr(draw.choice([draw.randrange(0x20, 0x250), draw.randrange(0x300, 0x3000)])))
            else:
                c = draw.randrange(0x110000)
                parts.append(chr(c) if not 0xD800 <= c < 0xE000 else "?")
        yield "".join(parts)


def prose(count, seed):
    """Lines that look like text: words and Chinese characters with Zipf's frequencies, punctuation, capitals, accents."""
    draw = random.Random(seed)
    letters = "etaoinshrdlucmfwypvbgkjqxz"
    words = ["".join(letters[int(26 * draw.random() ** 2)] for _ in range(draw.randint(1, 10))) for _ in range(4000)]
    words += [word.capitalize() for word in words[:500]] + [word.upper() for word in words[:50]]
    words += [word.replace("e", "\u00e9").replace("o", "\u00f6") for word in words[:300]]
    marks = ["\uff0c", "\u3002", "\u3001", "\uff01", "\u201c", "\u201d", ", ", ". ", "? ", " - ", "12", "3.5%", "\uff21", " "]
    for _ in range(count):
        parts = []
        for _ in range(draw.randint(1, 30)):
            kind = draw.random()
            if kind < 0.45:
                parts.append(chr(0x4E00 + int(5000 ** draw.random())))
            elif kind < 0.8:
                parts.append(words[int(len(words) ** draw.random()) - 1] + " ")
            else:
                parts.append(draw.choice(marks))
        yield "".join(parts)


def added_texts(contents, count, seed):
    draw = random.Random(seed)
    pieces = contents + [" ", " ", "\t", "a", "ps", "\u00e9", "_", ".", "\u3000", "[MASK]", "foo", "bar", "zz", "\u4e0b"]
    for _ in range(count):
        yield "".join(draw.choice(pieces) for _ in range(draw.randint(1, 10)))
