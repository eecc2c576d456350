#include "apps/predict/predictor.h"

#include <fmt/core.h>

namespace mini_bert {

std::vector<Sample> read_rows_to_answer(const PredictOptions& options, ReadOptions how) {
  how.text_column = options.text_column;
  how.keep_blank = true;
  SampleFile file = read_samples(options.file, how);
  const std::string columns = file.columns.described();
  if (options.text_column.empty() && !columns.empty()) fmt::print(stderr, "{}: {}\n", options.file, columns);
  return std::move(file.samples);
}

void Predictor::answer_file(const PredictOptions& options, const Print& print) const {
  std::vector<std::string> texts;
  for (Sample& sample : read_rows_to_answer(options)) texts.push_back(std::move(sample.text));
  answer_in_chunks(
      std::span<const std::string>(texts), [this](auto part) { return answer(part); }, print);
}

}  // namespace mini_bert
