// Goes through the updates of a run that need most memory. The training itself is in trainer.cpp.
#include <algorithm>
#include <numeric>

#include "mini_bert/bert/training/trainer.h"

namespace mini_bert {
namespace {

// Masks are drawn, so of batches with about as many tokens another may need more memory.
constexpr std::size_t rehearsed_updates = 32;
constexpr Index rehearsed_evaluations = 4;
constexpr Index most_examples = 10'000'000;  // looked at, which takes less than a second

}  // namespace

// The updates with the largest batches in tokens, in the order of the run.
std::vector<Index> Trainer::largest_updates() {
  const std::vector<Index> lengths = objective_.lengths();
  std::vector<std::pair<Index, Index>> found;  // tokens of the largest batch, update
  Index examples = 0;
  for (Index step = 0; step < plan_.total_steps && examples < most_examples; ++step) {
    Index most = 0;
    for (const std::vector<Index>& batch : sampler_.update(step).batches) {
      most = std::max(most, std::accumulate(batch.begin(), batch.end(), Index{0}, [&](Index sum, Index example) {
                        return sum + lengths[static_cast<std::size_t>(example)];
                      }));
      examples += std::ssize(batch);
    }
    found.emplace_back(-most, step);
  }
  const std::size_t kept = std::min(found.size(), rehearsed_updates);
  std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(kept), found.end());
  std::vector<Index> steps;
  for (std::size_t i = 0; i < kept; ++i) steps.push_back(found[i].second);
  std::ranges::sort(steps);
  return steps;
}

// In the order of a run, because the place of a tensor depends on the requests before it. Probes are single texts, and
// need less than a batch.
void Trainer::rehearse_memory() {
  const auto evaluate = [&] {
    objective_.score_guard();
    if (objective_.validates()) objective_.evaluate();
  };
  evaluate();
  Index evaluations = 0;
  for (const Index step : largest_updates()) {
    history_.step = step;
    update();
    const bool is_due = history_.step % plan_.eval_steps == 0;
    if (is_due && ++evaluations <= rehearsed_evaluations) evaluate();
  }
  evaluate();
}

}  // namespace mini_bert
