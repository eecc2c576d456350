// The objectives whose texts are labelled: each learns a small set by heart, reports its metrics, and a run that was
// interrupted and resumed ends with the same bits.
#include "mini_bert/bert/training/answering_objective.h"
#include "mini_bert/bert/training/classification_objective.h"
#include "mini_bert/bert/training/tagging_objective.h"
#include "mini_bert/bert/training/trainer.h"
#include "tests/bert/bert_testing.h"
#include "tests/bert/training/training_testing.h"
#include "tests/catch.h"

using namespace mini_bert;

namespace labelled_objectives_test {

BertConfig config_with(std::vector<std::string> labels, double dropout, std::optional<std::string> problem = {}) {
  BertConfig config = test::tiny_config(dropout);
  config.labels = std::move(labels);
  config.problem_type = std::move(problem);
  return config;
}

// A text is "yes" when its first letter is one of a … h.
std::vector<LabelledText> labelled_texts(int count, std::uint64_t seed) {
  std::vector<LabelledText> texts;
  for (const std::string& text : test::random_texts(count, seed)) {
    texts.push_back({text, {}, {text[0] <= 'h' ? "yes" : "no"}, texts.size() + 1});
  }
  return texts;
}

struct Classifier {
  explicit Classifier(double dropout) : model(config_with({"no", "yes"}, dropout)) {
    const auto set = [&](int count, std::uint64_t seed) {
      return make_classification_set(labelled_texts(count, seed), test::tiny_tokenizer(), model.config(), 16, "test");
    };
    objective.emplace(model, set(24, 1), set(24, 1));
  }
  BertForSequenceClassification model;
  std::optional<ClassificationObjective> objective;
};

// Every letter has a tag: a and b begin and go on with an entity, the others are outside.
struct Tagger {
  explicit Tagger(double dropout) : model(config_with({"O", "B-X", "I-X"}, dropout)) {
    std::vector<TaggedText> texts;
    for (const char* words : {"c a b d", "a b b e f", "g h", "d a a b", "p o a b"}) {
      TaggedText text;
      for (const char* c = words; *c != 0; ++c) {
        if (*c == ' ') continue;
        text.words.emplace_back(1, *c);
        text.tags.emplace_back(*c == 'a' ? "B-X" : *c == 'b' ? "I-X" : "O");
      }
      texts.push_back(text);
    }
    const TaggingSet set = make_tagging_set(texts, test::tiny_tokenizer(), model.config(), 16, "test");
    objective.emplace(model, set, set);
  }
  BertForTokenClassification model;
  std::optional<TaggingObjective> objective;
};

// The answer is the letter behind p; without p there is none.
struct Answerer {
  explicit Answerer(double dropout) : model(test::tiny_config(dropout)) {
    std::vector<Question> questions;
    for (const char* context : {"a p b c", "d e p f", "p g h", "i j k", "l m p a", "b c d"}) {
      Question question{"q", "o", context, {}};
      const std::size_t p = question.context.find('p');
      if (p != std::string::npos) question.answers.push_back({question.context.substr(p + 2, 1), p + 2});
      questions.push_back(question);
    }
    const AnsweringSet set = make_answering_set(questions, test::tiny_tokenizer(), {16, 4});
    objective.emplace(model, set, set);
  }
  BertForQuestionAnswering model;
  std::optional<AnsweringObjective> objective;
};

TrainingArguments arguments_for(Index steps) {
  TrainingArguments arguments;
  arguments.batch_size = 3;
  arguments.accumulation_steps = 2;
  arguments.max_steps = steps;
  arguments.learning_rate = 0.01;
  arguments.eval_steps = steps;
  arguments.save_steps = 0;
  return arguments;
}

template <class Setup>
Evaluation after_training(Index steps) {
  const test::Threads one_thread(1);
  Setup setup(0);
  setup.model.initialize(1);
  const test::TemporaryFolder folder;
  const Tokenizer tokenizer = test::tiny_tokenizer();
  const TrainingArguments arguments = arguments_for(steps);
  test::Recorder recorder;
  Trainer trainer(*setup.objective, tokenizer, arguments, folder.path(), recorder);
  trainer.run();
  const EvaluationRow& last = trainer.history().evaluations.back();
  CHECK(last.loss < trainer.history().evaluations.front().loss / 4);
  const Evaluation evaluation = setup.objective->evaluate();
  CHECK(evaluation.loss == last.loss);
  return {last.loss, last.metrics, trainer.history().confusion};
}

// Six updates in one go, and three, a stop and three more.
template <class Setup>
void check_resume(std::optional<Index> batch_tokens = {}) {
  const test::Threads one_thread(1);
  const test::TemporaryFolder folder;
  const Tokenizer tokenizer = test::tiny_tokenizer();
  TrainingArguments arguments = arguments_for(6);
  arguments.batch_tokens = batch_tokens;
  const auto run = [&](const std::string& name, Index stop_after, const std::filesystem::path& checkpoint) {
    Setup setup(0.1);
    setup.model.initialize(1);
    std::filesystem::create_directories(folder / name);
    test::Recorder recorder;
    recorder.stop_after = stop_after;
    Trainer trainer(*setup.objective, tokenizer, arguments, folder / name, recorder);
    if (!checkpoint.empty()) trainer.resume(checkpoint);
    trainer.run();
    if (batch_tokens) {
      for (const UpdateReport& report : recorder.reports) CHECK(report.tokens <= 2 * *batch_tokens);
    }
    return std::pair{test::values_of(setup.model.parameters()), trainer.history().to_json()};
  };
  const auto whole = run("whole", -1, {});
  run("parts", 3, {});
  const auto resumed = run("parts", -1, Trainer::latest_checkpoint(folder / "parts"));
  CHECK(test::same_bits(resumed.first, whole.first));
  CHECK(resumed.second == whole.second);
}

double metric(const Evaluation& evaluation, const std::string& name) {
  for (const Metric& metric : evaluation.metrics) {
    if (metric.name == name) return metric.value;
  }
  fail("test: no metric {}", name);
}

TEST_CASE("classification: learns, with accuracy, F1 and confusion matrix", "[objective]") {
  const Evaluation evaluation = after_training<Classifier>(60);
  CHECK(evaluation.metrics.front().name == "accuracy");
  CHECK(metric(evaluation, "accuracy") == 1);
  CHECK(metric(evaluation, "f1_macro") == 1);
  REQUIRE(evaluation.confusion);
  CHECK(evaluation.confusion->labels == std::vector<std::string>{"no", "yes"});
  CHECK(evaluation.confusion->counts[0] + evaluation.confusion->counts[3] == 24);
}

TEST_CASE("classification: several labels and numbers have their own metrics", "[objective]") {
  const Tokenizer tokenizer = test::tiny_tokenizer();
  const auto evaluate = [&](const BertConfig& config, const std::vector<std::vector<std::string>>& labels) {
    BertForSequenceClassification model(config);
    test::randomize(model, 1, 0.2);
    std::vector<LabelledText> texts;
    for (const auto& label : labels) texts.push_back({"a b", {}, label, 1});
    const ClassificationSet set = make_classification_set(texts, tokenizer, config, 16, "test");
    return ClassificationObjective(model, set, set).evaluate();
  };
  const Evaluation several =
      evaluate(config_with({"x", "y"}, 0, "multi_label_classification"), {{"x"}, {"x", "y"}, {}});
  CHECK(several.metrics.front().name == "f1_micro");
  CHECK_FALSE(several.confusion);
  const Evaluation numbers = evaluate(config_with({"n"}, 0, "regression"), {{"1"}, {"2.5"}, {"-1"}});
  CHECK(metric(numbers, "mse") == Approx(numbers.loss).epsilon(1e-6));
  CHECK(metric(numbers, "pearson") == 0);  // one text, one prediction
}

TEST_CASE("tagging: learns, with F1 of entities", "[objective]") {
  const Evaluation evaluation = after_training<Tagger>(80);
  CHECK(evaluation.metrics.front().name == "f1");
  CHECK(metric(evaluation, "f1") == 1);
  CHECK(metric(evaluation, "accuracy") == 1);
  REQUIRE(evaluation.confusion);
  CHECK(evaluation.confusion->counts[4] == 5);  // every B-X
}

TEST_CASE("answering: learns, with exact match, also where there is no answer", "[objective]") {
  const Evaluation evaluation = after_training<Answerer>(150);
  CHECK(metric(evaluation, "exact_match") == 1);
  CHECK(metric(evaluation, "f1") == 1);
}

TEST_CASE("labelled objectives: a resumed run ends with the same bits", "[objective]") {
  check_resume<Classifier>();
  check_resume<Tagger>();
  check_resume<Answerer>();
}

TEST_CASE("labelled objectives: so it does with a token budget, which no batch exceeds", "[objective][budget]") {
  check_resume<Classifier>(20);
  check_resume<Tagger>(20);
  check_resume<Answerer>(20);
}

TEST_CASE("labelled objectives: the metrics they name are those they have", "[objective]") {
  const auto check = [](const Objective& objective) {
    std::vector<std::string> names;
    for (const Metric& metric : objective.evaluate().metrics) names.push_back(metric.name);
    CHECK(objective.metric_names() == names);
  };
  Classifier classifier(0);
  Tagger tagger(0);
  Answerer answerer(0);
  test::randomize(classifier.model, 1, 0.2);
  test::randomize(tagger.model, 1, 0.2);
  test::randomize(answerer.model, 1, 0.2);
  check(*classifier.objective);
  check(*tagger.objective);
  check(*answerer.objective);
}

TEST_CASE("labelled objectives: how many examples each label has", "[objective]") {
  const LabelTable tags = Tagger(0).objective->label_table();
  CHECK(tags.labels == std::vector<std::string>{"O", "B-X", "I-X"});
  CHECK(tags.training == std::vector<Index>{9, 5, 5});
  CHECK(tags.validation == tags.training);
  const LabelTable texts = Classifier(0).objective->label_table();
  CHECK(texts.training[0] + texts.training[1] == 24);
  CHECK(Answerer(0).objective->label_table().training == std::vector<Index>{4, 2});
}

TEST_CASE("labelled objectives: weights of labels are those of torch's mean, in a group of batches too",
          "[objective]") {
  const test::Threads one_thread(1);
  const Tensor weights = Tensor::from(std::vector<float>{0.25, 3});
  const BertConfig config = config_with({"no", "yes"}, 0);
  BertForSequenceClassification model(config);
  test::randomize(model, 1, 0.2);
  const ClassificationSet set =
      make_classification_set(labelled_texts(9, 1), test::tiny_tokenizer(), config, 16, "test");
  const ClassificationObjective plain(model, set, set), weighted(model, set, set, weights);
  CHECK(plain.identity() != weighted.identity());
  CHECK(weighted.identity().value("class_weights") == "0.25/3");

  // Σ w_y·ℓ / Σ w_y over single texts, whose plain losses are known.
  double sum = 0, weight = 0;
  for (Index i = 0; i < 9; ++i) {
    Mode mode = Mode::inference();
    const double loss = plain.batch(std::vector<Index>{i}, 0).loss(std::vector<double>{1}, mode).value().item();
    const double w = set.targets[static_cast<std::size_t>(i)][0] == 0 ? 0.25 : 3;
    sum += w * loss;
    weight += w;
  }
  CHECK(weighted.evaluate().loss == Approx(sum / weight).epsilon(1e-6));
  std::vector<LossBatch> parts = {weighted.batch(std::vector<Index>{0, 1, 2, 3}, 0),
                                  weighted.batch(std::vector<Index>{4, 5, 6, 7, 8}, 0)};
  const std::vector<double> divisor = {parts[0].counts[0] + parts[1].counts[0]};
  CHECK(divisor[0] == weight);
  double grouped = 0;
  for (const LossBatch& part : parts) {
    Mode mode = Mode::inference();
    grouped += part.loss(divisor, mode).value().item();
  }
  CHECK(grouped == Approx(sum / weight).epsilon(1e-6));
}

TEST_CASE("tagging: weights of tags, and a batch whose weights are all below 1", "[objective]") {
  Tagger tagger(0);
  test::randomize(tagger.model, 1, 0.2);
  const TaggingSet set =
      make_tagging_set({{{"c", "a"}, {"O", "B-X"}, 1}}, test::tiny_tokenizer(), tagger.model.config(), 16, "test");
  const TaggingObjective even(tagger.model, set, set, Tensor::from(std::vector<float>{0.125, 0.125, 1}));
  const TaggingObjective plain(tagger.model, set, set);
  CHECK(even.batch(std::vector<Index>{0}, 0).counts[0] == 0.25);
  CHECK(even.evaluate().loss == Approx(plain.evaluate().loss).epsilon(1e-6));
}

TEST_CASE("labelled objectives: other labels make another run", "[objective]") {
  const auto identity = [](const std::string& label) {
    const Classifier classifier(0);
    std::vector<LabelledText> texts = labelled_texts(3, 1);
    texts[1].labels = {label};
    const ClassificationSet set =
        make_classification_set(texts, test::tiny_tokenizer(), classifier.model.config(), 16, "test");
    BertForSequenceClassification model(classifier.model.config());
    return ClassificationObjective(model, set, {}).identity();
  };
  CHECK(identity("yes") == identity("yes"));
  CHECK(identity("yes") != identity("no"));
}

}  // namespace labelled_objectives_test
