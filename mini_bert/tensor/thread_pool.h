#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace mini_bert {

// Threads that wait for a job and run it together with the thread that brings it: what parallel_for uses in a build
// without OpenMP.
class ThreadPool {
 public:
  // Starts threads − 1 threads. Where the system refuses one, there are fewer.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  // The number of threads that run a job, the calling one included.
  int size() const { return static_cast<int>(threads_.size()) + 1; }

  // Calls job(i) for every i in [0, size()), each on a thread of its own, job(0) on the calling thread, and returns
  // when all have returned. A job must not throw. Only one thread may call run() at a time.
  template <class Job>
  void run(const Job& job) {
    run_erased(&job, [](const void* erased, int i) { (*static_cast<const Job*>(erased))(i); });
  }

 private:
  using Call = void (*)(const void* job, int i);

  void run_erased(const void* job, Call call);
  void work(int i);

  std::mutex mutex_;
  std::condition_variable job_arrived_, job_ended_;
  // Written before job_number_ is raised, read after it was seen to have risen.
  const void* job_ = nullptr;
  Call call_ = nullptr;
  bool stop_ = false;
  std::atomic<std::uint32_t> job_number_ = 0;
  std::atomic<int> running_ = 0;  // threads that have not finished the job, without the calling one
  std::vector<std::thread> threads_;
};

}  // namespace mini_bert
