// What the columns of a table are.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "homeward/import.hpp"

namespace homeward::import {

enum class Field : std::uint8_t {
  sample_id,
  sample_name,
  sample,
  sample_file,
  individual,
  person_id,
  role,
  family_id,
  sex,
  kit,
  partial,
  slot,  // of a sample
  locus,
  allele,
  height,  // of a long table
  father_id,
  mother_id,
  missing,  // of a pedigree
  mother,
  child,
  father,
  paternity_index,  // of a trio sheet
  frequency,
  count,
  sequence,  // of tables that are not profiles
  sample_type,
  ours,
  known_other  // _code...; columns of lab exports that we do not need
};

/// A header cell: its field, and for `allele` and `height` which one (`Allele.3` is 3; no number is 0).
struct Column {
  Field field;
  unsigned number = 0;
};

/// Lower case without blanks and _ . - ( ) # " : how header words are compared.
std::string header_key(std::string_view header);

/// nullopt: not a word we know, so a locus or a column of the owner's own.
std::optional<Column> column_of(std::string_view header);

/// Header of a table with the fields found.
class Header {
 public:
  explicit Header(const std::vector<std::string_view>& cells);
  const std::vector<std::string>& names() const { return names_; }
  const std::vector<std::optional<Column>>& columns() const { return columns_; }
  std::size_t size() const { return names_.size(); }
  /// First column of a field.
  std::optional<std::size_t> find(Field field) const;
  bool has(Field field) const { return find(field).has_value(); }
  /// Columns of a numbered field in order of their numbers.
  std::vector<std::size_t> all(Field field) const;
  /// The column that names the sample, best first; in exports of GeneMapper `Sample Name` beats an often empty `Sample ID`.
  std::optional<std::size_t> sample_column() const;
  /// Columns a row must have: all up to the last named one (exports end their lines with a spare tab).
  std::size_t required() const { return required_; }

 private:
  std::vector<std::string> names_;
  std::vector<std::optional<Column>> columns_;
  std::size_t required_ = 0;
};

/// The columns of one locus in a wide table: one cell, or one column per allele.
struct LocusColumns {
  std::string spelling;
  std::vector<std::size_t> columns;
};

/// Groups the columns that are no field into loci: `vWA`; `vWA_1,vWA_2` (also . - blank before the number); the name
/// repeated (STRAF); `vWA,vWA.1` (made unique by R). Whether a spelling is a locus is the dictionary's word; other columns
/// stand alone.
std::vector<LocusColumns> group_loci(const Header& header, const LocusDictionary& loci);

/// A role in English or Chinese words; nullopt if unknown.
std::optional<Role> role_of(std::string_view text);

/// yes/no cells: 1 true yes 是; 0 false no 否 and empty. nullopt if neither.
std::optional<bool> truth_of(std::string_view text);

/// Names of controls and ladders: a part of the name is ladder, pos, neg, control, blank, ntc, 阳性, 阴性, 空白 or 对照;
/// or the name of a control DNA (2800M, 9947A, K562).
bool names_a_control(std::string_view sample_name);

}  // namespace homeward::import
