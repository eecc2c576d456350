#include "mini_bert/tensor/thread_pool.h"

#include <system_error>

namespace mini_bert {
namespace {

// Looks a thousand times whether `ready` holds before the caller goes to sleep: the next loop of a training step often
// begins within microseconds, and waking a thread takes longer. More turns would take the CPU from other programs.
template <class Ready>
void spin_until(const Ready& ready) {
  for (int turn = 0; turn < 1000 && !ready(); ++turn) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
  }
}

}  // namespace

ThreadPool::ThreadPool(int threads) {
  threads_.reserve(static_cast<std::size_t>(threads));
  try {
    for (int i = 1; i < threads; ++i) threads_.emplace_back([this, i] { work(i); });
  } catch (const std::system_error&) {
    // A web page has only the workers that it started with, and other systems have limits too. Those that did start are
    // enough, because no result depends on their number.
  }
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    ++job_number_;
  }
  job_arrived_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ThreadPool::run_erased(const void* job, Call call) {
  {
    const std::lock_guard lock(mutex_);
    job_ = job;
    call_ = call;
    running_ = static_cast<int>(threads_.size());
    ++job_number_;
  }
  job_arrived_.notify_all();
  call(job, 0);
  const auto ended = [this] { return running_ == 0; };
  spin_until(ended);
  std::unique_lock lock(mutex_);
  job_ended_.wait(lock, ended);
}

void ThreadPool::work(int i) {
  // The next job arrives only after every thread has finished this one, so no thread can miss a job.
  for (std::uint32_t seen = 0;; ++seen) {
    const auto arrived = [&] { return job_number_ != seen; };
    spin_until(arrived);
    if (!arrived()) {
      std::unique_lock lock(mutex_);
      job_arrived_.wait(lock, arrived);
    }
    if (stop_) return;
    call_(job_, i);
    if (--running_ == 0) {
      const std::lock_guard lock(mutex_);  // not between the caller's look at running_ and its sleep
      job_ended_.notify_one();
    }
  }
}

}  // namespace mini_bert
