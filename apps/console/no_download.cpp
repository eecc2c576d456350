// bring_model() for a build without the hub.
#include "apps/console/download_console.h"

namespace mini_bert {

void bring_model(const std::string&, ModelPart) {}

}  // namespace mini_bert
