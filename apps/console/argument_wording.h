#pragma once

#include <exception>
#include <functional>
#include <string>

namespace mini_bert {

// What a person reads when the library throws `error`. The library knows arguments, not flags, and writes their names
// between backticks: "`freeze_layers` is 13; the model has 12 layers" becomes "--freeze-layers is 13; …". A name stays
// as it is when the program has no flag for it. `has_flag` is asked with "--freeze-layers".
std::string worded(const std::exception& error, const std::function<bool(const std::string& flag)>& has_flag);

}  // namespace mini_bert
