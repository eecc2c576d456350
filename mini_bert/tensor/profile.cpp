#include "mini_bert/tensor/profile.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>

#include "mini_bert/tensor/rehearsal.h"

namespace mini_bert::profile {
namespace {

std::atomic<bool> is_enabled = false;
thread_local Timed* innermost = nullptr;

struct Table {
  std::mutex mutex;
  std::map<std::string, Row, std::less<>> rows;
};
Table& table() {
  static Table& table = *new Table;  // never destroyed: static objects may still time operations
  return table;
}

}  // namespace

void enable() {
  is_enabled = true;
}
bool enabled() {
  return is_enabled;
}

std::vector<Row> rows() {
  std::vector<Row> rows;
  {
    const std::lock_guard lock(table().mutex);
    for (const auto& [name, row] : table().rows) rows.push_back(row);
  }
  std::ranges::sort(rows, std::ranges::greater(),
                    [](const Row& row) { return row.forward_seconds + row.backward_seconds; });
  return rows;
}

Timed::Timed(std::string_view name, Pass pass) : name_(name), pass_(pass), outer_(innermost) {
  innermost = this;
  if (is_enabled && !Rehearsal::is_running()) begin_ = Clock::now();
}

Timed::~Timed() {
  innermost = outer_;
  if (!is_enabled || begin_ == Clock::time_point()) return;
  const Clock::duration whole = Clock::now() - begin_;
  if (outer_ != nullptr) outer_->inside_ += whole;
  const double seconds = std::chrono::duration<double>(whole - inside_).count();
  const std::lock_guard lock(table().mutex);
  auto row = table().rows.find(name_);
  if (row == table().rows.end()) {
    row = table().rows.emplace(std::string(name_), Row{.name = std::string(name_)}).first;
  }
  (pass_ == Pass::forward ? row->second.forward_seconds : row->second.backward_seconds) += seconds;
  ++(pass_ == Pass::forward ? row->second.forward_calls : row->second.backward_calls);
}

std::string_view Timed::current() {
  return innermost == nullptr ? std::string_view() : innermost->name_;
}

}  // namespace mini_bert::profile
