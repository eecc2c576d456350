#!/usr/bin/env python3
"""Draws the roofline of a CPU (Williams et al. 2009, doi:10.1145/1498765.1498785) as SVG: how many operations a second
it can do at most for each byte that it reads, and how near products and whole steps come.

    cmake --build --preset release --target bench_machine bench_matmul bench_train_step bench_inference
    bench/draw_roofline.py --measure NAME     measures this CPU into bench/results/roofline-NAME.json, then draws
    bench/draw_roofline.py                    draws each bench/results/roofline-*.json into an .svg beside it

Across: operations per byte of memory that must move at least, if every number is read or written once. Upwards: 10⁹
operations per second. The slanted line is the bandwidth of reading, the level ones are multiply-adds in registers. A
product may lie above the slanted line if a cache still holds its weight from the round before.

Measure while nothing else runs. Needs Python 3.9 and nothing else.
"""

import argparse
import json
import math
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "bench" / "peers"), str(ROOT / "docs" / "pictures")]

import results
from svg import Picture, number

TYPES = {"f32": "blue", "bf16": "green", "int8": "amber"}
LEGEND = 500  # its height in the picture
BYTES_OF_WEIGHT = {"f32": 4, "f16": 2, "bf16": 2, "int8": 1}

# ---- measuring ----


def run_json(program, *arguments):
    """The values that a benchmark prints, one a line or one over several lines."""
    command = [str(program), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    if done.returncode != 0:
        raise RuntimeError(f"{program.name}: {done.stderr.strip()}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def type_of(product):
    """What both factors are multiplied as: the word after the shape, if it names a type of products."""
    last = product.split()[-1]
    return last if last in TYPES else "f32"


def product_bytes(row):
    """Every number once. x is f32 except in bf16, the result is f32."""
    m, n, k, last = row["m"], row["n"], row["k"], row["product"].split()[-1]
    x_bytes = 2 if last == "bf16" else 4
    return x_bytes * m * k + BYTES_OF_WEIGHT.get(last, 4) * n * k + 4 * m * n


def products_of(rows):
    points = []
    for row in rows:
        point = {"name": row["product"], "type": type_of(row["product"]), "gops": row["ours"][1]}
        point["ops_per_byte"] = 2 * row["m"] * row["n"] * row["k"] / product_bytes(row)
        points.append({**point, "onednn_gops": row["onednn"][1]})
    return points


def base_parameters():
    """Of BERT base with the vocabulary of bert-base-chinese: those that products read, and all."""
    hidden, inner, layers, vocabulary, places = 768, 3072, 12, 21128, 512
    encoder = layers * (4 * hidden * hidden + 2 * hidden * inner)
    table = vocabulary * hidden
    return encoder + hidden * hidden + table, encoder + hidden * hidden + table + (places + 2) * hidden


def step_point(name, type_name, figures, least_bytes):
    ops = figures["gflops"] * 1e6 * figures.get("ms", figures.get("ms_per_step"))  # 10⁹/s times ms
    return {"name": name, "type": type_name, "gops": figures["gflops"], "ops_per_byte": ops / least_bytes}


def steps_of(folder, types):
    """A training step moves 40 bytes a parameter at least: it reads each weight forward and backward, writes its gradient
    (12 bytes), and AdamW reads four numbers and writes three (28)."""
    multiplied, parameters = base_parameters()
    points = []
    for name in types:
        for sentences, length in ((1, 16), (32, 64)):
            shape = ("--sentences", sentences, "--length", length)
            figures = run_json(folder / "bench_inference", "--json", "--precision", name, *shape)[0]
            least = multiplied * BYTES_OF_WEIGHT[name]
            points.append(step_point(f"answer {sentences} × {length}", name, figures, least))
        if name != "int8":
            figures = run_json(folder / "bench_train_step", "--json", "--precision", name)[0]
            points.append(step_point("training step 8 × 128", name, figures, 40 * parameters))
    return points


def measure(folder):
    limits = run_json(folder / "bench_machine", "--json")[0]
    products = products_of(run_json(folder / "bench_matmul", "--json", "x*W"))
    return {"limits": limits, "products": products, "steps": steps_of(folder, [t for t in TYPES if t in limits])}


# ---- drawing ----


class Axes:
    """Logarithmic on both sides: each doubling is as wide, or as high."""

    left, top, right, bottom = 78, 78, 730, 430

    def __init__(self, points, limits):
        xs = [p["ops_per_byte"] for p in points]
        ys = [p["gops"] for p in points] + [limits[t] for t in TYPES if t in limits]
        peak = max(limits[t] for t in TYPES if t in limits)
        self.x = (math.floor(math.log2(min([1, *xs]))), math.ceil(math.log2(2 * max([peak / limits["read"], *xs]))))
        self.y = (math.floor(math.log2(min([limits["read"], *ys]))), math.ceil(math.log2(1.3 * max(ys))))

    def at(self, ops_per_byte, gops):
        across = (math.log2(ops_per_byte) - self.x[0]) / (self.x[1] - self.x[0])
        up = (math.log2(gops) - self.y[0]) / (self.y[1] - self.y[0])
        return self.left + across * (self.right - self.left), self.bottom - up * (self.bottom - self.top)

    def draw(self, picture):
        picture.rect(self.left, self.top, self.right - self.left, self.bottom - self.top)
        for power in range(self.x[0], self.x[1] + 1):
            x, _ = self.at(2.0**power, 2.0 ** self.y[0])
            picture.line([(x, self.bottom), (x, self.bottom + 5)], arrow=False, width=1)
            picture.text(x, self.bottom + 20, shown(2.0**power), 12, "middle", "note")
        for power in range(self.y[0], self.y[1] + 1):
            _, y = self.at(2.0 ** self.x[0], 2.0**power)
            picture.line([(self.left - 5, y), (self.left, y)], arrow=False, width=1)
            picture.text(self.left - 9, y + 4, shown(2.0**power), 12, "end", "note")
        picture.text((self.left + self.right) / 2, self.bottom + 42, "operations per byte", 13, "middle", "note")
        picture.text(self.left - 58, self.top - 12, "10⁹ operations per second", 13, kind="note")


def shown(value):
    return f"1/{round(1 / value)}" if value < 1 else f"{value:,.0f}"


def draw_roofs(picture, axes, limits):
    top = max(limits[t] for t in TYPES if t in limits)
    low = max(2.0 ** axes.x[0], 2.0 ** axes.y[0] / limits["read"])
    picture.line([axes.at(low, low * limits["read"]), axes.at(top / limits["read"], top)], arrow=False)
    x, y = axes.at(low, low * limits["read"])
    picture.text(x + 32, y - 6, f"reading {number(limits['read'])} GB/s", 12, kind="note")
    for name in TYPES:
        if name in limits:
            begin, end = axes.at(limits[name] / limits["read"], limits[name]), axes.at(2.0 ** axes.x[1], limits[name])
            picture.line([begin, end], arrow=False)
            picture.text(end[0] - 8, end[1] - 6, f"{name} {limits[name]:,.0f}", 12, "end", "note")


def draw_steps(picture, axes, steps):
    """A letter in the chart for each, and its name below, in two columns."""
    for i, step in enumerate(steps):
        letter, (x, y) = chr(ord("A") + i), axes.at(step["ops_per_byte"], step["gops"])
        words = f"{step['name']} {step['type']}: {step['gops']:,.0f}"
        picture.point(x, y, 9, TYPES[step["type"]], words)
        picture.text(x, y + 4, letter, 11, "middle", bold=True)
        left, below = axes.left + i % 2 * 320, LEGEND + 28 + i // 2 * 22
        picture.point(left + 8, below - 4, 9, TYPES[step["type"]], words)
        picture.text(left + 8, below, letter, 11, "middle", bold=True)
        picture.text(left + 24, below, words, 12)


def draw_legend(picture):
    x = Axes.left
    for words, kind, hollow in (("products in f32", "blue", False), ("in bf16", "green", False), ("in int8", "amber", False),
                                ("oneDNN's", "blue", True)):
        picture.point(x + 8, LEGEND - 4, 4 if hollow else 5, kind, words, hollow)
        picture.text(x + 24, LEGEND, words, 12, kind="note")
        x += 48 + 7 * len(words)


def roofline(result):
    limits = result["limits"]
    points = result["products"] + result["steps"]
    picture = Picture(760, LEGEND + 28 + (len(result["steps"]) + 1) // 2 * 22, f"The roofline of {result['machine']['cpu']}")
    picture.text(20, 28, result["machine"]["cpu"], 15, bold=True)
    picture.text(20, 48, f"{limits['threads']} threads, {limits['instruction_set']}", 13, kind="note")
    axes = Axes(points, limits)
    axes.draw(picture)
    draw_roofs(picture, axes, limits)
    for product in result["products"]:
        words = f"{product['name']}: {{:,.0f}}, {number(product['ops_per_byte'])} operations per byte"
        if product["onednn_gops"]:
            x, y = axes.at(product["ops_per_byte"], product["onednn_gops"])
            picture.point(x, y, 4, TYPES[product["type"]], "oneDNN, " + words.format(product["onednn_gops"]), hollow=True)
        x, y = axes.at(product["ops_per_byte"], product["gops"])
        picture.point(x, y, 5, TYPES[product["type"]], words.format(product["gops"]))
    draw_steps(picture, axes, result["steps"])
    draw_legend(picture)
    return picture.svg()


def draw(path):
    result = json.loads(path.read_text(encoding="utf-8"))
    missing = {"machine", "limits", "products", "steps"} - result.keys()
    if missing:
        raise RuntimeError(f"{path} lacks {', '.join(sorted(missing))}; --measure writes such files")
    target = path.with_suffix(".svg")
    target.write_text(roofline(result), encoding="utf-8")
    return target


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--measure", metavar="NAME", help="measure this CPU first, into roofline-NAME.json")
    parser.add_argument("--bin", type=Path, default=ROOT / "build" / "release" / "bin", help="folder of the benchmarks")
    parser.add_argument("--results", type=Path, default=ROOT / "bench" / "results")
    options = parser.parse_args()
    if options.measure:
        results.save(options.results, f"roofline-{options.measure}", measure(options.bin))
    paths = sorted(options.results.glob("roofline-*.json"))
    if not paths:
        raise RuntimeError(f"{options.results} holds no roofline-*.json; --measure NAME makes one")
    for path in paths:
        print(draw(path))


if __name__ == "__main__":
    try:
        main()
    except (RuntimeError, OSError, ValueError) as error:
        sys.exit(f"draw_roofline.py: {error}")
