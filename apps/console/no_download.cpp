// bring_model() for a build without the hub.
#include "apps/console/download_console.h"
#include "apps/console/missing_model.h"

namespace mini_bert {

void bring_model(const std::string& name, ModelPart part) {
  if (part == ModelPart::all) require_model_folder(name);
  require_likely_model(name);
}

}  // namespace mini_bert
