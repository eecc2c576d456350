#include "python/src/bindings.h"

#include <cerrno>
#include <exception>
#include <filesystem>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/foreign_error.h"

namespace nb = nanobind;

namespace mini_bert::python {
namespace {

PyObject* type_of(int code) {
  switch (code) {
    case ENOENT:
    case ENOTDIR:
      return PyExc_FileNotFoundError;
    case EISDIR:
      return PyExc_IsADirectoryError;
    case EACCES:
    case EPERM:
      return PyExc_PermissionError;
    default:
      return PyExc_OSError;
  }
}

void translate(const std::exception_ptr& thrown, void* /*payload*/) {
  try {
    std::rethrow_exception(thrown);
  } catch (const SystemError& error) {
    PyErr_SetString(type_of(error.code()), error.what());
  } catch (const Error& error) {
    PyErr_SetString(PyExc_ValueError, error.what());
  } catch (const std::filesystem::filesystem_error& error) {
    PyErr_SetString(type_of(error.code().value()), message_of(error).c_str());
  }
}

}  // namespace

void translate_exceptions() {
  nb::register_exception_translator(translate);
}

}  // namespace mini_bert::python
