#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace mini_bert {

// While one exists, this thread's operations allocate their results but compute nothing: parallel_for calls no body,
// and tensors of floating-point numbers are not filled. A page of memory that nobody writes to costs nothing. So a
// training step that is rehearsed takes milliseconds and no memory, and
// CachingAllocator::instance().statistics().reached says afterwards what the same step will take. Values are
// meaningless meanwhile. Results must be thrown away.
//
// What a loop's body allocates is not seen, because no body runs. A kernel whose body needs memory says so with
// scratch() and with passing().
class Rehearsal {
 public:
  Rehearsal();
  ~Rehearsal();
  Rehearsal(const Rehearsal&) = delete;
  Rehearsal& operator=(const Rehearsal&) = delete;

  static bool is_running();  // on this thread

  // Whose memory it is: each is one block in every thread. A block keeps the most that was asked for it.
  enum class Scratch { attention, panels_of_a, panels_of_b };
  // Takes so many bytes for each of num_threads() threads, until the rehearsal ends: what a thread keeps from one loop
  // to the next. Nothing happens outside of a rehearsal.
  static void scratch(Scratch whose, std::size_t bytes);
  // Takes them for a moment: what a body allocates and gives back.
  static void passing(std::size_t bytes);

 private:
  static constexpr int kinds = 3;                          // of Scratch
  using Memory = std::vector<std::shared_ptr<std::byte>>;  // of each thread

  Rehearsal* outer_;
  std::size_t most_[kinds] = {};  // bytes of one thread, for each Scratch
  Memory scratch_[kinds];
};

}  // namespace mini_bert
