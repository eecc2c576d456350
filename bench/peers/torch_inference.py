"""A worker: transformers' BertForMaskedLM in PyTorch filling one blank per sentence. See worker.py.

The encoder reads the padded batch, the head only the rows asked for.
"""

import contextlib

import torch
from transformers import BertForMaskedLM

import workload
from blanks import Blanks
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


class Inference(Blanks):
    def __init__(self, job):
        torch.set_num_threads(job["threads"])
        model = BertForMaskedLM.from_pretrained(job["model"], attn_implementation=job["attention"])
        self.head = Head(model.eval())
        if job["compile"]:
            self.head = torch.compile(self.head, dynamic=True)
        super().__init__(job)

    def inputs(self, batch):
        return tensors(batch)

    def scores(self, batch):
        precision = contextlib.nullcontext()
        if self.job["precision"] == "bf16":
            precision = torch.autocast("cpu", dtype=torch.bfloat16)
        with torch.inference_mode(), precision:
            return self.head(**batch).float()


if __name__ == "__main__":
    serve(Inference)
