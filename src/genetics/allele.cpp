#include "homeward/allele.hpp"

namespace homeward {

namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::optional<Allele> parse_allele(std::string_view text) {
  std::size_t i = 0;
  unsigned repeats = 0;
  while (i < text.size() && i < 3 && digit(text[i])) repeats = repeats * 10 + static_cast<unsigned>(text[i++] - '0');
  if (i == 0 || text[0] == '0') return std::nullopt;
  if (i == text.size()) return Allele(repeats, 0);
  if (text.size() != i + 2 || text[i] != '.' || !digit(text[i + 1])) return std::nullopt;
  return Allele(repeats, static_cast<unsigned>(text[i + 1] - '0'));
}

std::optional<Allele> parse_any_allele(std::string_view text) {
  if (text.size() == 1 && ((text[0] >= 'A' && text[0] <= 'Z') || (text[0] >= 'a' && text[0] <= 'z'))) return Allele::letter(text[0]);
  return parse_allele(text);
}

std::string to_string(Allele allele) {
  if (allele.empty()) return {};
  if (allele.is_letter()) return std::string(1, allele.letter());
  std::string text = std::to_string(allele.repeats());
  if (allele.bases() != 0) {
    text += '.';
    text += std::to_string(allele.bases());
  }
  return text;
}

std::string to_string(Genotype genotype) {
  if (!genotype.typed()) return {};
  std::string text = to_string(genotype.half_known() ? genotype.b : genotype.a);
  text += '/';
  text += genotype.half_known() ? "?" : to_string(genotype.b);
  return text;
}

}  // namespace homeward
