#include "mini_bert/pipelines/pipeline.h"

#include <stdexcept>

#include "mini_bert/base/argument_error.h"
#include "mini_bert/bert/other_task_error.h"
#include "mini_bert/bert/predict/embed.h"
#include "tests/bert/bert_testing.h"
#include "tests/catch.h"
#include "tests/files/temporary_folder.h"

using namespace mini_bert;

namespace pipeline_test {

template <class Model>
struct Folder {
  explicit Folder(BertConfig config = test::tiny_config()) : model(config) {
    model.initialize(1);
    save_pretrained(folder.path(), model, test::tiny_tokenizer());
  }
  test::TemporaryFolder folder;
  Model model;
};

// Counts updates, and stops or throws after some.
struct Counting : TrainingObserver {
  explicit Counting(Index stop_at = 0, Index throw_at = 0) : stop_at(stop_at), throw_at(throw_at) {}
  void on_update(const UpdateReport&, const TrainingHistory& history) override {
    updates = history.step;
    if (updates == throw_at) throw std::runtime_error("enough");
  }
  bool stop_requested() override { return updates == stop_at; }
  Index stop_at, throw_at, updates = 0;
};

TrainingRequest texts(Index steps) {
  TrainingRequest request;
  request.train_data = DataSource::in_memory("texts", ".jsonl", "\"a b c d e f\"\n{\"text\": \"g h i j k\"}");
  request.train = "texts";
  request.training.max_steps = steps;
  request.training.learning_rate = 0.01;
  request.training.mask_probability = 0.5;
  return request;
}

TrainingRequest rows(const std::string& json_lines) {
  TrainingRequest request = texts(2);
  request.task = "classify";
  request.train_data = DataSource::in_memory("rows", ".jsonl", json_lines);
  return request;
}

const std::string two_labels = "{\"text\": \"a b\", \"label\": \"x\"}\n{\"text\": \"c d\", \"label\": \"y\"}";

double best(Pipeline& pipeline) {
  return pipeline.fill_mask("a [MASK] c")[0][0].score;
}

TEST_CASE("pipeline: answers as the functions that it calls") {
  const test::Threads one(1);
  const Folder<BertForMaskedLM> saved;
  Pipeline pipeline(saved.folder.path());
  CHECK(pipeline.architecture() == "BertForMaskedLM");
  const Tokenizer tokenizer = test::tiny_tokenizer();
  CHECK(best(pipeline) == fill_mask(saved.model, tokenizer, "a [MASK] c")[0][0].score);
  const std::vector<std::string> two = {"a b", "c d e"};
  const Tensor vectors = pipeline.embed(two, pipeline.embed_options());
  const auto expected = embed(saved.model, tokenizer, two);
  REQUIRE(vectors.shape() == Shape{2, 12});
  for (std::size_t row = 0; row < 2; ++row) {
    const auto index = static_cast<Index>(row);
    const Tensor found = vectors.rows(index, index + 1);
    CHECK(std::vector<float>(found.values<float>().begin(), found.values<float>().end()) == expected[row]);
  }
  CHECK(pipeline.embed({}, {}).shape() == Shape{0, 12});
  CHECK(pipeline.score(two)[1].tokens == 3);
}

TEST_CASE("pipeline: a task whose head is missing is refused") {
  const Folder<BertForMaskedLM> saved;
  Pipeline pipeline(saved.folder.path());
  const std::vector<TextPair> pairs = {{"a", ""}};
  CHECK_THROWS_AS(pipeline.classify(pairs), OtherTaskError);
  CHECK_THROWS_WITH(Pipeline("no/such/folder"), ContainsSubstring("no such model folder"));
}

TEST_CASE("pipeline: a classifier is loaded as one, an encoder without a head too") {
  BertConfig config = test::tiny_config();
  config.labels = {"x", "y", "z"};
  const Folder<BertForSequenceClassification> saved(config);
  Pipeline pipeline(saved.folder.path());
  const std::vector<TextPair> pairs = {{"a b", "c"}};
  const auto labels = pipeline.classify(pairs);
  REQUIRE(labels[0].size() == 3);
  CHECK(labels[0][0].score == classify(saved.model, test::tiny_tokenizer(), pairs)[0][0].score);

  const Folder<BertWithoutHead> encoder;
  CHECK(Pipeline(encoder.folder.path()).architecture() == "BertModel");
}

TEST_CASE("pipeline: trains on texts in memory, and goes on from there") {
  const test::Threads one(1);
  const Folder<BertForMaskedLM> saved;
  Pipeline pipeline(saved.folder.path());
  const double before = best(pipeline);
  Counting observer;
  const TrainingReport report = pipeline.train(texts(3), observer);
  CHECK(report.ending == Ending::completed);
  CHECK(observer.updates == 3);
  const double after = best(pipeline);
  CHECK(after != before);

  // Nearly no learning rate: the second training begins with the weights of the first.
  TrainingRequest small = texts(1);
  small.training.learning_rate = 1e-12;
  pipeline.train(small, observer);
  CHECK(best(pipeline) == Approx(after).epsilon(1e-4));

  const test::TemporaryFolder folder;
  pipeline.save(folder / "new" / "model");
  Pipeline again(folder / "new" / "model");
  CHECK(best(again) == best(pipeline));
  CHECK(best(again) != before);
}

TEST_CASE("pipeline: in memory and from a file, the same weights") {
  const test::Threads one(1);
  const Folder<BertForMaskedLM> saved;
  Counting observer;
  Pipeline memory(saved.folder.path()), file(saved.folder.path());
  memory.train(texts(2), observer);
  const test::TemporaryFolder folder;
  folder.put("texts.txt", "a b c d e f\ng h i j k\n");
  TrainingRequest request = texts(2);
  request.train_data.reset();
  request.train_files = {(folder / "texts.txt").string()};
  file.train(request, observer);
  CHECK(best(file) == best(memory));
}

TEST_CASE("pipeline: an observer that stops or throws leaves the weights of the last update") {
  const test::Threads one(1);
  const Folder<BertForMaskedLM> saved;
  Pipeline stopped(saved.folder.path()), thrown(saved.folder.path());
  const double before = best(stopped);
  Counting stop(2), fail(0, 2);
  CHECK(stopped.train(texts(9), stop).ending == Ending::interrupted);
  CHECK(stop.updates == 2);
  CHECK_THROWS_WITH(thrown.train(texts(9), fail), "enough");
  CHECK(best(stopped) != before);
  CHECK(best(stopped) == best(thrown));
}

TEST_CASE("pipeline: a mistake before the first update leaves it as it was") {
  const Folder<BertForMaskedLM> saved;
  Pipeline pipeline(saved.folder.path());
  const double before = best(pipeline);
  Counting observer;
  TrainingRequest other = texts(2);
  other.task = "sing";
  CHECK_THROWS_AS(pipeline.train(other, observer), ArgumentError);
  CHECK_THROWS_WITH(pipeline.train(rows("{\"text\": \"a\", \"label\": \"x\"}"), observer),
                    ContainsSubstring("at least two labels"));
  TrainingRequest hot = texts(2);
  hot.training.best_metric = "f1";
  CHECK_THROWS(pipeline.train(hot, observer));
  CHECK(best(pipeline) == before);
  CHECK(pipeline.architecture() == "BertForMaskedLM");
}

TEST_CASE("pipeline: another task keeps the encoder that was trained") {
  const test::Threads one(1);
  const Folder<BertForMaskedLM> saved;
  Pipeline pipeline(saved.folder.path());
  Counting observer;
  const std::vector<std::string> text = {"a b c"};
  const auto vector = [&] { return pipeline.embed(text, {}).clone(); };
  const Tensor untaught = vector();
  pipeline.train(texts(4), observer);
  const Tensor taught = vector();
  TrainingRequest request = rows(two_labels);
  request.training.learning_rate = 1e-12;
  pipeline.train(request, observer);
  CHECK(pipeline.architecture() == "BertForSequenceClassification");
  CHECK(pipeline.config().labels == std::vector<std::string>{"x", "y"});
  double change = 0, learned = 0;
  const Tensor now = vector();
  for (Index i = 0; i < now.size(); ++i) {
    change = std::max(change, std::abs(static_cast<double>(now.data<float>()[i] - taught.data<float>()[i])));
    learned = std::max(learned, std::abs(static_cast<double>(untaught.data<float>()[i] - taught.data<float>()[i])));
  }
  CHECK(change < 1e-5);
  CHECK(learned > 1e-3);
  CHECK_THROWS_AS(best(pipeline), OtherTaskError);
}

TEST_CASE("pipeline: errors name the rows in memory") {
  const Folder<BertForMaskedLM> saved;
  Pipeline pipeline(saved.folder.path());
  Counting observer;
  CHECK_THROWS_WITH(pipeline.train(rows(two_labels + "\n{\"text\": \"e\"}"), observer),
                    ContainsSubstring("rows: line 3"));
}

TEST_CASE("pipeline: a training without checkpoints has no best one to end with") {
  const Folder<BertForMaskedLM> saved;
  Pipeline pipeline(saved.folder.path());
  TrainingRequest request = texts(2);
  request.training.load_best = true;
  Counting observer;
  CHECK_THROWS_AS(pipeline.train(std::move(request), observer), ArgumentError);
  CHECK(observer.updates == 0);
}

}  // namespace pipeline_test
