#include "apps/train/schedule_options.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include <fmt/ranges.h>

#include "apps/console/command_line.h"
#include "mini_bert/base/file_error.h"
#include "mini_bert/base/json.h"

namespace mini_bert {
namespace {

std::vector<std::string> settings_of(Schedule schedule) {
  switch (schedule) {
    case Schedule::cosine:
    case Schedule::cosine_with_restarts:
      return {"num_cycles"};
    case Schedule::polynomial:
      return {"lr_end", "power"};
    case Schedule::inverse_sqrt:
      return {"timescale"};
    case Schedule::cosine_with_min_lr:
      return {"num_cycles", "min_lr", "min_lr_rate"};
    case Schedule::cosine_warmup_with_min_lr:
      return {"num_cycles", "min_lr", "min_lr_rate", "warmup_lr_rate"};
    case Schedule::warmup_stable_decay:
      return {"num_decay_steps", "num_stable_steps", "warmup_type", "decay_type", "min_lr_ratio", "num_cycles"};
    default:
      return {};
  }
}

[[noreturn]] void fail_setting(const std::string& name, const nlohmann::json& value, const char* expected) {
  throw UsageError(fmt::format("--lr-scheduler-kwargs: \"{}\" is {}; expected {}", name, value.dump(), expected));
}

double schedule_number(const std::string& name, const nlohmann::json& value) {
  if (!value.is_number() || value.get<double>() < 0) fail_setting(name, value, "a number from 0 up");
  return value.get<double>();
}

Index schedule_count(const std::string& name, const nlohmann::json& value) {
  if (!value.is_number_integer() || value.get<std::int64_t>() < 1)
    fail_setting(name, value, "a whole number from 1 up");
  return value.get<Index>();
}

Curve schedule_curve(const std::string& name, const nlohmann::json& value) {
  if (value == "linear") return Curve::linear;
  if (value == "cosine") return Curve::cosine;
  if (value == "1-sqrt") return Curve::one_minus_sqrt;
  fail_setting(name, value, "linear, cosine or 1-sqrt");
}

void set(ScheduleOptions& options, const std::string& name, const nlohmann::json& value) {
  if (name == "num_cycles") options.num_cycles = schedule_number(name, value);
  if (name == "power") options.power = schedule_number(name, value);
  if (name == "lr_end") options.lr_end = schedule_number(name, value);
  if (name == "min_lr") options.min_lr = schedule_number(name, value);
  if (name == "min_lr_rate") options.min_lr_rate = schedule_number(name, value);
  if (name == "warmup_lr_rate") options.warmup_lr_rate = schedule_number(name, value);
  if (name == "min_lr_ratio") options.min_lr_ratio = schedule_number(name, value);
  if (name == "timescale") options.timescale = schedule_count(name, value);
  if (name == "num_decay_steps") options.num_decay_steps = schedule_count(name, value);
  if (name == "num_stable_steps") options.num_stable_steps = schedule_count(name, value);
  if (name == "warmup_type") options.warmup = schedule_curve(name, value);
  if (name == "decay_type") options.decay = schedule_curve(name, value);
}

}  // namespace

ScheduleOptions parse_schedule_options(const std::string& json, Schedule schedule) {
  const nlohmann::json object = json_if_valid(json).value_or(nlohmann::json());
  if (!object.is_object()) {
    throw UsageError(
        fmt::format("--lr-scheduler-kwargs is '{}'; expected a JSON object such as {{\"power\": 2}}", printable(json)));
  }
  const std::vector<std::string> known = settings_of(schedule);
  ScheduleOptions options;
  for (const auto& [name, value] : object.items()) {
    if (std::ranges::find(known, name) == known.end()) {
      throw UsageError(fmt::format("--lr-scheduler-kwargs: the schedule {} has no setting {}; it has {}",
                                   name_of(schedule), in_quotes(name),
                                   known.empty() ? "none" : fmt::format("{}", fmt::join(known, ", "))));
    }
    if (!value.is_null()) set(options, name, value);
  }
  return options;
}

}  // namespace mini_bert
