#include "apps/predict/predictor.h"
#include "apps/console/terminal.h"

#include <fmt/core.h>

namespace mini_bert {

std::vector<Request> requests_of_rows(const std::string& path, const std::string& text_column, ReadOptions how,
                                      PairKeys keys) {
  how.text_column = text_column;
  how.keep_all = true;
  SampleFile file = read_samples(path, how);
  const std::string columns = file.columns.described();
  if (text_column.empty() && !columns.empty()) print_message(fmt::format("{}: {}", path, columns));
  std::vector<Request> requests;
  for (Sample& sample : file.samples) {
    const std::string place = fmt::format("{}: line {}", path, sample.line);
    if (!sample.problem.empty()) {
      requests.push_back(broken_request(std::move(sample.problem), std::move(sample.id)));
    } else if (sample.pair.empty()) {
      requests.push_back(text_request(std::move(sample.text), place));
      requests.back().id = std::move(sample.id);
    } else {
      Request request{.place = place, .is_object = true, .id = std::move(sample.id)};
      request.fields = {{keys.text, std::move(sample.text)}, {keys.pair, std::move(sample.pair)}};
      requests.push_back(std::move(request));
    }
  }
  return requests;
}

void print_precision(const PredictOptions& options, AnswerPrecision precision) {
  if (precision == AnswerPrecision::f32) return;
  print_message(fmt::format("answers are computed in {}{}", name_of(precision),
                            options.precision == "auto" ? " (auto: this CPU multiplies bf16)" : ""));
}

std::vector<Request> Predictor::read_file(const std::string& path, const std::string& text_column) const {
  return requests_of_rows(path, text_column);
}

}  // namespace mini_bert
