// Training requests for Python, and the observer that calls back.
#include "python/src/training.h"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <filesystem>

#include "mini_bert/pipelines/request_settings.h"
#include "python/src/bindings.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace mini_bert::python {
namespace {

// Data are a list of paths, or a text in memory: (name, extension, text).
void take_data(nb::handle data, std::vector<std::string>& files, std::optional<DataSource>& memory, std::string& name) {
  if (data.is_none()) return;
  if (nb::isinstance<nb::tuple>(data)) {
    const nb::tuple parts = nb::cast<nb::tuple>(data);
    name = nb::cast<std::string>(parts[0]);
    memory = DataSource::in_memory(name, nb::cast<std::string>(parts[1]), nb::cast<std::string>(parts[2]));
    return;
  }
  files = nb::cast<std::vector<std::string>>(data);
  for (const std::string& file : files) name += (name.empty() ? "" : ", ") + file;
}

}  // namespace

TrainingRequest training_request(nb::handle data, nb::handle validation, const std::string& arguments) {
  TrainingRequest request;
  take_data(data, request.train_files, request.train_data, request.train);
  take_data(validation, request.validation_files, request.validation_data, request.validation);
  set_arguments(request, arguments);
  return request;
}

void CallingBack::on_update(const UpdateReport& update, const TrainingHistory& history) {
  const nb::gil_scoped_acquire acquired;
  // Ctrl-C has only set a mark. Here it becomes KeyboardInterrupt, between two updates.
  if (PyErr_CheckSignals() != 0) throw nb::python_error();
  if (on_step_.is_none()) return;
  nb::dict step;
  step["step"] = history.step;
  step["total_steps"] = history.total_steps;
  step["epoch"] = history.epoch;
  step["loss"] = update.loss;
  step["grad_norm"] = update.grad_norm;
  step["learning_rate"] = update.learning_rate;
  step["tokens"] = update.tokens;
  stops_ = on_step_(step).is(nb::bool_(false));
}

}  // namespace mini_bert::python
