"""The same answers as transformers' pipelines, for random small models and the shipped one. Skipped without torch."""

import mini_bert
import numpy as np
import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

TEXTS = ["诸葛亮字孔明。", "the cats sat, unaffable!", "刘备 来了 3.14"]


def close(found, expected):
    if isinstance(expected, dict):
        assert list(found) == list(expected)
        for key in expected:
            close(found[key], expected[key])
    elif isinstance(expected, list):
        assert len(found) == len(expected)
        for one, other in zip(found, expected):
            close(one, other)
    elif isinstance(expected, (float, np.floating)):
        assert found == pytest.approx(float(expected), rel=1e-4, abs=1e-5)
    else:
        assert found == expected


@pytest.fixture(params=range(3))
def random_model(request, tmp_path, shipped_folder):
    def make(architecture, **settings):
        torch.manual_seed(request.param)
        tokenizer = transformers.AutoTokenizer.from_pretrained(shipped_folder)
        config = transformers.BertConfig(
            vocab_size=len(tokenizer),
            hidden_size=16 + 16 * request.param,
            num_hidden_layers=1 + request.param,
            num_attention_heads=2,
            intermediate_size=40,
            max_position_embeddings=64,
            initializer_range=0.2,  # with 0.5 rounding grows beyond the tolerance in some models
            **settings,
        )
        getattr(transformers, architecture)(config).save_pretrained(tmp_path)
        tokenizer.save_pretrained(tmp_path)
        return tmp_path

    return make


def pipeline(task, folder, **settings):
    return transformers.pipeline(task, model=str(folder), dtype=torch.float32, **settings)


def test_fill_mask(random_model, shipped_folder):
    for folder in (random_model("BertForMaskedLM"), shipped_folder):
        pipe, model = pipeline("fill-mask", folder), mini_bert.load(folder)
        for text in ("三国人物诸葛[MASK]", "[MASK]来了[MASK]", "the [MASK]s"):
            close(model.fill_mask(text, top_k=3), pipe(text, top_k=3))
        close(model.fill_mask(["诸葛[MASK]", "[MASK]备"]), pipe(["诸葛[MASK]", "[MASK]备"]))


def test_classify(random_model):
    folder = random_model("BertForSequenceClassification", id2label={0: "no", 1: "yes", 2: "perhaps"})
    pipe, model = pipeline("text-classification", folder), mini_bert.load(folder)
    close(model.classify(TEXTS[0]), pipe(TEXTS[0]))
    close(model.classify(TEXTS), pipe(TEXTS))
    close(model.classify(TEXTS, top_k=None), pipe(TEXTS, top_k=None))
    pair = {"text": TEXTS[0], "text_pair": TEXTS[1]}
    close(model.classify(pair), [pipe(pair)] if isinstance(pipe(pair), dict) else pipe(pair))


@pytest.mark.parametrize("strategy", ["none", "simple", "first", "average", "max"])
def test_tag(random_model, strategy):
    labels = dict(enumerate(["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]))
    folder = random_model("BertForTokenClassification", id2label=labels)
    pipe = pipeline("token-classification", folder, aggregation_strategy=strategy)
    close(mini_bert.load(folder).tag(TEXTS, aggregation_strategy=strategy), [pipe(text) for text in TEXTS])


def test_embed_is_the_mean_of_the_hidden_states(random_model, shipped_folder):
    for folder in (random_model("BertModel"), shipped_folder):
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
        encoder = transformers.AutoModel.from_pretrained(folder, dtype=torch.float32).eval()
        found = mini_bert.load(folder).embed(TEXTS)
        for text, vector in zip(TEXTS, found):
            with torch.no_grad():
                hidden = encoder(**tokenizer(text, return_tensors="pt")).last_hidden_state[0]
            np.testing.assert_allclose(vector, hidden.mean(0).numpy(), rtol=1e-4, atol=1e-4)


def test_a_trained_model_goes_back_to_transformers(sentences, shipped_folder, tmp_path):
    model = mini_bert.load(shipped_folder)
    model.train(sentences, max_steps=2, learning_rate=1e-3)
    model.save(tmp_path)
    close(model.fill_mask("三国人物诸葛[MASK]"), pipeline("fill-mask", tmp_path)("三国人物诸葛[MASK]"))
