import mini_bert
import pytest


@pytest.fixture
def tokenizer(shipped_folder):
    return mini_bert.Tokenizer(shipped_folder)


def test_encode(tokenizer):
    encoding = tokenizer.encode("诸葛[MASK]了")
    assert encoding.tokens == ["[CLS]", "诸", "葛", "[MASK]", "了", "[SEP]"]
    assert encoding.offsets == [(0, 0), (0, 1), (1, 2), (2, 8), (8, 9), (0, 0)]
    assert encoding.word_ids[0] is None
    assert encoding.special_tokens_mask == [1, 0, 0, 0, 0, 1]
    assert encoding.type_ids == [0] * 6
    assert [tokenizer.id_to_token(id) for id in encoding.ids] == encoding.tokens
    assert tokenizer.decode(encoding.ids) == "诸 葛 了"
    assert tokenizer.decode(encoding.ids, skip_special_tokens=False) == "[CLS] 诸 葛 [MASK] 了 [SEP]"


def test_pairs_and_lengths(tokenizer):
    pair = tokenizer.encode("诸葛亮", "刘备")
    assert pair.type_ids == [0] * 5 + [1] * 3
    assert len(tokenizer.encode("诸葛亮字孔明", max_length=5).ids) == 5
    assert tokenizer.tokenize("诸葛") == ["诸", "葛"]


def test_vocabulary(tokenizer, model):
    assert tokenizer.token_to_id("亮") == model.fill_mask("三国人物诸葛[MASK]")[0]["token"]
    assert tokenizer.token_to_id("no such token") is None
    assert tokenizer.id_to_token(10**6) is None
    assert tokenizer.mask_token == "[MASK]"
    assert len(tokenizer) == len(model.tokenizer) == model.config["vocab_size"]
