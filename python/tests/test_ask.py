import json
import os
import subprocess
import sysconfig
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mini_bert
import numpy as np
import pytest


def predict(*arguments):
    """The answer to the last argument, a text, which goes to standard input. A text of the command line would be
    multiplied by another kernel, whose last digits differ."""
    *flags, text = map(str, arguments)
    programs = os.environ.get("MINI_BERT_PROGRAMS", sysconfig.get_path("scripts"))
    program = Path(programs) / "mini_bert_predict"
    done = subprocess.run([program, *flags], input=text, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_fill_mask_has_the_form_of_transformers(model):
    answers = model.fill_mask("三国人物诸葛[MASK]", top_k=3)
    assert [list(answer) for answer in answers] == [["score", "token", "token_str", "sequence"]] * 3
    assert answers[0]["token_str"] == "亮"
    assert answers[0]["sequence"] == "三 国 人 物 诸 葛 亮"
    assert answers[0]["score"] > answers[1]["score"] > answers[2]["score"] > 0
    assert len(model.fill_mask("三国人物诸葛[MASK]")) == 5


def test_fill_mask_of_several_blanks_and_several_texts(model):
    blanks = model.fill_mask("诸葛[MASK]字孔[MASK]", top_k=2)
    assert [len(blank) for blank in blanks] == [2, 2]
    both = model.fill_mask(["诸葛亮字孔[MASK]", "刘备字玄[MASK]"], top_k=1)
    assert [answers[0]["token_str"] for answers in both] == ["明", "德"]


def test_fill_mask_among_targets(model):
    answers = model.fill_mask("三国人物诸葛[MASK]", targets=["瑾", "亮"])
    assert [answer["token_str"] for answer in answers] == ["亮", "瑾"]


def test_answers_are_those_of_the_program(model, shipped_folder, classifier):
    text = "三国人物诸葛[MASK]，字孔[MASK]。"
    assert model.fill_mask(text) == predict("fill-mask", "--model", shipped_folder, "--json", text)
    joint = predict("fill-mask", "--joint", "--model", shipped_folder, "--json", text)
    found = model.fill_jointly(text)
    assert [(a["sequence"], a["score"]) for a in found] == [(a["sequence"], a["score"]) for a in joint]
    labels = predict("classify", "--model", classifier, "--json", "江水东流")
    assert mini_bert.load(classifier).classify("江水东流", top_k=None) == labels
    score = predict("score", "--model", shipped_folder, "--json", "今天天气很好。")
    assert model.score("今天天气很好。")["score"] == score["score"]


def test_embed_gives_rows_of_float32_without_a_copy(model, shipped_folder):
    texts = ["今天天气很好。", "他来了", "诸葛亮字孔明"]
    vectors = model.embed(texts)
    assert vectors.shape == (3, model.config["hidden_size"])
    assert vectors.dtype == np.float32
    assert vectors.flags["C_CONTIGUOUS"] and not vectors.flags["OWNDATA"]
    np.testing.assert_array_equal(vectors[1], model.embed(texts[1]))
    np.testing.assert_array_equal(vectors[0], predict("embed", "--model", shipped_folder, "--json", texts[0]))
    assert model.embed([]).shape == (0, vectors.shape[1])


def test_an_array_lives_longer_than_its_model(shipped_folder):
    model = mini_bert.load(shipped_folder)
    vectors = model.embed(["今天天气很好。"])
    before = vectors.copy()
    del model
    mini_bert.load(shipped_folder).embed(["别的"] * 8)
    np.testing.assert_array_equal(vectors, before)


def test_threads_have_arrays_of_their_own(model):
    texts = ["今天天气很好。", "他来了", "诸葛亮字孔明"]
    expected = [model.embed(text) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        for found, text in zip(pool.map(model.embed, texts * 40), texts * 40):
            np.testing.assert_array_equal(found, expected[texts.index(text)])


def test_a_text_that_cannot_be_has_an_infinite_perplexity(model, sentences):
    model.train(sentences[:8], max_steps=1, learning_rate=1e4)
    assert model.score("今天天气很好。")["perplexity"] == float("inf")


def test_embed_normalizes_and_pools(model):
    lengths = np.linalg.norm(model.embed(["今天", "他来了"], normalize=True), axis=1)
    np.testing.assert_allclose(lengths, 1, rtol=1e-5)
    assert not np.array_equal(model.embed("他来了", pooling="cls"), model.embed("他来了", pooling="mean"))
    with pytest.raises(ValueError, match="pooling.*max.*expected one of mean, cls, pooler"):
        model.embed("他来了", pooling="max")


def test_classify_takes_texts_and_pairs(classifier):
    model = mini_bert.load(classifier)
    assert model.labels == ["sword", "water"]
    (best,) = model.classify("蜀的宝剑")
    assert best["label"] == "sword" and 0.5 < best["score"] <= 1
    every = model.classify("蜀的宝剑", top_k=None)
    assert [row["label"] for row in every] == ["sword", "water"]
    assert sum(row["score"] for row in every) == pytest.approx(1)
    assert model.classify(["蜀的宝剑", "吴的江水"])[1]["label"] == "water"
    pair = {"text": "蜀的宝剑", "text_pair": "吴的江水"}
    assert model.classify(pair) == model.classify(("蜀的宝剑", "吴的江水"))
    assert model.classify(pair) != [best]


def test_a_model_says_what_it_is(model):
    assert model.architecture == "BertForMaskedLM"
    assert repr(model).startswith("<mini_bert.Model BertForMaskedLM, ")
    assert model.parameter_count > 1_000_000
