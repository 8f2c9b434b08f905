// What a cell, or the allele cells of one locus, says about a genotype.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "homeward/allele.hpp"
#include "homeward/panel.hpp"

namespace homeward::import {

enum class CallKind : std::uint8_t {
  untyped,       ///< nothing but missing tokens
  typed,         ///< genotype complete
  half_known,    ///< one allele, the other not known: a partial profile's single allele, `15/?`, a lone Y
  off_ladder,    ///< OL, <12, >30, a lone F: kept as it stands, untyped
  many_alleles,  ///< three or more different alleles: kept as it stands, untyped
  sequence,      ///< a bracketed sequence: its length allele is not stated, kept as it stands, untyped
  syntax         ///< not in the grammar: the row is refused
};

struct CallReading {
  CallKind kind = CallKind::untyped;
  Genotype genotype;
  bool repaired_float = false;      ///< 9.3000000000000007 was read as 9.3
  bool wildcard = false;            ///< `15,F`: half known, and the words are worth keeping
  bool length_of_sequence = false;  ///< the length part of a LUS allele 15_14_1_0
  std::string_view bad_token;       ///< of CallKind::syntax: a view into the cell
};

/// Reads one call from its cells: one cell with separators (, / ; | blank and their Chinese forms) or one cell per allele.
///
///     CallReader reader(kind, chromosome, partial);
///     reader.add("15/17");          // or add("15"); add("17");
///     CallReading reading = reader.finish();
///
/// Grammar: `\d{1,2}(\.\d)?` (spreadsheet tails such as 9.3000000000000007 repaired), X and Y at the sex marker, A C G T
/// I D at SNPs, LUS alleles (length part). Missing: empty . - NA N/A NULL 0 -9 ? INC * /. One allele alone is a homozygote
/// unless the profile is partial; beside an explicit `? * - 0 -9 INC F` it is half known. No allocation for plain calls.
class CallReader {
 public:
  CallReader(LocusKind kind, Chromosome chromosome, bool partial) : kind_(kind), chromosome_(chromosome), partial_(partial) {}
  void add(std::string_view cell);
  CallReading finish() const;

 private:
  bool add_plain(std::string_view cell);
  void add_token(std::string_view token);
  void add_str(std::string_view token);
  void add_snp(std::string_view token);
  void add_sex(std::string_view token);
  void add_allele(Allele allele);
  void fail(std::string_view token);
  void split_cell(std::string_view cell);

  static constexpr unsigned kMaxKept = 3;  ///< two and the proof of more
  LocusKind kind_;
  Chromosome chromosome_;
  bool partial_;
  Allele alleles_[kMaxKept];
  unsigned n_alleles_ = 0;  ///< different ones
  unsigned n_named_ = 0;    ///< alleles written, repeats counted
  bool unknown_ = false;    ///< a token that says "another allele, not known"
  bool off_ladder_ = false;
  bool wildcard_ = false;   ///< F: some allele or none
  unsigned n_classes_ = 0;  ///< alleles written as a class
  bool sequence_ = false;
  CallReading reading_;
};

/// A token fit for issues.tsv: digits and marks as they are, words of the grammar too; other letters become *, long
/// numbers #, so that a name or a telephone number in a shifted column is not copied.
std::string masked_token(std::string_view token);

/// Whether a cell looks like a genotype: two tokens of the STR grammar. For columns nobody knows.
bool looks_like_genotype(std::string_view cell);

}  // namespace homeward::import
