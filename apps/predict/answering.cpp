#include "apps/predict/answering.h"
#include "apps/console/terminal.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "mini_bert/base/error.h"
#include "mini_bert/base/utf8.h"

namespace mini_bert {

void Answering::answer(std::span<const Request> requests) {
  // Large enough to pack batches of similar lengths, small enough for the first answers to appear soon.
  constexpr std::size_t chunk = 256;
  for (std::size_t begin = 0; begin < requests.size(); begin += chunk) {
    answer_chunk(requests.subspan(begin, std::min(chunk, requests.size() - begin)));
    flush_output();
    if (output_error() != 0) throw std::runtime_error(output_problem());
  }
}

// Asks all at once, because packed batches are faster. If one of them cannot be answered, asks one after the other.
void Answering::answer_chunk(std::span<const Request> requests) {
  std::vector<Request> sound;
  std::ranges::copy_if(requests, std::back_inserter(sound), [](const Request& r) { return r.problem.empty(); });
  std::vector<std::string> answers;
  try {
    if (!sound.empty()) answers = predictor_.answer(sound);
  } catch (const std::exception&) {
    answers.clear();
  }
  std::size_t next = 0;
  for (const Request& request : requests) {
    if (!request.problem.empty()) {
      print_problem(request, wording_(Error(request.problem)));
      continue;
    }
    const std::size_t i = next++;
    if (!answers.empty()) {
      print(request, answers[i]);
      continue;
    }
    try {
      print(request, predictor_.answer({&request, 1}).front());
    } catch (const std::exception& error) {
      print_problem(request, wording_(error));
    }
  }
}

void Answering::print(const Request& request, const std::string& answer) {
  if (!json_) {
    print_rows(answer);
  } else if (request.id.empty()) {
    print_out("{}", answer);
  } else {
    print_out("{{\"id\":{},\"result\":{}}}\n", request.id, answer.substr(0, answer.find_last_not_of('\n') + 1));
  }
}

void Answering::print_problem(const Request& request, const std::string& problem) {
  const bool is_empty_line = !request.problem.empty() && !request.is_object && is_blank(request.text);
  if (!is_empty_line || request.is_mistake) ++failures_;
  if (json_) {
    auto answer = nlohmann::ordered_json::object();
    if (!request.id.empty()) answer["id"] = nlohmann::ordered_json::parse(request.id);
    answer["error"] = problem;
    // A problem may quote bytes of the request that are not UTF-8.
    print_out("{}\n", answer.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
    return;
  }
  flush_output();
  print_message(fmt::format("mini_bert_predict: {}{}{}", request.place, request.place.empty() ? "" : ": ", problem));
}

}  // namespace mini_bert
