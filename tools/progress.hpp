// How far a long command has got, on standard error.
#pragma once

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <string>

#include "command.hpp"

namespace homeward::cli {

/// A bar with speed and remaining time on a terminal; elsewhere a line every 30 s; JSON lines with `--progress json`.
/// Call from one thread.
class Progress {
 public:
  /// @param unit what is counted, in the plural: "pairs"
  Progress(std::ostream& err, const GlobalOptions& global, std::string unit);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void operator()(std::uint64_t done, std::uint64_t total);
  /// Clears the bar. Safe to call more than once.
  void finish();

 private:
  enum class Style { none, bar, lines, json };
  using Clock = std::chrono::steady_clock;
  static Style style_of(const GlobalOptions& global);
  void print(std::uint64_t done, std::uint64_t total, double seconds);

  std::ostream& err_;
  Style style_;
  std::string unit_;
  Clock::time_point start_, last_;
  bool drawn_ = false;
};

/// "12 s", "3 min 05 s", "2 h 14 min".
std::string describe_seconds(double seconds);
/// 1234567 -> "1,234,567".
std::string grouped(std::uint64_t number);

}  // namespace homeward::cli
