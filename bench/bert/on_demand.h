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

// Prints one line of JSON on standard output and adds the peak memory so far.
inline void answer(nlohmann::ordered_json values) {
  values["peak_rss_mb"] = peak_resident_bytes() >> 20;
  std::cout << values.dump() << std::endl;
}

// Works only on demand, so that the programs of a comparison can take turns. For every line "step" on standard input,
// it calls work() and prints the result (bench/peers/worker.py is the other side).
template <class Work>
void serve(const Work& work) {
  for (std::string line; std::getline(std::cin, line);) {
    require(line == "step", "standard input: expected the line \"step\", got \"{}\"", line);
    answer(work());
  }
}

}  // namespace mini_bert::bench
