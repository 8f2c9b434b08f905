#include "report/cells.hpp"

#include <cmath>
#include <iterator>

#include <fmt/format.h>

#include "base/text.hpp"

namespace homeward {

namespace {

bool plain(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7F) return false;
  return true;
}

}  // namespace

void put_log10(std::string& out, double log10_value) {
  if (std::isnan(log10_value)) {
    out += '.';
  } else if (std::isinf(log10_value)) {
    out += log10_value < 0 ? "-Inf" : "Inf";
  } else {
    // What would print as -0.0000 is zero at this precision.
    if (std::abs(log10_value) < 0.00005) log10_value = 0.0;
    fmt::format_to(std::back_inserter(out), "{:.4f}", log10_value);
  }
}

void put_lr(std::string& out, double log10_lr) {
  if (std::isnan(log10_lr)) {
    out += '.';
    return;
  }
  if (std::isinf(log10_lr)) {
    out += log10_lr < 0 ? "0" : "Inf";
    return;
  }
  double exponent = std::floor(log10_lr);
  double mantissa = std::pow(10.0, log10_lr - exponent);
  if (mantissa >= 9.99995) {  // would print as 10.0000
    mantissa = 1.0;
    exponent += 1.0;
  }
  const int power = static_cast<int>(exponent);
  fmt::format_to(std::back_inserter(out), "{:.4f}e{}{:02}", mantissa, power < 0 ? '-' : '+', std::abs(power));
}

void put_real(std::string& out, double value) {
  if (std::isnan(value))
    out += '.';
  else
    fmt::format_to(std::back_inserter(out), "{:.6g}", value);
}

void put_number(std::string& out, long long value) { fmt::format_to(std::back_inserter(out), "{}", value); }

void put_text(std::string& out, std::string_view text) {
  if (text.empty())
    out += '.';
  else if (plain(text))
    out += text;
  else
    out += escaped(text);
}

std::string guarded_for_spreadsheet(std::string_view cell) {
  // A number may start with a sign; a text that does is read as a formula.
  const bool risky = !cell.empty() && std::string_view("=+-@\t\r").find(cell.front()) != std::string_view::npos;
  return risky && !parse_double(cell) ? "'" + std::string(cell) : std::string(cell);
}

}  // namespace homeward
