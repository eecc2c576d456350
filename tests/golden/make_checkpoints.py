#!/usr/bin/env python3
"""Writes checkpoints/: one small BERT in every container that published checkpoints come in.

    pip install torch==2.13.0 transformers==5.23.0 tensorflow-cpu==2.21.0 safetensors numpy
    python tests/golden/make_checkpoints.py

Each container is written by the library that defines it: safetensors (one file, several) by save_pretrained, the zip
archive and the older row of pickles by torch.save, the TensorFlow checkpoint by tf.compat.v1.train.Saver. Without
TensorFlow the last one is left as it is.
"""

import collections
import importlib.util
import json
from pathlib import Path

import numpy as np
import torch
import transformers
from safetensors.torch import load_file
from transformers import BertConfig, BertForPreTraining

from golden_inputs import SPECIALS

HERE = Path(__file__).resolve().parent / "checkpoints"
TOKENS = [*SPECIALS, *"abcdefghijklmnopqrstuvwxyz"]
CONFIG = {
    "vocab_size": len(TOKENS),
    "hidden_size": 12,
    "num_hidden_layers": 2,
    "num_attention_heads": 3,
    "intermediate_size": 20,
    "max_position_embeddings": 9,
    "initializer_range": 0.2,
}


def old_name(name: str) -> str:
    return name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")


def as_converted_from_tensorflow(state: dict) -> dict:
    """What the first published PyTorch files held: older names, kernels as transposed views, buffers."""
    old = collections.OrderedDict()
    for name, tensor in state.items():
        is_kernel = name.endswith("weight") and tensor.dim() == 2 and "embeddings" not in name
        old[old_name(name)] = tensor.t().contiguous().t() if is_kernel else tensor
    old["bert.embeddings.position_ids"] = torch.arange(CONFIG["max_position_embeddings"]).unsqueeze(0)
    old["cls.predictions.decoder.weight"] = old["bert.embeddings.word_embeddings.weight"]
    return old


def tensorflow_name(name: str) -> str:
    name = old_name(name).replace(".layer.", ".layer_")
    if name == "cls.predictions.bias":
        return "cls/predictions/output_bias"
    if name.startswith("cls.seq_relationship"):
        return "cls/seq_relationship/" + {"weight": "output_weights", "bias": "output_bias"}[name.rsplit(".", 1)[1]]
    name = name.replace("_embeddings.weight", "_embeddings").replace(".weight", ".kernel")
    return name.replace(".", "/")


def write_tensorflow(state: dict) -> None:
    import tensorflow as tf

    v1 = tf.compat.v1
    folder = HERE / "tensorflow"
    folder.mkdir(exist_ok=True)
    with tf.Graph().as_default(), v1.Session() as session:
        variables = []
        for name, tensor in state.items():
            name = tensorflow_name(name)
            values = tensor.numpy().T if name.endswith("/kernel") else tensor.numpy()
            variables.append(v1.get_variable(name, initializer=np.ascontiguousarray(values)))
        # What a training run leaves behind.
        variables.append(v1.get_variable("global_step", initializer=np.int64(7)))
        variables.append(v1.get_variable("bert/pooler/dense/bias/adam_m", initializer=np.zeros(12, np.float32)))
        session.run(v1.global_variables_initializer())
        v1.train.Saver(variables).save(session, str(folder / "bert_model.ckpt"), write_meta_graph=False)
    (folder / "checkpoint").unlink()
    (folder / "bert_config.json").write_text(json.dumps(CONFIG, indent=2) + "\n")
    print("tensorflow", tf.__version__)


def main() -> None:
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    torch.manual_seed(31)
    model = BertForPreTraining(BertConfig(**CONFIG)).eval()
    with torch.no_grad():
        for parameter in model.parameters():  # every bias and LayerNorm off its 0 or 1
            parameter.add_(torch.randn_like(parameter) * 0.1)

    whole = HERE / "model"
    whole.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(whole)
    (whole / "vocab.txt").write_text("".join(token + "\n" for token in TOKENS))
    state = load_file(whole / "model.safetensors")

    model.save_pretrained(HERE / "safetensors_sharded", max_shard_size="7KB")
    (HERE / "safetensors_sharded" / "config.json").unlink()

    for name in ("torch_zip", "torch_legacy", "torch_sharded", "torch_half"):
        (HERE / name).mkdir(exist_ok=True)
    torch.save(collections.OrderedDict(state), HERE / "torch_zip" / "pytorch_model.bin")
    torch.save(
        as_converted_from_tensorflow(state),
        HERE / "torch_legacy" / "pytorch_model.bin",
        _use_new_zipfile_serialization=False,
    )
    torch.save({n: t.to(torch.float16) for n, t in state.items()}, HERE / "torch_half" / "pytorch_model.bin")

    # Parameters without the leading "bert.", in two files: the zip archive and the row of pickles mixed.
    weight_map, shards = {}, [{}, {}]
    for i, (name, tensor) in enumerate(sorted(state.items())):
        shard = 2 * i // len(state)
        short = name.removeprefix("bert.")
        shards[shard][short] = torch.nn.Parameter(tensor.to(torch.bfloat16))
        weight_map[short] = f"pytorch_model-{shard + 1:05}-of-00002.bin"
    for i, shard in enumerate(shards):
        path = HERE / "torch_sharded" / f"pytorch_model-{i + 1:05}-of-00002.bin"
        torch.save(shard, path, _use_new_zipfile_serialization=i == 0)
    index = {"metadata": {"total_size": sum(2 * t.numel() for t in state.values())}, "weight_map": weight_map}
    (HERE / "torch_sharded" / "pytorch_model.bin.index.json").write_text(json.dumps(index, indent=2) + "\n")

    print("torch", torch.__version__, "transformers", transformers.__version__)
    if importlib.util.find_spec("tensorflow"):
        write_tensorflow(state)


if __name__ == "__main__":
    main()
