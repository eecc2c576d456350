#pragma once

#include <nanobind/nanobind.h>

#include <string>

#include "mini_bert/pipelines/pipeline.h"

namespace mini_bert::python {

// What Model.train asks for. `data` and `validation` are lists of paths, or a text in memory: (name, extension, text).
// `arguments` is a JSON object, as set_arguments() takes it.
TrainingRequest training_request(nanobind::handle data, nanobind::handle validation, const std::string& arguments);

// Calls a Python function after every update. Its False stops the training. What it raises, and Ctrl-C, ends the
// training as an exception.
class CallingBack : public TrainingObserver {
 public:
  explicit CallingBack(nanobind::object on_step) : on_step_(std::move(on_step)) {}

  void on_update(const UpdateReport& update, const TrainingHistory& history) override;
  bool stop_requested() override { return stops_; }

 private:
  nanobind::object on_step_;
  bool stops_ = false;
};

}  // namespace mini_bert::python
