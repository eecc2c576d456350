#include "mini_bert/bert/training/guard.h"

#include <cmath>

#include "mini_bert/bert/training/layer_depths.h"
#include "tests/bert/data/chinese_testing.h"
#include "tests/bert/training/training_testing.h"
#include "tests/catch.h"

using namespace mini_bert;
using namespace mini_bert::test;
using Ranks = std::vector<Index>;

namespace {

Guard guard_of(const TemporaryFolder& folder, const std::string& text, Index max_length = 16) {
  return read_guard(folder.put("g.jsonl", text), chinese_tokenizer(), max_length);
}

// A run whose trainer finds the weights it begins with, as that of a program does.
struct StartedRun {
  explicit StartedRun(const Setup& setup, const std::string& output, std::uint64_t seed = 1)
      : model(setup.config),
        objective(initialized(model, seed), setup.tokenizer, setup.arguments, setup.data),
        trainer(objective, setup.tokenizer, setup.arguments, setup.folder / output, recorder) {
    std::filesystem::create_directories(setup.folder / output);
  }
  static BertForMaskedLM& initialized(BertForMaskedLM& model, std::uint64_t seed) {
    model.initialize(seed);
    return model;
  }
  std::vector<Tensor> weights() const { return values_of(model.parameters()); }

  Recorder recorder;
  BertForMaskedLM model;
  MaskedLmObjective objective;
  Trainer trainer;
};

}  // namespace

TEST_CASE("guard: a blank for every [MASK], with the token that belongs there") {
  const TemporaryFolder folder;
  const Tokenizer tokenizer = chinese_tokenizer();
  const Guard guard = guard_of(folder,
                               "{\"text\": \"天[MASK]日月\", \"answer\": \"地\"}\n"
                               "{\"answer\": \"诸亮\", \"text\": \"[MASK]葛[MASK]\"}\n");
  REQUIRE(guard.sequences.size() == 2);
  REQUIRE(guard.blanks.size() == 3);
  CHECK(guard.texts() == std::vector<std::string>{"天[地]日月", "[诸]葛[MASK]", "[MASK]葛[亮]"});
  const auto id = [&](const char* token) { return *tokenizer.vocabulary().find(token); };
  CHECK(guard.blanks[0].answer == id("地"));
  CHECK(guard.blanks[0].token == 2);
  CHECK(guard.blanks[2].sequence == 1);
  CHECK(guard.blanks[2].token == 3);
  CHECK(guard.blanks[2].answer == id("亮"));
  const Guard csv = read_guard(folder.put("g.csv", "answer,text\n地,天[MASK]\n"), tokenizer, 16);
  CHECK(csv.texts() == std::vector<std::string>{"天[地]"});
}

TEST_CASE("guard: what is none is refused with file, line and reason") {
  const TemporaryFolder folder;
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"({"text": "天[MASK]"})", "g.jsonl: line 1: no column \"answer\" (columns: text)"},
      {R"({"answer": "地"})", "no column \"text\""},
      {R"("天[MASK]")", "no column \"text\" (columns: none)"},
      {R"({"text": "天[MASK]", "answer": 7})", "column \"answer\" is \"7\", expected a text"},
      {R"({"text": "天地", "answer": "地"})", "no [MASK] in \"天地\""},
      {R"({"text": "天[MASK]", "answer": "地日"})",
       "the answer \"地日\" is 2 tokens, expected one for each of 1 [MASK]"},
      {R"({"text": "天[MASK]", "answer": ""})", "is 0 tokens"},
      {R"({"text": "天[MASK]", "answer": "龘"})", "the vocabulary does not know the answer \"龘\""},
      {R"({"text": "天[MASK]日月山水风云天地日月山水风云", "answer": "地"})",
       "the text has 18 tokens, the model reads 16"},
      {"", "no text with a blank in it"},
  };
  for (const auto& [text, expected] : cases) {
    INFO(text);
    const std::string message = error_of([&, &text = text] { guard_of(folder, text); });
    CHECK_THAT(message, ContainsSubstring(expected));
    CHECK(message.find('\n') == std::string::npos);
  }
}

TEST_CASE("guard: log-probability and rank of the right answer among given scores") {
  const TemporaryFolder folder;
  std::string text;
  for (const char* answer : {"a", "b", "c"})
    text += std::string(R"({"text": "天[MASK]", "answer": ")") + answer + "\"}\n";
  const Guard guard = guard_of(folder, text);
  const Index V = chinese_tokenizer().vocabulary().size();
  const GuardRow row = score_guard(guard, [&](const PackedSequences& tokens, const Tensor& rows) {
    CHECK(tokens.offsets.count() == 3);
    Tensor scores = Tensor::zeros({rows.size(), V});
    // Row m of the answer's sequence; a and b share the highest score, c has the lowest.
    for (Index m = 0; m < rows.size(); ++m) {
      float* const z = scores.data<float>() + m * V;
      z[7] = z[8] = 2;
      z[9] = -3;
    }
    return scores;
  });
  CHECK(row.ranks == Ranks{1, 2, V});  // of equal scores the lower id comes first
  const double log_sum = std::log(2 * std::exp(2.0) + std::exp(-3.0) + static_cast<double>(V - 3));
  CHECK(row.log_probability == Approx((2 + 2 - 3) / 3.0 - log_sum));
  CHECK(row.accuracy(1) == Approx(1.0 / 3));
  CHECK(row.accuracy(5) == Approx(2.0 / 3));
  CHECK(row.mean_rank() == Approx(static_cast<double>(3 + V) / 3));
}

TEST_CASE("guard: a model that answers with NaN knows nothing") {
  const TemporaryFolder folder;
  const Guard guard = guard_of(folder, R"({"text": "天[MASK]", "answer": "地"})");
  const Index V = chinese_tokenizer().vocabulary().size();
  for (const bool everywhere : {true, false}) {  // or in one score alone, which makes every probability NaN
    const GuardRow row = score_guard(guard, [&](const PackedSequences&, const Tensor& rows) {
      Tensor scores = Tensor::zeros({rows.size(), V});
      const Index count = everywhere ? scores.size() : 1;
      std::fill_n(scores.data<float>(), count, std::numeric_limits<float>::quiet_NaN());
      return scores;
    });
    CHECK(row.ranks == Ranks{V});
    CHECK(row.accuracy(5) == 0);
  }
}

TEST_CASE("guard: each blank is asked where it stands, however texts fall into batches") {
  const TemporaryFolder folder;
  const Tokenizer tokenizer = chinese_tokenizer();
  const Guard guard = guard_of(folder,
                               "{\"text\": \"天[MASK]\", \"answer\": \"地\"}\n"
                               "{\"text\": \"天地[MASK]月山[MASK]\", \"answer\": \"日水\"}\n"
                               "{\"text\": \"[MASK]云亮\", \"answer\": \"风\"}\n");
  // The score says where the model was asked: highest for the token before the row, plus one.
  const GuardRow row = score_guard(guard, [&](const PackedSequences& tokens, const Tensor& rows) {
    const Index V = tokenizer.vocabulary().size();
    Tensor scores = Tensor::zeros({rows.size(), V});
    for (Index m = 0; m < rows.size(); ++m) {
      const std::int32_t at = rows.data<std::int32_t>()[m];
      CHECK(tokens.ids.data<std::int32_t>()[at] == tokenizer.mask_id());
      const std::int32_t before = tokens.ids.data<std::int32_t>()[at - 1];
      scores.data<float>()[m * V + (before == tokenizer.cls_id() ? *tokenizer.vocabulary().find("风") : before + 1)] =
          9;
    }
    return scores;
  });
  CHECK(row.ranks == Ranks{1, 1, 1, 1});
}

TEST_CASE("trainer: the guard is scored before, at every evaluation and after, and kept for a resume") {
  Setup setup;
  setup.data.guard =
      read_guard(setup.folder.put("g.jsonl", "{\"text\": \"a [MASK] c\", \"answer\": \"b\"}\n"), setup.tokenizer, 16);
  setup.arguments.save_steps = 6;
  setup.arguments.anchor = 5;
  StartedRun unbroken(setup, "unbroken");
  REQUIRE(unbroken.trainer.run() == Ending::completed);
  const TrainingHistory& history = unbroken.trainer.history();
  CHECK(history.guard_blanks == std::vector<std::string>{"a [b] c"});
  std::vector<Index> steps;
  for (const GuardRow& row : history.guards) steps.push_back(row.step);
  CHECK(steps == std::vector<Index>{0, 4, 8, 12});
  CHECK(history.guards.front().log_probability != history.guards.back().log_probability);
  const TrainingHistory read = TrainingHistory::from_json(history.to_json(), "state");
  CHECK(read.to_json() == history.to_json());
  CHECK(read.guards.back().ranks == history.guards.back().ranks);

  StartedRun resumed(setup, "resumed");
  resumed.trainer.resume(setup.folder / "unbroken/checkpoint-6");
  REQUIRE(resumed.trainer.run() == Ending::completed);
  CHECK(resumed.trainer.history().to_json() == history.to_json());
  CHECK(same_bits(resumed.weights(), unbroken.weights()));

  Setup other;
  other.arguments = setup.arguments;
  StartedRun without(other, "without");
  CHECK_THROWS_WITH(without.trainer.resume(setup.folder / "unbroken/checkpoint-6"),
                    ContainsSubstring("resume with the guard the run began with: it had 1 blanks, now there are 0"));
}

TEST_CASE("trainer: an anchor keeps weights nearer to the start, and a resume needs the same start") {
  Setup setup;
  setup.arguments.save_steps = 6;
  const auto distance = [&](double anchor) {
    setup.arguments.anchor = anchor;
    StartedRun run(setup, fmt::format("anchor-{}", anchor));
    const std::vector<Tensor> start = run.weights();
    run.trainer.run();
    double sum = 0;
    for (std::size_t p = 0; p < start.size(); ++p) {
      const Tensor now = run.model.parameters()[p].value();
      for (Index i = 0; i < now.size(); ++i) sum += std::pow(now.data<float>()[i] - start[p].data<float>()[i], 2);
    }
    return std::sqrt(sum);
  };
  const double free = distance(0), held = distance(300);
  CHECK(held < 0.8 * free);
  CHECK(held > 0);
  StartedRun other_start(setup, "other", 99);
  CHECK_THROWS_WITH(other_start.trainer.resume(setup.folder / "anchor-300/checkpoint-6"),
                    ContainsSubstring("`anchor_weights` was "));
  setup.arguments.anchor = 2000;
  CHECK_THROWS_WITH(StartedRun(setup, "wild"), ContainsSubstring("`anchor` 2000 times `learning_rate` 0.001 is 2"));
}

TEST_CASE("trainer: the anchor pulls each layer at its own rate, and keeps nothing of what is frozen") {
  const auto bias_after = [](Index updates, double anchor) {
    Setup setup;
    setup.arguments.schedule = Schedule::constant;
    setup.arguments.warmup_steps = 0;
    setup.arguments.max_steps = updates;
    setup.arguments.adamw.weight_decay = 0;
    setup.arguments.layer_decay = 0.5;
    setup.arguments.anchor = anchor;
    StartedRun run(setup, "run");
    run.trainer.run();
    const auto is_bias = [](const Parameter& parameter) {
      return checkpoint_name(parameter) == "bert.embeddings.LayerNorm.bias";
    };
    const std::vector<Parameter> parameters = run.model.parameters();
    return std::ranges::find_if(parameters, is_bias)->value().clone();
  };
  // It starts at 0. The first pull is of nothing, and gradients of the second update are of weights before its pull.
  const Tensor first = bias_after(1, 500), free = bias_after(2, 0), held = bias_after(2, 500);
  for (Index i = 0; i < first.size(); ++i) {
    const double pull = static_cast<double>(held.data<float>()[i]) - free.data<float>()[i];
    CHECK(pull == Approx(-1e-3 / 8 * 500 * first.data<float>()[i]).epsilon(1e-3));
  }

  Setup setup;
  setup.arguments.freeze_layers = 1;
  setup.arguments.anchor = 5;
  StartedRun run(setup, "frozen");
  const Anchor of_trained(trained_parameters(run.model), 5);
  const RunIdentity& identity = run.trainer.history().identity;
  CHECK(identity.value("anchor") == "5");
  CHECK(identity.value("anchor_weights") == fmt::format("{:016x}", of_trained.fingerprint()));
}

TEST_CASE("trainer: words and spans are masked the same in a resumed run, and other rules are refused") {
  Setup setup;
  setup.data.masking = {.whole_words = make_word_list(std::vector<std::string>{"a b", "c d"}, setup.tokenizer).words,
                        .always = make_word_list(std::vector<std::string>{"e"}, setup.tokenizer).words,
                        .ngram = 2};
  setup.arguments.save_steps = 5;
  StartedRun unbroken(setup, "unbroken");
  unbroken.trainer.run();
  const Threads threads(3);
  StartedRun resumed(setup, "resumed", 99);
  resumed.trainer.resume(setup.folder / "unbroken/checkpoint-5");
  resumed.trainer.run();
  CHECK(same_bits(resumed.weights(), unbroken.weights()));
  const auto refuses = [&](const std::string& output) {
    StartedRun other(setup, output);
    CHECK_THROWS_WITH(other.trainer.resume(setup.folder / "unbroken/checkpoint-5"), ContainsSubstring("now it is "));
  };
  setup.data.masking.ngram = 3;
  refuses("other rules");
  setup.data.masking.ngram = 2;
  Sequence& spans = setup.data.train.sequences.front();
  spans.mask_rules.assign(spans.ids.size(), MaskRule::dice);
  spans.mask_rules[1] = MaskRule::always;
  refuses("other spans");
}
