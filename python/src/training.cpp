// Training requests and reports for Python, and the observer that calls back.
#include "python/src/training.h"

#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <filesystem>

#include "mini_bert/base/argument_error.h"
#include "mini_bert/tensor/simd/isa.h"
#include "python/src/bindings.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace mini_bert::python {
namespace {

Precision precision_of(const std::string& name) {
  require_argument(name == "f32" || name == "bf16" || name == "auto", "precision",
                   "is '{}'; expected f32, bf16 or auto", name);
  if (name == "auto") return isa() == Isa::avx512_bf16 ? Precision::mixed : Precision::full;
  return name == "bf16" ? Precision::mixed : Precision::full;
}

// Reads a setting of the request from the value of a keyword argument.
using Setter = void (*)(TrainingRequest&, nb::handle);

template <auto Member, class Part>
void set_in(Part& part, nb::handle value) {
  part.*Member = nb::cast<std::remove_reference_t<decltype(part.*Member)>>(value);
}
template <auto Member>
void set_request(TrainingRequest& request, nb::handle value) {
  set_in<Member>(request, value);
}
template <auto Member>
void set_argument(TrainingRequest& request, nb::handle value) {
  set_in<Member>(request.training, value);
}
template <auto Member>
void set_masking(TrainingRequest& request, nb::handle value) {
  set_in<Member>(request.masking, value);
}

struct Setting {
  const char* name;
  Setter set;
};

using Request = TrainingRequest;
using Arguments = TrainingArguments;
using Masking = MaskingRequest;

// The keyword arguments of Model.train, under the names of the library's arguments.
const Setting settings[] = {
    {"task", set_request<&Request::task>},
    {"validation_split", set_request<&Request::validation_split>},
    {"text_column", set_request<&Request::text_column>},
    {"pair_column", set_request<&Request::pair_column>},
    {"label_column", set_request<&Request::label_column>},
    {"doc_stride", set_request<&Request::doc_stride>},
    {"problem_type", set_request<&Request::problem_type>},
    {"class_weights", set_request<&Request::class_weights>},
    {"pack", set_request<&Request::pack>},
    {"max_length", set_request<&Request::max_length>},
    {"probes", set_request<&Request::probes>},
    {"add_words", set_request<&Request::add_words>},
    {"whole_words", set_masking<&Masking::whole_words>},
    {"mask_words", set_masking<&Masking::mask_words>},
    {"ngram", set_masking<&Masking::ngram>},
    {"guard", set_masking<&Masking::guard>},
    {"epochs", set_argument<&Arguments::epochs>},
    {"max_steps", set_argument<&Arguments::max_steps>},
    {"batch_size", set_argument<&Arguments::batch_size>},
    {"batch_tokens", set_argument<&Arguments::batch_tokens>},
    {"accumulation_steps", set_argument<&Arguments::accumulation_steps>},
    {"learning_rate", set_argument<&Arguments::learning_rate>},
    {"warmup_ratio", set_argument<&Arguments::warmup_ratio>},
    {"warmup_steps", set_argument<&Arguments::warmup_steps>},
    {"layer_decay", set_argument<&Arguments::layer_decay>},
    {"freeze_layers", set_argument<&Arguments::freeze_layers>},
    {"freeze_embeddings", set_argument<&Arguments::freeze_embeddings>},
    {"anchor", set_argument<&Arguments::anchor>},
    {"max_grad_norm", set_argument<&Arguments::max_grad_norm>},
    {"gradient_checkpointing", set_argument<&Arguments::gradient_checkpointing>},
    {"mask_probability", set_argument<&Arguments::mask_probability>},
    {"seed", set_argument<&Arguments::seed>},
    {"logging_steps", set_argument<&Arguments::logging_steps>},
    {"eval_steps", set_argument<&Arguments::eval_steps>},
    {"early_stopping_patience", set_argument<&Arguments::early_stopping_patience>},
    {"weight_decay",
     [](Request& request, nb::handle value) { request.training.adamw.weight_decay = nb::cast<double>(value); }},
    {"schedule", [](Request& request,
                    nb::handle value) { request.training.schedule = parse_schedule(nb::cast<std::string>(value)); }},
    {"precision", [](Request& request,
                     nb::handle value) { request.training.precision = precision_of(nb::cast<std::string>(value)); }},
};

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

template <class Row>
nb::dict step_of(const Row& row) {
  nb::dict dict;
  dict["step"] = row.step;
  dict["epoch"] = row.epoch;
  dict["loss"] = row.loss;
  return dict;
}

const char* name_of(Ending ending) {
  switch (ending) {
    case Ending::completed:
      return "completed";
    case Ending::stopped_early:
      return "stopped_early";
    default:
      return "interrupted";
  }
}

}  // namespace

TrainingRequest training_request(nb::handle data, nb::handle validation, const nb::dict& arguments) {
  TrainingRequest request;
  take_data(data, request.train_files, request.train_data, request.train);
  take_data(validation, request.validation_files, request.validation_data, request.validation);
  for (const auto& [key, value] : arguments) {
    const std::string name = nb::cast<std::string>(key);
    const auto* const setting =
        std::find_if(std::begin(settings), std::end(settings), [&](const Setting& s) { return name == s.name; });
    require_argument(setting != std::end(settings), name.c_str(), "is no argument of train()");
    if (value.is_none()) continue;
    try {
      setting->set(request, value);
    } catch (const nb::cast_error&) {
      throw ArgumentError(name, "is " + nb::cast<std::string>(nb::repr(value)) + ", which has the wrong type");
    }
  }
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

nb::dict to_python(const TrainingReport& report) {
  nb::list training, evaluations, probes;
  for (const TrainingRow& row : report.history.training) {
    nb::dict dict = step_of(row);
    dict["grad_norm"] = row.grad_norm;
    dict["learning_rate"] = row.learning_rate;
    training.append(dict);
  }
  for (const EvaluationRow& row : report.history.evaluations) {
    nb::dict dict = step_of(row);
    for (const Metric& metric : row.metrics) dict[nb::str(metric.name.c_str())] = metric.value;
    evaluations.append(dict);
  }
  for (const ProbeRow& row : report.history.probes) {
    nb::list answers;
    for (const ProbeAnswer& answer : row.answers) {
      nb::dict dict;
      dict["token_str"] = answer.token;
      dict["score"] = answer.score;
      answers.append(dict);
    }
    nb::dict dict;
    dict["step"] = row.step;
    dict["text"] = row.text;
    dict["answers"] = answers;
    probes.append(dict);
  }
  nb::dict result;
  result["ending"] = name_of(report.ending);
  result["step"] = report.history.step;
  result["total_steps"] = report.history.total_steps;
  result["epoch"] = report.history.epoch;
  result["training"] = training;
  result["evaluations"] = evaluations;
  result["probes"] = probes;
  result["notes"] = report.notes;
  return result;
}

}  // namespace mini_bert::python
