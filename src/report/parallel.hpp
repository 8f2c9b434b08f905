// Chunks of work on a few threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace homeward {

/// Calls work(state, i) for i in 0..n-1, each once, on up to `states.size()` threads, each with a state of its own. The
/// first exception ends the rest and is rethrown.
template <class State, class Work>
void for_each_chunk(std::size_t n, std::vector<State>& states, const Work& work) {
  std::atomic<std::size_t> next{0};
  std::exception_ptr failure;
  std::mutex guard;
  const auto run = [&](State& state) {
    for (std::size_t i = next++; i < n; i = next++) {
      try {
        work(state, i);
      } catch (...) {
        const std::lock_guard lock(guard);
        if (!failure) failure = std::current_exception();
        next = n;
      }
    }
  };
  std::vector<std::thread> helpers;
  for (std::size_t t = 1; t < std::min(n, states.size()); ++t) helpers.emplace_back(run, std::ref(states[t]));
  run(states.front());
  for (std::thread& helper : helpers) helper.join();
  if (failure) std::rethrow_exception(failure);
}

/// The same without states: work(i), on up to `threads` threads.
template <class Work>
void for_each_chunk(std::size_t n, int threads, const Work& work) {
  struct Nothing {};
  std::vector<Nothing> states(static_cast<std::size_t>(std::max(threads, 1)));
  for_each_chunk(n, states, [&work](Nothing&, std::size_t i) { work(i); });
}

}  // namespace homeward
