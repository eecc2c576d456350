"""A worker: transformers' BertForMaskedLM in PyTorch filling one blank per sentence. See worker.py.

The encoder reads the padded batch, the head only the rows asked for.
"""

import contextlib
import time

import torch
from transformers import BertForMaskedLM

import workload
from worker import serve


class Head(torch.nn.Module):
    """Scores [M,V] of the given rows of the padded batch."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_ids, rows, attention_mask=None):
        hidden = self.model.bert(input_ids, attention_mask=attention_mask).last_hidden_state  # [B,S,H]
        return self.model.cls(hidden.reshape(-1, hidden.shape[-1])[rows])


def tensors(batch, always_mask=False):
    parts = workload.padded(batch)
    result = {"input_ids": torch.tensor(parts["ids"]), "rows": torch.tensor(parts["rows"])}
    mask = torch.tensor(parts["mask"])
    if always_mask or not mask.all():
        result["attention_mask"] = mask
    return result


class Inference:
    def __init__(self, job):
        torch.set_num_threads(job["threads"])
        self.job = job
        model = BertForMaskedLM.from_pretrained(job["model"], attn_implementation=job["attention"])
        self.head = Head(model.eval())
        if job["compile"]:
            self.head = torch.compile(self.head, dynamic=True)
        self.batches = [tensors(batch) for batch in workload.read_batches(job["batches"])]
        self.step_count = 0

    def scores(self, batch):
        precision = contextlib.nullcontext()
        if self.job["precision"] == "bf16":
            precision = torch.autocast("cpu", dtype=torch.bfloat16)
        with torch.inference_mode(), precision:
            return self.head(**batch).float()

    def check(self):
        """Every 97th score of each blank, which every side must share."""
        batches = workload.read_batches(self.job["check"])
        return {"scores": [row for batch in batches for row in self.scores(tensors(batch))[:, ::97].tolist()]}

    def step(self):
        batch = self.batches[self.step_count % len(self.batches)]
        self.step_count += 1
        start = time.perf_counter()
        self.scores(batch).argmax(-1).tolist()
        return {"ms": 1e3 * (time.perf_counter() - start)}


if __name__ == "__main__":
    serve(Inference)
