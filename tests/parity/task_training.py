"""The side of transformers in task_parity.py: its models, its Trainer, its tokenizer; metrics of scikit-learn and
seqeval. What run_glue.py, run_ner.py and run_qa.py do, without their command lines."""

import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

import numpy
import our_order
import torch
import transformers
from parity_testing import IGNORED
from seqeval.metrics import f1_score
from sklearn.metrics import accuracy_score
from transformers import (
    DataCollatorForMultipleChoice,
    DataCollatorForTokenClassification,
    DataCollatorWithPadding,
    Trainer,
    TrainingArguments,
    default_data_collator,
)


class Kind:
    """How a task is read, and how well it is done. The tokenizer is that of the model directory."""

    def __init__(self, task, model_path: Path):
        self.task, self.tokenizer = task, transformers.AutoTokenizer.from_pretrained(model_path)


class Classification(Kind):
    architecture = "AutoModelForSequenceClassification"

    def labels(self, rows: list) -> list:
        return sorted({label for _, label in rows})

    def encode(self, rows: list, labels: list) -> list:
        encoded = self.tokenizer([text for text, _ in rows], truncation=True, max_length=self.task.max_length)
        return [
            {name: encoded[name][i] for name in encoded} | {"labels": labels.index(label)}
            for i, (_, label) in enumerate(rows)
        ]

    def collator(self):
        return DataCollatorWithPadding(self.tokenizer)

    def score(self, rows: list, examples: list, logits: list, labels: list) -> float:
        expected = [example["labels"] for example in examples]
        return accuracy_score(expected, [row.argmax() for row in logits])


class Tagging(Kind):
    architecture = "AutoModelForTokenClassification"

    def labels(self, rows: list) -> list:
        return sorted({tag for _, tags in rows for tag in tags})

    def encode(self, rows: list, labels: list) -> list:
        examples = []
        for words, tags in rows:
            encoded = self.tokenizer(words, is_split_into_words=True, truncation=True, max_length=self.task.max_length)
            ids, previous = [], None
            for word in encoded.word_ids():
                ids.append(IGNORED if word is None or word == previous else labels.index(tags[word]))
                previous = word
            examples.append(dict(encoded) | {"labels": ids})
        return examples

    def collator(self):
        return DataCollatorForTokenClassification(self.tokenizer)

    def score(self, rows: list, examples: list, logits: list, labels: list) -> float:
        expected, predicted = [], []
        for example, scores in zip(examples, logits, strict=True):
            kept = [(label, row) for label, row in zip(example["labels"], scores) if label != IGNORED]
            expected.append([labels[label] for label, _ in kept])
            predicted.append([labels[row.argmax()] for _, row in kept])
        return f1_score(expected, predicted)


def is_cjk(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff" or "\u3400" <= character <= "\u4dbf"


def answer_parts(text: str) -> list:
    kept = []
    for character in text.lower():
        if is_cjk(character):
            kept.append(f" {character} ")
        elif not unicodedata.category(character).startswith("P") and character not in "$+<=>^`|~":
            kept.append(character)
    return [part for part in "".join(kept).split() if part not in ("a", "an", "the")]


def answer_f1(expected: str, predicted: str) -> float:
    is_, found = answer_parts(expected), answer_parts(predicted)
    if not is_ or not found:
        return float(is_ == found)
    return 2 * sum((Counter(is_) & Counter(found)).values()) / (len(is_) + len(found))


class Answering(Kind):
    architecture = "AutoModelForQuestionAnswering"

    def labels(self, rows: list) -> list:
        return []

    def encode(self, rows: list, labels: list) -> list:
        encoded = self.tokenizer(
            [question for question, _, _ in rows],
            [context for _, context, _ in rows],
            truncation="only_second",
            max_length=self.task.max_length,
            stride=self.task.doc_stride,
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
            padding="max_length",
        )
        self.windows = []
        for window, row in enumerate(encoded["overflow_to_sample_mapping"]):
            parts = encoded.sequence_ids(window)
            offsets = [place if part == 1 else None for place, part in zip(encoded["offset_mapping"][window], parts)]
            begin, text = rows[row][2][0]
            first, last = self.place(offsets, begin, begin + len(text))
            names = ("input_ids", "token_type_ids", "attention_mask")
            features = {name: encoded[name][window] for name in names}
            self.windows.append((row, offsets, features | {"start_positions": first, "end_positions": last}))
        return [features for _, _, features in self.windows]

    @staticmethod
    def place(offsets: list, begin: int, end: int) -> tuple:
        """First and last token of the characters begin to end - 1; 0 and 0 if they are not all in the window."""
        inside = [token for token, place in enumerate(offsets) if place]
        if offsets[inside[0]][0] > begin or offsets[inside[-1]][1] < end:
            return 0, 0
        first = max(token for token in inside if offsets[token][0] <= begin)
        last = min(token for token in inside if offsets[token][1] >= end)
        return first, last

    def collator(self):
        return default_data_collator

    def score(self, rows: list, examples: list, logits: list, labels: list) -> float:
        candidates = defaultdict(list)
        for (row, offsets, _), (starts, ends) in zip(self.windows, logits, strict=True):
            for first in numpy.argsort(-starts, kind="stable")[:20]:
                for last in numpy.argsort(-ends, kind="stable")[:20]:
                    if offsets[first] and offsets[last] and first <= last < first + 30:
                        text = rows[row][1][offsets[first][0] : offsets[last][1]]
                        candidates[row].append((starts[first] + ends[last], text))
        scores = []
        for row, (_, _, answers) in enumerate(rows):
            best = max(candidates[row], key=lambda candidate: candidate[0], default=(0, ""))[1]
            scores.append(max(answer_f1(text, best) for _, text in answers))
        return sum(scores) / len(scores)


class Choosing(Kind):
    """Rows are (context, question, choices, number of the right one), with as many choices each."""

    architecture = "AutoModelForMultipleChoice"

    def labels(self, rows: list) -> list:
        return []

    def encode(self, rows: list, labels: list) -> list:
        examples = []
        for context, question, choices, answer in rows:
            pairs = [f"{question}[SEP]{choice}" for choice in choices]
            encoded = self.tokenizer([context] * len(pairs), pairs, truncation=True, max_length=self.task.max_length)
            examples.append(dict(encoded) | {"labels": answer})
        return examples

    def collator(self):
        return DataCollatorForMultipleChoice(self.tokenizer)


KINDS = {"classify": Classification, "tag": Tagging, "answer": Answering, "choose": Choosing}


def load(kind, model: Path, labels: list):
    names = {"id2label": dict(enumerate(labels)), "label2id": {label: i for i, label in enumerate(labels)}}
    loader = getattr(transformers, kind.architecture)
    return loader.from_pretrained(model, dtype=torch.float32, **(names if labels else {}))


def logits_of(model, kind, examples: list) -> list:
    """Scores of each example alone or in a batch, without what belongs to padding."""
    model.eval()
    result = []
    with torch.no_grad():
        for begin in range(0, len(examples), 16):
            part = examples[begin : begin + 16]
            batch = kind.collator()(part)
            output = model(**batch)
            if "start_logits" in output:
                # Else padding, whose scores nothing has taught a model of ours, may be all of the 20 best places.
                real = batch["attention_mask"].bool()
                scores = zip(output.start_logits, output.end_logits, real, strict=True)
                result += [(starts[mask].numpy(), ends[mask].numpy()) for starts, ends, mask in scores]
            else:
                result += [row.numpy() for row in output.logits]
    return result


class OurOrder(torch.utils.data.Sampler):
    """Each epoch in the order in which mini_bert_train reads it."""

    def __init__(self, examples: int, seed: int):
        self.examples, self.seed, self.epoch = examples, seed, 0

    def __len__(self) -> int:
        return self.examples

    def __iter__(self):
        self.epoch += 1
        return iter(our_order.order(self.examples, self.seed, self.epoch - 1))


class TrainerInOurOrder(Trainer):
    def _get_train_sampler(self, *_):
        return OurOrder(len(self.train_dataset), self.args.seed)


def save(kind, model, output: Path) -> None:
    model.save_pretrained(output)
    kind.tokenizer.save_pretrained(output)


def with_new_head(task, rows: list, seed: int, model_path: Path) -> tuple:
    """The kind of the task and a model whose head transformers has drawn, untrained."""
    kind = KINDS[task.kind](task, model_path)
    transformers.set_seed(seed)
    return kind, load(kind, model_path, kind.labels(rows))


def begin(task, rows: list, seed: int, model_path: Path, output: Path) -> None:
    """A directory to begin from, for both sides."""
    save(*with_new_head(task, rows, seed, model_path), output)


def training_arguments(output: Path, **settings) -> TrainingArguments:
    quiet = {"save_strategy": "no", "report_to": "none", "disable_tqdm": True, "use_cpu": True}
    return TrainingArguments(output_dir=str(output), **quiet, **settings)


def train(task, rows: list, seed: int, model_path: Path, output: Path, trainer=Trainer) -> None:
    kind, model = with_new_head(task, rows, seed, model_path)
    arguments = training_arguments(
        output,
        num_train_epochs=task.epochs,
        per_device_train_batch_size=task.batch_size,
        learning_rate=task.learning_rate,
        seed=seed,
        logging_strategy="no",
    )
    examples = kind.encode(rows, kind.labels(rows))
    trainer(model=model, args=arguments, train_dataset=examples, data_collator=kind.collator()).train()
    save(kind, model, output)


def evaluate(task, rows: list, model_path: Path) -> float:
    """The metric of a model directory, ours or theirs, in points of a hundred."""
    kind = KINDS[task.kind](task, model_path)
    model = load(kind, model_path, [])
    count = model.config.num_labels if task.kind != "answer" else 0
    labels = [model.config.id2label[i] for i in range(count)]
    examples = kind.encode(rows, labels)
    return 100 * kind.score(rows, examples, logits_of(model, kind, examples), labels)
