#!/usr/bin/env python3
"""Writes a model as transformers.js loads it: onnx/model.onnx in f32, config.json, tokenizer.json.

    bench/web/export_onnx.py MODEL FOLDER

The graph has the logits of masked words (for fill-mask) and the last hidden state (for feature-extraction), so that one
file serves both tasks. Needs torch, transformers, onnx and onnxscript.
"""
import pathlib
import sys

import torch
from transformers import BertForMaskedLM, BertTokenizerFast


class Both(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask, token_type_ids):
        result = self.model(input_ids, attention_mask, token_type_ids, output_hidden_states=True)
        return result.logits, result.hidden_states[-1]


def main():
    source, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    (folder / "onnx").mkdir(parents=True, exist_ok=True)
    model = BertForMaskedLM.from_pretrained(source, dtype=torch.float32, attn_implementation="eager").eval()
    tokenizer = BertTokenizerFast.from_pretrained(source)
    tokenizer.save_pretrained(folder)
    model.config.save_pretrained(folder)
    names = ["input_ids", "attention_mask", "token_type_ids"]
    ids = torch.randint(5, 100, (2, 7))
    batch, length = torch.export.Dim("batch"), torch.export.Dim("length")
    torch.onnx.export(Both(model), (ids, torch.ones_like(ids), torch.zeros_like(ids)), str(folder / "onnx/model.onnx"),
                      input_names=names, output_names=["logits", "last_hidden_state"], dynamo=True, external_data=False,
                      dynamic_shapes=tuple({0: batch, 1: length} for _ in names))


if __name__ == "__main__":
    main()
