#include "mini_bert/bert/bert_config.h"

#include "mini_bert/base/json.h"
#include "tests/base/json_kinds.h"
#include "tests/catch.h"
#include "tests/files/temporary_folder.h"

using namespace mini_bert;
using namespace mini_bert::test;
using nlohmann::json;

namespace {

json smallest() {
  return {{"vocab_size", 100},        {"hidden_size", 32},       {"num_hidden_layers", 2},
          {"num_attention_heads", 4}, {"intermediate_size", 64}, {"max_position_embeddings", 16}};
}

BertConfig parse(const json& object) {
  return BertConfig::from_json(object.dump(), "config.json");
}

// bert-base-chinese's, with the keys this program has no use for.
constexpr std::string_view chinese = R"({
  "architectures": [
    "BertForMaskedLM"
  ],
  "attention_probs_dropout_prob": 0.1,
  "classifier_dropout": null,
  "directionality": "bidi",
  "hidden_act": "gelu",
  "hidden_dropout_prob": 0.1,
  "hidden_size": 768,
  "initializer_range": 0.02,
  "intermediate_size": 3072,
  "layer_norm_eps": 1e-12,
  "max_position_embeddings": 512,
  "model_type": "bert",
  "num_attention_heads": 12,
  "num_hidden_layers": 12,
  "pad_token_id": 0,
  "pooler_fc_size": 768,
  "pooler_type": "first_token_transform",
  "position_embedding_type": "absolute",
  "transformers_version": "4.20.1",
  "type_vocab_size": 2,
  "use_cache": true,
  "vocab_size": 21128
}
)";

}  // namespace

TEST_CASE("config: defaults are bert-base-uncased") {
  const BertConfig config;
  config.check("default");
  CHECK(config.parameter_count() == 109'482'240);
  CHECK(config.head_size() == 64);
  CHECK(config.activation() == Activation::gelu);
  CHECK(config.layer_norm_eps == 1e-12);
}

TEST_CASE("config: a file is read and written back to the byte") {
  const TemporaryFolder folder;
  const BertConfig config = BertConfig::read(folder.put("config.json", chinese));
  CHECK(config.vocab_size == 21128);
  CHECK(config.architectures == std::vector<std::string>{"BertForMaskedLM"});
  CHECK_FALSE(config.classifier_dropout.has_value());
  CHECK(config.parameter_count() == 102'267'648);
  CHECK(config.to_json() == chinese);
}

TEST_CASE("config: fields that are left out have their defaults") {
  const BertConfig config = parse(smallest());
  CHECK(config.type_vocab_size == 2);
  CHECK(config.pad_token_id == 0);
  CHECK(config.hidden_act == "gelu");
  CHECK(config.hidden_dropout_prob == 0.1);
  CHECK(config.initializer_range == 0.02);
  CHECK(config.tie_word_embeddings);
  CHECK(config.labels.empty());
  const json written = json::parse(config.to_json());
  CHECK(written["model_type"] == "bert");
  CHECK(written["layer_norm_eps"] == 1e-12);
  CHECK_FALSE(written.contains("id2label"));
  CHECK_FALSE(written.contains("tie_word_embeddings"));
}

TEST_CASE("config: changed fields are written, unknown keys kept") {
  json object = smallest();
  object["id2label"] = {{"0", "no"}, {"1", "yes"}};
  object["label2id"] = {{"no", 0}, {"yes", 1}};
  object["task_specific_params"] = {{"诸葛", {1, 2.5, nullptr}}};
  object["pad_token_id"] = nullptr;
  object["classifier_dropout"] = 0.25;
  object["problem_type"] = "regression";
  object["tie_word_embeddings"] = false;
  BertConfig config = parse(object);
  CHECK(config.labels == std::vector<std::string>{"no", "yes"});
  CHECK_FALSE(config.pad_token_id.has_value());
  CHECK(config.classifier_dropout == 0.25);
  CHECK_FALSE(config.tie_word_embeddings);

  config.labels = {"否", "是", "也许"};
  config.vocab_size = 101;
  config.problem_type.reset();
  config.architectures = {"BertForSequenceClassification"};
  const json written = json::parse(config.to_json());
  CHECK(written["task_specific_params"] == object["task_specific_params"]);
  CHECK(written["id2label"] == json({{"0", "否"}, {"1", "是"}, {"2", "也许"}}));
  CHECK(written["label2id"]["也许"] == 2);
  CHECK(written["vocab_size"] == 101);
  CHECK(written["pad_token_id"].is_null());
  CHECK(written["problem_type"].is_null());
  const BertConfig again = BertConfig::from_json(config.to_json(), "again");
  CHECK(again.to_json() == config.to_json());
  CHECK(again.labels == config.labels);
}

TEST_CASE("config: twelve labels come in the order of their numbers") {
  json object = smallest();
  for (int id = 0; id < 12; ++id) object["id2label"][std::to_string(id)] = fmt::format("L{}", id);
  const BertConfig config = parse(object);
  REQUIRE(config.labels.size() == 12);
  CHECK(config.labels[2] == "L2");
  CHECK(config.labels[11] == "L11");
}

TEST_CASE("config: num_labels, and labels that are numbers") {
  const auto labels = [](const json& id2label, const json& num_labels) {
    json object = smallest();
    if (!id2label.is_null()) object["id2label"] = id2label;
    if (!num_labels.is_null()) object["num_labels"] = num_labels;
    const BertConfig config = parse(object);
    CHECK_FALSE(json::parse(config.to_json()).contains("num_labels"));
    return config.labels;
  };
  using Labels = std::vector<std::string>;
  const json two = {{"0", "a"}, {"1", "b"}};
  CHECK(labels({}, {}) == Labels{});
  CHECK(labels({}, 3) == Labels{"LABEL_0", "LABEL_1", "LABEL_2"});
  CHECK(labels({}, 1) == Labels{"LABEL_0"});
  CHECK(labels(two, 2) == Labels{"a", "b"});
  CHECK(labels(two, {}) == Labels{"a", "b"});
  CHECK(labels(two, 3) == Labels{"LABEL_0", "LABEL_1", "LABEL_2"});  // transformers believes the number
  CHECK(labels({{"0", 0}, {"1", 1}}, {}) == Labels{"0", "1"});
  CHECK(labels({{"0", -1}, {"1", 1.5}, {"2", true}, {"3", false}}, {}) == Labels{"-1", "1.5", "True", "False"});
}

TEST_CASE("config: the names of the activation") {
  BertConfig config;
  for (const Activation activation : all_activations()) {
    for (const std::string_view name : names_of(activation)) {
      config.hidden_act = name;
      CAPTURE(name);
      CHECK_NOTHROW(config.check("config.json"));
      CHECK(config.activation() == activation);
    }
  }
  config.hidden_act = "geluu";
  CHECK_THROWS_WITH(
      config.check("config.json"),
      ContainsSubstring("config.json: hidden_act is \"geluu\", supported are gelu, gelu_python, gelu_new"));
}

TEST_CASE("config: labels and what is learned from them, stated or not") {
  BertConfig config;
  CHECK(config.label_count() == 2);
  CHECK(config.label(1) == "LABEL_1");
  CHECK(config.problem() == ProblemType::single_label_classification);
  config.labels = {"score"};
  CHECK(config.label_count() == 1);
  CHECK(config.label(0) == "score");
  CHECK(config.problem() == ProblemType::regression);
  config.labels = {"a", "b", "c"};
  CHECK(config.problem() == ProblemType::single_label_classification);
  for (const ProblemType type :
       {ProblemType::regression, ProblemType::single_label_classification, ProblemType::multi_label_classification}) {
    config.problem_type = std::string(name_of(type));
    CHECK(config.problem() == type);
  }
}

TEST_CASE("config: the dropout before a classifier is classifier_dropout, else hidden_dropout_prob") {
  BertConfig config;
  config.hidden_dropout_prob = 0.25;
  CHECK(config.classifier_dropout_prob() == 0.25);
  config.classifier_dropout = 0;
  CHECK(config.classifier_dropout_prob() == 0);
}

TEST_CASE("config: a wrong value is refused, with the reason") {
  struct Case {
    std::string key;
    json value;
    std::string message;
  };
  const std::vector<Case> cases = {
      {"vocab_size", "100", "vocab_size is \"100\", expected a whole number"},
      {"vocab_size", 100.0, "vocab_size is 100.0, expected a whole number"},
      {"vocab_size", nullptr, "vocab_size is null, expected a whole number"},
      {"vocab_size", true, "vocab_size is true, expected a whole number"},
      {"vocab_size", json::array(), "vocab_size is an array, expected a whole number"},
      {"vocab_size", 0, "vocab_size is 0, expected 1 to"},
      {"vocab_size", -5, "vocab_size is -5, expected 1 to"},
      {"vocab_size", 1e18, "expected a whole number"},
      {"vocab_size", 18446744073709551615u, "vocab_size is 18446744073709551615, expected a whole number"},
      {"vocab_size", 9223372036854775807, "vocab_size is 9223372036854775807, expected 1 to 100000000"},
      {"hidden_size", 0, "hidden_size is 0, expected 1 to"},
      {"hidden_size", 30, "hidden_size 30 is not a multiple of num_attention_heads 4"},
      {"hidden_size", 2147483648, "hidden_size is 2147483648, expected 1 to 1000000"},
      {"hidden_size", 1'000'000, "parameters, expected at most 1e+11"},
      {"num_hidden_layers", 0, "num_hidden_layers is 0"},
      {"num_hidden_layers", 10'001, "num_hidden_layers is 10001, expected 1 to 10000"},
      {"num_attention_heads", 0, "num_attention_heads is 0, expected 1 to 32"},
      {"num_attention_heads", 64, "num_attention_heads is 64, expected 1 to 32"},
      {"intermediate_size", -1, "intermediate_size is -1"},
      {"max_position_embeddings", 0, "max_position_embeddings is 0"},
      {"type_vocab_size", 0, "type_vocab_size is 0"},
      {"type_vocab_size", "two", "type_vocab_size is \"two\", expected a whole number"},
      {"pad_token_id", 100, "pad_token_id is 100, expected 0 to 99"},
      {"pad_token_id", -1, "pad_token_id is -1, expected 0 to 99"},
      {"hidden_act", "prelu", "hidden_act is \"prelu\", supported are gelu, gelu_python, gelu_new,"},
      {"hidden_act", "Gelu", "hidden_act is \"Gelu\", supported are"},
      {"hidden_act", 3, "hidden_act is 3, expected a text"},
      {"hidden_dropout_prob", 1, "hidden_dropout_prob is 1, expected at least 0 and less than 1"},
      {"hidden_dropout_prob", -0.1, "hidden_dropout_prob is -0.1"},
      {"hidden_dropout_prob", "0.1", "hidden_dropout_prob is \"0.1\", expected a number"},
      {"hidden_dropout_prob", nullptr, "hidden_dropout_prob is null, expected a number"},
      {"attention_probs_dropout_prob", 1.5, "attention_probs_dropout_prob is 1.5"},
      {"classifier_dropout", 2, "classifier_dropout is 2"},
      {"initializer_range", -0.02, "initializer_range is -0.02, expected 0 to 100"},
      {"layer_norm_eps", 0, "layer_norm_eps is 0, expected more than 0"},
      {"layer_norm_eps", -1e-12, "layer_norm_eps is -1e-12"},
      {"position_embedding_type", "relative_key", "position_embedding_type is \"relative_key\", supported is"},
      {"model_type", "roberta", "model_type is \"roberta\", expected \"bert\""},
      {"model_type", nullptr, "model_type is null, expected a text"},
      {"is_decoder", true, "is_decoder is true"},
      {"is_decoder", "no", "is_decoder is \"no\", expected true or false"},
      {"add_cross_attention", true, "add_cross_attention is true"},
      {"tie_word_embeddings", 1, "tie_word_embeddings is 1, expected true or false"},
      {"architectures", "BertModel", "architectures is \"BertModel\", expected an array"},
      {"architectures", {1}, "architectures: element 1 is 1, expected a text"},
      {"problem_type", "ranking", "problem_type is \"ranking\", supported are regression"},
      {"id2label", {"a", "b"}, "id2label is an array, expected an object"},
      {"id2label", {{"0", "a"}, {"2", "b"}}, "id2label has 2 labels but no \"1\""},
      {"id2label", {{"00", "a"}}, "id2label has 1 labels but no \"0\""},
      {"id2label", {{"0", {{"a", 1}}}}, "id2label: 0 is an object, expected a text"},
      {"num_labels", 0, "num_labels is 0, expected a whole number from 1"},
      {"num_labels", "two", "num_labels is \"two\", expected a whole number"},
      {"is_encoder_decoder", true, "is_encoder_decoder is true, mini_bert supports false; choose"},
      {"pruned_heads", {{"0", {1}}}, "pruned_heads is {\"0\":[1]}, mini_bert supports {}"},
      {"quantization_config", {{"bits", 4}}, "quantization_config is {\"bits\":4}, which mini_bert does not support"},
  };
  for (const Case& wrong : cases) {
    json object = smallest();
    object[wrong.key] = wrong.value;
    const std::string message = error_of([&] { parse(object); });
    CAPTURE(wrong.key);
    CHECK_THAT(message, ContainsSubstring(wrong.message));
    CHECK_THAT(message, ContainsSubstring("config.json: "));
    CHECK(message.find('\n') == std::string::npos);
  }
}

TEST_CASE("config: no type of positions means absolute positions") {
  json object = smallest();
  object["position_embedding_type"] = nullptr;
  CHECK_NOTHROW(parse(object));
}

TEST_CASE("config: what is not a configuration is refused") {
  const json all = smallest();
  for (const auto& [key, value] : all.items()) {
    json object = all;
    object.erase(key);
    CHECK_THAT(error_of([&] { parse(object); }), ContainsSubstring(fmt::format("config.json: {} is missing", key)));
  }
  const auto error = [](std::string_view text) { return error_of([&] { BertConfig::from_json(text, "c"); }); };
  CHECK_THAT(error(""), ContainsSubstring("c: not JSON, line 1 column 1"));
  CHECK_THAT(error("[]"), ContainsSubstring("c is an array, expected an object {…}: is it a config.json?"));
  CHECK_THAT(error("null"), ContainsSubstring("c is null, expected an object"));
  CHECK_THAT(error("{\"vocab_size\": 5,\n\"vocab_size\": 6}"), ContainsSubstring("\"vocab_size\" occurs twice"));
  CHECK_THAT(error("{\n  \"vocab_size\": 5,\n}"), ContainsSubstring("line 3 column 1"));
  CHECK_THAT(error("{\"hidden_dropout_prob\": NaN}"), ContainsSubstring("not JSON, line 1"));
  CHECK_THAT(error_of([] { BertConfig::read("/nonexistent/config.json"); }),
             ContainsSubstring("/nonexistent/config.json: cannot be read: there is no such file"));
}

TEST_CASE("config: any kind of value in any field is read or refused with an Error") {
  json object = json::parse(chinese);
  object["id2label"] = {{"0", "no"}, {"1", "yes"}};
  object["problem_type"] = "regression";
  object["is_decoder"] = false;
  object["tie_word_embeddings"] = true;
  CHECK(read_with_every_kind(object, [](const std::string& text) { BertConfig::from_json(text, "config.json"); }) >
        200);
}

TEST_CASE("config: the identity states what is computed, not what the file says besides") {
  BertConfig config = BertConfig::from_json(chinese, "config.json");
  const RunIdentity identity = config.identity();
  CHECK(identity.value("config.hidden_size") == "768");
  CHECK(identity.value("config.transformers_version").empty());
  config.other_keys = "{}";
  config.architectures = {"BertModel"};
  CHECK(config.identity() == identity);
  config.layer_norm_eps = 1e-5;
  const std::vector<RunIdentity::Difference> differences = config.identity().differences_from(identity);
  REQUIRE(differences.size() == 1);
  CHECK(differences[0].key == "config.layer_norm_eps");
}

TEST_CASE("config: a file cut off anywhere is refused, a changed byte never crashes") {
  const std::string text(chinese);
  for (std::size_t length = 0; length + 2 < text.size(); ++length) {
    REQUIRE(error_of([&] { BertConfig::from_json(text.substr(0, length), "c"); }) != "no error");
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (const char byte : {'\0', '"', '{', '}', '9', '-', '\xff'}) {
      std::string changed = text;
      changed[i] = byte;
      error_of([&] { BertConfig::from_json(changed, "c"); });
    }
  }
}
