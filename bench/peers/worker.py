"""Sides of a comparison as processes that work only when asked, so that they can take turns.

A worker prints a line of JSON with what it computed for the check, then for every line "step" that it reads it does one
piece of work and prints a line of JSON with at least "ms". bench_train_step --on-demand and bench_inference --on-demand
speak the same.
"""

import json
import os
import resource
import select
import subprocess
import sys
import time


def peak_rss_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def serve(work):
    """The main program of a Python worker: `work` is made from the job, a JSON argument."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints must not mix with the answers

    def answer(values):
        answers.write(json.dumps(dict(values, peak_rss_mb=round(peak_rss_mb()))) + "\n")
        answers.flush()

    worker = work(json.loads(sys.argv[1]))
    answer(worker.check())
    for line in sys.stdin:
        if line.strip() != "step":
            sys.exit(f"worker: expected the line 'step', got {line!r}")
        answer(worker.step())


class TooSlow(RuntimeError):
    """A side took longer than one is willing to wait."""


class Worker:
    """One side. `command` starts it, `environment` is added to this process's, no answer may take longer than `patience`
    seconds."""

    def __init__(self, name, command, environment, log, patience):
        self.name = name
        self.command = command
        self.log = log
        self.patience = patience
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("OPENBLAS_", "MKL_", "OMP_"))}
        self.samples = []  # ms
        self.last = None  # answer
        with open(log, "w") as errors:
            self.process = subprocess.Popen(
                command,
                env=dict(clean, **environment),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self.check = self.read()

    def read(self):
        if not select.select([self.process.stdout], [], [], self.patience)[0]:
            self.process.kill()
            raise TooSlow(f"{self.name} did not answer within {self.patience} s")
        line = self.process.stdout.readline()
        if not line:
            with open(self.log) as file:
                last = (file.read().strip().splitlines() or ["(it said nothing)"])[-1]
            raise RuntimeError(f"{self.name} ended with code {self.process.wait()}: {last} (see {self.log})")
        return json.loads(line)

    def step(self):
        self.process.stdin.write("step\n")
        self.process.stdin.flush()
        return self.read()

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def busy_seconds():
    """Processor time used by all programs since the machine started."""
    with open("/proc/stat") as file:
        user, nice, system = map(int, file.readline().split()[1:4])
    return (user + nice + system) / os.sysconf("SC_CLK_TCK")


def seconds_of(process):
    with open(f"/proc/{process.pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Disturbance:
    """The share of the processors' time that went to programs other than the workers."""

    def __init__(self, workers):
        self.workers = workers
        self.start = time.perf_counter()
        self.others_before = self.others()

    def others(self):
        return busy_seconds() - sum(seconds_of(worker.process) for worker in self.workers)

    def share(self):
        available = (time.perf_counter() - self.start) * os.cpu_count()
        return max(0.0, round((self.others() - self.others_before) / available, 3))


def take_turns(workers, rounds, steps, warm_up):
    """A B A B …: in every round each worker does `steps` steps, whose times are added up to one sample; before that
    each does `warm_up` steps that are not kept."""
    for turn in range(-1, rounds):
        for worker in workers:
            answers = [worker.step() for _ in range(steps if turn >= 0 else warm_up)]
            if turn >= 0:
                worker.samples.append(sum(answer["ms"] for answer in answers))
            worker.last = answers[-1]
            time.sleep(0.05)  # until threads that spin while they wait for work have gone to sleep
