// Every schedule against the factors that transformers computes (tests/golden/make_schedules.py).
#include <fstream>
#include <nlohmann/json.hpp>

#include "mini_bert/nn/schedule.h"
#include "tests/catch.h"

using namespace mini_bert;
using nlohmann::json;

namespace {

Curve curve_of(const std::string& name) {
  return name == "linear" ? Curve::linear : name == "cosine" ? Curve::cosine : Curve::one_minus_sqrt;
}

ScheduleOptions options_of(const json& given) {
  ScheduleOptions options;
  const auto read = [&](const char* name, auto& value) {
    if (given.contains(name)) value = given.at(name).get<double>();
  };
  const auto count = [&](const char* name, std::optional<Index>& value) {
    if (given.contains(name)) value = given.at(name).get<Index>();
  };
  read("num_cycles", options.num_cycles);
  read("power", options.power);
  read("lr_end", options.lr_end);
  read("min_lr", options.min_lr);
  read("min_lr_rate", options.min_lr_rate);
  read("warmup_lr_rate", options.warmup_lr_rate);
  read("min_lr_ratio", options.min_lr_ratio);
  count("timescale", options.timescale);
  count("num_decay_steps", options.num_decay_steps);
  count("num_stable_steps", options.num_stable_steps);
  if (given.contains("warmup_type")) options.warmup = curve_of(given.at("warmup_type"));
  if (given.contains("decay_type")) options.decay = curve_of(given.at("decay_type"));
  return options;
}

}  // namespace

TEST_CASE("schedule: the factors of transformers at every step of every schedule") {
  std::ifstream file(MINI_BERT_SOURCE_DIR "/tests/golden/schedules.json");
  const json rows = json::parse(file);
  REQUIRE(rows.size() == 57);
  for (const json& row : rows) {
    const Schedule schedule = parse_schedule(row.at("schedule").get<std::string>());
    const ScheduleOptions options = options_of(row.at("options"));
    const auto& factors = row.at("factors");
    for (std::size_t step = 0; step < factors.size(); ++step) {
      INFO(row.at("schedule") << ' ' << row.at("options") << " step " << step);
      const double found = learning_rate_factor(schedule, static_cast<Index>(step), row.at("warmup").get<Index>(),
                                                row.at("total").get<Index>(), options, row.at("peak").get<double>());
      CHECK(std::abs(found - factors[step].get<double>()) <= 1e-14);
    }
  }
}
