#include "import/allele_cell.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "base/text.hpp"
#include "import/text_table.hpp"

namespace homeward::import {

namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

bool equals(std::string_view token, std::string_view word) {
  return token.size() == word.size() && std::equal(token.begin(), token.end(), word.begin(), [](char a, char b) { return upper(a) == b; });
}

template <std::size_t n>
bool one_of(std::string_view token, const std::array<std::string_view, n>& words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return equals(token, word); });
}

/// Nothing was written: beside an allele it says nothing.
bool blank_token(std::string_view token) {
  constexpr std::array<std::string_view, 6> kWords{".", "NA", "N/A", "NULL", "NAN", "NONE"};
  return token.empty() || one_of(token, kWords);
}

/// Says that something is not known: beside an allele, the other allele.
bool unknown_token(std::string_view token) {
  constexpr std::array<std::string_view, 8> kWords{"-", "0", "-9", "?", "INC", "*", "/", "--"};
  return one_of(token, kWords);
}

bool off_ladder_token(std::string_view token) {
  constexpr std::array<std::string_view, 3> kWords{"OL", "OL?", "OMR"};
  return one_of(token, kWords);
}

/// `<12`, `>30.2`: an allele of that class.
bool class_token(std::string_view token) {
  return token.size() >= 2 && (token[0] == '<' || token[0] == '>') &&
         std::all_of(token.begin() + 1, token.end(), [](char c) { return digit(c) || c == '.'; });
}

/// Length of a separator at the front of `text`, 0 if there is none. `mark` tells the kinds apart; blanks are mark ' '.
std::size_t separator_at(std::string_view text, char& mark) {
  switch (text.front()) {
    case ',':
    case '/':
    case ';':
    case '|':
      mark = text.front();
      return 1;
    case ' ':
    case '\t':
    case '\n':
    case '\r':
      mark = ' ';
      return 1;
    default:
      break;
  }
  const std::string_view three = text.substr(0, 3);
  if (three == "\xEF\xBC\x8C" || three == "\xE3\x80\x81") {  // full-width comma, enumeration comma
    mark = ',';
    return 3;
  }
  if (three == "\xEF\xBC\x9B") {  // full-width semicolon
    mark = ';';
    return 3;
  }
  if (three == "\xEF\xBC\x8F") {  // full-width solidus
    mark = '/';
    return 3;
  }
  if (three == "\xE3\x80\x80") {  // ideographic space
    mark = ' ';
    return 3;
  }
  if (text.substr(0, 2) == "\xC2\xA0") {
    mark = ' ';
    return 2;
  }
  return 0;
}

/// Full-width digits, letters and stops as their ASCII twins; nullopt when the token has any other non-ASCII character.
std::optional<std::string> narrowed(std::string_view token) {
  std::string plain;
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (static_cast<unsigned char>(token[i]) < 0x80) {
      plain += token[i];
      continue;
    }
    if (i + 2 >= token.size() || token[i] != '\xEF') return std::nullopt;
    const unsigned code =
        0xF000U | (static_cast<unsigned char>(token[i + 1]) & 0x3FU) << 6U | (static_cast<unsigned char>(token[i + 2]) & 0x3FU);
    if (code < 0xFF01 || code > 0xFF5E) return std::nullopt;
    plain += static_cast<char>(code - 0xFF01 + 0x21);
    i += 2;
  }
  return plain;
}

/// An STR allele of the grammar: at most two digits of repeats.
std::optional<Allele> str_allele(std::string_view token) {
  const std::optional<Allele> allele = parse_allele(token);
  if (!allele || allele->repeats() > 99) return std::nullopt;
  return allele;
}

/// 9.3000000000000007, 9.30, 12.000: a decimal number within 1e-6 of an allele.
std::optional<Allele> spreadsheet_allele(std::string_view token) {
  if (token.size() < 4 || token.size() > 24 || !digit(token[0]) || token[0] == '0') return std::nullopt;
  if (!std::all_of(token.begin(), token.end(), [](char c) { return digit(c) || c == '.'; })) return std::nullopt;
  const std::optional<double> value = parse_double(token);
  if (!value || *value < 1.0 || *value >= 99.95) return std::nullopt;
  const double tenths = std::round(*value * 10.0);
  if (std::abs(*value * 10.0 - tenths) > 1e-5) return std::nullopt;
  const auto whole = static_cast<unsigned>(tenths);
  return Allele(whole / 10U, whole % 10U);
}

/// The length part of a LUS allele: 15 of 15_14_1_0.
std::optional<Allele> lus_length(std::string_view token) {
  const std::size_t cut = token.find('_');
  if (cut == std::string_view::npos || cut + 1 >= token.size()) return std::nullopt;
  if (!std::all_of(token.begin() + static_cast<std::ptrdiff_t>(cut), token.end(), [](char c) { return digit(c) || c == '_' || c == '.'; }))
    return std::nullopt;
  return str_allele(token.substr(0, cut));
}

bool snp_letter(char c) { return c == 'A' || c == 'C' || c == 'G' || c == 'T' || c == 'I' || c == 'D'; }

}  // namespace

void CallReader::add_allele(Allele allele) {
  ++n_named_;
  for (unsigned k = 0; k < n_alleles_; ++k)
    if (alleles_[k] == allele) return;
  if (n_alleles_ < kMaxKept) alleles_[n_alleles_++] = allele;
}

void CallReader::fail(std::string_view token) {
  if (reading_.kind == CallKind::syntax) return;
  reading_.kind = CallKind::syntax;
  reading_.bad_token = token;
}

void CallReader::add_str(std::string_view token) {
  if (const auto allele = str_allele(token)) return add_allele(*allele);
  if (const auto repaired = spreadsheet_allele(token)) {
    reading_.repaired_float = true;
    return add_allele(*repaired);
  }
  if (const auto length = lus_length(token)) {
    reading_.length_of_sequence = true;
    return add_allele(*length);
  }
  fail(token);
}

void CallReader::add_snp(std::string_view token) {
  if (token.size() > 2) return fail(token);
  for (const char c : token)
    if (!snp_letter(upper(c))) return fail(token);
  for (const char c : token) add_allele(Allele::letter(upper(c)));
}

void CallReader::add_sex(std::string_view token) {
  if (token.size() > 2) return fail(token);
  for (const char c : token)
    if (upper(c) != 'X' && upper(c) != 'Y') return fail(token);
  for (const char c : token) add_allele(Allele::letter(upper(c)));
}

void CallReader::add_token(std::string_view token) {
  if (blank_token(token)) return;
  if (unknown_token(token)) {
    unknown_ = true;
    return;
  }
  if (off_ladder_token(token)) {
    off_ladder_ = true;
    return;
  }
  if (class_token(token)) {
    off_ladder_ = true;
    ++n_classes_;
    return;
  }
  if (equals(token, "F") && kind_ != LocusKind::sex) {
    wildcard_ = true;
    return;
  }
  if (kind_ == LocusKind::snp) return add_snp(token);
  if (kind_ == LocusKind::sex) return add_sex(token);
  add_str(token);
}

/// `15`, `9.3`, `15/17`, `9.3,10`: what nearly all cells are, without further questions. False: look closer.
bool CallReader::add_plain(std::string_view cell) {
  std::size_t i = 0;
  const auto allele = [&]() -> Allele {
    if (i >= cell.size() || !digit(cell[i]) || cell[i] == '0') return {};
    auto repeats = static_cast<unsigned>(cell[i++] - '0');
    if (i < cell.size() && digit(cell[i])) repeats = repeats * 10 + static_cast<unsigned>(cell[i++] - '0');
    if (i + 1 >= cell.size() || cell[i] != '.' || !digit(cell[i + 1])) return {repeats, 0};
    i += 2;
    return {repeats, static_cast<unsigned>(cell[i - 1] - '0')};
  };
  const Allele first = allele();
  if (first.empty()) return false;
  if (i < cell.size()) {
    if (cell[i] != '/' && cell[i] != ',') return false;
    ++i;
    const Allele second = allele();
    if (second.empty() || i != cell.size()) return false;
    add_allele(first);
    add_allele(second);
    return true;
  }
  add_allele(first);
  return true;
}

void CallReader::add(std::string_view cell) {
  if (kind_ == LocusKind::str && add_plain(cell)) return;
  cell = trim_cell(cell);
  if (blank_token(cell)) return;
  if (unknown_token(cell)) {
    unknown_ = true;
    return;
  }
  if (cell.front() == '[') {
    sequence_ = true;
    return;
  }
  split_cell(cell);
}

void CallReader::split_cell(std::string_view cell) {
  char kind_of_separator = ' ';
  std::size_t begin = 0;
  bool ascii = true;
  const auto take = [&](std::size_t end) {
    const std::string_view token = cell.substr(begin, end - begin);
    if (token.empty()) return;
    if (ascii) return add_token(token);
    const std::optional<std::string> plain = narrowed(token);
    // The narrowed copy does not outlive this call; a bad token is reported as it stands in the cell.
    const bool was_sound = reading_.kind != CallKind::syntax;
    if (plain) add_token(*plain);
    if (!plain || (was_sound && reading_.kind == CallKind::syntax)) {
      reading_.kind = CallKind::syntax;
      reading_.bad_token = token;
    }
  };
  for (std::size_t i = 0; i < cell.size();) {
    char mark = 0;
    const std::size_t length = separator_at(cell.substr(i), mark);
    if (length == 0) {
      ascii = ascii && static_cast<unsigned char>(cell[i]) < 0x80;
      ++i;
      continue;
    }
    take(i);
    if (mark != ' ') {
      // `9,3/10` may be 9.3/10 with a decimal comma: two kinds of separator in one cell are not guessed at.
      if (kind_of_separator != ' ' && kind_of_separator != mark) fail(cell);
      kind_of_separator = mark;
    }
    i += length;
    begin = i;
    ascii = true;
  }
  take(cell.size());
}

CallReading CallReader::finish() const {
  CallReading result = reading_;
  if (result.kind == CallKind::syntax) return result;
  if (n_alleles_ + n_classes_ > 2) {
    result.kind = CallKind::many_alleles;
  } else if (off_ladder_ || (wildcard_ && n_alleles_ != 1)) {
    result.kind = CallKind::off_ladder;
  } else if (sequence_) {
    result.kind = CallKind::sequence;
  } else if (n_alleles_ == 2) {
    result.kind = CallKind::typed;
    result.genotype = Genotype(alleles_[0], alleles_[1]);
  } else if (n_alleles_ == 1) {
    // A man has an X: a lone Y is a call that lost its partner. On the Y chromosome one allele is all there is.
    const bool lone_y = kind_ == LocusKind::sex && alleles_[0] == Allele::letter('Y');
    const bool single_copy = chromosome_ == Chromosome::y || chromosome_ == Chromosome::mitochondrial;
    const bool half = lone_y || (!single_copy && n_named_ == 1 && (partial_ || unknown_ || wildcard_));
    result.wildcard = wildcard_ && half;
    result.kind = half ? CallKind::half_known : CallKind::typed;
    result.genotype = half ? Genotype(Allele{}, alleles_[0]) : Genotype(alleles_[0], alleles_[0]);
  }
  return result;
}

std::string masked_token(std::string_view token) {
  std::string masked;
  std::size_t letters = 0, digits = 0;
  for (const char c : token.substr(0, 32)) {
    letters += (upper(c) >= 'A' && upper(c) <= 'Z') ? 1U : 0U;
    digits += digit(c) ? 1U : 0U;
  }
  for (const char c : token.substr(0, 32)) {
    const bool letter = upper(c) >= 'A' && upper(c) <= 'Z';
    if (static_cast<unsigned char>(c) >= 0x80) {
      if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) masked += '*';  // one mark per character
    } else {
      masked += letter && letters > 2 ? '*' : digit(c) && digits > 5 ? '#' : c;
    }
  }
  if (token.size() > 32) masked += "...";
  return masked;
}

bool looks_like_genotype(std::string_view cell) {
  cell = trim_cell(cell);
  const std::size_t cut = cell.find_first_of("/,");
  if (cut == std::string_view::npos) return false;
  return str_allele(trim_cell(cell.substr(0, cut))).has_value() && str_allele(trim_cell(cell.substr(cut + 1))).has_value();
}

}  // namespace homeward::import
