"""The rows of the comparison: what work each is, and how the sides are held against each other before it is timed."""

import math
from pathlib import Path

import results
import sides
import start_up
import workload
from worker import Disturbance, TooSlow, take_turns

SHIPPED = Path(__file__).resolve().parent.parent.parent / "models" / "mini-bert-zh"

# The peers that were fastest on the machine of docs/performance.md.
TRAINING = ["ours", "torch+jemalloc"]
INFERENCE = ["ours", "torch", "onnxruntime+fused-graph"]

# Largest relative difference of a loss, a gradient norm, a score: to the largest of its kind. bf16 has 8 bits.
TOLERANCES = {"losses": 1e-4, "grad_norms": 1e-4, "scores": 1e-4}
BF16_TOLERANCES = {"losses": 1e-2, "grad_norms": 5e-2, "scores": 5e-2}
F16_TOLERANCES = {"scores": 5e-3}  # 11 bits
INT8_TOLERANCES = {"scores": 2e-1}  # of a model with random weights


class Where:
    """Where programs, weights and batches are, and how the sides are to run."""

    def __init__(self, options):
        self.build, self.work = options.build, options.work
        self.threads, self.patience, self.avx2_alone = options.threads, options.patience, options.avx2_alone
        self.model = options.work / "bert-base"
        workload.make_model(self.model)

    def model_for(self, options):
        if "f16" not in options:
            return self.model
        directory = self.work / "bert-base-f16"
        workload.make_f16_model(self.model, directory)
        return directory


def tolerances(names):
    if "int8" in names:
        return INT8_TOLERANCES
    if "bf16" in names:
        return BF16_TOLERANCES
    return F16_TOLERANCES if "f16" in names else TOLERANCES


def flat(values):
    for value in values:
        if isinstance(value, list):
            yield from flat(value)
        else:
            yield value


def compare(reference, worker):
    """The largest relative differences between two checks; RuntimeError when one is too large."""
    differences = {}
    for kind, tolerance in tolerances(reference.name + worker.name).items():
        if kind not in reference.check:
            continue
        expected, found = list(flat(reference.check[kind])), list(flat(worker.check[kind]))
        largest = max(map(abs, expected))
        worst = max((abs(e - f) for e, f in zip(expected, found, strict=True)), default=math.nan)
        difference = worst / largest
        if not difference <= tolerance:
            raise RuntimeError(
                f"{kind} of {worker.name} differ from those of {reference.name} by {difference:.2g} of the largest, "
                f"at most {tolerance:g} is allowed: {found[:4]} and {expected[:4]}"
            )
        differences[kind] = float(f"{difference:.2g}")
    return differences


def figures_of(worker):
    return {"ms": results.figures(worker.samples), "peak_rss_mb": worker.last["peak_rss_mb"]}


def measure(kind, names, where, batches, check, rounds, steps, warm_up, alone):
    """Checks and times the sides; their figures, and how far each check is from the first side's. A side that is too slow
    is left out."""
    found, differences, left_out, disturbed = {}, {}, {}, 0.0
    first = None
    for group in [[name] for name in names] if alone else [names]:
        workers = []
        try:
            for name in group:
                try:
                    workers.append(sides.start(kind, name, where, batches, check))
                except TooSlow as error:
                    left_out[name] = str(error)
                    print(f"  {error}: left out", flush=True)
                    continue
                first = first or workers[-1]
                differences[name] = compare(first, workers[-1])
                print(f"  {name}: differs from {first.name} by {differences[name]}", flush=True)
            disturbance = Disturbance(workers)
            take_turns(workers, rounds, steps, warm_up)
            disturbed = max(disturbed, disturbance.share())
            found.update({worker.name: figures_of(worker) for worker in workers})
        finally:
            for worker in workers:
                worker.close()
    return {"check": differences, "left_out": left_out, "disturbed": disturbed, "sides": found}


def training(options, title, batches, rounds, steps, alone=False):
    where = Where(options)
    path = workload.write_batches(options.work / f"{title.split(',')[0].replace(' ', '')}.jsonl", batches)
    check = workload.write_batches(path.with_suffix(".check.jsonl"), workload.check_batches(batches))
    names = options.sides or TRAINING
    rounds = options.rounds or rounds
    result = measure("train", names, where, path, check, rounds, steps, 1, alone or options.alone)
    tokens = sum(map(workload.tokens_of, batches[:steps]))
    return {"title": title, "work": {"amount": tokens, "unit": "tokens"}, **result}


def train_8(options):
    return training(options, "8 × 128, training step", workload.full_batches(8, 128), 7, 1)


def train_32(options):
    return training(options, "32 × 128, training step", workload.full_batches(32, 128), 3, 1)


def train_real(options):
    if not options.text or not options.vocab:
        raise RuntimeError("train-real needs --text FILE … and --vocab FILE")
    batches = workload.text_batches(options.text, options.vocab, sentences=8, length=256, count=4)
    tokens = sum(map(workload.tokens_of, batches))
    padded = sum(len(batch["ids"]) * max(map(len, batch["ids"])) for batch in batches)
    title = f"Text, {len(batches)} steps of 8 lines of {', '.join(path.stem for path in options.text)}"
    title += f" ({tokens:,} tokens, {padded:,} with padding)"
    return training(options, title, batches, 4, len(batches))


def memory(options):
    result = training(options, "32 × 128, memory", workload.full_batches(32, 128), 1, 1, alone=True)
    return result


def inference(options, title, batches, rounds, steps, warm_up, sentences):
    where = Where(options)
    path = workload.write_batches(options.work / f"{title.split(',')[0].replace(' ', '')}.jsonl", batches)
    check = workload.write_batches(path.with_suffix(".check.jsonl"), workload.check_batches(batches, sentences=4))
    names = options.sides or INFERENCE
    result = measure("inference", names, where, path, check, options.rounds or rounds, steps, warm_up, options.alone)
    return {"title": title, "work": {"amount": sentences, "unit": "sentences"}, **result}


def inference_1(options):
    draw = workload.random.Random(1)
    batches = [workload.masked_batch(draw, [workload.random_sentence(draw, 16)], 0)]
    title = "1 sentence of 16 tokens, 20 times"
    return inference(options, title, batches, 10, 20, 20, 20)


def inference_1000(options):
    batches = workload.blank_batches(1000, token_budget=1024)
    tokens = sum(map(workload.tokens_of, batches))
    title = f"1000 sentences, {tokens:,} tokens in {len(batches)} batches"
    return inference(options, title, batches, 2, len(batches), 2, 1000)


def start_shipped(options):
    return start_up.measure(options, Where(options), SHIPPED, "Start to first answer, models/mini-bert-zh")


def start_base(options):
    where = Where(options)
    return start_up.measure(options, where, where.model, "Start to first answer, BERT base (0.4 GB)")


ROWS = {
    "train-8": train_8,
    "train-32": train_32,
    "train-real": train_real,
    "memory": memory,
    "inference-1": inference_1,
    "inference-1000": inference_1000,
    "start-shipped": start_shipped,
    "start-base": start_base,
}


def command_of(row, options):
    """What to type for this row, without where this machine keeps its files."""
    words = ["bench/compare_peers.py", row]
    if options.sides:
        words += ["--sides", *options.sides]
    if options.rounds:
        words += ["--rounds", str(options.rounds)]
    if options.alone:
        words.append("--alone")
    if options.avx2_alone:
        words.append("--avx2-alone")
    return " ".join(words)


def run(row, options):
    print(f"{row}:", flush=True)
    result = ROWS[row](options)
    if options.avx2_alone:
        result["title"] += ", mini_bert and PyTorch without AVX-512"
    return {"row": row, "command": command_of(row, options), "versions": results.versions(), **result}
