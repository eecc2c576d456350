#pragma once

#include <string>

#include "mini_bert/nn/schedule.h"

namespace mini_bert {

// Reads --lr-scheduler-kwargs: a JSON object with settings of a schedule, named as in transformers. UsageError for
// anything but an object, for a setting that this schedule does not have, and for a value of the wrong kind.
ScheduleOptions parse_schedule_options(const std::string& json, Schedule schedule);

}  // namespace mini_bert
