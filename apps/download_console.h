#pragma once

#include <string>

#include "bert/hub/fetch_model.h"

namespace mini_bert {

// Downloads a model that is given by its name and is not here yet (hub::fetch_model()), and says on stderr how that
// goes: a line that moves on a terminal, a line for each file elsewhere. For programs to call before they read a model.
void bring_model(const std::string& name, hub::ModelFiles files = hub::ModelFiles::all);

}  // namespace mini_bert
