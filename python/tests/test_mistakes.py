import builtins
import json
import sys

import mini_bert
import pytest


def line_of(error):
    line = str(error.value)
    assert "\n" not in line
    return line


def test_no_folder(tmp_path):
    with pytest.raises(FileNotFoundError) as error:
        mini_bert.load(tmp_path / "missing")
    assert "missing: no such model folder" in line_of(error)


def test_a_name_without_huggingface_hub(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    real = builtins.__import__

    def without_hub(name, *rest, **more):
        if name.startswith("huggingface_hub"):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without_hub)
    with pytest.raises(FileNotFoundError) as error:
        mini_bert.load("google-bert/bert-base-chinese")
    assert "pip install huggingface_hub" in line_of(error)


def test_a_name_that_another_program_has_downloaded(monkeypatch, tmp_path, shipped_folder):
    folder = tmp_path / "models--somebody--mini-bert-zh"
    (folder / "refs").mkdir(parents=True)
    (folder / "snapshots").mkdir()
    commit = "0123456789abcdef0123456789abcdef01234567"
    (folder / "refs" / "main").write_text(commit)
    (folder / "snapshots" / commit).symlink_to(shipped_folder)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    assert mini_bert.load("somebody/mini-bert-zh").fill_mask("三国人物诸葛[MASK]")[0]["token_str"] == "亮"


def test_huggingface_hub_is_asked_for_a_name(monkeypatch, shipped_folder):
    class Hub:
        asked = []

        @classmethod
        def snapshot_download(cls, name, **options):
            cls.asked.append((name, options.get("local_files_only", False)))
            if options.get("local_files_only"):
                raise OSError("not in the cache")
            return str(shipped_folder)

        class HfApi:
            def model_info(self, name):
                class Info:
                    siblings = []

                return Info()

    monkeypatch.setitem(sys.modules, "huggingface_hub", Hub)
    assert mini_bert.load("somebody/mini-bert-zh").architecture == "BertForMaskedLM"
    assert Hub.asked == [("somebody/mini-bert-zh", True), ("somebody/mini-bert-zh", False)]


def test_a_damaged_model(tmp_path, shipped_folder):
    for name in ("config.json", "vocab.txt", "tokenizer_config.json"):
        (tmp_path / name).write_bytes((shipped_folder / name).read_bytes())
    (tmp_path / "model.safetensors").write_bytes((shipped_folder / "model.safetensors").read_bytes()[:1000])
    with pytest.raises(ValueError) as error:
        mini_bert.load(tmp_path)
    assert "model.safetensors" in line_of(error)


def test_a_text_without_a_blank(model):
    with pytest.raises(ValueError) as error:
        model.fill_mask("没有空")
    assert "[MASK]" in line_of(error)


def test_another_task(model):
    with pytest.raises(ValueError) as error:
        model.classify("江水")
    assert "BertForMaskedLM" in line_of(error) and "train it for that task" in line_of(error)


def test_a_folder_that_cannot_be_written(model, tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(OSError) as error:
        model.save(file / "below")
    assert "below" in line_of(error)


def test_a_file_that_is_not_there(model, tmp_path):
    with pytest.raises(FileNotFoundError) as error:
        model.train(tmp_path / "missing.txt")
    assert "missing.txt" in line_of(error)


def test_rows_with_mistakes_are_named(model):
    with pytest.raises(ValueError, match="the training data"):
        model.train([])
    with pytest.raises(ValueError, match="row 2 is int"):
        model.train(["一", 2])
    with pytest.raises(ValueError, match="is the text"):
        model.train("一个句子")
    with pytest.raises(ValueError) as error:
        model.train([{"text": "江水", "label": "a"}, {"text": "宝剑", "label": None}], "classify")
    assert "the training data: line 2" in line_of(error)
    with pytest.raises(ValueError, match="2 examples|at least two labels"):
        model.train([{"text": "江水", "label": "a"}], "classify")


def test_text_that_is_no_unicode(model):
    for call in (model.fill_mask, model.embed, model.score, lambda text: model.train([text])):
        with pytest.raises(ValueError) as error:
            call("[MASK]\ud800")
        assert "surrogate" in line_of(error)


def test_a_path_that_is_no_unicode(model, tmp_path):
    for call in (mini_bert.load, model.save, model.train):
        with pytest.raises((ValueError, OSError)) as error:
            call(tmp_path / "\udcff.txt")
        assert line_of(error)


def test_a_text_of_another_type(model):
    with pytest.raises(TypeError) as error:
        model.embed([b"bytes"])
    assert "bytes, expected str" in line_of(error)


def test_rows_hold_numpy_numbers(model):
    numpy = pytest.importorskip("numpy")
    rows = [{"text": text, "label": numpy.int64(i % 2)} for i, text in enumerate(["江水", "宝剑"] * 3)]
    model.train(rows, "classify", max_steps=1)
    assert model.labels == ["0", "1"]
    assert json.dumps(model.classify("江水"))
