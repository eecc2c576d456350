// Holds examples/bert_in_one_file.cpp to the library: the same weights and sentences give the same losses, the same
// gradient of every parameter and the same weights after every update, in double.

// Under its new name main() lacks a return.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wreturn-type"
#define main one_file_main
#include "examples/bert_in_one_file.cpp"
#undef main
#pragma GCC diagnostic pop

#include <fstream>

#include "mini_bert/autograd/tape.h"
#include "mini_bert/bert/model/bert.h"
#include "mini_bert/bert/names/name_table.h"
#include "mini_bert/nn/adamw.h"
#include "tests/catch.h"

namespace {

constexpr double tolerance = 1e-9;  // relative to the largest number of a tensor
constexpr int token_count = 11;

// Random weights for every parameter, so that no bias is 0 and no scale is 1.
void randomize(Bert& bert) {
  std::mt19937 random(7);
  for (Parameter& parameter : bert.all) {
    for (Real& value : parameter.value.values) value += 0.6 * (uniform(random) - 0.5);
  }
}

// Pairs of texts of different lengths, tokens that occur twice, a masked token, a replaced one and one that stayed.
std::vector<Example> sentences() {
  return {{{cls, 5, 6, mask, sep}, {0, 0, 0, 0, 0}, {-1, -1, -1, 7, -1}},
          {{cls, 8, 9, sep, 10, 8, mask, 8, sep}, {0, 0, 0, 0, 1, 1, 1, 1, 1}, {-1, 6, -1, -1, 10, -1, 5, -1, -1}},
          {{cls, 5, sep}, {0, 0, 0}, {-1, 9, -1}}};
}

int hidden_tokens(const std::vector<Example>& batch) {
  int hidden = 0;
  for (const Example& e : batch)
    hidden += static_cast<int>(std::ranges::count_if(e.labels, [](int l) { return l >= 0; }));
  return hidden;
}

// The same sentences as the library takes them: packed end to end.
mini_bert::MaskedBatch packed(const std::vector<Example>& batch) {
  std::vector<mini_bert::Sequence> sequences;
  std::vector<std::int32_t> rows, labels;
  std::int32_t begin = 0;
  for (const Example& e : batch) {
    sequences.push_back({{e.ids.begin(), e.ids.end()}, {e.types.begin(), e.types.end()}});
    for (std::size_t t = 0; t < e.labels.size(); ++t) {
      if (e.labels[t] < 0) continue;
      rows.push_back(begin + static_cast<std::int32_t>(t));
      labels.push_back(e.labels[t]);
    }
    begin += static_cast<std::int32_t>(e.ids.size());
  }
  return {mini_bert::pack(sequences), mini_bert::Tensor::from(rows), mini_bert::Tensor::from(labels)};
}

mini_bert::BertConfig config_of(const Bert& bert) {
  mini_bert::BertConfig config;
  config.vocab_size = bert.V;
  config.hidden_size = bert.H;
  config.num_hidden_layers = 2;
  config.num_attention_heads = bert.N;
  config.intermediate_size = bert.F;
  config.max_position_embeddings = bert.positions;
  config.hidden_dropout_prob = config.attention_probs_dropout_prob = 0;
  return config;
}

const Parameter& find(const Bert& bert, const std::string& name) {
  const auto found = std::ranges::find(bert.all, name, &Parameter::name);
  if (found == bert.all.end()) FAIL("the file has no parameter " << name);
  return *found;
}

// The largest difference, relative to the largest number of the library's tensor. A tensor of which nothing is above
// 1e-6 is all but zero (the gradient of a key's bias, which shifts all scores of a row alike); it must be in both.
double difference(const Matrix& file, const mini_bert::Tensor& library) {
  const auto expected = library.values<double>();
  if (file.values.size() != expected.size()) return INFINITY;
  double error = 0, largest = 1e-6;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double here = std::abs(file.values[i] - expected[i]);
    error = std::isfinite(here) ? std::max(error, here) : INFINITY;
    largest = std::max(largest, std::abs(expected[i]));
  }
  return error / largest;
}

}  // namespace

TEST_CASE("one file: losses, gradients and updated weights are those of the library, in double") {
  Bert bert = {.V = token_count, .positions = 9, .H = 12, .N = 3, .F = 20};
  randomize(bert);
  const std::vector<Example> batch = sentences();
  const int hidden = hidden_tokens(batch);

  mini_bert::BertForMaskedLM model(config_of(bert), mini_bert::DType::f64);
  REQUIRE(model.parameters().size() == bert.all.size());
  for (const mini_bert::Parameter& parameter : model.parameters()) {
    const std::string name = checkpoint_name(parameter);
    const Parameter& ours = find(bert, name);
    REQUIRE(static_cast<mini_bert::Index>(ours.value.values.size()) == parameter.value().size());
    REQUIRE((ours.value.rows == 1) == (parameter.value().shape().rank() == 1));
    mini_bert::Tensor value = parameter.value();
    std::ranges::copy(ours.value.values, value.data<double>());
  }
  const double rate = 0.01, decay = 0.1;
  mini_bert::AdamW optimizer(model.parameters(), {.weight_decay = decay});
  const mini_bert::MaskedBatch library_batch = packed(batch);

  for (int step = 1; step <= 5; ++step) {
    Real loss = 0;
    for (const Example& e : batch) loss += bert.loss_and_gradients(e, hidden);

    model.clear_grads();
    mini_bert::Tape tape;
    mini_bert::Mode mode = mini_bert::Mode::training(1, 0);
    const mini_bert::Var library_loss = model.loss(library_batch, hidden, mode);
    tape.backward(library_loss);

    INFO("update " << step);
    CHECK(std::abs(loss / library_loss.value().item() - 1) < tolerance);
    for (const mini_bert::Parameter& parameter : model.parameters()) {
      INFO("gradient of " << checkpoint_name(parameter));
      CHECK(difference(find(bert, checkpoint_name(parameter)).grad, parameter.grad()) < tolerance);
    }
    adamw(bert.all, step, rate, decay);
    optimizer.step(rate);
    for (const mini_bert::Parameter& parameter : model.parameters()) {
      INFO("updated " << checkpoint_name(parameter));
      CHECK(difference(find(bert, checkpoint_name(parameter)).value, parameter.value()) < tolerance);
    }
  }
}

TEST_CASE("one file: characters become tokens, new ones only when asked for") {
  Vocabulary vocabulary = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};
  CHECK(encode("诸a葛", vocabulary, true).ids == std::vector<int>{cls, 5, 6, 7, sep});
  CHECK(encode("葛[MASK]é诸", vocabulary, false).ids == std::vector<int>{cls, 7, mask, unk, 5, sep});
  CHECK(vocabulary == Vocabulary{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "诸", "a", "葛"});
  const Example e = encode("诸葛", vocabulary, false);  // one text, and nothing to guess
  CHECK(e.types == std::vector<int>(4, 0));
  CHECK(e.labels == std::vector<int>(4, -1));
}

TEST_CASE("one file: tokens are hidden at BERT's rates") {
  std::mt19937 random(3);
  const int V = 1000, length = 20000;
  std::vector<int> ids(length, 500);
  ids.front() = cls, ids.back() = sep;
  const Example whole = {ids, std::vector<int>(length, 0), std::vector<int>(length, -1)};
  Example e = whole;
  const int hidden = hide_tokens(e, V, random);
  int labels = 0, masks = 0, stayed = 0, replaced = 0;
  for (int t = 0; t < length; ++t) {
    if (e.labels[t] < 0) {
      CHECK(e.ids[t] == ids[t]);
      continue;
    }
    ++labels;
    CHECK(e.labels[t] == ids[t]);
    masks += e.ids[t] == mask;
    stayed += e.ids[t] == ids[t];
    replaced += e.ids[t] != mask && e.ids[t] != ids[t];
    CHECK((e.ids[t] == mask || e.ids[t] >= special_count));
  }
  CHECK(e.labels.front() == -1);
  CHECK(e.labels.back() == -1);
  CHECK(hidden == labels);
  // Four deviations of a binomial: √(20000·0.15·0.85) = 50 tokens, √(3000·0.8·0.2) = 22, √(3000·0.1·0.9) = 16.
  CHECK(std::abs(labels - 3000) < 200);
  CHECK(std::abs(masks - 0.8 * labels) < 88);
  CHECK(std::abs(stayed - 0.1 * labels) < 66);
  CHECK(std::abs(replaced - 0.1 * labels) < 66);
}

// In one text the chance leaves [CLS] and [SEP] alone anyway; in 200 it would hide some thirty of each.
TEST_CASE("one file: [CLS] and [SEP] are never hidden, in many texts") {
  std::mt19937 random(5);
  for (int i = 0; i < 200; ++i) {
    Example e = {{cls, 500, sep}, {0, 0, 0}, {-1, -1, -1}};
    hide_tokens(e, 1000, random);
    REQUIRE((e.ids.front() == cls && e.labels.front() == -1));
    REQUIRE((e.ids.back() == sep && e.labels.back() == -1));
  }
}

TEST_CASE("one file: a random token in place of a hidden one is no special token") {
  std::mt19937 random(5);
  const int V = special_count + 2, length = 4000;  // most tokens are special
  Example e = {std::vector<int>(length, special_count), std::vector<int>(length, 0), std::vector<int>(length, -1)};
  hide_tokens(e, V, random);
  const auto is_special = [](int id) { return id != mask && id < special_count; };
  CHECK(std::ranges::count_if(e.ids, is_special) == 0);
  CHECK(std::ranges::count(e.ids, special_count + 1) > 10);
}

TEST_CASE("one file: a question changes no weight") {
  Bert bert = {.V = token_count, .positions = 9, .H = 12, .N = 3, .F = 20};
  randomize(bert);
  Vocabulary vocabulary = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "c", "d", "e", "f"};
  const Matrix before = bert.all.front().value;
  ask(bert, vocabulary, "ab[MASK]d");
  CHECK(bert.all.front().value.values == before.values);
  CHECK(vocabulary.size() == token_count);
}

TEST_CASE("one file: at most 400 lines, and it includes nothing but the standard library") {
  std::ifstream file(MINI_BERT_SOURCE_DIR "/examples/bert_in_one_file.cpp");
  int lines = 0;
  for (std::string line; std::getline(file, line); ++lines) {
    if (line.starts_with("#")) CHECK((line.starts_with("#include <") && line.find_first_of("/.") == line.npos));
  }
  CHECK(lines > 0);
  CHECK(lines <= 400);
}
