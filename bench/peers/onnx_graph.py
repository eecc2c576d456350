"""The model as an ONNX graph: the encoder, and the head on the rows asked for. Files are written on first use."""

from pathlib import Path

import workload


def export_graph(model_directory, path):
    """Writes the graph, in f32."""
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


def plain_graph(job):
    """The .onnx file of the model."""
    plain = Path(job["work"]) / (Path(job["model"]).name + ".onnx")
    if not plain.exists():
        export_graph(job["model"], plain)
    return plain


def fused_graph(job):
    """The same after the fusions for BERT that onnxruntime.transformers does."""
    plain = plain_graph(job)
    fused = plain.with_suffix(".fused.onnx")
    if not fused.exists():
        from onnxruntime.transformers.fusion_options import FusionOptions
        from onnxruntime.transformers.optimizer import optimize_model

        model = optimize_model(
            str(plain), model_type="bert", num_heads=12, hidden_size=768, optimization_options=FusionOptions("bert")
        )
        model.save_model_to_file(str(fused))
    return fused


def arrays(batch, names):
    """The inputs of the graph for a batch: those that it has."""
    import numpy

    parts = workload.padded(batch)
    values = {"input_ids": parts["ids"], "rows": parts["rows"], "attention_mask": parts["mask"]}
    return {name: numpy.array(values[name], dtype=numpy.int64) for name in names}
