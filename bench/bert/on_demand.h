#pragma once

#include <chrono>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "bench/machine/process_facts.h"
#include "mini_bert/base/error.h"

namespace mini_bert::bench {

inline double milliseconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

// One line of JSON on standard output, with the peak memory so far.
inline void answer(nlohmann::ordered_json values) {
  values["peak_rss_mb"] = peak_resident_bytes() >> 20;
  std::cout << values.dump() << std::endl;
}

// Works only when asked, so that programs which are compared can take turns: for every line "step" of standard input,
// work() is done and what it returns is answered (bench/peers/worker.py is the other end).
template <class Work>
void serve(const Work& work) {
  for (std::string line; std::getline(std::cin, line);) {
    require(line == "step", "standard input: expected the line \"step\", got \"{}\"", line);
    answer(work());
  }
}

}  // namespace mini_bert::bench
