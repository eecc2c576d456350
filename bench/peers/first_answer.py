"""Fills one blank and prints the five best answers as JSON: first_answer.py torch|onnxruntime MODEL WORK TEXT."""

import json
import sys
from pathlib import Path


def torch_scores(model, text):
    import torch
    from transformers import BertForMaskedLM, BertTokenizerFast

    tokenizer = BertTokenizerFast.from_pretrained(model)
    encoded = tokenizer(text, return_tensors="pt")
    blank = encoded["input_ids"][0].tolist().index(tokenizer.mask_token_id)
    with torch.inference_mode():
        return BertForMaskedLM.from_pretrained(model, dtype=torch.float32).eval()(**encoded).logits[0, blank].numpy()


def onnxruntime_scores(model, work, text):
    import numpy
    import onnxruntime
    from tokenizers import BertWordPieceTokenizer

    ids = BertWordPieceTokenizer(str(Path(model) / "vocab.txt")).encode(text).ids
    tokens = (Path(model) / "vocab.txt").read_text(encoding="utf-8").splitlines()
    arrays = {"input_ids": [ids], "attention_mask": [[1] * len(ids)], "rows": [ids.index(tokens.index("[MASK]"))]}
    path = Path(work) / (Path(model).name + ".onnx")
    if not path.exists():
        from onnx_graph import export_graph

        export_graph(model, path)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(None, {name: numpy.array(values, dtype=numpy.int64) for name, values in arrays.items()})[0][0]


def main():
    side, model, work, text = sys.argv[1:]
    scores = torch_scores(model, text) if side == "torch" else onnxruntime_scores(model, work, text)
    import numpy

    probabilities = numpy.exp(scores - scores.max())
    probabilities /= probabilities.sum()
    best = numpy.argsort(-probabilities)[:5]
    print(json.dumps([{"score": float(probabilities[i]), "token": int(i)} for i in best]))


if __name__ == "__main__":
    main()
