"""What every worker does that fills blanks. See worker.py."""

import time

import workload


class Blanks:
    """Subclasses have `inputs(batch)`, which makes the program's inputs from a batch, and `scores(inputs)`, a matrix
    [blanks,V]."""

    def __init__(self, job):
        self.job = job
        self.batches = [self.inputs(batch) for batch in workload.read_batches(job["batches"])]
        self.step_count = 0

    def check(self):
        """Every 97th score of each blank, which every side must share."""
        batches = workload.read_batches(self.job["check"])
        return {"scores": [row for batch in batches for row in self.scores(self.inputs(batch))[:, ::97].tolist()]}

    def step(self):
        batch = self.batches[self.step_count % len(self.batches)]
        self.step_count += 1
        start = time.perf_counter()
        self.scores(batch).argmax(-1).tolist()
        return {"ms": 1e3 * (time.perf_counter() - start)}
