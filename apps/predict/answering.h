#pragma once

#include <exception>
#include <functional>
#include <span>
#include <string>

#include "apps/predict/predictor.h"

namespace mini_bert {

// Asks a predictor and prints one answer for each request, in order. A request that cannot be answered does not stop
// the others. With JSON its answer is {"error": "…"}. Without, a line on stderr names its place.
//
// With JSON, a request with an "id" is answered by {"id": …, "result": …} or {"id": …, "error": "…"}.
class Answering {
 public:
  using Wording = std::function<std::string(const std::exception&)>;

  // `wording` turns an exception into one line for a person. All arguments outlive the object.
  Answering(const Predictor& predictor, bool json, Wording wording)
      : predictor_(predictor), json_(json), wording_(std::move(wording)) {}

  void answer(std::span<const Request> requests);

  // How many requests were not answered; empty lines do not count.
  std::size_t failures() const { return failures_; }

 private:
  void answer_chunk(std::span<const Request> requests);
  void print(const Request& request, const std::string& answer);
  void print_problem(const Request& request, const std::string& problem);

  const Predictor& predictor_;
  bool json_;
  Wording wording_;
  std::size_t failures_ = 0;
};

}  // namespace mini_bert
