#!/usr/bin/env python3
"""Compares how we read data files with how pandas and datasets read them, for files that pandas and datasets wrote.

    python tests/parity/data_files.py --program build/release/bin/model_outputs

Every file is written from one table of texts and labels: by pandas' to_csv and to_json and datasets' to_csv and
to_json, with their options (index, separator, quotes, line ends, encoding, lines, orient), and in the forms that
run_qa.py and run_ner.py read. The rows must be equal to those that pandas.read_csv, pandas.read_json or
datasets.load_dataset read back. Both read csv cells as texts here: by default they turn a text "NA" or "null" into
nothing, and we do not. Files of a form that we refuse must be refused with a sentence that says what to do. No text
has a CR without LF: in quotes pandas keeps it, and we read LF.

Needs pandas and datasets.
"""

import argparse
import itertools
import json
import os
import sys
import tempfile
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import datasets
import pandas
from parity_testing import Comparison, model_outputs

TEXTS = [
    "我们好", "他说：\"好\"，走了", "a, b; c", "\"我们\" 是好人", "tab\there", "line\nbreak, and\r\nmore", " 前后 ", "'single'",
    "5\" disk", "\"\"", "😀 é", "# hash", "back\\slash \\n \\\"", "1,5", "NA", "null", "None", "[1, 2]", "{\"a\": 1}", "\u3000宽",
    "", "第二十二句", "a\u2028b", "他们好", "end\"",
]  # fmt: skip
PLAIN = [text.translate({ord(c): "，" for c in "\",;\t\r\n'\\"}) or "空" for text in TEXTS]  # nothing that needs quotes
PAIRS = [f"{number}号 {text}" for number, text in enumerate(TEXTS)]
LABELS = {
    "ints": [number % 3 for number in range(len(TEXTS))],
    "names": [["good", "bad", " so so", "N/A", "null"][number % 5] for number in range(len(TEXTS))],
    "floats": [number % 4 / 2 for number in range(len(TEXTS))],
    "bools": [number % 2 == 0 for number in range(len(TEXTS))],
}
TAGS = [(["北", "京", "\"", "#", "a"], ["B-LOC", "I-LOC", "O", "O", "O"]), (["我", " ", "们"], ["O", "O", "B-PER"])]


def csv_options() -> list:
    """Options of pandas.to_csv, with the file extension that goes with them."""
    options = []
    for separator, index, quoting, ends in itertools.product([",", ";", "\t"], [False, True], [0, 1, 2], ["\n", "\r\n"]):
        extension = "tsv" if separator == "\t" and quoting != 1 else "csv"
        options.append((extension, {"sep": separator, "index": index, "quoting": quoting, "lineterminator": ends}))
    options += [("csv", {"index": False, "encoding": encoding}) for encoding in ("utf-8-sig", "utf-16")]
    return options + [("csv", {"index": False, "quoting": 3, "sep": separator}) for separator in ",;\t"]


class Files:
    """Writes files and keeps, for each, the job that reads it and the rows that it must give."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.jobs, self.expected, self.names = [], [], []

    def path(self, extension: str) -> Path:
        return self.folder / f"{len(self.jobs)}.{extension}"

    def add(self, name: str, path: Path, read: str, rows, **job) -> None:
        """`rows`: what must be read, or the part of the message with which the file must be refused."""
        self.jobs.append({"read": read, "path": str(path), "several": False, **job})
        self.expected.append(rows)
        self.names.append(name)

    def add_table(self, name: str, path: Path, read_back: pandas.DataFrame, text: str, pair: str, label: str) -> None:
        """A file with the columns `text`, `pair` and `label` (empty: it has none), as it was read back."""
        rows = read_back.astype(object).where(read_back.notna(), "").to_dict("records")
        texts = [(row[text], row[pair] if pair else "") for row in rows]
        if label:
            labelled = [[*both, [label_text(row[label])]] for both, row in zip(texts, rows) if both[0].strip()]
            self.add(name, path, "labels", labelled)
        else:
            self.add(name, path, "texts", [[*both, ""] for both in texts])


def label_text(label) -> str:
    return label.strip() if isinstance(label, str) else json.dumps(label)


def table(labels: list, text: str, pair: str, label: str, texts: list = TEXTS) -> pandas.DataFrame:
    columns = {text: texts} | ({pair: PAIRS} if pair else {}) | ({label: labels} if label else {})
    return pandas.DataFrame(columns)


def add_pandas_csv(files: Files) -> None:
    columns = itertools.cycle([("text", "", "label"), ("review", "", "stars"), ("sentence1", "sentence2", "label"), ("内容", "", "标签"), ("text", "", "")])
    kinds = itertools.cycle(LABELS)
    # Five names of columns and four kinds of labels: every option meets several of both.
    for extension, options in csv_options() * 3:
        text, pair, label = next(columns)
        if not label and options.get("sep") == ";":  # a header of one column does not show its separator
            options = options | {"sep": ","}
        plain = options.get("quoting") == 3
        if plain:
            pair = ""
        frame = table(LABELS[next(kinds)], text, pair, label, PLAIN if plain else TEXTS)
        path = files.path(extension)
        frame.to_csv(path, **options)
        back = pandas.read_csv(path, sep=options.get("sep", ","), dtype=str, keep_default_na=False, quoting=3 if plain else 0,
                               encoding=options.get("encoding", "utf-8"), index_col=0 if options.get("index") else None)  # fmt: skip
        files.add_table(f"pandas.to_csv({options}) of {text}, {pair}, {label}", path, back, text, pair, label)


def add_one_column(files: Files) -> None:
    """One column, with and without a line of names."""
    for extension, header, quoting in itertools.product(["csv", "tsv"], [True, False], [0, 1]):
        frame = pandas.DataFrame({"留言内容": PLAIN})
        path = files.path(extension)
        frame.to_csv(path, index=False, header=header, quoting=quoting)
        back = pandas.read_csv(path, sep="," if extension == "csv" else "\t", dtype=str, keep_default_na=False, header=0 if header else None)
        rows = [[text, "", ""] for text in back.iloc[:, 0]]
        files.add(f"pandas.to_csv(header={header}, quoting={quoting}) of one column, {extension}", path, "texts", rows)


def add_pandas_json(files: Files) -> None:
    for kind, lines, ascii_only, indent in itertools.product(LABELS, [True, False], [True, False], [None, 2]):
        if lines and indent:
            continue
        for extension in ("json", "jsonl"):
            frame = table(LABELS[kind], "review", "", "rating")
            frame.loc[3, "review"] = None
            path = files.path(extension)
            frame.to_json(path, orient="records", lines=lines, force_ascii=ascii_only, indent=indent)
            back = pandas.read_json(path, orient="records", lines=lines, dtype=False)
            files.add_table(f"pandas.to_json(lines={lines}, indent={indent}), {kind}", path, back, "review", "", "rating")
    for orient in ("columns", "index", "split", "table"):
        path = files.path("json")
        table(LABELS["ints"], "text", "", "label").to_json(path, orient=orient)
        files.add(f"pandas.to_json(orient={orient})", path, "labels", 'orient="records"')
    path = files.path("json")
    table(LABELS["ints"], "text", "", "label").to_json(path, orient="values")
    files.add("pandas.to_json(orient=values)", path, "labels", "element 1 is an array, expected a text or an object")


def load(kind: str, path: Path, **options) -> pandas.DataFrame:
    data = datasets.load_dataset(kind, data_files=str(path), split="train", cache_dir=str(path.parent / "cache"), **options)
    return pandas.DataFrame(list(data), columns=data.column_names)


def add_datasets(files: Files) -> None:
    """Files of a Dataset, with a null among the texts and a column that is none of ours."""
    frame = table(LABELS["ints"], "sentence", "", "label")
    frame.insert(0, "idx", range(len(frame)))
    data = datasets.Dataset.from_pandas(frame)
    data = data.cast_column("label", datasets.ClassLabel(names=["bad", "so so", "good"]))
    for extension, options in [("csv", {}), ("csv", {"index": True}), ("tsv", {"sep": "\t"}), ("csv", {"quoting": 1}), ("csv", {"encoding": "utf-8-sig"})]:
        path = files.path(extension)
        data.to_csv(path, **options)
        back = load("csv", path, sep=options.get("sep", ","), keep_default_na=False, encoding=options.get("encoding"))
        files.add_table(f"datasets.to_csv({options})", path, back, "sentence", "", "label")
    data = data.map(lambda row: {"sentence": None if row["idx"] == 3 else row["sentence"]})
    for extension, options in [("json", {}), ("jsonl", {}), ("json", {"lines": False}), ("json", {"force_ascii": False}), ("json", {"lines": False, "indent": 1})]:
        path = files.path(extension)
        data.to_json(path, **options)
        files.add_table(f"datasets.to_json({options})", path, load("json", path), "sentence", "", "label")
    path = files.path("json")
    data.to_json(path, lines=False, orient="split")
    files.add("datasets.to_json(orient=split)", path, "labels", 'orient="records"')
    path = files.path("txt")
    path.write_text("".join(text + "\n" for text in PLAIN), encoding="utf-8")
    back = load("text", path)
    files.add("a file of lines", path, "texts", [[text, "", ""] for text in back["text"]])


def add_label_lists(files: Files) -> None:
    """Several labels for a text, as lists of names and as vectors of zeros and ones."""
    names, texts = ["好看", "好吃", "it's"], [f"第{number}句话" for number in range(8)]
    vectors = [[number >> bit & 1 for bit in range(3)] for number in range(8)]
    lists = [[name for name, bit in zip(names, vector) if bit] for vector in vectors]
    unnamed = [[f"LABEL_{index}" for index, bit in enumerate(vector) if bit] for vector in vectors]
    floats = [[float(bit) for bit in vector] for vector in vectors]
    bools = [[bit == 1 for bit in vector] for vector in vectors]
    for values, labels in ((lists, lists), (vectors, unnamed), (floats, unnamed), (bools, unnamed)):
        data = datasets.Dataset.from_dict({"text": texts, "labels": values})
        for extension, write in (("csv", "to_csv"), ("jsonl", "to_json")):
            path = files.path(extension)
            getattr(data, write)(path)
            rows = [[text, "", label] for text, label in zip(texts, labels)]
            files.add(f"datasets.{write} of lists {values[3]}", path, "labels", rows, several=True)
            path = files.path(extension)
            frame = pandas.DataFrame({"text": texts, "labels": values})
            frame.to_csv(path, index=False) if extension == "csv" else frame.to_json(path, orient="records", lines=True)
            files.add(f"pandas.{write} of lists {values[3]}", path, "labels", rows, several=True)


def add_tags(files: Files) -> None:
    """The form of run_ner.py: words and tags, tags as names and as numbers."""
    words, tags = [list(part) for part in zip(*TAGS * 3)]
    numbers = [[["O", "B-LOC", "I-LOC", "B-PER"].index(tag) for tag in text] for text in tags]
    for (words_name, tags_name), values, lines in itertools.product(
        [("tokens", "ner_tags"), ("words", "ner"), ("tokens", "tags")], [tags, numbers], [True, False]
    ):
        data = datasets.Dataset.from_dict({"id": [str(number) for number in range(len(words))], words_name: words, tags_name: values})
        path = files.path("json")
        data.to_json(path, lines=lines)
        rows = [[row[words_name], [str(tag) for tag in row[tags_name]]] for _, row in load("json", path).iterrows()]
        files.add(f"tags {words_name}, {tags_name}, lines={lines}", path, "tags", rows)


def add_questions(files: Files) -> None:
    """The forms of run_qa.py: flat questions under "data", as lines and as an array; and SQuAD's own."""
    contexts = ["我们是诸葛亮。他是诸葛亮。", "A \"b\" c.", "😀我们好"]
    answers = [{"text": ["诸葛亮"], "answer_start": [9]}, {"text": ["\"b\"", "b"], "answer_start": [2, 3]}, {"text": [], "answer_start": []}]
    flat = [{"id": f"q{number}", "context": context, "question": "谁？", "answers": answer} for number, (context, answer) in enumerate(zip(contexts, answers))]

    def wanted(rows: list) -> list:
        return [[row["id"], row["question"], row["context"],
                 [[text, len(row["context"][:start].encode())] for text, start in zip(row["answers"]["text"], row["answers"]["answer_start"])]]
                for row in rows]  # fmt: skip

    def nested(row: dict) -> dict:
        listed = [{"text": text, "answer_start": start} for text, start in zip(*row["answers"].values())]
        return {"context": row["context"], "qas": [{"id": row["id"], "question": row["question"], "answers": listed}]}

    path = files.path("json")
    path.write_text(json.dumps({"version": "1", "data": flat}), encoding="utf-8")
    files.add("run_qa.py: data", path, "questions", wanted(load("json", path, field="data").to_dict("records")))
    for extension, lines in (("json", True), ("jsonl", True), ("json", False)):
        path = files.path(extension)
        datasets.Dataset.from_list(flat).to_json(path, lines=lines)
        files.add(f"run_qa.py: lines={lines}", path, "questions", wanted(load("json", path).to_dict("records")))
    path = files.path("json")
    path.write_text(json.dumps({"data": [{"title": "t", "paragraphs": [nested(row) for row in flat]}]}), encoding="utf-8")
    files.add("SQuAD", path, "questions", wanted(flat))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, required=True, help="model_outputs")
    arguments = parser.parse_args()
    datasets.disable_progress_bars()
    datasets.logging.set_verbosity_error()
    comparison = Comparison()
    with tempfile.TemporaryDirectory() as folder:
        files = Files(Path(folder))
        for add in (add_pandas_csv, add_one_column, add_pandas_json, add_datasets, add_label_lists, add_tags, add_questions):
            add(files)
        found = model_outputs(arguments.program.resolve(), files.jobs, Path(folder) / "jobs.json")
    for name, job, wanted, read in zip(files.names, files.jobs, files.expected, found):
        if isinstance(wanted, str):
            comparison.count(name, wanted in read.get("error", ""), f"found {read}, expected an error with {wanted!r}")
            continue
        rows = read.get("rows", [])
        different = [(a, b) for a, b in itertools.zip_longest(rows, wanted) if a != b]
        detail = read.get("error") or f"{read['columns']}; found {different[:1]}"
        comparison.count(f"{name}, {Path(job['path']).suffix}", not different and len(rows) > 0, detail)
    print(f"{comparison.compared} files, {comparison.different} differ")
    return 1 if comparison.different or comparison.compared == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
