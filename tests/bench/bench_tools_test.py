#!/usr/bin/env python3
"""Tests of the Python scripts of bench/ that need no program: pictures, models and scores. Standard library alone."""

import json
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "bench" / "precisions")]

import draw_roofline
import simulate_threads
import tasks

ROOFLINE = {
    "machine": {"cpu": "A CPU <with> brackets"},
    "limits": {"threads": 2, "instruction_set": "avx512", "f32": 200.0, "int8": 800.0, "read": 25.0},
    "products": [
        {"name": "x*W' 16x768x768 panels", "type": "f32", "gops": 90.0, "ops_per_byte": 7.7, "onednn_gops": 80.0},
        {"name": "x*W' 128x768x768 int8", "type": "int8", "gops": 500.0, "ops_per_byte": 110.0, "onednn_gops": None},
    ],
    "steps": [{"name": "answer 1 × 16", "type": "int8", "gops": 250.0, "ops_per_byte": 32.0}],
}
SVG = "{http://www.w3.org/2000/svg}"


def answer_of(script, *arguments):
    command = [sys.executable, "-B", str(ROOT / "bench" / script), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, encoding="utf-8")


class Roofline(unittest.TestCase):
    def drawn(self, result):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "roofline-test.json").write_text(json.dumps(result), encoding="utf-8")
            done = answer_of("draw_roofline.py", "--results", folder)
            path = Path(folder, "roofline-test.svg")
            return done, ElementTree.parse(path).getroot() if path.exists() else None

    def test_draws_every_limit_and_point_inside_the_picture(self):
        done, svg = self.drawn(ROOFLINE)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertTrue(done.stdout.strip().endswith("roofline-test.svg"))
        words = [text.text for text in svg.iter(SVG + "text")]
        for expected in ("A CPU <with> brackets", "f32 200", "int8 800", "reading 25 GB/s", "answer 1 × 16 int8: 250"):
            self.assertIn(expected, words)
        circles = list(svg.iter(SVG + "circle"))
        self.assertEqual(len(circles), 3 + 1 + 5)  # ours, oneDNN's, the legend with its step
        _, _, width, height = map(float, svg.get("viewBox").split())
        for circle in circles:
            self.assertTrue(0 < float(circle.get("cx")) < width and 0 < float(circle.get("cy")) < height)
        self.assertIn("prefers-color-scheme:dark", ElementTree.tostring(svg, encoding="unicode"))

    def test_the_ridge_is_where_both_limits_meet(self):
        axes = draw_roofline.Axes(ROOFLINE["products"] + ROOFLINE["steps"], ROOFLINE["limits"])
        self.assertGreater(axes.at(16, 100)[0], axes.at(8, 100)[0])
        self.assertLess(axes.at(8, 200)[1], axes.at(8, 100)[1])  # upwards is smaller
        wide = axes.at(16, 100)[0] - axes.at(8, 100)[0]
        self.assertAlmostEqual(axes.at(64, 100)[0] - axes.at(32, 100)[0], wide)

    def test_counts_operations_per_byte(self):
        row = {"product": "x*W'  2x3x5 int8", "m": 2, "n": 3, "k": 5, "ours": [1.0, 2.0], "onednn": [None, None]}
        point = draw_roofline.products_of([row])[0]
        self.assertEqual(point["type"], "int8")
        self.assertEqual(point["gops"], 2.0)
        self.assertAlmostEqual(point["ops_per_byte"], 2 * 2 * 3 * 5 / (4 * 2 * 5 + 3 * 5 + 4 * 2 * 3))

    def test_says_in_one_line_what_is_missing(self):
        done, _ = self.drawn({"machine": {}, "limits": {}})
        self.assertEqual(done.returncode, 1)
        self.assertIn("lacks products, steps", done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1)
        with tempfile.TemporaryDirectory() as folder:
            done = answer_of("draw_roofline.py", "--results", folder)
        self.assertEqual((done.returncode, len(done.stderr.splitlines())), (1, 1))


PROFILE = """step 10
operation            calls  forward ms  backward ms    share
linear                 100       {0}       {1}   90.0 %
adamw                   10       {2}           0.0   10.0 %
"""


class Threads(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def file(self, name, text):
        path = Path(self.folder.name, name)
        path.write_text(text, encoding="utf-8")
        return path

    def test_reads_both_kinds_of_profiles(self):
        rows = simulate_threads.read_profile(self.file("t", PROFILE.format("1000.0", "2000.0", "300.0")))
        self.assertEqual(rows["linear"], simulate_threads.Timing(100, 1.0, 2.0))
        text = json.dumps({"ms": 3, "profile": [{"operation": "everything else", "calls": 0, "ms": 2.5, "share": 1}]})
        rows = simulate_threads.read_profile(self.file("j", text))
        self.assertEqual(rows, {"everything else": simulate_threads.Timing(0, 0.0025)})

    def operation(self, one, two, least_bytes=0, fork_join=0.0, calls=0):
        machine = simulate_threads.Machine(10e9, 40e9, fork_join)
        timings = [simulate_threads.Timing(calls, seconds) for seconds in (one, two)]
        return simulate_threads.Operation("x", *timings, least_bytes, machine)

    def test_fits_the_serial_part(self):
        operation = self.operation(10.0, 6.0)  # 2 serial, 8 divisible
        self.assertAlmostEqual(operation.time(1), 10)
        self.assertAlmostEqual(operation.time(2), 6)
        self.assertAlmostEqual(operation.time(8), 3)
        self.assertEqual(operation.stops(64), (7, "serial"))  # 10/(7·(2 + 8/7)) < 1/2 <= 10/(6·(2 + 8/6))
        self.assertIsNone(self.operation(10.0, 5.0).stops(64))

    def test_memory_and_waiting_are_limits(self):
        operation = self.operation(10.0, 5.0, least_bytes=80e9)
        self.assertAlmostEqual(operation.time(8), 2)  # 80 GB at 40 GB/s
        self.assertEqual(operation.stops(64), (11, "bandwidth"))
        operation = self.operation(1.0, 0.5 + 0.01, fork_join=0.001, calls=10)
        self.assertAlmostEqual(operation.time(16), 1 / 16 + 10 * 0.001 * 4)
        self.assertEqual(operation.stops(64)[1], "fork and join")

    def test_names_the_operation_that_stops_first(self):
        one = self.file("one", PROFILE.format("1000.0", "2000.0", "300.0"))
        two = self.file("two", PROFILE.format("500.0", "1010.0", "290.0"))
        done = answer_of("simulate_threads.py", one, two, "--cores", 2, 16, "--fork-join", 0)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("16 cores", done.stdout)
        self.assertIn("time(p) = max(serial + divisible/p", done.stdout)
        self.assertIn("adamw stops scaling first: from 3 cores", done.stdout)

    def test_says_in_one_line_what_is_wrong(self):
        one = self.file("one", PROFILE.format("1000.0", "2000.0", "300.0"))
        for other in (self.file("none", "nothing\n"), self.file("other", PROFILE.replace("adamw", "other").format(1.0, 2.0, 3.0))):
            done = answer_of("simulate_threads.py", one, other)
            self.assertEqual((done.returncode, len(done.stderr.splitlines())), (1, 1))


class Scores(unittest.TestCase):
    def test_entities_are_spans_of_characters(self):
        words, tags = ["在", "New", "约", "王", "李"], ["O", "B-LOC", "I-LOC", "B-PER", "B-PER"]
        self.assertEqual(tasks.entities_of(words, tags), {("LOC", 1, 5), ("PER", 5, 6), ("PER", 6, 7)})
        answer = [{"entity_group": "LOC", "start": 1, "end": 5}, {"entity_group": "PER", "start": 0, "end": 1}]
        self.assertAlmostEqual(tasks.entity_f1([(words, tags)], [answer]), 2 * 1 / (3 + 2))

    def test_answers_share_characters(self):
        self.assertEqual(tasks.character_f1("王 力宏，", "王力宏"), 1)
        self.assertAlmostEqual(tasks.character_f1("王力宏", "力"), 0.5)
        self.assertEqual(tasks.character_f1("王", "李"), 0)

    def test_masks_one_chinese_character(self):
        masked = tasks.one_character_masked(["a今天", "abc", "好"])
        self.assertEqual(len(masked), 2)
        self.assertEqual([text.count("[MASK]") for text in masked], [1, 1])
        self.assertTrue(masked[0].startswith("a"))


if __name__ == "__main__":
    unittest.main()
