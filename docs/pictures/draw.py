#!/usr/bin/env python3
"""Draws the pictures of docs/ as SVG. Needs Python 3.9 and nothing else.

    docs/pictures/draw.py            writes attention.svg, … beside this file
    docs/pictures/draw.py --check    fails unless the files are what this script writes
"""

import pathlib
import sys

from attention_example import attention_example, check_attention_page, transposed
from pretraining import pretraining
from svg import Picture

HERE = pathlib.Path(__file__).resolve().parent


# ---- attention.svg: the worked example of docs/attention.md ----

def attention():
    values = attention_example()
    picture = Picture(760, 372, "Attention of one head over three tokens")

    def matrix(x, y, name, rows, shape, **options):
        cell = options.pop("cell", (34, 28))
        picture.matrix(x, y, rows, cell=cell, **options)
        picture.text(x, y - 10, name, 15, bold=True)
        picture.text(x + len(rows[0]) * cell[0], y - 10, shape, 13, "end", "note")

    whole = {"decimals": 0}
    wide = {"cell": (60, 28)}
    matrix(40, 60, "q", values["q"], "[S,D]", kind="blue", **whole)
    picture.text(126, 108, "·", 22, "middle")
    matrix(146, 60, "kᵀ", transposed(values["k"]), "[D,S]", kind="green", **whole)
    picture.text(262, 108, "/ √2", 15)
    picture.text(320, 108, "=", 20, "middle")
    matrix(350, 60, "scores", values["scores"], "[S,S]", **wide)
    picture.text(550, 79, "row i: how well query i", 13, kind="note")
    picture.text(550, 98, "matches each key", 13, kind="note")
    picture.line([(440, 152), (440, 186)])
    picture.text(454, 174, "softmax of each row", 13, kind="note")

    matrix(350, 228, "probs", values["probs"], "[S,S]", shade=True, **wide)
    picture.text(550, 276, "·", 22, "middle")
    matrix(572, 228, "v", values["v"], "[S,D]", kind="amber", **whole)
    picture.text(350, 336, "each row sums to 1; stronger colour: more weight", 13, kind="note")
    picture.line([(340, 270), (220, 270)])
    picture.text(280, 258, "probs · v", 13, "middle", "note")
    matrix(60, 228, "out", values["out"], "[S,D]", kind="amber", cell=(72, 28))
    picture.text(60, 336, "row i: a weighted mean of the", 13, kind="note")
    picture.text(60, 353, "rows of v, with row i of probs", 13, kind="note")
    return picture


# ---- packed_sequences.svg ----

def packed_sequences():
    picture = Picture(760, 468, "Three sentences, padded and packed")
    lengths, kinds, longest = (10, 20, 90), ("blue", "green", "amber"), 90
    scale = 4.0
    picture.text(40, 30, "Padded: 3 × 90 = 270 rows, 150 of them padding", 15, bold=True)
    for i, (length, kind) in enumerate(zip(lengths, kinds)):
        top = 44 + i * 26
        picture.rect(40, top, longest * scale, 20, "empty")
        picture.rect(40, top, length * scale, 20, kind)
        picture.text(40 + longest * scale + 12, top + 15, f"sentence {i}: {length} tokens", 13, kind="note")

    picture.text(40, 156, "Packed: 10 + 20 + 90 = 120 rows", 15, bold=True)
    begin = 0
    for length, kind in zip(lengths, kinds):
        picture.rect(40 + begin * scale, 170, length * scale, 20, kind)
        picture.text(40 + begin * scale, 207, str(begin), 13, "middle", "note")
        begin += length
    picture.text(40 + begin * scale, 207, str(begin), 13, "middle", "note")
    picture.text(40 + begin * scale + 24, 207, "offsets", 13, kind="note")

    picture.text(40, 252, "Scores, padded: 3 · 90² = 24300", 15, bold=True)
    picture.text(390, 252, "Scores, packed: 10² + 20² + 90² = 8600", 15, bold=True)
    scale = 1.15
    for i, (length, kind) in enumerate(zip(lengths, kinds)):
        left = 40 + i * 116
        picture.rect(left, 268, longest * scale, longest * scale, "empty")
        picture.rect(left, 268, length * scale, length * scale, kind)
    scale = 1.4
    side = sum(lengths) * scale
    picture.rect(390, 268, side, side, "empty")
    begin = 0
    for length, kind in zip(lengths, kinds):
        picture.rect(390 + begin * scale, 268 + begin * scale, length * scale, length * scale, kind)
        begin += length
    for i, words in enumerate(("a token sees only its", "own sentence; the", "dashed area is never", "computed")):
        picture.text(390 + side + 16, 340 + i * 18, words, 13, kind="note")
    for i, words in enumerate(("dashed: rows and scores of padding tokens,", "which a mask hides from the result")):
        picture.text(40, 400 + i * 18, words, 13, kind="note")
    return picture


# ---- tape.svg: the worked example of docs/tape.md ----

def tape():
    picture = Picture(760, 372, "The tape of z = x + 3x")
    picture.text(40, 34, "Forward: run and record", 15, bold=True)
    picture.box(40, 70, 96, 50, ["x = 2"], "blue")
    picture.box(210, 150, 110, 44, ["scale by 3"])
    picture.box(40, 230, 96, 50, ["y = 6"], "green")
    picture.box(210, 290, 110, 44, ["add"])
    picture.box(40, 306, 96, 50, ["z = 8"], "amber")
    picture.line([(136, 95), (265, 95), (265, 148)])
    picture.line([(208, 172), (88, 172), (88, 228)])
    picture.line([(136, 255), (265, 255), (265, 288)])
    picture.line([(136, 84), (345, 84), (345, 312), (322, 312)])
    picture.line([(208, 324), (138, 324)])

    left = 410
    picture.text(left, 34, "Backward: walk from the end", 15, bold=True)
    picture.rect(left, 70, 310, 186, "box", radius=6)
    picture.text(left + 16, 94, "tape", 13, kind="note")
    for top, number, words, rule in ((106, 0, "y = scale(x, 3)", "dx += 3·dy"), (178, 1, "z = add(x, y)", "dx += dz,  dy += dz")):
        picture.rect(left + 16, top, 224, 60, "empty", radius=4)
        picture.text(left + 28, top + 25, f"{number}: {words}", 14, mono=True)
        picture.text(left + 28, top + 47, rule, 14, mono=True, kind="back-text")
    picture.line([(left + 256, 238), (left + 256, 108)], "back", width=2.2)
    picture.text(left + 266, 176, "walk", 13, kind="back-text")
    for i, (step, numbers) in enumerate((("seed", "dz = 1"), ("entry 1", "dz = 1   dy = 1   dx = 1"),
                                         ("entry 0", "dy = 1   dx = 1 + 3·1 = 4"))):
        picture.text(left, 288 + i * 24, step, 14)
        picture.text(left + 76, 288 + i * 24, numbers, 14, mono=True, kind="back-text")
    return picture


# ---- matrix_product.svg ----

def matrix_product():
    picture = Picture(760, 456, "The blocks of a matrix product")
    picture.text(40, 32, "c = a · b, with AVX2", 15, bold=True)

    # a below b's left, c below b: the usual picture of a product.
    picture.text(254, 62, "b [k,n]: panels of 16 columns", 13, kind="note")
    picture.rect(254, 72, 190, 120, "box")
    for x in range(1, 5):
        picture.line([(254 + 38 * x, 72), (254 + 38 * x, 192)], arrow=False, width=0.8)
    picture.rect(330, 72, 38, 120, "green")
    picture.text(60, 216, "a [m,k]: panels of 6 rows", 13, kind="note")
    picture.rect(60, 226, 160, 150, "box")
    for y in range(1, 6):
        picture.line([(60, 226 + 25 * y), (220, 226 + 25 * y)], arrow=False, width=0.8)
    picture.rect(60, 276, 160, 25, "blue")
    picture.rect(254, 226, 190, 150, "box")
    picture.text(254, 216, "c [m,n]", 13, kind="note")
    picture.rect(330, 276, 38, 25, "amber")
    picture.line([(222, 288), (328, 288)])
    picture.line([(349, 194), (349, 274)])
    picture.line([(60, 392), (220, 392)])
    picture.text(60, 410, "depth: one term after", 13, kind="note")
    picture.text(60, 427, "the other", 13, kind="note")
    picture.text(254, 400, "one panel of a and one of b", 13, kind="note")
    picture.text(254, 417, "give one tile of c", 13, kind="note")

    # The tile, enlarged.
    left, top = 520, 160
    picture.text(left - 34, 100, "one term of the tile, in registers", 13, kind="note")
    for j in range(2):
        picture.box(left + j * 104, 116, 98, 28, ["b: 8 floats"], "green", 13)
    for i in range(6):
        picture.rect(left - 34, top + i * 32, 26, 28, "blue", radius=4)
        picture.text(left - 21, top + i * 32 + 19, f"a{'₀₁₂₃₄₅'[i]}", 13, "middle")
        for j in range(2):
            picture.box(left + j * 104, top + i * 32, 98, 28, ["8 sums"], "amber", 13)
    for i, words in enumerate(("12 registers hold the sums,", "2 hold a row of b, 1 holds an element",
                               "of a: 15 of 16 registers.", "Each term: 2 + 6 loads, 12 FMA.")):
        picture.text(left - 34, 378 + i * 18, words, 13, kind="note")
    picture.line([(370, 288), (484, 252)])
    return picture


# ---- bert.svg: from a text to an answer ----

def bert():
    picture = Picture(760, 330, "BERT from a text to an answer")
    picture.box(30, 30, 200, 40, ["三国人物诸葛[MASK]"], "blue", 15)
    picture.line([(230, 50), (278, 50)])
    picture.box(280, 30, 130, 40, ["tokenizer"])
    picture.line([(410, 50), (458, 50)])
    picture.box(460, 30, 270, 40, ["[CLS] 三 国 人 物 诸 葛 [MASK] [SEP]"], "blue", 14)
    picture.text(595, 88, "T = 9 token ids", 13, "middle", "note")
    picture.line([(700, 70), (700, 118)])

    picture.box(590, 120, 140, 112, ["embeddings:", "word + position", "+ segment,", "LayerNorm"], "green")
    picture.line([(590, 176), (552, 176)])
    picture.text(571, 162, "[T,H]", 13, "middle", "note")
    picture.rect(210, 106, 340, 140, "empty", radius=8)
    picture.text(222, 126, "encoder layer, L times", 13, kind="note")
    picture.box(392, 138, 142, 34, ["attention"], "amber")
    picture.box(392, 196, 142, 34, ["add, LayerNorm"])
    picture.box(226, 138, 142, 34, ["feed-forward"], "amber")
    picture.box(226, 196, 142, 34, ["add, LayerNorm"])
    picture.line([(463, 172), (463, 194)])
    picture.line([(392, 213), (380, 213), (380, 155), (370, 155)])
    picture.line([(297, 172), (297, 194)])
    picture.line([(210, 213), (172, 213)])
    picture.text(191, 199, "[M,H]", 13, "middle", "note")
    picture.box(30, 186, 140, 54, ["head: scores", "of all V tokens"], "green")
    picture.line([(100, 240), (100, 274)])
    picture.box(30, 276, 140, 34, ["softmax"])
    picture.line([(170, 293), (208, 293)])
    picture.box(210, 276, 340, 34, ["涛 91.0 %, 亮 7.6 %, 瑾 0.3 %"], "blue", 15)
    picture.text(562, 298, "answers, after the demo", 13, kind="note")
    return picture


# ---- ladder.svg: which folder includes which ----

def ladder():
    picture = Picture(760, 336, "The folders and what they include")
    boxes = {
        "base": (300, 280, ["base", "errors"], "box"),
        "tensor": (300, 214, ["tensor", "numbers, kernels"], "blue"),
        "tokenizer": (600, 214, ["tokenizer", "text to ids"], "amber"),
        "autograd": (300, 148, ["autograd", "gradients"], "blue"),
        "files": (40, 148, ["files", "formats"], "green"),
        "nn": (300, 82, ["nn", "layers, AdamW"], "blue"),
        "hub": (40, 16, ["hub", "downloads"], "green"),
        "bert": (430, 16, ["bert", "model, training"], "blue"),
        "apps": (600, 16, ["apps", "programs"], "box"),
    }
    width, height = 140, 44
    places = {name: (x, y) for name, (x, y, _, _) in boxes.items()}

    def below(name, dx=0.5):
        return places[name][0] + width * dx, places[name][1] + height

    def above(name, dx=0.5):
        return places[name][0] + width * dx, places[name][1]

    for start, end in (("tensor", "base"), ("autograd", "tensor"), ("nn", "autograd")):
        picture.line([below(start), above(end)])
    picture.line([below("hub"), above("files")])
    picture.line([below("tokenizer"), (670, 302), (442, 302)])
    picture.line([below("files"), (110, 236), (298, 236)])
    picture.line([below("bert", 0.2), (458, 104), (442, 104)])
    picture.line([(430, 38), (240, 38), (240, 170), (182, 170)])
    picture.line([below("bert", 0.85), (549, 236), (598, 236)])
    picture.line([(600, 38), (572, 38)])
    for name, (x, y, lines, kind) in boxes.items():
        picture.box(x, y, width, height, lines, kind, 13)
    for i, words in enumerate(("apps may include", "all folders; only", "apps includes hub")):
        picture.text(600, 84 + i * 17, words, 13, kind="note")
    for i, words in enumerate(("An arrow means “includes”.", "A folder may also include all", "folders further down its arrows.")):
        picture.text(40, 268 + i * 17, words, 13, kind="note")
    return picture


# ---- learning_zh.svg: one update, for docs/zh/ ----

def learning_zh():
    picture = Picture(760, 300, "一次更新：遮住几个字，猜，算损失，求梯度，改参数")

    def letters(x, y, words, masked, answers=()):
        for i, letter in enumerate(words):
            kind = "empty" if i in masked else "blue"
            kind = "green" if i in answers else kind
            picture.rect(x + 34 * i, y, 32, 32, kind, radius=4)
            picture.text(x + 34 * i + 16, y + 22, letter, 17, "middle")

    picture.text(40, 36, "1. 一句话", 15, bold=True)
    letters(40, 48, "阿橙最怕打雷", ())
    picture.line([(256, 64), (306, 64)])
    picture.text(320, 36, "2. 随机遮住几个字", 15, bold=True)
    letters(320, 48, "阿橙最怕打？", (5,))
    picture.line([(536, 64), (566, 64)])
    picture.box(574, 40, 150, 48, ["BERT", "（参数 w）"], "box")

    picture.line([(649, 92), (649, 150)])
    picture.text(574, 172, "3. 猜", 15, bold=True)
    for i, (letter, share) in enumerate((("人", 0.4), ("雷", 0.2), ("架", 0.1))):
        top = 184 + 28 * i
        picture.text(582, top + 16, letter, 16)
        picture.rect(606, top + 4, 118, 14, "box", radius=3)
        picture.rect(606, top + 4, 118 * share, 14, "green" if letter == "雷" else "amber", radius=3)

    picture.line([(566, 220), (536, 220)])
    picture.text(320, 172, "4. 损失", 15, bold=True)
    picture.text(320, 202, "雷只得到 20 %：", 14)
    picture.text(320, 226, "损失 = −ln 0.2 = 1.6", 14)
    picture.line([(306, 220), (256, 220)])
    picture.text(40, 172, "5. 求梯度，改参数", 15, bold=True)
    picture.text(40, 202, "每个参数往损失变小的方向", 14)
    picture.text(40, 226, "走一小步：w ← w − η·梯度", 14)
    picture.line([(40, 246), (40, 276), (740, 276), (740, 64), (728, 64)], "back")
    picture.text(390, 268, "下一次，答案的概率会高一点", 13, "middle", "back-text")
    return picture


PICTURES = {
    "attention": attention,
    "bert": bert,
    "ladder": ladder,
    "learning_zh": learning_zh,
    "matrix_product": matrix_product,
    "packed_sequences": packed_sequences,
    "pretraining": pretraining,
    "tape": tape,
}


def main():
    check = sys.argv[1:] == ["--check"]
    if sys.argv[1:] and not check:
        sys.exit(__doc__)
    check_attention_page(HERE.parent / "attention.md")
    stale = []
    for name, draw in PICTURES.items():
        path, text = HERE / f"{name}.svg", draw().svg()
        if not check:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(path.name)
    stale += [path.name for path in sorted(HERE.glob("*.svg")) if path.stem not in PICTURES]
    if stale:
        sys.exit(f"docs/pictures: {', '.join(stale)} are not what draw.py writes; run docs/pictures/draw.py")
    print(f"pictures: {len(PICTURES)} ok")


if __name__ == "__main__":
    main()
