#include "mini_bert/bert/training/memory.h"

#include <algorithm>

#include "mini_bert/base/memory_left.h"
#include "mini_bert/bert/training/trainer.h"
#include "mini_bert/tensor/allocator.h"
#include "mini_bert/tensor/rehearsal.h"

namespace mini_bert {
namespace {

constexpr std::size_t megabyte = std::size_t{1} << 20;
constexpr std::size_t run_time_growth = 3 * megabyte;
constexpr std::size_t another_order = 2 * megabyte;
constexpr std::size_t usual_program = 16 * megabyte;  // where the system does not tell

// What the tensors and the threads of a run need.
std::size_t rehearsed_bytes(const Objective& objective, const Tokenizer& tokenizer,
                            const TrainingArguments& arguments) {
  const Rehearsal rehearsal;
  TrainingObserver nobody;
  Trainer trainer(objective, tokenizer, arguments, {}, nobody);
  trainer.rehearse_memory();
  return CachingAllocator::instance().statistics().reached;
}

}  // namespace

std::size_t planned_training_bytes(const Objective& objective, const Tokenizer& tokenizer,
                                   const TrainingArguments& arguments) {
  CachingAllocator& allocator = CachingAllocator::instance();
  allocator.release_cached();
  const ResidentMemory process = resident_memory().value_or(ResidentMemory{usual_program, usual_program});
  const std::size_t tensors = allocator.resident();  // which the rehearsal counts
  std::size_t bytes = 0;
  try {
    bytes = rehearsed_bytes(objective, tokenizer, arguments);
  } catch (...) {
    allocator.release_cached();
    throw;
  }
  allocator.release_cached();
  const std::size_t others = process.now - std::min<std::size_t>(tensors, process.now);
  return std::max<std::size_t>(others + bytes + run_time_growth + another_order, process.peak);
}

}  // namespace mini_bert
