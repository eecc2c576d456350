"""A worker: training steps of transformers' BertForMaskedLM in PyTorch. See worker.py for what it reads and prints.

The model is used as transformers gives it: padded [B,S] batches, scores of all tokens (its loss reads the masked ones),
AdamW on float32 weights, gradients clipped to norm 1.
"""

import contextlib
import time

import torch
from transformers import BertForMaskedLM

import workload
from worker import serve


class Training:
    def __init__(self, job):
        torch.set_num_threads(job["threads"])
        torch.manual_seed(0)
        self.job = job
        self.model = BertForMaskedLM.from_pretrained(job["model"], attn_implementation=job["attention"])
        decays = lambda name: not name.endswith("bias") and "LayerNorm" not in name
        named = list(self.model.named_parameters())
        groups = [
            {"params": [p for name, p in named if decays(name)], "weight_decay": job["weight_decay"]},
            {"params": [p for name, p in named if not decays(name)], "weight_decay": 0.0},
        ]
        self.optimizer = torch.optim.AdamW(groups, lr=job["learning_rate"], eps=1e-8, **{job["optimizer"]: True})
        self.forward = torch.compile(self.model) if job["compile"] else self.model
        self.batches = [self.tensors(batch) for batch in workload.read_batches(job["batches"])]
        self.step_count = 0

    def tensors(self, batch):
        parts = workload.padded(batch)
        tensors = {"input_ids": torch.tensor(parts["ids"]), "labels": torch.tensor(parts["labels"])}
        mask = torch.tensor(parts["mask"])
        if not mask.all():
            tensors["attention_mask"] = mask
        return tensors

    def update(self, batch, check=False):
        precision = contextlib.nullcontext()
        if self.job["precision"] == "bf16":
            precision = torch.autocast("cpu", dtype=torch.bfloat16)
        with precision:
            loss = self.forward(**batch).loss
        loss.backward()
        norm = self.exact_norm() if check else 0.0
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0, foreach=True)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        return loss.item(), norm

    def exact_norm(self):
        """The norm in double: clip_grad_norm_ adds up in float, which is off by 1e-4 already for a million numbers."""
        return sum(p.grad.double().square().sum().item() for p in self.model.parameters()) ** 0.5

    def check(self):
        """Updates without dropout, whose losses and gradient norms every side must share."""
        self.model.eval()
        updates = [self.update(self.tensors(batch), check=True) for batch in workload.read_batches(self.job["check"])]
        self.model.train()
        return {"losses": [loss for loss, _ in updates], "grad_norms": [norm for _, norm in updates]}

    def step(self):
        batch = self.batches[self.step_count % len(self.batches)]
        self.step_count += 1
        start = time.perf_counter()
        loss, _ = self.update(batch)
        return {"ms": 1e3 * (time.perf_counter() - start), "loss": loss}


if __name__ == "__main__":
    serve(Training)
