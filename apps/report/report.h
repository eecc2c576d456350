#pragma once

#include <string>
#include <utility>
#include <vector>

#include "mini_bert/bert/training/history.h"

namespace mini_bert {

// The contents of report.html for one run. All texts are plain.
struct Report {
  std::string title;                                           // "data/zhugetao/train.json on models/mini-bert-zh"
  std::string loss;                                            // the meaning of the loss, as a sentence
  std::vector<std::pair<std::string, std::string>> facts;      // "training texts" "92 (1,830 tokens)", …
  std::vector<std::pair<std::string, std::string>> arguments;  // every argument with its value
  const TrainingHistory& history;                              // outlives the report
  std::string ending;  // "" while the run is going; afterwards, for example, "completed in 42 s"
};

// Renders one page that needs only a browser: no network, no other file. It is written in English; a small script shows
// it in the language of the reader (text.h), and nothing else depends on the script. The page is well-formed XML apart
// from its first line.
std::string render_report(const Report& report);

// A summary of the run in plain words: "In 300 steps (3 epochs) the training loss fell from 6.231 to 2.113, …". Plain
// text.
std::string report_verdict(const TrainingHistory& history);

}  // namespace mini_bert
