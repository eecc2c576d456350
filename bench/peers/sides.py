"""The sides of a comparison: how each is started.

A side is a name and options joined by "+":

    ours                     this project's benchmark program
    torch                    PyTorch and transformers
    onnxruntime              ONNX Runtime, inference alone
    openvino                 OpenVINO, inference alone

    bf16                     bfloat16: --precision bf16 here, torch.autocast or a hint to OpenVINO there
    int8                     8-bit weights and products: --precision int8 here, ONNX Runtime's dynamic quantisation, OpenVINO's NNCF
    f16                      ours, inference: the model's matrices are stored as float16
    compile                  torch.compile
    eager-attention          attention as separate operations rather than one call
    foreach                  AdamW and clipping with the "foreach" kernels rather than the fused ones
    fused-graph              the ONNX graph after onnxruntime.transformers' fusions for BERT
    glibc, tcmalloc, jemalloc   memory: glibc told to keep what was freed, or another allocator; none named: as it comes
"""

import json
import os
import sys
from pathlib import Path

from worker import Worker

HERE = Path(__file__).resolve().parent

# Freed memory stays with the process (no mmap for large blocks), in huge pages where the system has them.
GLIBC_KEEPS = {
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": str(1 << 40),
    "MALLOC_TOP_PAD_": str(1 << 26),
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
}
PRELOADS = {"tcmalloc": "libtcmalloc_minimal.so.4", "jemalloc": "libjemalloc.so.2"}
# The precisions of each program beside f32.
PROGRAMS = {"torch": {"bf16"}, "onnxruntime": {"int8"}, "openvino": {"bf16", "int8"}, "ours": {"bf16", "f16", "int8"}}
PRECISIONS = set().union(*PROGRAMS.values())
OPTIONS = {*PRECISIONS, "compile", "eager-attention", "foreach", "fused-graph", "glibc", *PRELOADS}
LEARNING_RATE, WEIGHT_DECAY = 1e-4, 0.01


def split(side):
    name, *options = side.split("+")
    unknown = set(options) - OPTIONS
    if name not in PROGRAMS or unknown:
        sys.exit(f"side {side!r} is not one of {', '.join(PROGRAMS)} with options of {', '.join(sorted(OPTIONS))}")
    if not PRECISIONS.intersection(options) <= PROGRAMS[name]:
        sys.exit(f"side {side!r}: the precisions of {name} are f32 and {', '.join(sorted(PROGRAMS[name]))}")
    return name, set(options)


# What a CPU without AVX-512 would run. Nothing limits ONNX Runtime, and OpenVINO's scores are wrong under such a limit.
AVX2_ALONE = {
    "MINI_BERT_ISA": "avx2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "ATEN_CPU_CAPABILITY": "avx2",
    "MKL_ENABLE_INSTRUCTIONS": "AVX2",
}


def environment(program, options, where):
    values = {"OMP_NUM_THREADS": str(where.threads), "TORCHINDUCTOR_CACHE_DIR": str(where.work / "inductor")}
    values.update(HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error")
    if where.avx2_alone and program in ("ours", "torch"):
        values.update(AVX2_ALONE)
    if "glibc" in options:
        values.update(GLIBC_KEEPS)
    for option, library in PRELOADS.items():
        if option in options:
            values["LD_PRELOAD"] = library
    if "jemalloc" in options:
        values["MALLOC_CONF"] = "background_thread:false,dirty_decay_ms:-1,muzzy_decay_ms:-1,thp:always"
    if "tcmalloc" in options:
        values["TCMALLOC_MAX_TOTAL_THREAD_CACHE_BYTES"] = str(1 << 30)
    return values


def start(kind, side, where, batches, check):
    """A worker of `kind` "train" or "inference" for a side; `where` is a rows.Where."""
    name, options = split(side)
    settings = environment(name, options, where)
    log = where.work / "logs" / f"{kind}-{side}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    if name == "ours":
        program = where.build / "bin" / ("bench_train_step" if kind == "train" else "bench_inference")
        command = [str(program), "--on-demand", "--model", str(where.model_for(options)), "--batches", str(batches)]
        command += ["--check", str(check), "--threads", str(where.threads)]
        if kind == "train":
            command += ["--learning-rate", str(LEARNING_RATE), "--weight-decay", str(WEIGHT_DECAY)]
        for precision in options & PRECISIONS - {"f16"}:
            command += ["--precision", precision]
        if "f16" in options:
            command.append("--mapped")
        return Worker(side, command, settings, log, where.patience)
    job = {
        "model": str(where.model),
        "work": str(where.work),
        "batches": str(batches),
        "check": str(check),
        "threads": where.threads,
        "precision": next(iter(options & PRECISIONS), "f32"),
        "compile": "compile" in options,
        "attention": "eager" if "eager-attention" in options else "sdpa",
        "optimizer": "foreach" if "foreach" in options else "fused",
        "fused_graph": "fused-graph" in options,
        "learning_rate": LEARNING_RATE,
        "weight_decay": WEIGHT_DECAY,
    }
    script = f"{name}_{kind}.py"
    if not os.path.exists(HERE / script):
        sys.exit(f"side {side!r} cannot do {kind}")
    return Worker(side, [sys.executable, str(HERE / script), json.dumps(job)], settings, log, where.patience)
