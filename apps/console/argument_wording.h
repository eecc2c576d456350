#pragma once

#include <exception>
#include <functional>
#include <string>

namespace mini_bert {

// Rewords a message of the library for a person. The library knows arguments, not flags, and writes argument names
// between backticks: "`freeze_layers` is 13; the model has 12 layers" becomes "--freeze-layers is 13; …". A name stays
// unchanged when the program has no flag for it. `has_flag` is called with names like "--freeze-layers".
std::string worded(const std::exception& error, const std::function<bool(const std::string& flag)>& has_flag);

}  // namespace mini_bert
