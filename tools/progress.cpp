#include "progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <ostream>
#include <utility>

#include "homeward/error.hpp"

namespace homeward::cli {

namespace {

constexpr double kBarEvery = 0.2;    // seconds
constexpr double kLineEvery = 30.0;  // seconds
constexpr double kJsonEvery = 1.0;   // seconds
constexpr int kBarWidth = 30;

}  // namespace

Progress::Style Progress::style_of(const GlobalOptions& global) {
  const std::string& when = global.progress;
  if (when != "auto" && when != "always" && when != "never" && when != "json")
    throw Error(ErrorKind::usage, "--progress must be auto, always, never or json");
  if (when == "json") return Style::json;
  if (when == "never" || global.quiet) return Style::none;
  return when == "always" || ::isatty(STDERR_FILENO) == 1 ? Style::bar : Style::lines;
}

Progress::Progress(std::ostream& err, const GlobalOptions& global, std::string unit)
    : err_(err), style_(style_of(global)), unit_(std::move(unit)), start_(Clock::now()), last_(start_) {}

Progress::~Progress() { finish(); }

void Progress::operator()(std::uint64_t done, std::uint64_t total) {
  if (style_ == Style::none) return;
  const Clock::time_point now = Clock::now();
  const double every = style_ == Style::bar ? kBarEvery : style_ == Style::json ? kJsonEvery : kLineEvery;
  const bool last = done == total && style_ == Style::json;
  if (!last && std::chrono::duration<double>(now - last_).count() < every) return;
  last_ = now;
  print(done, total, std::chrono::duration<double>(now - start_).count());
}

void Progress::print(std::uint64_t done, std::uint64_t total, double seconds) {
  const double rate = seconds > 0.0 ? static_cast<double>(done) / seconds : 0.0;
  const double share = total == 0 ? 1.0 : std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
  const double left = rate > 0.0 && done <= total ? static_cast<double>(total - done) / rate : 0.0;
  if (style_ == Style::json) {
    err_ << fmt::format(
        "{{\"event\":\"progress\",\"unit\":\"{}\",\"done\":{},\"total\":{},\"per_second\":{:.0f},\"seconds_left\":{:.0f}}}\n", unit_, done,
        total, rate, left);
  } else {
    const std::string text =
        fmt::format("{:3.0f} %  {:.1f} M {}/s  {} left", std::floor(share * 100.0), rate / 1e6, unit_, describe_seconds(left));
    if (style_ == Style::bar) {
      const int full = static_cast<int>(share * kBarWidth);
      err_ << "\r\033[K[" << std::string(static_cast<std::size_t>(full), '#')
           << std::string(static_cast<std::size_t>(kBarWidth - full), '.') << "] " << text;
      drawn_ = true;
    } else {
      err_ << text << '\n';
    }
  }
  err_.flush();
}

void Progress::finish() {
  if (std::exchange(drawn_, false)) err_ << "\r\033[K" << std::flush;
}

std::string describe_seconds(double seconds) {
  const auto whole = static_cast<std::uint64_t>(std::llround(std::max(seconds, 0.0)));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, 1, ',');
  return text;
}

}  // namespace homeward::cli
