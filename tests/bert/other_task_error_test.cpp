#include "mini_bert/bert/other_task_error.h"

#include "mini_bert/bert/checkpoint.h"
#include "mini_bert/bert/model/heads.h"
#include "mini_bert/files/atomic_file.h"
#include "tests/bert/bert_testing.h"
#include "tests/catch.h"
#include "tests/files/temporary_folder.h"

using namespace mini_bert;

namespace {

template <class Model>
void save(const test::TemporaryFolder& folder) {
  Model model(test::tiny_config());
  model.initialize(1);
  save_pretrained(folder.path(), model, test::tiny_tokenizer());
}

// "found, needed" of the error; "loaded" when there is none.
template <class Model>
std::string load(const test::TemporaryFolder& folder) {
  try {
    load_pretrained<Model>(folder.path());
    return "loaded";
  } catch (const OtherTaskError& error) {
    return error.found() + ", " + error.needed();
  }
}

std::vector<std::string> load_all(const test::TemporaryFolder& folder) {
  return {load<BertForMaskedLM>(folder), load<BertForSequenceClassification>(folder),
          load<BertForTokenClassification>(folder), load<BertForQuestionAnswering>(folder),
          load<BertForMultipleChoice>(folder)};
}

const std::vector<std::string> tasks = {"BertForMaskedLM", "BertForSequenceClassification",
                                        "BertForTokenClassification", "BertForQuestionAnswering",
                                        "BertForMultipleChoice"};

// What load_all() gives for a model made for `found`, which has the heads of tasks[0], if `masked`.
std::vector<std::string> expected(const std::string& found, bool masked = false) {
  std::vector<std::string> all;
  for (const std::string& task : tasks) {
    all.push_back(task == found || (masked && task == tasks[0]) ? "loaded" : found + ", " + task);
  }
  return all;
}

}  // namespace

TEST_CASE("other task: every pair of tasks is told apart") {
  const test::TemporaryFolder folder;
  save<BertForMaskedLM>(folder);
  CHECK(load_all(folder) == expected("BertForMaskedLM"));
  save<BertForSequenceClassification>(folder);
  CHECK(load_all(folder) == expected("BertForSequenceClassification"));
  save<BertForTokenClassification>(folder);
  CHECK(load_all(folder) == expected("BertForTokenClassification"));
  save<BertForQuestionAnswering>(folder);
  CHECK(load_all(folder) == expected("BertForQuestionAnswering"));
  save<BertForMultipleChoice>(folder);
  CHECK(load_all(folder) == expected("BertForMultipleChoice"));
  save<BertForPreTraining>(folder);
  CHECK(load_all(folder) == expected("BertForPreTraining", true));
  save<BertWithoutHead>(folder);
  CHECK(load_all(folder) == expected("BertModel"));
}

TEST_CASE("other task: without architectures the tensors say what they can") {
  const test::TemporaryFolder folder;
  save<BertForSequenceClassification>(folder);
  BertConfig config = BertConfig::read(folder / "config.json");
  config.architectures.clear();
  write_file_atomically(folder / "config.json", config.to_json());
  CHECK(load<BertForSequenceClassification>(folder) == "loaded");
  CHECK(load<BertForTokenClassification>(folder) == "loaded");  // nothing tells them apart
  CHECK(load<BertForMaskedLM>(folder) == "BertForSequenceClassification, BertForMaskedLM");
  CHECK(load<BertForQuestionAnswering>(folder) == "BertForSequenceClassification, BertForQuestionAnswering");
  // Names that the tensors contradict, or that nobody knows, count for nothing.
  config.architectures = {"BertForQuestionAnswering", "MyModel"};
  write_file_atomically(folder / "config.json", config.to_json());
  CHECK(load<BertForMaskedLM>(folder) == "BertForSequenceClassification, BertForMaskedLM");
}

TEST_CASE("other task: with a seed, the head is new instead, also where another task's would fit") {
  const test::TemporaryFolder folder;
  save<BertForSequenceClassification>(folder);
  const LoadOptions options{.new_head_seed = 1};
  const auto tagger = load_pretrained<BertForTokenClassification>(folder.path(), options);
  CHECK(tagger.report.initialized == std::vector<std::string>{"classifier.weight", "classifier.bias"});
  CHECK(load_pretrained<BertForSequenceClassification>(folder.path(), options).report.initialized.empty());
}
