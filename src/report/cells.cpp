#include "report/cells.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <iterator>

#include "base/text.hpp"

namespace homeward {

namespace {

/// A finite number with four decimals, correctly rounded. The nearest whole number of ten-thousandths gives the digits,
/// except where the value is so near the middle of two that the rounding of the product (1e-7 at most) could decide.
void put_four_decimals(std::string& out, double value) {
  const double scaled = std::abs(value) * 1e4;
  const auto whole = scaled < 1e9 ? static_cast<std::uint64_t>(scaled + 0.5) : 0;
  if (!(scaled < 1e9) || std::abs(std::abs(scaled - static_cast<double>(whole)) - 0.5) < 1e-5) {
    fmt::format_to(std::back_inserter(out), "{:.4f}", value);
    return;
  }
  if (std::signbit(value)) out += '-';
  put_number(out, static_cast<long long>(whole / 10000));
  std::uint64_t rest = whole % 10000;
  char digits[5] = {'.', '0', '0', '0', '0'};
  for (int i = 4; i > 0; --i, rest /= 10) digits[i] = static_cast<char>('0' + rest % 10);
  out.append(digits, sizeof digits);
}

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
    put_four_decimals(out, log10_value);
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
  put_four_decimals(out, mantissa);
  out += power < 0 ? "e-" : "e+";
  if (std::abs(power) < 10) out += '0';
  put_number(out, std::abs(power));
}

void put_real(std::string& out, double value) {
  if (std::isnan(value))
    out += '.';
  else
    fmt::format_to(std::back_inserter(out), "{:.6g}", value);
}

void put_number(std::string& out, long long value) {
  char digits[20];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

void put_allele(std::string& out, Allele allele) {
  if (allele.is_letter()) {
    out += allele.letter();
  } else if (!allele.empty()) {
    put_number(out, allele.repeats());
    if (allele.bases() == 0) return;
    out += '.';
    out += static_cast<char>('0' + allele.bases());
  }
}

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
