#include "mini_bert/pipelines/pipeline.h"

#include <nanobind/ndarray.h>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <utility>

#include "mini_bert/pipelines/request_settings.h"
#include "python/src/bindings.h"
#include "python/src/results.h"
#include "python/src/training.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace mini_bert::python {
namespace {

using Texts = std::vector<std::string>;
using Pairs = std::vector<std::pair<std::string, std::string>>;

nb::list fill_mask(Pipeline& self, const std::string& text, Index top_k, const Texts& targets) {
  return to_python(unlocked([&] { return self.fill_mask(text, {.top_k = top_k, .targets = targets}); }));
}

nb::list joint_fill(Pipeline& self, const std::string& text, Index top_k, Index beam, Index max_blank_length) {
  return to_python(unlocked(
      [&] { return self.joint_fill(text, {.top_k = top_k, .beam = beam, .max_blank_length = max_blank_length}); }));
}

// The array shares the tensor's memory and keeps it alive.
nb::ndarray<nb::numpy, float, nb::ndim<2>> array_of(Tensor tensor) {
  auto* const kept = new Tensor(std::move(tensor));
  const nb::capsule owner(kept, [](void* pointer) noexcept { delete static_cast<Tensor*>(pointer); });
  const std::size_t shape[] = {static_cast<std::size_t>(kept->shape()[0]), static_cast<std::size_t>(kept->shape()[1])};
  return {kept->data<float>(), 2, shape, owner};
}

nb::ndarray<nb::numpy, float, nb::ndim<2>> embed(Pipeline& self, const Texts& texts, const std::string& pooling,
                                                 bool normalize, const std::string& prompt_name) {
  return array_of(unlocked([&] {
    EmbedOptions options = self.embed_options(prompt_name);
    if (!pooling.empty()) options.pooling = pooling_named(pooling);
    options.normalize_again = normalize;
    return self.embed(texts, options);
  }));
}

nb::list classify(Pipeline& self, const Pairs& texts) {
  std::vector<TextPair> pairs;
  for (const auto& [text, pair] : texts) pairs.push_back({text, pair});
  return to_python(unlocked([&] { return self.classify(pairs); }));
}

nb::list tag(Pipeline& self, const Texts& texts, const std::string& strategy) {
  const Aggregation aggregation = aggregation_named(strategy);
  nb::list lists;
  for (const auto& spans : unlocked([&] { return self.tag(texts, aggregation); })) {
    nb::list list;
    for (const TaggedSpan& span : spans) list.append(to_python(span, aggregation == Aggregation::none));
    lists.append(list);
  }
  return lists;
}

nb::list answer(Pipeline& self, const Pairs& questions, Index top_k, Index doc_stride, Index max_answer_length,
                bool may_be_absent) {
  std::vector<Question> asked;
  for (const auto& [question, context] : questions) {
    asked.push_back({.id = {}, .question = question, .context = context, .answers = {}});
  }
  const AnswerOptions options{.top_k = top_k, .max_answer_length = max_answer_length, .may_be_absent = may_be_absent};
  return to_python(unlocked([&] { return self.answer(std::move(asked), options, doc_stride); }));
}

nb::list choose(Pipeline& self, const std::string& context, const std::string& question, const Texts& choices) {
  const ChoiceQuestion asked{.context = context, .question = question, .opening = {}, .choices = choices, .answer = {}};
  nb::list list;
  const auto answers = unlocked([&] { return self.choose({&asked, 1}); });
  for (const ChoiceScore& choice : answers.front()) {
    list.append(to_python(LabelScore{choices[choice.choice], choice.score}));
  }
  return list;
}

// Returns the report as JSON.
std::string train(Pipeline& self, nb::handle data, nb::handle validation, const std::string& arguments,
                  nb::object on_step) {
  TrainingRequest request = training_request(data, validation, arguments);
  CallingBack observer(std::move(on_step));
  return unlocked([&] { return self.train(std::move(request), observer).to_json(); });
}

void save(Pipeline& self, const std::filesystem::path& folder, const std::string& type) {
  unlocked([&] { self.save(folder, storage_type_named(type)); });
}

}  // namespace

void bind_pipeline(nb::module_& module) {
  nb::class_<Pipeline>(module, "Pipeline")
      .def(nb::init<const std::filesystem::path&>(), "model"_a, nb::call_guard<nb::gil_scoped_release>())
      .def("fill_mask", fill_mask, "text"_a, "top_k"_a, "targets"_a)
      .def("joint_fill", joint_fill, "text"_a, "top_k"_a, "beam"_a, "max_blank_length"_a)
      .def("embed", embed, "texts"_a, "pooling"_a, "normalize"_a, "prompt_name"_a)
      .def("classify", classify, "texts"_a)
      .def("tag", tag, "texts"_a, "aggregation_strategy"_a)
      .def("answer", answer, "questions"_a, "top_k"_a, "doc_stride"_a, "max_answer_length"_a, "may_be_absent"_a)
      .def("choose", choose, "context"_a, "question"_a, "choices"_a)
      .def(
          "score",
          [](Pipeline& self, const Texts& texts) { return to_python(unlocked([&] { return self.score(texts); })); },
          "texts"_a)
      .def("train", train, "data"_a.none(), "validation"_a.none(), "arguments"_a, "on_step"_a.none())
      .def("save", save, "folder"_a, "save_type"_a)
      .def_prop_ro("tokenizer", &Pipeline::tokenizer)
      .def_prop_ro("architecture", &Pipeline::architecture)
      .def_prop_ro("config_json", [](const Pipeline& self) { return self.config().to_json(); })
      .def_prop_ro("labels", [](const Pipeline& self) { return self.config().labels; })
      .def_prop_ro("parameter_count", [](const Pipeline& self) { return self.model().parameter_count(); })
      .def_prop_ro("notes", &Pipeline::notes);
}

}  // namespace mini_bert::python
