#pragma once

#include <string>
#include <vector>

#include "apps/console/command_line.h"
#include "apps/tasks/task.h"
#include "mini_bert/pipelines/masking_request.h"

namespace mini_bert {

// `guard` is a file or "default"; guard_file() finds that one.
void declare_masking_flags(CommandLine& line, MaskingRequest& options, std::string& guard);

// The flags that only the tasks with masked words accept: mlm and pretrain.
std::vector<TaskFlag> masking_flags();

}  // namespace mini_bert
