#include "mini_bert/bert/names/name_table.h"

#include <set>

#include "mini_bert/bert/model/heads.h"
#include "tests/bert/bert_testing.h"
#include "tests/catch.h"

using namespace mini_bert;
using Names = std::vector<std::string>;

namespace {

const NameTable& transformers = *name_tables()[0];
const NameTable& tensorflow = *name_tables()[1];

Names names(const NameTable& table, const std::string& path) {
  Names names;
  for (const auto& spelling : table.spellings(path)) names.push_back(spelling.name);
  return names;
}

// Calls f with a model for every task.
template <class F>
void for_each_model(F f) {
  const BertConfig config = test::tiny_config();
  f(BertForMaskedLM(config));
  f(BertForNextSentencePrediction(config));
  f(BertForPreTraining(config));
  f(BertForSequenceClassification(config));
  f(BertForTokenClassification(config));
  f(BertForQuestionAnswering(config));
  f(BertForMultipleChoice(config));
  f(BertWithoutHead(config));
}

}  // namespace

TEST_CASE("names: every parameter of every model has one name of its own in every table") {
  for_each_model([](const BertPreTrainedModel& model) {
    INFO(model.architecture());
    for (const NameTable* const table : name_tables()) {
      std::set<std::string> all;
      for (const Parameter& parameter : model.parameters()) {
        INFO(parameter.path);
        const Names spelled = names(*table, parameter.path);
        REQUIRE_FALSE(spelled.empty());
        for (const std::string& name : spelled) CHECK(all.insert(name).second);
      }
    }
  });
}

TEST_CASE("names: no two parameters have the same first name, and each has one") {
  for (const NameTable* const table : name_tables()) {
    std::set<std::string_view> paths, spelled;
    for (const NameRow& row : table->rows) {
      INFO(row.path << " " << row.name);
      const bool second = row.form == NameRow::Form::copy || row.form == NameRow::Form::preferred;
      if (!second) CHECK(spelled.insert(row.name).second);
      CHECK(paths.insert(row.path).second == !second);
    }
  }
}

TEST_CASE("names: what stands before all names is found, and nothing else") {
  const auto prefix = [](const Names& names) { return transformers.prefix_of(names); };
  const std::string table = "embeddings.word_embeddings.weight";
  CHECK(prefix({"bert." + table}).empty());
  CHECK(prefix({table}).empty());
  CHECK(prefix({"classifier.weight"}).empty());
  CHECK(prefix({"bert.bert." + table, "classifier.weight"}) == "bert.");
  CHECK(prefix({"0.auto_net." + table}) == "0.auto_net.");
  CHECK(prefix({"student.bert." + table, "bert." + table}).empty());
  CHECK(prefix({"my" + table}).empty());
}

TEST_CASE("names: the number of a layer goes from path to name") {
  const std::string path = "encoder.layer.10.feed_forward.norm.scale";
  CHECK(names(transformers, path) ==
        Names{"bert.encoder.layer.10.output.LayerNorm.weight", "bert.encoder.layer.10.output.LayerNorm.gamma",
              "encoder.layer.10.output.LayerNorm.weight", "encoder.layer.10.output.LayerNorm.gamma"});
  CHECK(names(tensorflow, path) == Names{"bert/encoder/layer_10/output/LayerNorm/gamma"});
  for (const std::string wrong : {"encoder.layer..feed_forward.norm.scale", "encoder.layer.x.feed_forward.norm.scale",
                                  "encoder.layer.1.2.feed_forward.norm.scale", "encoder.layer.1", ""}) {
    INFO(wrong);
    CHECK(names(transformers, wrong).empty());
  }
}

TEST_CASE("names: kernels are transposed, other weights are not; a copy comes last") {
  using Form = NameRow::Form;
  CHECK(tensorflow.spellings("pooler.weight")[0].form == Form::transposed);
  CHECK(tensorflow.spellings("encoder.layer.3.attention.key.weight")[0].form == Form::transposed);
  CHECK(tensorflow.spellings("embeddings.word.weight")[0].form == Form::as_is);
  CHECK(tensorflow.spellings("classifier.weight")[0].form == Form::as_is);
  const auto bias = transformers.spellings("masked_words.bias");
  REQUIRE(bias.size() == 2);
  CHECK(bias[1].name == "cls.predictions.decoder.bias");
  CHECK(bias[1].form == Form::preferred);
  const auto own_bias = transformers.spellings("masked_words.decoder.bias");
  REQUIRE(own_bias.size() == 2);
  CHECK(own_bias[0].name == "cls.predictions.decoder.bias");
  CHECK(own_bias[1].name == "cls.predictions.bias");
  CHECK(own_bias[1].form == Form::copy);
}

TEST_CASE("names: what wrappers insert is left out, wherever it is") {
  for (const std::string wrapped :
       {"bert.pooler.dense.bias", "module.bert.pooler.dense.bias", "_orig_mod.bert.pooler.dense.bias",
        "model.bert.pooler.dense.bias", "module._orig_mod.model.bert.pooler.dense.bias",
        "bert._orig_mod.pooler.module.dense.bias"}) {
    CHECK(transformers.unwrapped(wrapped) == "bert.pooler.dense.bias");
  }
  for (const std::string other : {"modules.bert", "a.model_b", "", ".", "a..b", "a."}) {
    CHECK(transformers.unwrapped(other) == other);
  }
}

TEST_CASE("names: tensors that hold nothing of their own") {
  for (const char* name : {"bert.embeddings.position_ids", "embeddings.position_ids", "embeddings.token_type_ids"}) {
    CHECK(transformers.is_redundant(name));
  }
  for (const char* name : {"bert.embeddings.position_ids.x", "cls.predictions.bias", "cls.predictions.decoder.weight",
                           "decoder.bias", ""}) {
    CHECK_FALSE(transformers.is_redundant(name));
  }
  for (const char* name : {"bert/pooler/dense/bias/adam_m", "bert/pooler/dense/bias/adam_v", "global_step",
                           "bert/pooler/dense/kernel/AdamWeightDecayOptimizer_1"}) {
    CHECK(tensorflow.is_redundant(name));
  }
  CHECK_FALSE(tensorflow.is_redundant("bert/pooler/dense/bias"));
}

TEST_CASE("names: a parameter in no table goes by its path") {
  CHECK(checkpoint_name({.path = "hidden.weight"}) == "hidden.weight");
  CHECK(checkpoint_name({.path = "pooler.weight"}) == "bert.pooler.dense.weight");
}

// Until parameters knew their role, these were the rules, read out of transformers' names.
TEST_CASE("names: roles say what names said: what decays, how it begins, what may be stored as halves") {
  for_each_model([](const BertPreTrainedModel& model) {
    for (const Parameter& parameter : model.parameters()) {
      const std::string name = checkpoint_name(parameter);
      INFO(model.architecture() << " " << name);
      const bool of_norm = name.find("LayerNorm") != name.npos;
      CHECK(parameter.decays() == (!name.ends_with("bias") && !of_norm));
      CHECK((parameter.role == Role::scale) == name.ends_with("LayerNorm.weight"));
      CHECK((parameter.role == Role::shift) == name.ends_with("LayerNorm.bias"));
      CHECK((parameter.role == Role::bias) == (name.ends_with("bias") && !of_norm));
      CHECK(is_large(parameter.role) == (parameter.value().shape().rank() == 2));
      CHECK((parameter.role == Role::table) == (name.find("_embeddings.") != name.npos));
      CHECK((parameter.padding_row == 0) == (name == "bert.embeddings.word_embeddings.weight"));
      CHECK(parameter.place.row_per_token == (parameter.value().shape()[0] == model.config().vocab_size));
    }
  });
}
