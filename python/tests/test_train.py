import os
import signal
import threading
import time

import mini_bert
import numpy as np
import pytest

FAST = dict(learning_rate=5e-4, batch_size=8)


def answer(model, text="三国人物诸葛[MASK]"):
    return model.fill_mask(text, top_k=1)[0]["token_str"]


def test_training_teaches_and_saves(model, sentences, tmp_path):
    steps = []
    report = model.train(sentences, epochs=5, on_step=steps.append, probes=["三国人物诸葛[MASK]"], **FAST)
    assert [step["step"] for step in steps] == list(range(1, report["total_steps"] + 1))
    assert list(steps[0]) == ["step", "total_steps", "epoch", "loss", "grad_norm", "learning_rate", "tokens"]
    assert steps[-1]["loss"] < steps[0]["loss"]
    assert report["ending"] == "completed" and report["step"] == report["total_steps"]
    assert answer(model) == "涛"
    assert [probe["answers"][0]["token_str"] for probe in (report["probes"][0], report["probes"][-1])] == ["亮", "涛"]
    model.save(tmp_path / "new" / "folder")
    again = mini_bert.load(tmp_path / "new" / "folder")
    assert again.fill_mask("三国人物诸葛[MASK]") == model.fill_mask("三国人物诸葛[MASK]")


def test_texts_in_memory_train_like_a_file(shipped_folder, sentences, tmp_path):
    file = tmp_path / "texts.txt"
    file.write_text("\n".join(sentences), encoding="utf-8")
    answers = []
    for data in (sentences, file, [str(file)], [{"text": text} for text in sentences]):
        model = mini_bert.load(shipped_folder)
        model.train(data, max_steps=2, **FAST)
        answers.append(model.fill_mask("三国人物诸葛[MASK]"))
    assert answers[0] == answers[1] == answers[2] == answers[3]


def test_training_goes_on_where_it_ended(model, sentences):
    model.train(sentences, max_steps=2, **FAST)
    between = model.embed("诸葛涛")
    model.train(sentences, max_steps=1, learning_rate=1e-9)
    np.testing.assert_allclose(model.embed("诸葛涛"), between, atol=1e-4)


def test_another_task_keeps_the_encoder(model, sentences, classifier):
    model.train(sentences, max_steps=3, **FAST)
    taught = model.embed("诸葛涛")
    rows = [{"text": "江水", "label": "a"}, {"text": "宝剑", "label": "b"}]
    model.train(rows, "classify", max_steps=1, learning_rate=1e-9)
    assert model.labels == ["a", "b"]
    np.testing.assert_allclose(model.embed("诸葛涛"), taught, atol=1e-4)
    with pytest.raises(ValueError, match="has no head for BertForMaskedLM"):
        model.fill_mask("三国人物诸葛[MASK]")


def test_tag_and_answer_and_choose_train(shipped_folder):
    model = mini_bert.load(shipped_folder)
    tagged = [{"tokens": ["刘", "备", "来", "了"], "tags": ["B-PER", "I-PER", "O", "O"]}] * 8
    model.train(tagged, "tag", epochs=20, learning_rate=1e-3)
    (entity,) = model.tag("刘备来了")
    assert (entity["entity_group"], entity["start"], entity["end"]) == ("PER", 0, 2)
    assert list(entity) == ["entity_group", "score", "word", "start", "end"]
    tokens = model.tag(["刘备来了"], aggregation_strategy="none")[0]
    assert [list(token) for token in tokens] == [["entity", "score", "index", "word", "start", "end"]] * 2

    model = mini_bert.load(shipped_folder)
    question = {"question": "谁来了", "context": "刘备来了", "answers": {"text": ["刘备"], "answer_start": [0]}}
    model.train([question] * 8, "answer", epochs=10, learning_rate=1e-3)
    found = model.answer("谁来了", "刘备来了")
    assert found == {"score": found["score"], "start": 0, "end": 2, "answer": "刘备"}
    assert len(model.answer("谁来了", "刘备来了", top_k=2)) == 2

    model = mini_bert.load(shipped_folder)
    row = {"context": "诸葛亮字什么", "choices": ["孔明", "玄德"], "answer": 0}
    model.train([row] * 8, "choose", epochs=5, learning_rate=1e-3)
    assert [choice["label"] for choice in model.choose(["孔明", "玄德"], context="诸葛亮字什么")][0] == "孔明"


def test_validation_data_are_evaluated(model, sentences):
    report = model.train(sentences, max_steps=2, validation_split=0.1, **FAST)
    assert report["evaluations"][0]["step"] == 0 and report["evaluations"][0]["loss"] > 0
    report = model.train(sentences, max_steps=2, validation=sentences[:5], **FAST)
    assert report["evaluations"][-1]["step"] == 2


def test_false_stops_and_the_callback_may_ask(model, sentences):
    answers = []

    def look(step):
        answers.append(answer(model))
        return step["step"] < 3

    report = model.train(sentences, on_step=look, **FAST)
    assert report["ending"] == "interrupted" and report["step"] == 3 and len(answers) == 3


def test_an_error_of_the_callback_passes_through(model, sentences):
    def fail(step):
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        model.train(sentences, on_step=fail, **FAST)
    assert answer(model)


def test_nothing_is_left_of_a_training_that_an_error_ends(model, sentences):
    with pytest.raises(ZeroDivisionError):
        model.train(sentences, on_step=lambda step: 1 / 0, **FAST)
    with pytest.raises(ValueError, match="no training has been started"):
        model._engine.call("advance")


def test_a_callback_cannot_begin_another_training(model, sentences):
    with pytest.raises(ValueError, match="being trained already"):
        model.train(sentences, on_step=lambda step: model.train(sentences), **FAST)
    assert model.train(sentences, max_steps=1, **FAST)["step"] == 1


def test_other_threads_wait_for_a_training(model, sentences):
    steps, seen = [], []
    thread = threading.Thread(target=lambda: seen.append((model.embed("诸葛涛"), len(steps))))

    def look(step):
        steps.append(step)
        if step["step"] == 1:
            thread.start()

    model.train(sentences, max_steps=3, on_step=look, **FAST)
    thread.join()
    assert seen[0][1] == 3
    np.testing.assert_array_equal(seen[0][0], model.embed("诸葛涛"))


def test_ctrl_c_stops_after_the_step_and_leaves_the_model(model, sentences):
    steps = []

    def press(step):
        steps.append(step)
        if step["step"] == 2:
            os.kill(os.getpid(), signal.SIGINT)

    before = model.embed("诸葛涛")
    with pytest.raises(KeyboardInterrupt):
        model.train(sentences, epochs=50, on_step=press, **FAST)
    assert 2 <= len(steps) <= 3
    assert not np.array_equal(model.embed("诸葛涛"), before)
    model.train(sentences, max_steps=1, **FAST)


def test_ctrl_c_needs_no_callback(model, sentences):
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        timer.start()
        model.train(sentences, max_steps=2000, **FAST)  # takes minutes
    assert time.monotonic() - start < 15
    assert answer(model)


def test_other_threads_of_python_go_on_during_training(model, sentences):
    count, done = 0, threading.Event()

    def tick():
        nonlocal count
        while not done.wait(0.001):
            count += 1

    thread = threading.Thread(target=tick)
    thread.start()
    start = time.monotonic()
    model.train(sentences, max_steps=5, **FAST)
    seconds = time.monotonic() - start
    done.set()
    thread.join()
    assert count > 20 * seconds  # a held lock would let it tick only between calls


def test_two_threads_share_a_model(model):
    expected = model.fill_mask("三国人物诸葛[MASK]")
    found = []
    threads = [
        threading.Thread(target=lambda: found.extend(model.fill_mask("三国人物诸葛[MASK]") for _ in range(20)))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 60


def test_a_mistake_leaves_the_model_as_it_was(model, sentences):
    before = model.fill_mask("三国人物诸葛[MASK]")
    for arguments in (dict(learning_rat=1), dict(task="mlmm"), dict(epochs="many"), dict(precision="f8")):
        with pytest.raises(ValueError) as error:
            model.train(sentences, **arguments)
        assert next(iter(arguments)) in str(error.value) and "\n" not in str(error.value)
    assert model.fill_mask("三国人物诸葛[MASK]") == before
