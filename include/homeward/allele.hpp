// Alleles and genotypes: the smallest words of the vocabulary.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace homeward {

/// One allele. An STR allele is a pair (whole repeats, extra bases): 9.3 is (9, 3) and never a decimal number.
/// Letters (A, C, G, T of a SNP, X and Y of amelogenin, I and D of an indel) are alleles too.
/// The 16-bit code is what a store holds and never changes meaning: 0 = no allele; repeats x 10 + bases for an
/// STR (10..9999); 0x8000 | ASCII for a letter. Alleles order by code: STR alleles by length, then letters.
class Allele {
 public:
  constexpr Allele() = default;
  /// @param repeats 1..999  @param bases 0..9
  constexpr Allele(unsigned repeats, unsigned bases) : code_(static_cast<std::uint16_t>(repeats * 10 + bases)) {}
  static constexpr Allele letter(char c) { return from_code(static_cast<std::uint16_t>(0x8000U | static_cast<unsigned char>(c))); }
  static constexpr Allele from_code(std::uint16_t code) {
    Allele a;
    a.code_ = code;
    return a;
  }
  constexpr std::uint16_t code() const { return code_; }
  constexpr bool empty() const { return code_ == 0; }
  constexpr bool is_letter() const { return (code_ & 0x8000U) != 0; }
  constexpr bool is_str() const { return code_ != 0 && !is_letter(); }
  constexpr unsigned repeats() const { return code_ / 10U; }  ///< STR only
  constexpr unsigned bases() const { return code_ % 10U; }    ///< STR only: the microvariant part
  constexpr char letter() const { return static_cast<char>(code_ & 0xFFU); }
  friend constexpr auto operator<=>(Allele, Allele) = default;

 private:
  std::uint16_t code_ = 0;
};

/// Reads an STR allele of the grammar `repeats[.bases]`: "9.3" is {9, 3}; "9.30", "09", "X", "" are nullopt.
std::optional<Allele> parse_allele(std::string_view text);

/// Reads an STR allele or a single letter (SNP bases, X, Y, I, D, lower case kept).
std::optional<Allele> parse_any_allele(std::string_view text);

/// "9.3", "12", "X"; an empty allele is "".
std::string to_string(Allele allele);

/// An unordered pair of alleles at one locus, as a person's consensus reads. Kept with a <= b.
/// Untyped: both empty. Of a partial profile one allele may be known and the other not (`15,?`): a empty, b known.
struct Genotype {
  Allele a;
  Allele b;
  constexpr Genotype() = default;
  constexpr Genotype(Allele first, Allele second) : a(first < second ? first : second), b(first < second ? second : first) {}
  constexpr bool typed() const { return !b.empty(); }
  constexpr bool half_known() const { return a.empty() && !b.empty(); }
  constexpr bool homozygous() const { return typed() && a == b; }
  friend constexpr auto operator<=>(const Genotype&, const Genotype&) = default;
};

/// "15/17"; "15/?" when half known; "" when untyped.
std::string to_string(Genotype genotype);

/// Index of an allele in a locus's sorted allele list, and the code of a genotype at that locus.
using AlleleIndex = std::uint16_t;
using GenotypeCode = std::uint16_t;
inline constexpr GenotypeCode kUntyped = 0;  ///< scores exactly 0 everywhere

/// Number of genotype codes of a locus with n alleles, code 0 (untyped) included. n <= 361 fits 16 bits.
constexpr std::size_t genotype_code_count(std::size_t n_alleles) { return 1 + n_alleles * (n_alleles + 1) / 2; }

/// Code of the unordered genotype {i, j}: 1 + triangular index, independent of the number of alleles.
constexpr GenotypeCode genotype_code(AlleleIndex i, AlleleIndex j) {
  const unsigned low = i < j ? i : j;
  const unsigned high = i < j ? j : i;
  return static_cast<GenotypeCode>(1U + high * (high + 1U) / 2U + low);
}

}  // namespace homeward
