// How the files of JsonPipeline read options and keep a training. For them alone.
#pragma once

#include "mini_bert/base/json_fields.h"
#include "mini_bert/pipelines/json_pipeline.h"

namespace mini_bert {

using Json = nlohmann::ordered_json;

// A training, with the observer that it refers to.
struct JsonPipeline::Training {
  struct LastUpdate : TrainingObserver {
    UpdateReport report = {};
    void on_update(const UpdateReport& update, const TrainingHistory&) override { report = update; }
  };

  Training(Pipeline& pipeline, TrainingRequest request) : run(pipeline, std::move(request), last) {}

  LastUpdate last;
  TrainingRun run;
  std::size_t probes_told = 0;  // rows of the history
};

// An option that may be missing or null.
template <class T>
T option(const JsonField& options, const char* name, T value) {
  options.read_set(name, value);
  return value;
}

// One that may not.
template <class T>
T needed(const JsonField& options, const char* name) {
  T value{};
  options.at(name).get(value);
  return value;
}

}  // namespace mini_bert
