#pragma once

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "mini_bert/tensor/shape.h"

namespace mini_bert {

// The files of a checkpoint that a run needs to go on, besides those of the model's directory.
inline constexpr std::string_view weights_file = "model.safetensors", optimizer_file = "optimizer.safetensors",
                                  state_file = "trainer_state.json";

// A folder "checkpoint-500" with the state of a run after 500 updates.
struct CheckpointFolder {
  Index step = 0;
  std::filesystem::path path;
};

// All checkpoints in a folder, oldest first, whole or not. A folder of such a name that has none of a checkpoint's
// files is not ours, and is left out. Nothing when `output` is no folder.
std::vector<CheckpointFolder> checkpoints_in(const std::filesystem::path& output);

// Reads the whole checkpoint and compares it with its list of checksums. DamagedFileError, with the first file that is
// missing or damaged. Of a checkpoint without a list, which earlier versions wrote, only missing files are noticed.
void verify_checkpoint(const std::filesystem::path& checkpoint);

// The same for one of its files.
void verify_checkpoint_file(const std::filesystem::path& checkpoint, std::string_view name);

// The newest checkpoint in a folder that is whole.
std::optional<CheckpointFolder> newest_whole_checkpoint(const std::filesystem::path& output);

}  // namespace mini_bert
