#include "apps/predict/predictor.h"

#include "mini_bert/bert/data/sample_reader.h"

namespace mini_bert {

void Predictor::answer_file(const PredictOptions& options, const Print& print) const {
  std::vector<std::string> texts;
  for (Sample& sample : read_samples(options.file, {.text_column = options.text_column}).samples) {
    texts.push_back(std::move(sample.text));
  }
  answer_in_chunks(
      std::span<const std::string>(texts), [this](auto part) { return answer(part); }, print);
}

}  // namespace mini_bert
