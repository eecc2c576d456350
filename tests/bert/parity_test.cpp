// The same numbers as PyTorch and transformers, on the fixtures that tests/golden/make_fine_tuning.py wrote with them.
#include <cmath>
#include <nlohmann/json.hpp>

#include "mini_bert/autograd/ops/cross_entropy.h"
#include "mini_bert/autograd/tape.h"
#include "mini_bert/base/text_file.h"
#include "mini_bert/bert/checkpoint.h"
#include "mini_bert/bert/names/name_table.h"
#include "mini_bert/bert/predict/fill_mask.h"
#include "mini_bert/nn/adamw.h"
#include "mini_bert/nn/clip_grad.h"
#include "mini_bert/nn/schedule.h"
#include "mini_bert/tensor/kernels/sum_of_squares.h"
#include "tests/catch.h"

using namespace mini_bert;
using nlohmann::json;

namespace parity_test {

std::filesystem::path golden(const std::string& folder) {
  return std::filesystem::path(MINI_BERT_SOURCE_DIR) / "tests/golden" / folder;
}

json read_json(const std::filesystem::path& path) {
  return json::parse(read_text_file(path));
}

std::unique_ptr<BertForMaskedLM> load_model(const std::filesystem::path& folder, DType dtype) {
  auto model = std::make_unique<BertForMaskedLM>(BertConfig::read(folder / "config.json"), dtype);
  read_tensors(SafetensorsFile(folder / "model.safetensors"), named_tensors(model->parameters()));
  return model;
}

Sequence sequence_from(const json& entry) {
  return {entry.at("ids"), entry.at("token_type_ids")};
}

MaskedBatch batch_from(const json& micro_batch) {
  std::vector<Sequence> sequences;
  std::vector<std::int32_t> rows, labels;
  std::int32_t row = 0;
  for (const json& entry : micro_batch) {
    sequences.push_back(sequence_from(entry));
    for (const std::int32_t label : entry.at("labels")) {
      if (label != ignore_index) {
        rows.push_back(row);
        labels.push_back(label);
      }
      ++row;
    }
  }
  return {pack(sequences), Tensor::from(rows), Tensor::from(labels)};
}

Tensor every_row(const PackedSequences& tokens) {
  std::vector<std::int32_t> rows(static_cast<std::size_t>(tokens.ids.size()));
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<std::int32_t>(i);
  return Tensor::from(rows);
}

void flatten(const json& value, std::vector<double>& out) {
  if (value.is_array()) {
    for (const json& inner : value) flatten(inner, out);
  } else {
    out.push_back(value.get<double>());
  }
}

// The largest difference, as a share of the largest expected value.
double relative_error(const Tensor& actual, const json& expected) {
  std::vector<double> values;
  flatten(expected, values);
  REQUIRE(static_cast<Index>(values.size()) == actual.size());
  const Tensor found = actual.to(DType::f64);
  double error = 0, scale = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    error = std::max(error, std::abs(found.data<double>()[i] - values[i]));
    scale = std::max(scale, std::abs(values[i]));
  }
  return error / scale;
}

TEST_CASE("logits and hidden states equal those of transformers", "[parity]") {
  for (const std::string folder : {"fine_tuning", "forward_gelu_new", "forward_cased"}) {
    const json expected = read_json(golden(folder) / "forward.json");
    for (const DType dtype : {DType::f32, DType::f64}) {
      const auto model = load_model(golden(folder), dtype);
      const double tolerance = dtype == DType::f32 ? 1e-5 : 5e-6;  // the fixture itself is f32
      std::vector<Sequence> sequences;
      for (const json& entry : expected.at("sequences")) sequences.push_back(sequence_from(entry));
      const PackedSequences tokens = pack(sequences);
      Mode mode = Mode::inference();
      const Tensor logits = model->logits(tokens, every_row(tokens), mode).value();
      const Tensor hidden = model->bert().forward(tokens, mode).value();
      for (std::size_t s = 0; s < sequences.size(); ++s) {
        const Index begin = tokens.offsets.begin(static_cast<Index>(s)),
                    end = tokens.offsets.end(static_cast<Index>(s));
        CHECK(relative_error(logits.rows(begin, end), expected.at("logits")[s]) < tolerance);
      }
      CHECK(relative_error(hidden.rows(0, tokens.offsets.end(0)), expected.at("last_hidden_state")) < tolerance);
    }
  }
}

TEST_CASE("gradients equal those of PyTorch", "[parity]") {
  for (const std::string folder : {"fine_tuning", "forward_gelu_new", "forward_cased"}) {
    const json expected = read_json(golden(folder) / "forward.json").at("gradients");
    const auto model = load_model(golden(folder), DType::f32);
    const MaskedBatch batch = batch_from(expected.at("micro_batch"));
    REQUIRE(batch.masked() == expected.at("masked").get<Index>());
    Tape tape;
    Mode mode = Mode::inference();
    const Var loss = model->loss(batch, static_cast<double>(batch.masked()), mode);
    CHECK(loss.value().item() == Approx(expected.at("loss").get<double>()).epsilon(1e-6));
    tape.backward(loss);
    std::size_t compared = 0;
    for (const Parameter& parameter : model->parameters()) {
      // Adding a constant to every key changes no attention weight: this gradient is zero, and rounding noise in both.
      if (checkpoint_name(parameter).ends_with("key.bias")) continue;
      const double norm = std::sqrt(kernels::sum_of_squares(parameter.grad()));
      INFO(folder << " " << checkpoint_name(parameter));
      CHECK(norm == Approx(expected.at("norms").at(checkpoint_name(parameter)).get<double>()).epsilon(1e-4));
      if (const auto full = expected.at("full").find(checkpoint_name(parameter)); full != expected.at("full").end()) {
        CHECK(relative_error(parameter.grad(), full->at("values")) < 1e-4);
        ++compared;
      }
    }
    CHECK(compared == 5);
  }
}

TEST_CASE("twenty steps of fine-tuning follow PyTorch and transformers", "[parity]") {
  const json expected = read_json(golden("fine_tuning") / "steps.json");
  const json& numbers = expected.at("hyper_parameters");
  const auto model = load_model(golden("fine_tuning"), DType::f32);
  const std::vector<Parameter> parameters = model->parameters();
  AdamW optimizer(parameters, {.beta_1 = numbers.at("adam_beta1"),
                               .beta_2 = numbers.at("adam_beta2"),
                               .eps = numbers.at("adam_epsilon"),
                               .weight_decay = numbers.at("weight_decay")});
  const auto total_steps = static_cast<Index>(expected.at("steps").size());
  REQUIRE(total_steps == 20);
  for (Index step = 0; step < total_steps; ++step) {
    const json& row = expected.at("steps")[static_cast<std::size_t>(step)];
    const auto masked = row.at("masked").get<double>();
    double loss = 0;
    for (const json& micro_batch : row.at("micro_batches")) {
      Tape tape;
      Mode mode = Mode::training(1, static_cast<std::uint32_t>(step));
      const Var part = model->loss(batch_from(micro_batch), masked, mode);
      loss += part.value().item();
      tape.backward(part);
    }
    INFO("step " << step);
    CHECK(loss == Approx(row.at("loss").get<double>()).epsilon(1e-5));
    const double norm = gradient_norm(parameters);
    CHECK(norm == Approx(row.at("grad_norm").get<double>()).epsilon(1e-4));
    const double rate = numbers.at("learning_rate").get<double>() *
                        learning_rate_factor(Schedule::linear, step, numbers.at("warmup_steps"), total_steps);
    CHECK(rate == Approx(row.at("learning_rate").get<double>()).margin(1e-12));
    optimizer.step(rate, clip_scale(norm, numbers.at("max_grad_norm")));
    model->clear_grads();
  }
  const SafetensorsFile after(golden("fine_tuning") / "after_fine_tuning.safetensors");
  for (const Parameter& parameter : parameters) {
    if (checkpoint_name(parameter).ends_with("key.bias")) continue;  // moved by noise alone, see above
    const Tensor trained = after.read(checkpoint_name(parameter));
    double error = 0;
    for (Index i = 0; i < trained.size(); ++i) {
      error = std::max(error, std::abs(static_cast<double>(trained.data<float>()[i]) -
                                       static_cast<double>(parameter.value().data<float>()[i])));
    }
    INFO(checkpoint_name(parameter));
    CHECK(error < 1e-5);
  }
}

}  // namespace parity_test
