#pragma once

#include <nanobind/nanobind.h>

namespace mini_bert::python {

// From now on, Error becomes ValueError, and what the operating system refuses becomes OSError or the subclass for its
// errno. Each keeps its one line.
void translate_exceptions();

// Each adds its classes to the module.
void bind_tokenizer(nanobind::module_& module);
void bind_pipeline(nanobind::module_& module);

// Works without the interpreter's lock, so that other threads of Python go on.
template <class Work>
auto unlocked(const Work& work) {
  const nanobind::gil_scoped_release released;
  return work();
}

}  // namespace mini_bert::python
