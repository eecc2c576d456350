#!/usr/bin/env python3
"""Predicts how long a run would take on more processors, from its profiles with one thread and with two.

    mini_bert_train … --threads 1 --profile > one.txt; mini_bert_train … --threads 2 --profile > two.txt
    bench/simulate_threads.py one.txt two.txt --cores 8 32 64
    bench_inference --threads 1 --profile --json > one.json; …      works as well

This is a model, not a measurement. For each operation it computes

    time(p) = max(serial + divisible/p, bytes/bandwidth(p)) + regions·fork_join·log2(p)
    bandwidth(p) = min(p·one, all)

  serial, divisible   fitted to both profiles: serial + divisible is the time with one thread, and the formula gives the
                      time with two. What is faster with two threads than half counts as fully divisible.
  bytes               what the operation must move at least, from the formulas of LEAST_BYTES below: weights, gradients,
                      moments and activations, each read or written once. Unknown operations count as 0 bytes.
  regions             parallel loops: one for each call forward, two backward.
  fork_join           --fork-join, seconds for each doubling of the threads. An assumption.
  one, all            --one and --all, GB/s of one core and of the whole machine. Assumptions: `bench_machine` measures
                      them on a machine that is at hand. An operation that was measured faster than --one allows
                      keeps its own rate.

What the model leaves out: larger caches of larger machines, several sockets, lower clocks under load, shares of rows
that do not divide evenly, threads that other programs delay. So a prediction of 64 cores from two is a hint where the
time will go, and no promise. The table names the operations that stop scaling first: those that keep fewer than half of
the cores busy, time(1)/(p·time(p)) < 1/2.
"""

import argparse
import json
import math
import re
import sys
from dataclasses import dataclass
from pathlib import Path

SMALL = 0.005  # an operation below this share of the time does not count as the first to stop


@dataclass
class Timing:
    calls: float
    forward: float  # seconds
    backward: float = 0.0

    @property
    def seconds(self):
        return self.forward + self.backward

    @property
    def regions(self):
        return self.calls * (3 if self.backward > 0 else 1)


def read_profile(path):
    """{operation: Timing}, from the JSON of bench_inference or from the output of mini_bert_train."""
    text = path.read_text(encoding="utf-8")
    rows = {}
    if text.lstrip().startswith("{"):
        for row in json.loads(text).get("profile", []):
            rows[row["operation"]] = Timing(row["calls"], row["ms"] * 1e-3)
    for line in text.splitlines():
        found = re.fullmatch(r"(\w+) +(\d+) +([\d.]+) +([\d.]+) +[\d.]+ %", line.strip())
        if found:
            rows[found[1]] = Timing(int(found[2]), float(found[3]) * 1e-3, float(found[4]) * 1e-3)
    if not rows:
        raise RuntimeError(f"{path}: no profile; run mini_bert_train --profile, or bench_inference --profile --json")
    return rows


@dataclass
class Work:
    parameters: float
    tokens: int  # of a batch
    hidden: int
    weight_bytes: int

    def activations(self, calls, numbers):
        """`numbers` f32 for each feature of each token, in each call."""
        return 4 * calls * self.tokens * self.hidden * numbers


# Bytes that all calls of an operation move at least. A training step reads the weights of all products forward and
# backward and writes their gradients; an answer only reads them. `linear` and `activated_linear` share the weights of a
# layer 2:1 (4·H² + H·F and H·F with F = 4·H).
def product_bytes(share):
    def least(work, timing, passes):
        weights = work.weight_bytes + (8 if timing.backward > 0 else 0)
        return share * passes * work.parameters * weights

    return least


def activation_bytes(forward, backward):
    return lambda work, timing, passes: work.activations(timing.calls, forward + (timing.backward > 0) * backward)


LEAST_BYTES = {
    "linear": product_bytes(2 / 3),
    "activated_linear": product_bytes(1 / 3),
    "adamw": lambda work, timing, passes: 28 * passes * work.parameters,
    "gradient_norm": lambda work, timing, passes: 4 * passes * work.parameters,
    "attention": activation_bytes(4, 8),
    "add_layer_norm": activation_bytes(4, 4),
    "layer_norm": activation_bytes(2, 3),
    "add": activation_bytes(3, 3),
    "dropout": activation_bytes(2, 2),
    "embedding": activation_bytes(2, 3),
}


@dataclass
class Machine:
    one: float  # bytes/s
    all: float
    fork_join: float

    def waiting(self, regions, cores):
        return regions * self.fork_join * math.log2(cores)


class Operation:
    def __init__(self, name, one, two, least_bytes, machine):
        self.name, self.machine, self.bytes, self.regions = name, machine, least_bytes, one.regions
        beside_waiting = two.seconds - machine.waiting(self.regions, 2)
        self.serial = min(max(2 * beside_waiting - one.seconds, 0.0), one.seconds)
        self.divisible = one.seconds - self.serial
        self.seconds = one.seconds
        self.rate = max(machine.one, least_bytes / one.seconds if one.seconds > 0 else 0)  # of one core

    def bandwidth(self, cores):
        return min(cores * self.rate, max(self.machine.all, self.rate))

    def parts(self, cores):
        """What the time consists of: name and seconds. Either the multiplication or the memory is hidden by the other."""
        computing = self.serial + self.divisible / cores
        moving = self.bytes / self.bandwidth(cores)
        waiting = {"fork and join": self.machine.waiting(self.regions, cores)}
        if moving > computing:
            return {"bandwidth": moving, **waiting}
        return {"serial": self.serial, "divisible": self.divisible / cores, **waiting}

    def time(self, cores):
        return sum(self.parts(cores).values())

    def efficiency(self, cores):
        return self.time(1) / (cores * self.time(cores))

    def stops(self, most):
        """The fewest cores, up to `most`, that it keeps less than half busy, and why; None if there are none."""
        for cores in range(2, most + 1):
            if self.efficiency(cores) < 0.5:
                parts = self.parts(cores)
                parts.pop("divisible", None)
                return cores, max(parts, key=parts.get)
        return None


def operations_of(one, two, work, machine):
    missing = one.keys() ^ two.keys()
    if missing:
        raise RuntimeError(f"only one of both profiles has {', '.join(sorted(missing))}; are they of the same run?")
    passes = one["adamw"].calls if "adamw" in one else 1
    zero = lambda work, timing, passes: 0
    return [
        Operation(name, timing, two[name], LEAST_BYTES.get(name, zero)(work, timing, passes), machine)
        for name, timing in sorted(one.items(), key=lambda item: -item[1].seconds)
    ]


def report(operations, cores):
    whole = sum(operation.seconds for operation in operations)
    most = max(cores)
    lines = [f"{'operation':<22}{'1 core':>10}{'serial':>8}" + "".join(f"{f'{n} cores':>11}" for n in cores) + "   below half of the cores from"]
    for operation in operations:
        stop = operation.stops(most)
        cells = "".join(f"{1e3 * operation.time(n):>11,.1f}" for n in cores)
        share = operation.serial / operation.seconds if operation.seconds > 0 else 0
        where = f"{stop[0]} ({stop[1]})" if stop else "–"
        lines.append(f"{operation.name:<22}{1e3 * operation.seconds:>10,.1f}{share:>7.1%} {cells}   {where}")
    sums = [sum(operation.time(n) for operation in operations) for n in cores]
    lines.append(f"{'sum, ms':<22}{1e3 * whole:>10,.1f}{'':>8}" + "".join(f"{1e3 * s:>11,.1f}" for s in sums))
    lines.append(f"{'times as fast':<40}" + "".join(f"{whole / s:>11.1f}" for s in sums))
    counted = [(o.stops(most), o) for o in operations if o.seconds >= SMALL * whole and o.stops(most)]
    if counted:
        (first, why), operation = min(counted, key=lambda pair: pair[0][0])
        lines.append(f"{operation.name} stops scaling first: from {first} cores less than half of them are busy ({why})")
    else:
        lines.append(f"every operation keeps at least half of {most} cores busy")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("one", type=Path, help="profile with one thread")
    parser.add_argument("two", type=Path, help="profile of the same run with two")
    parser.add_argument("--cores", type=int, nargs="+", default=[8, 32, 64])
    parser.add_argument("--one", dest="one_core", type=float, default=12, help="GB/s that one core reads")
    parser.add_argument("--all", type=float, default=200, help="GB/s of the whole machine")
    parser.add_argument("--fork-join", type=float, default=2e-6, help="seconds a parallel loop costs, for each doubling")
    parser.add_argument("--parameters", type=float, default=102.3e6, help="of the model; default: BERT base, Chinese")
    parser.add_argument("--tokens", type=int, default=1024, help="of a batch; for one sentence: its length")
    parser.add_argument("--hidden", type=int, default=768)
    parser.add_argument("--weight-bytes", type=int, choices=[1, 2, 4], default=4, help="of a weight that products read")
    options = parser.parse_args()
    if min(options.cores) < 2:
        parser.error("--cores needs numbers above 1")
    work = Work(options.parameters, options.tokens, options.hidden, options.weight_bytes)
    machine = Machine(options.one_core * 1e9, options.all * 1e9, options.fork_join)
    operations = operations_of(read_profile(options.one), read_profile(options.two), work, machine)
    print("time(p) = max(serial + divisible/p, bytes/bandwidth(p)) + regions·fork_join·log2(p), in ms. A model, not measured:")
    print(f"fork_join {options.fork_join * 1e6:g} µs, one core {options.one_core:g} GB/s, all cores {options.all:g} GB/s, "
          f"{options.parameters / 1e6:g} million parameters, {options.tokens} tokens a batch")
    print(report(operations, options.cores))


if __name__ == "__main__":
    try:
        main()
    except (RuntimeError, OSError, ValueError) as error:
        sys.exit(f"simulate_threads.py: {error}")
