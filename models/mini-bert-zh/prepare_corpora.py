#!/usr/bin/env python3
"""Turns a folder of plain text into samples for pre-training: one sample a line, whole sentences, at most 120 characters.

    prepare_corpora.py CORPORA OUTPUT [--repeat sanguo=3] [--longest 120] [--hold-out 200]

CORPORA holds UTF-8 files NAME.txt. OUTPUT/train.txt gets the samples (those of a repeated corpus several times),
OUTPUT/validation.txt every 200th of them, which train.txt then lacks. The same input gives the same output.

This is the recipe of the shipped model. Nothing that builds, fine-tunes or runs a model needs it.
"""

import argparse
import html
import pathlib
import random
import re
import sys
import unicodedata

# In these a line is only a paragraph, often a few words of dialogue: neighbouring lines are joined. In every other file a
# line is a document (a poem, a review, an encyclopaedia entry) and is never joined with the next one.
FLOWING = {"sanguo", "hongloumeng", "luxun", "zhuziqing", "yudafu", "manpages-zh", "debian-handbook-zh-CN",
           "debian-docs-zh", "libreoffice-help-zh-cn"}

SHORTEST = 5  # characters; less than this teaches nothing
HAN = r"[\u3400-\u4dbf\u4e00-\u9fff]"
SENTENCE = re.compile(rf"(?:.*?(?:[。！？；…]+|(?<={HAN})[.!?;](?=\s|$)|(?<={HAN})[!?]+)[”’」』）)》〉]*|.+$)", re.S)
CLAUSE = re.compile(r".*?[，、：,:]+[”’」』）)》]*|.+$", re.S)
HEADING = re.compile(r"^第[0-9一二三四五六七八九十百零〇]+[回章] *")
# What scrapers and converters left in the text: dates of replies, footers, section numbers, addresses, watermarks.
BOILERPLATE = re.compile(r"^(宾馆反馈|酒店反馈|补充点评)\s*[0-9]{4}年[0-9]+月[0-9]+日\s*[：:]\s*|"
                         r"^本页面中文版由.*提供。?$|^\[[0-9]+\]\s*|^[0-9]+(\.[0-9]+)+\.?\s|https?://\S+|www\.\S+|"
                         r"^[（(]?本章完[）)]?$|[wｗ]\s?[wｗ]\s?[wｗ].{0,30}小\W*说\W*天\W*堂\W*", re.IGNORECASE)


def clean(line):
    """One line as running text: no control characters, no spaces between Han characters, no rows of marks."""
    line = unicodedata.normalize("NFC", html.unescape(line).replace("\u3000", " ").replace("\ufeff", ""))
    line = "".join(" " if c.isspace() else c for c in line if c.isspace() or unicodedata.category(c)[0] != "C")
    line = BOILERPLATE.sub("", line.strip())
    line = re.sub(r" +", " ", line)
    line = re.sub(rf"(?<=[\u3000-\u303f\uff00-\uffef“”‘’…—]) | (?=[\u3000-\u303f\uff00-\uffef“”‘’…—])", "", line)
    line = re.sub(rf"(?<={HAN}) (?={HAN})", "", line)
    line = re.sub(r"（\s*）|\(\s*\)|（[，；、\s]+(?=）)", "", line)
    line = re.sub(r"([^\w\s])\1{2,}", r"\1", line)  # "！！！！" -> "！"; "……" stays
    return re.sub(r"([！？；])。", r"\1", line).strip()


def pieces(text, longest):
    """Sentences of text; one longer than a sample is cut at its commas, and a clause longer than that wherever it must."""
    for sentence in SENTENCE.findall(text):
        if "□" in sentence:  # a character lost from the old print
            continue
        if len(sentence) <= longest:
            yield sentence
            continue
        held = ""
        for clause in CLAUSE.findall(sentence):
            if held and len(held) + len(clause) > longest:
                yield held
                held = ""
            while len(clause) > longest:
                yield clause[:longest]
                clause = clause[longest:]
            held += clause
        if held:
            yield held


def pack(text, longest):
    """Neighbouring pieces together, into samples of about the same length, none longer than longest."""
    parts = list(pieces(text, longest))
    total = sum(map(len, parts))
    aim = total / max(1, -(-total // longest))
    sample = ""
    for part in parts:
        if sample and (len(sample) + len(part) > longest or len(sample) + len(part) / 2 > aim):
            yield sample
            sample = ""
        sample += part
    if sample:
        yield sample


def is_heading(line):
    return bool(HEADING.match(line)) or (len(line) < 30 and not re.search(r"[，。！？；：、,.!?;:…”]", line))


def documents(name, lines):
    """The texts that may be cut into samples on their own."""
    if name not in FLOWING:
        yield from lines
        return
    held = ""
    for line in lines:
        if is_heading(line):
            if held:
                yield held
            held = ""
            yield HEADING.sub("", line) if len(line) > 12 else line
            continue
        # Latin words on both sides of a line break keep a space between them.
        held += " " + line if held and held[-1].isascii() and line[:1].isascii() else line
        if len(held) >= 1200:  # an arbitrary bound: cut where a paragraph ends
            yield held
            held = ""
    if held:
        yield held


def is_chinese_prose(sample):
    """False for code, tables, other languages and text that was once decoded with the wrong character set."""
    solid = re.sub(r"\s", "", sample)
    han = re.findall(HAN, solid)
    if len(solid) < SHORTEST or len(han) < 4 or len(han) < 0.5 * len(solid):
        return False
    if len(re.findall(rf"(?<={HAN})\?(?={HAN})", solid)) > 1:
        return False
    if re.search(rf"\ufffd|[\ue000-\uf8ff]|{HAN}[Ａ-Ｚａ-ｚА-я]{HAN}", solid):
        return False
    # GB 2312 holds the 6763 characters of simplified text: such text leaves it rarely, garbage and traditional
    # characters all the time.
    rare = sum(1 for c in han if not in_gb2312(c))
    return rare <= 0.1 * len(han)


def in_gb2312(character):
    try:
        character.encode("gb2312")
        return True
    except UnicodeEncodeError:
        return False


def vary_ending(sample, random):
    """Every other sample without its closing punctuation or cut off inside: people also ask about unfinished texts, and
    a model that only ever read whole sentences answers a blank at the end with a full stop."""
    choice = random.randrange(4)
    if choice == 0:
        return sample.rstrip("。！？；：，、”’》）…—") or sample
    if choice == 1 and len(sample) > 8:
        return sample[: random.randrange(6, len(sample))]
    return sample


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpora", type=pathlib.Path, help="folder of UTF-8 files NAME.txt")
    parser.add_argument("output", type=pathlib.Path, help="folder for train.txt and validation.txt")
    parser.add_argument("--repeat", action="append", default=[], metavar="NAME=N", help="put a corpus into train.txt N times")
    parser.add_argument("--longest", type=int, default=120, help="characters in a sample (default %(default)s)")
    parser.add_argument("--hold-out", type=int, default=200, metavar="K",
                        help="every Kth sample goes to validation.txt (default %(default)s)")
    options = parser.parse_args()

    files = sorted(options.corpora.glob("*.txt"))
    if not files:
        sys.exit(f"{options.corpora}: no .txt files there")
    repeat = {}
    for entry in options.repeat:
        name, _, times = entry.partition("=")
        if name not in {file.stem for file in files} or not times.isdigit() or int(times) < 1:
            sys.exit(f"--repeat {entry}: expected NAME=N with a NAME.txt in {options.corpora} and N of 1 or more")
        repeat[name] = int(times)

    options.output.mkdir(parents=True, exist_ok=True)
    seen = set()
    count = 0
    endings = random.Random(0)
    totals = [0, 0, 0, 0]
    header = f"{'corpus':26}{'samples':>9}{'characters':>12}{'dropped':>9}{'repeated':>9}{'held out':>9}{'times':>6}"
    print(header)
    with open(options.output / "train.txt", "w", encoding="utf-8") as train, \
         open(options.output / "validation.txt", "w", encoding="utf-8") as validation:
        for file in files:
            lines = [line for line in map(clean, file.read_text(encoding="utf-8", errors="replace").splitlines()) if line]
            kept, dropped, repeated, held_out = [], 0, 0, 0
            for document in documents(file.stem, lines):
                for sample in map(str.strip, pack(document, options.longest)):
                    if not is_chinese_prose(sample):
                        dropped += 1
                    elif sample in seen:
                        repeated += 1
                    else:
                        seen.add(sample)
                        count += 1
                        if count % options.hold_out == 0:
                            validation.write(sample + "\n")
                            held_out += 1
                        else:
                            kept.append(sample)
            times = repeat.get(file.stem, 1)
            for _ in range(times):
                train.writelines(vary_ending(sample, endings) + "\n" for sample in kept)
            characters = sum(map(len, kept))
            print(f"{file.stem:26}{len(kept):9}{characters:12}{dropped:9}{repeated:9}{held_out:9}{times:6}")
            for i, value in enumerate((len(kept) * times, characters * times, dropped, held_out)):
                totals[i] += value
    print(f"\ntrain.txt: {totals[0]} samples, {totals[1]} characters; validation.txt: {totals[3]} samples")


if __name__ == "__main__":
    main()
