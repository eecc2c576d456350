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

  // Takes so many bytes for each of num_threads() threads, until the rehearsal ends: what a thread keeps from one loop
  // to the next. The largest request counts. Nothing happens outside of a rehearsal.
  static void scratch(std::size_t bytes);
  // Takes them for a moment: what a body allocates and gives back.
  static void passing(std::size_t bytes);

 private:
  using Memory = std::vector<std::shared_ptr<std::byte>>;  // of each thread

  Rehearsal* outer_;
  std::size_t most_ = 0;  // bytes of one thread
  Memory scratch_;
};

}  // namespace mini_bert
