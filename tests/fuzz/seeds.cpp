#include "tests/fuzz/seeds.h"

#include "mini_bert/bert/training/history.h"
#include "mini_bert/files/safetensors.h"
#include "tests/files/temporary_folder.h"
#include "tests/files/tensorflow_bytes.h"
#include "tests/files/torch_bytes.h"
#include "tests/tokenizer/tokenizer_folder.h"

namespace mini_bert::fuzz {

using namespace mini_bert::test;

namespace {

std::string golden(const std::string& name) {
  return content_of(MINI_BERT_SOURCE_DIR "/tests/golden/" + name);
}

}  // namespace

std::string vocabulary_text() {
  return "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nhello\n##llo\nhe\n我\n的\n!\n";
}

Seeds safetensors_seeds() {
  const TemporaryFolder folder;
  Seeds seeds;
  for (const StorageType type : {StorageType::f32, StorageType::bf16}) {
    write_safetensors(folder / "x",
                      std::vector<NamedTensor>{{"bert.pooler.dense.weight", Tensor::zeros({3, 2})},
                                               {"bert.pooler.dense.bias", Tensor::zeros({3})},
                                               {"empty", Tensor::zeros({0})}},
                      type);
    seeds.push_back(content_of(folder / "x"));
  }
  const std::string header =
      R"({"__metadata__":{"format":"pt"},"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}} )";
  seeds.push_back(little_endian<std::uint64_t>(header.size()) + header + std::string(8, '\0'));
  return seeds;
}

Seeds torch_seeds() {
  const std::string newer = pickled::call(
      pickled::global("torch._utils", "_rebuild_parameter"),
      pickled::tuple({pickled::matrix(), "\x88", pickled::call(pickled::global("collections", "OrderedDict"), ")")}));
  return {torch_zip(pickled::whole(pickled::dict({{"v", pickled::matrix()}, {"w", newer}}))), TorchLegacy().bytes()};
}

Seeds tensorflow_seeds() {
  return {tensorflow_index({{"bert/pooler/dense/bias", BundleEntry{.extents = {3}, .bytes = 12}.message()},
                            {"bert/pooler/dense/kernel", BundleEntry{.offset = 12}.message()}})};
}

Seeds config_seeds() {
  return {golden("fine_tuning/config.json"), golden("checkpoints/tensorflow/bert_config.json"),
          R"({"vocab_size": 9, "hidden_size": 4, "num_hidden_layers": 1, "num_attention_heads": 2,
  "intermediate_size": 8, "id2label": {"0": "a", "1": "b"}, "label2id": {"a": 0, "b": 1}, "hidden_act": "gelu_new",
  "problem_type": "regression", "architectures": ["BertForSequenceClassification"]})"};
}

Seeds tokenizer_json_seeds() {
  return {testing::whole_json, golden("forward_cased/tokenizer.json"),
          testing::json_head + testing::normalizer + "," + testing::pre_tokenizer +
              R"(, "truncation": {"direction": "Right", "max_length": 8, "strategy": "LongestFirst", "stride": 0},
  "padding": {"strategy": "BatchLongest", "pad_id": 0, "pad_token": "[PAD]", "pad_type_id": 0},
  "post_processor": {"type": "TemplateProcessing",
    "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
               {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
    "pair": [], "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [2], "tokens": ["[CLS]"]},
                                   "[SEP]": {"id": "[SEP]", "ids": [3], "tokens": ["[SEP]"]}}}})"};
}

Seeds tokenizer_config_seeds() {
  return {golden("fine_tuning/tokenizer_config.json"),
          R"({"tokenizer_class": "BertTokenizer", "do_lower_case": true, "strip_accents": null, "model_max_length": 8,
  "tokenize_chinese_chars": true, "truncation_side": "left", "model_input_names": ["input_ids"],
  "added_tokens_decoder": {"5": {"content": "new", "lstrip": true, "rstrip": false, "normalized": true,
                                 "single_word": true, "special": false}},
  "mask_token": {"content": "[MASK]", "lstrip": true}, "additional_special_tokens": ["he"]})"};
}

Seeds special_tokens_seeds() {
  return {R"({"unk_token": "[UNK]", "sep_token": "[SEP]", "pad_token": "[PAD]", "cls_token": "[CLS]",
  "mask_token": {"content": "[MASK]", "lstrip": true, "normalized": false, "rstrip": false, "single_word": false},
  "additional_special_tokens": ["he", {"content": "new"}]})"};
}

Seeds text_seeds() {
  return {"hello 我的 [MASK] héllo! Ａ１\n\n第二行\ttab", "e\xCC\x81 \xF0\x9F\x98\x80 \xE2\x80\xA8 \xEF\xBB\xBF\r\n"};
}

Seeds json_seeds() {
  return {R"(["一", {"text": "二", "mask": [[0, 1]]}])",
          R"([{"text": "好", "label": ["a", "b"], "id": 7}, {"text": "坏", "label": []}])",
          R"({"sentence1": "a", "sentence2": "b", "label": 1})"
          "\n"
          R"({"sentence1": "c", "sentence2": "d", "label": 0})"};
}

Seeds jsonl_seeds() {
  return {R"({"text": "二", "mask": [[0, 1]], "label": "a"})"
          "\n"
          R"({"text": "三三", "label": "b"})"
          "\n",
          R"({"tokens": ["小", "明"], "ner_tags": ["B-PER", "I-PER"]})"
          "\n",
          "\"一\"\n\"二\"\n"};
}

Seeds csv_seeds() {
  return {"text,label\n好,1\n\"坏, \"\"坏\"\"\n\",0\n", "sentence1;sentence2;label\na;b;c\nd;e;f\n",
          "sent1,sent2,ending0,ending1,label\na,b,c,d,0\n", "context,question,answer,answer_start\nabc,b?,b,1\n",
          "text\n\"['a', 'b']\"\n"};
}

Seeds squad_seeds() {
  return {R"({"version": "v2.0", "data": [{"title": "t", "paragraphs": [{"context": "hello 我的 hello", "qas": [
  {"id": "1", "question": "我?", "answers": [{"text": "我", "answer_start": 6}], "is_impossible": false}]}]}]})",
          R"({"id": 3, "context": "我的", "question": "的?", "answers": {"text": ["的"], "answer_start": [1]}})",
          R"([{"context_text": "我的", "qas": [{"query_id": "q", "query_text": "我?", "answers": ["我"]}]}])",
          "context,question,answer,answer_start\nabc,b?,b,1\n"};
}

Seeds choices_seeds() {
  return {R"([[["男：你好", "女：好"], [{"question": "谁?", "choice": ["男", "女"], "answer": "男"}], "c3-1"]])",
          R"([{"context": "a", "question": "b", "choices": ["c", "d"], "answer": "c"}])",
          R"([{"question": "b", "choices": {"label": ["A", "B"], "text": ["c", "d"]}, "answerKey": "B"}])",
          "sent1,sent2,ending0,ending1,label\na,b,c,d,0\n"};
}

Seeds tags_seeds() {
  return {"小 B-PER\n明 I-PER\n\n他 O\n\n",
          "小/B-PER 明/I-PER\n他/O\n",
          "小 明\tB-PER I-PER\n他\tO\n",
          "1\t小\t_\tN\t_\t_\t_\t_\t_\t_\n2\t明\t_\tN\t_\t_\t_\t_\t_\t_\n\n",
          R"({"text": "小明", "label": {"name": {"小明": [[0, 1]]}}})",
          R"({"text": "小明来", "entities": [{"start": 0, "end": 2, "label": "PER"}]})"};
}

Seeds trainer_state_seeds() {
  TrainingHistory history;
  history.step = 3;
  history.total_steps = 9;
  history.epoch = 0.5;
  history.epochs = 2;
  history.training.push_back({});
  history.evaluations.push_back({});
  return {history.to_json()};
}

Seeds arguments_seeds() {
  return {
      golden("training_arguments.json"),
      R"({"task": "classify", "epochs": 3, "learning-rate": 1e-4, "batch_size": 8, "lr_scheduler_kwargs": {"power": 2},
  "lr_scheduler": "polynomial", "probe": ["a [MASK]", "b"], "fp16": false, "warmup_ratio": 0.1, "save_steps": 5})"};
}

Seeds request_seeds() {
  return {R"({"text": "我", "id": 7})",
          R"({"context": "a", "question": "b", "choices": ["c", "d"], "id": "r"})",
          "\"a text\"",
          "[1]",
          "null",
          R"({"text": null, "parameters": {"top_k": 3}})"};
}

Seeds modules_seeds() {
  return {R"([{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
  {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}])",
          R"({"prompts": {"query": "q: "}, "default_prompt_name": "query", "truncate_dim": 2})"};
}

Seeds hub_listing_seeds() {
  return {R"({"sha": "0123456789012345678901234567890123456789", "siblings": [{"rfilename": "config.json"},
  {"rfilename": "model.safetensors"}, {"rfilename": "vocab.txt"}, {"rfilename": "1_Pooling/config.json"},
  {"rfilename": "model-00001-of-00002.safetensors"}]})"};
}

Seeds hub_headers_seeds() {
  const std::string hash(64, 'a');
  return {"x-linked-etag: \"" + hash + "\"\nx-linked-size: 12\nlocation: http://other/x\n",
          "etag: W/\"0123456789012345678901234567890123456789\"\ncontent-length: 5\nx-repo-commit: 01\n"};
}

}  // namespace mini_bert::fuzz
