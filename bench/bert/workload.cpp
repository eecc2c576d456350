#include "bench/bert/workload.h"

#include <algorithm>
#include <cmath>
#include <fstream>

#include "mini_bert/base/json.h"
#include "mini_bert/nn/initial_values.h"
#include "mini_bert/tensor/random.h"

namespace mini_bert::bench {
namespace {

Work make_work(const std::vector<std::vector<std::int32_t>>& ids, const std::vector<std::int32_t>& masked_rows,
               const std::vector<std::int32_t>& labels) {
  std::vector<Sequence> sequences;
  Work work;
  for (const auto& sentence : ids) {
    sequences.push_back({sentence, std::vector<std::int32_t>(sentence.size(), 0)});
    work.lengths.push_back(static_cast<Index>(sentence.size()));
  }
  work.batch = {pack(sequences), Tensor::from(masked_rows), Tensor::from(labels)};
  return work;
}

// Error unless every number is in [0, limit).
void check_below(const std::vector<std::int32_t>& numbers, Index limit, const std::string& what) {
  for (const std::int32_t number : numbers) {
    require(number >= 0 && number < limit, "{}: must be in 0..{}, got {}", what, limit - 1, number);
  }
}

}  // namespace

BertConfig bert_base() {
  BertConfig config;
  config.vocab_size = 21128;
  return config;
}

std::unique_ptr<BertForMaskedLM> make_model(const std::filesystem::path& directory, WeightMemory memory) {
  const NoInitialValues every_weight_is_set_below;
  if (directory.empty()) {
    auto model = std::make_unique<BertForMaskedLM>(bert_base());
    model->initialize(1);
    return model;
  }
  auto model = std::make_unique<BertForMaskedLM>(BertConfig::read(directory / "config.json"));
  load_weights(open_weights(directory), *model, {.memory = memory});
  return model;
}

Work random_work(Index sentences, Index length, Index vocab_size, std::uint32_t stream) {
  RandomSequence random({.seed = 3, .stream = stream});
  std::vector<std::vector<std::int32_t>> ids(static_cast<std::size_t>(sentences));
  std::vector<std::int32_t> masked_rows, labels;
  const auto masked = std::max<std::int64_t>(std::llround(0.15 * static_cast<double>(length)), 1);
  for (Index b = 0; b < sentences; ++b) {
    auto& sentence = ids[static_cast<std::size_t>(b)];
    for (Index i = 0; i < length; ++i) {
      sentence.push_back(static_cast<std::int32_t>(random.below(static_cast<std::uint32_t>(vocab_size))));
    }
    std::vector<Index> order = random_permutation(length, {.seed = 4, .step = static_cast<std::uint32_t>(b)});
    order.resize(static_cast<std::size_t>(masked));
    std::ranges::sort(order);
    for (const Index i : order) {
      masked_rows.push_back(static_cast<std::int32_t>(b * length + i));
      labels.push_back(static_cast<std::int32_t>(random.below(static_cast<std::uint32_t>(vocab_size))));
    }
  }
  return make_work(ids, masked_rows, labels);
}

std::vector<Work> read_work(const std::filesystem::path& path, const BertConfig& config) {
  std::ifstream file(path);
  require(file.is_open(), "{}: cannot be opened", path.string());
  std::vector<Work> works;
  for (std::string line; std::getline(file, line);) {
    const std::string name = path.string() + ":" + std::to_string(works.size() + 1);
    try {
      const nlohmann::json json = parse_json(line, name);
      const std::vector<std::vector<std::int32_t>> ids = json.at("ids");
      const std::vector<std::int32_t> masked_rows = json.at("masked_rows"), labels = json.at("labels");
      Index tokens = 0;
      for (const auto& sentence : ids) {
        tokens += static_cast<Index>(sentence.size());
        check_below(sentence, config.vocab_size, name + ": ids");
        require(std::ssize(sentence) <= config.max_position_embeddings, "{}: a sentence has {} tokens, at most {} fit",
                name, sentence.size(), config.max_position_embeddings);
      }
      check_below(masked_rows, tokens, name + ": masked_rows");
      check_below(labels, config.vocab_size, name + ": labels");
      require(labels.size() == masked_rows.size() && !labels.empty(), "{}: {} labels for {} masked rows", name,
              labels.size(), masked_rows.size());
      works.push_back(make_work(ids, masked_rows, labels));
    } catch (const nlohmann::json::exception& error) {
      throw Error(fmt::format("{}: must be an object of ids, masked_rows and labels: {}", name, error.what()));
    }
  }
  require(!works.empty(), "{}: holds no batch", path.string());
  return works;
}

}  // namespace mini_bert::bench
