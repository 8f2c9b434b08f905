// One parallel loop: dynamic schedule, per-thread state, exceptions carried out.
#pragma once

#include <omp.h>

#include <cstdint>
#include <exception>
#include <mutex>

namespace homeward {

/// Threads to use: `asked`, or those the process may use when 0.
inline int thread_count(int asked) { return asked > 0 ? asked : omp_get_num_procs(); }

/// Runs body(state, i) for i in [0, count), each thread with a State of its own made by make_state(), and after its last i
/// finish(state) under a lock. The first exception stops that thread's work and is rethrown at the end.
template <class MakeState, class Body, class Finish>
void parallel_for(std::int64_t count, int threads, MakeState make_state, Body body, Finish finish) {
  std::exception_ptr failure;
  std::mutex lock;
  const auto failed = [&] {
    const std::lock_guard<std::mutex> guard(lock);
    failure = std::current_exception();
  };
#pragma omp parallel num_threads(thread_count(threads))
  {
    auto state = make_state();
    bool sound = true;
#pragma omp for schedule(dynamic) nowait
    for (std::int64_t i = 0; i < count; ++i) {
      if (!sound) continue;
      try {
        body(state, i);
      } catch (...) {
        sound = false;
        failed();
      }
    }
    try {
      const std::lock_guard<std::mutex> guard(lock);
      if (sound) finish(state);
    } catch (...) {
      failed();
    }
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace homeward
