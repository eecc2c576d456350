#include "apps/predict/predictor.h"

#include <fmt/core.h>

#include "mini_bert/bert/data/sample_reader.h"

namespace mini_bert {

std::vector<Request> Predictor::read_file(const std::string& path, const std::string& text_column) const {
  std::vector<Request> requests;
  const ReadOptions how{.text_column = text_column, .keep_blank = true};
  for (Sample& sample : read_samples(path, how).samples) {
    requests.push_back(text_request(std::move(sample.text), fmt::format("{}: line {}", path, sample.line)));
  }
  return requests;
}

}  // namespace mini_bert
