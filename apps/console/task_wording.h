#pragma once

#include <string>

#include "mini_bert/bert/other_task_error.h"

namespace mini_bert {

// Says in a person's words that a model was made for another task, and what can be done with it.
std::string task_wording(const OtherTaskError& error);

}  // namespace mini_bert
