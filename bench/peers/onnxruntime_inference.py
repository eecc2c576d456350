"""A worker: the exported model in ONNX Runtime filling one blank per sentence. See worker.py."""

import time
from pathlib import Path

import numpy
import onnxruntime

import workload
from worker import serve


def export_graph(model_directory, path):
    """Writes the graph of the encoder and of the head on the rows asked for."""
    import torch
    from transformers import BertForMaskedLM

    from torch_inference import Head, tensors

    model = BertForMaskedLM.from_pretrained(model_directory, attn_implementation="eager", dtype=torch.float32).eval()
    example = tensors({"ids": [[2, 3, 4, 5], [2, 3, 4]], "masked_rows": [1, 5], "labels": [3, 3]}, always_mask=True)
    names = ["input_ids", "rows", "attention_mask"]
    axes = {"input_ids": {0: "B", 1: "S"}, "attention_mask": {0: "B", 1: "S"}, "rows": {0: "M"}, "scores": {0: "M"}}
    with torch.inference_mode():
        torch.onnx.export(
            Head(model),
            tuple(example[name] for name in names),
            str(path),
            input_names=names,
            output_names=["scores"],
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )


def graph_of(job):
    """The .onnx file of the model, written on first use; with `fused_graph` after the fusions for BERT that
    onnxruntime.transformers does."""
    plain = Path(job["work"]) / (Path(job["model"]).name + ".onnx")
    if not plain.exists():
        export_graph(job["model"], plain)
    if not job["fused_graph"]:
        return plain
    fused = plain.with_suffix(".fused.onnx")
    if not fused.exists():
        from onnxruntime.transformers.fusion_options import FusionOptions
        from onnxruntime.transformers.optimizer import optimize_model

        model = optimize_model(
            str(plain), model_type="bert", num_heads=12, hidden_size=768, optimization_options=FusionOptions("bert")
        )
        model.save_model_to_file(str(fused))
    return fused


class Inference:
    def __init__(self, job):
        self.job = job
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = job["threads"]
        options.inter_op_num_threads = 1
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        self.session = onnxruntime.InferenceSession(str(graph_of(job)), options, providers=["CPUExecutionProvider"])
        self.names = [entry.name for entry in self.session.get_inputs()]
        self.batches = [self.arrays(batch) for batch in workload.read_batches(job["batches"])]
        self.step_count = 0

    def arrays(self, batch):
        parts = workload.padded(batch)
        arrays = {"input_ids": parts["ids"], "rows": parts["rows"], "attention_mask": parts["mask"]}
        return {name: numpy.array(arrays[name], dtype=numpy.int64) for name in self.names}

    def scores(self, arrays):
        return self.session.run(None, arrays)[0]

    def check(self):
        """Every 97th score of each blank, which every side must share."""
        batches = workload.read_batches(self.job["check"])
        return {"scores": [row for batch in batches for row in self.scores(self.arrays(batch))[:, ::97].tolist()]}

    def step(self):
        arrays = self.batches[self.step_count % len(self.batches)]
        self.step_count += 1
        start = time.perf_counter()
        self.scores(arrays).argmax(-1).tolist()
        return {"ms": 1e3 * (time.perf_counter() - start)}


if __name__ == "__main__":
    serve(Inference)
