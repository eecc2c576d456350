#pragma once

namespace mini_bert::python {

// From now on, Error becomes ValueError, and what the operating system refuses becomes OSError or the subclass for its
// errno. Each keeps its one line.
void translate_exceptions();

}  // namespace mini_bert::python
