// Checkpoints whose head is for another task or for other labels.
#include "mini_bert/bert/model/heads.h"
#include "tests/bert/saved_checkpoint.h"
#include "tests/catch.h"

using namespace mini_bert;
using mini_bert::test::Saved;

namespace {

BertConfig config_with_labels(const std::vector<std::string>& labels) {
  BertConfig config = test::tiny_config();
  config.labels = labels;
  return config;
}

}  // namespace

TEST_CASE("checkpoint: a model for another task gets the encoder and a new head, and says so") {
  const Saved saved;
  const BertConfig config = config_with_labels({"bad", "fair", "good"});
  const auto load = [&](std::uint64_t seed) {
    return load_pretrained<BertForSequenceClassification>(saved.folder.path(),
                                                          {.config = config, .new_head_seed = seed});
  };
  const auto loaded = load(7);
  const std::vector<std::string> head = {"bert.pooler.dense.weight", "bert.pooler.dense.bias", "classifier.weight",
                                         "classifier.bias"};
  CHECK(loaded.report.initialized == head);
  CHECK(loaded.report.unexpected.size() == 5);  // cls.predictions.*
  BertForSequenceClassification fresh(config);
  fresh.initialize(7);
  const auto value = [](const Module& model, const std::string& name) {
    for (const Parameter& parameter : model.parameters()) {
      if (checkpoint_name(parameter) == name) return parameter.value();
    }
    fail("test: no parameter {}", name);
  };
  for (const Parameter& parameter : loaded.model->parameters()) {
    const bool is_new = std::ranges::find(head, checkpoint_name(parameter)) != head.end();
    INFO(checkpoint_name(parameter));
    CHECK(test::same_bits(parameter.value(), is_new ? value(fresh, checkpoint_name(parameter))
                                                    : value(saved.model, checkpoint_name(parameter))));
  }
  CHECK_FALSE(test::same_bits(value(*load(8).model, "classifier.weight"), value(fresh, "classifier.weight")));
}

TEST_CASE("checkpoint: without leave to make a new head, or without the encoder, loading fails") {
  const Saved saved;
  CHECK_THROWS_WITH(
      load_pretrained<BertForQuestionAnswering>(saved.folder.path()),
      ContainsSubstring("was made for BertForMaskedLM") && ContainsSubstring("no head for BertForQuestionAnswering"));
  saved.rewrite([](NamedTensor& tensor) {
    if (tensor.name == "bert.encoder.layer.1.output.dense.bias") tensor.name.clear();
  });
  CHECK_THROWS_WITH(load_pretrained<BertForQuestionAnswering>(saved.folder.path(), {.new_head_seed = 1}),
                    ContainsSubstring("tensor bert.encoder.layer.1.output.dense.bias is missing"));
}

TEST_CASE("checkpoint: a head for other labels is made anew") {
  const test::TemporaryFolder folder;
  BertForTokenClassification model(config_with_labels({"O", "B", "I"}));
  model.initialize(1);
  save_pretrained(folder.path(), model, test::tiny_tokenizer());
  const auto as_it_is = load_pretrained<BertForTokenClassification>(folder.path());
  CHECK(as_it_is.report.initialized.empty());
  CHECK(test::same_bits(test::values_of(as_it_is.model->parameters()), test::values_of(model.parameters())));
  CHECK(as_it_is.model->config().labels == std::vector<std::string>{"O", "B", "I"});
  CHECK(as_it_is.model->config().architectures == std::vector<std::string>{"BertForTokenClassification"});

  const BertConfig other = config_with_labels({"O", "B", "I", "E"});
  CHECK_THROWS_WITH(load_pretrained<BertForTokenClassification>(folder.path(), {.config = other}),
                    ContainsSubstring("classifier.weight must be [4,12] as config.json says, found [3,12]"));
  const auto anew = load_pretrained<BertForTokenClassification>(folder.path(), {.config = other, .new_head_seed = 1});
  CHECK(anew.report.initialized == std::vector<std::string>{"classifier.weight", "classifier.bias"});
  CHECK(anew.report.unexpected.empty());

  // As many labels, but others: the head is as useless as one of another size.
  const BertConfig renamed = config_with_labels({"O", "X", "Y"});
  const LoadOptions options{.config = renamed, .new_head_seed = 1, .new_labels = true};
  const auto as_many = load_pretrained<BertForTokenClassification>(folder.path(), options);
  CHECK(as_many.report.initialized == std::vector<std::string>{"classifier.weight", "classifier.bias"});
}
