"""Fine-tuning with library code: the loop whose numbers are written down, and the Trainer of transformers to check it.

The loop is needed because the Trainer cannot change its group size half-way. A group is the micro-batches of one step.
"""

import tempfile
from pathlib import Path

import torch
from transformers import BertForMaskedLM, Trainer, TrainingArguments, get_linear_schedule_with_warmup
from transformers.loss.loss_utils import fixed_cross_entropy

from golden_inputs import masked_count, padded

FINE_TUNING = {
    "steps": 20,
    "learning_rate": 1e-3,
    "adam_beta1": 0.9,
    "adam_beta2": 0.999,
    "adam_epsilon": 1e-8,
    "weight_decay": 0.01,
    "max_grad_norm": 1.0,
    "lr_scheduler_type": "linear",
    "warmup_steps": 4,
    "first_grouped_step": 10,
    "gradient_accumulation_steps_before": 1,
    "gradient_accumulation_steps_after": 2,
    "model_seed": 7,
    "data_seed": 11,
}


def token_weighted_loss(outputs, labels, num_items_in_batch) -> torch.Tensor:
    """transformers' cross entropy over one micro-batch, divided by the masked tokens of its whole group."""
    logits = outputs["logits"] if isinstance(outputs, dict) else outputs
    return fixed_cross_entropy(logits.view(-1, logits.shape[-1]), labels.view(-1), num_items_in_batch)


def decay_groups(model: torch.nn.Module, weight_decay: float) -> list:
    """The Trainer's two parameter groups; the tied weight occurs once, as the word embedding."""
    decays = set(Trainer.get_decay_parameter_names(None, model))
    named = list(model.named_parameters())
    return [
        {"params": [p for name, p in named if name in decays], "weight_decay": weight_decay},
        {"params": [p for name, p in named if name not in decays], "weight_decay": 0.0},
    ]


def fine_tune(folder: Path, steps: list, dtype: torch.dtype, total_steps: int) -> tuple[list, BertForMaskedLM]:
    """The expected row of every step, and the model afterwards."""
    model = BertForMaskedLM.from_pretrained(folder, dtype=dtype).train()
    optimizer = torch.optim.AdamW(
        decay_groups(model, FINE_TUNING["weight_decay"]),
        lr=FINE_TUNING["learning_rate"],
        betas=(FINE_TUNING["adam_beta1"], FINE_TUNING["adam_beta2"]),
        eps=FINE_TUNING["adam_epsilon"],
    )
    scheduler = get_linear_schedule_with_warmup(optimizer, FINE_TUNING["warmup_steps"], total_steps)
    rows = []
    for group in steps:
        masked = sum(masked_count(micro_batch) for micro_batch in group)
        loss_of_group = 0.0
        means = []
        for micro_batch in group:
            batch = padded(micro_batch)
            outputs = model(**batch)
            means.append(outputs.loss.item())
            if len(group) == 1:
                loss = outputs.loss
            else:
                loss = token_weighted_loss(outputs, batch["labels"], masked)
            loss.backward()
            loss_of_group += loss.item()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), FINE_TUNING["max_grad_norm"])
        rows.append(
            {
                "loss": loss_of_group,
                "grad_norm": norm.item(),
                "learning_rate": scheduler.get_last_lr()[0],
                "masked": masked,
                "micro_batch_losses": means,
            }
        )
        optimizer.step()
        scheduler.step()
        optimizer.zero_grad()
    return rows, model


class InOrder(Trainer):
    """The Trainer, fed prepared micro-batches in their order."""

    def get_train_dataloader(self):
        return self.train_dataset


def trainer_log(folder: Path, steps: list, loss_function) -> list:
    """Log rows of transformers' Trainer over groups of equal size, from the weights in `folder`."""
    batches = [padded(micro_batch) for group in steps for micro_batch in group]
    with tempfile.TemporaryDirectory() as scratch:
        arguments = TrainingArguments(
            output_dir=scratch,
            use_cpu=True,
            max_steps=len(steps),
            gradient_accumulation_steps=len(steps[0]),
            learning_rate=FINE_TUNING["learning_rate"],
            weight_decay=FINE_TUNING["weight_decay"],
            warmup_steps=FINE_TUNING["warmup_steps"],
            logging_steps=1,
            save_strategy="no",
            report_to=[],
            disable_tqdm=True,
        )
        trainer = InOrder(
            BertForMaskedLM.from_pretrained(folder, dtype=torch.float32),
            arguments,
            train_dataset=batches,
            compute_loss_func=loss_function,
        )
        trainer.log = lambda logs, start_time=None: trainer.state.log_history.append(dict(logs))
        trainer.train()
    return [row for row in trainer.state.log_history if "loss" in row]
