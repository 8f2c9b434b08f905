#include "store/typing_rows.hpp"

#include <algorithm>
#include <optional>

#include "store/snp_alleles.hpp"

namespace homeward::storage {

TypingRows::TypingRows(StoreData& data) : d_(data) {
  for (std::uint32_t i = 0; i < d_.str_panel.name.size(); ++i) place_of_name_.emplace(d_.str_panel.name[i], Place{PanelId::str, i});
  for (std::uint32_t i = 0; i < d_.snp_panel.name.size(); ++i) place_of_name_.emplace(d_.snp_panel.name[i], Place{PanelId::snp, i});
  str_row_.assign(d_.n_typings(), kNone);
  snp_row_.assign(d_.n_typings(), kNone);
  for (std::uint32_t row = 0; row < d_.str.typing.size(); ++row) str_row_[d_.str.typing[row]] = row;
  for (std::uint32_t row = 0; row < d_.snp.typing.size(); ++row) snp_row_[d_.snp.typing[row]] = row;
  for (std::uint32_t t = 0; t < d_.n_typings(); ++t) typings_of_sample_[d_.typings.sample[t]].push_back(t);
  for (std::uint32_t i = 0; i < d_.str.beside.row.size(); ++i) str_beside_of_row_.emplace(d_.str.beside.row[i], i);
  for (std::uint32_t i = 0; i < d_.snp.beside.row.size(); ++i) snp_beside_of_row_.emplace(d_.snp.beside.row[i], i);
}

/// A locus keeps the panel it was first seen in: calls that do not fit a SNP panel are kept beside it.
TypingRows::Place TypingRows::place_of(const Locus& locus) {
  const auto known = place_of_name_.find(locus.name);
  if (known != place_of_name_.end()) return known->second;
  const bool snp = locus.kind == LocusKind::snp;
  PanelColumns& panel = snp ? d_.snp_panel : d_.str_panel;
  const Place place{snp ? PanelId::snp : PanelId::str, static_cast<std::uint32_t>(panel.name.size())};
  panel.name.push_back(locus.name);
  panel.kind.push_back(static_cast<std::uint8_t>(locus.kind));
  panel.chromosome.push_back(static_cast<std::uint8_t>(locus.chromosome));
  panel.persons_typed.push_back(0);
  if (snp) {
    panel.ref.push_back(0);
    panel.alt.push_back(0);
    d_.snp.codes.emplace_back((d_.snp.typing.size() + 3) / 4);
  } else {
    d_.str.calls.emplace_back(d_.str.typing.size());
  }
  place_of_name_.emplace(locus.name, place);
  return place;
}

void TypingRows::begin_file(const ImportedFile& file) {
  places_.clear();
  std::vector<std::uint32_t> snp_locus;
  for (const Locus& locus : file.loci) {
    places_.push_back(place_of(locus));
    snp_locus.push_back(places_.back().panel == PanelId::snp ? places_.back().locus : kNone);
  }
  settle_snp_alleles(d_.snp_panel, file, snp_locus);
  for (auto& calls : d_.str.calls) calls.reserve(d_.str.typing.size() + file.samples.size());
  for (auto& codes : d_.snp.codes) codes.reserve((d_.snp.typing.size() + file.samples.size() + 3) / 4);
}

std::string TypingRows::locus_name(std::uint32_t file_locus) const {
  const Place place = places_[file_locus];
  return std::string((place.panel == PanelId::str ? d_.str_panel : d_.snp_panel).name[place.locus]);
}

std::vector<std::uint32_t> TypingRows::stage(const ImportedSample& sample) {
  staged_str_.assign(d_.str_panel.name.size(), {});
  staged_snp_.assign(d_.snp_panel.name.size(), 0);
  staged_str_beside_.clear();
  staged_snp_beside_.clear();
  any_str_ = any_snp_ = false;
  std::vector<std::uint32_t> contradictory;
  for (const ImportedCall& call : sample.calls) stage_call(call, contradictory);
  const auto by_locus = [](const StagedBeside& l, const StagedBeside& r) { return l.locus < r.locus; };
  std::sort(staged_str_beside_.begin(), staged_str_beside_.end(), by_locus);
  std::sort(staged_snp_beside_.begin(), staged_snp_beside_.end(), by_locus);
  return contradictory;
}

unsigned TypingRows::snp_code(std::uint32_t locus, Genotype genotype) const {
  if (genotype.a.empty()) return 0;
  for (unsigned code = 1; code <= 3; ++code)
    if (genotype_of_snp(code, d_.snp_panel.ref[locus], d_.snp_panel.alt[locus]) == genotype) return code;
  return 0;
}

void TypingRows::stage_call(const ImportedCall& call, std::vector<std::uint32_t>& contradictory) {
  const bool has_genotype = !call.genotype.b.empty();
  if (!has_genotype && call.raw.empty()) return;
  const auto [panel, place] = places_[call.locus];
  const std::uint32_t locus = place;
  const bool str = panel == PanelId::str;
  const StrCall alleles = call_of(call.genotype);
  const StrCall in_str = str ? alleles : StrCall{};
  const auto in_snp = static_cast<std::uint8_t>(str ? 0 : snp_code(locus, call.genotype));
  const bool in_matrix = has_genotype && (str || in_snp != 0);
  // Beside the matrix: the genotype it cannot hold, or the words that say more than the genotype.
  std::optional<StagedBeside> beside;
  if (!in_matrix)
    beside = StagedBeside{locus, alleles.a, alleles.b, call.raw.empty() ? to_string(call.genotype) : call.raw.str()};
  else if (!call.raw.empty())
    beside = StagedBeside{locus, 0, 0, call.raw.str()};

  std::vector<StagedBeside>& besides = str ? staged_str_beside_ : staged_snp_beside_;
  const auto earlier = std::find_if(besides.begin(), besides.end(), [&](const StagedBeside& b) { return b.locus == locus; });
  const StrCall earlier_str = str ? staged_str_[locus] : StrCall{};
  const std::uint8_t earlier_snp = str ? std::uint8_t{0} : staged_snp_[locus];
  if (earlier != besides.end() || earlier_str.b != 0 || earlier_snp != 0) {
    const bool same = earlier_str == in_str && earlier_snp == in_snp && (earlier == besides.end() ? !beside : beside == *earlier);
    if (!same) contradictory.push_back(call.locus);
    return;
  }
  (str ? any_str_ : any_snp_) = true;
  if (beside) besides.push_back(*beside);
  if (str)
    staged_str_[locus] = in_str;
  else
    staged_snp_[locus] = in_snp;
}

bool TypingRows::same_beside(const Beside& beside, const std::unordered_multimap<std::uint32_t, std::uint32_t>& of_row, std::uint32_t row,
                             const std::vector<StagedBeside>& staged) const {
  std::vector<StagedBeside> stored;
  const auto [first, last] = of_row.equal_range(row);
  for (auto it = first; it != last; ++it) {
    const std::uint32_t i = it->second;
    stored.push_back({beside.locus[i], beside.a[i], beside.b[i], std::string(beside.text[i])});
  }
  std::sort(stored.begin(), stored.end(), [](const StagedBeside& l, const StagedBeside& r) { return l.locus < r.locus; });
  return stored == staged;
}

bool TypingRows::same_as_staged(std::uint32_t typing) const {
  const std::uint32_t str_row = str_row_[typing], snp_row = snp_row_[typing];
  if ((str_row != kNone) != any_str_ || (snp_row != kNone) != any_snp_) return false;
  if (any_str_) {
    for (std::size_t locus = 0; locus < staged_str_.size(); ++locus)
      if (!(d_.str.calls[locus][str_row] == staged_str_[locus])) return false;
    if (!same_beside(d_.str.beside, str_beside_of_row_, str_row, staged_str_beside_)) return false;
  }
  if (any_snp_) {
    for (std::size_t locus = 0; locus < staged_snp_.size(); ++locus)
      if (snp_code_at(d_.snp.codes[locus], snp_row) != staged_snp_[locus]) return false;
    if (!same_beside(d_.snp.beside, snp_beside_of_row_, snp_row, staged_snp_beside_)) return false;
  }
  return true;
}

void TypingRows::append_beside(Beside& beside, std::unordered_multimap<std::uint32_t, std::uint32_t>& of_row, std::uint32_t row,
                               const std::vector<StagedBeside>& staged) {
  for (const StagedBeside& call : staged) {
    of_row.emplace(row, static_cast<std::uint32_t>(beside.row.size()));
    beside.locus.push_back(call.locus);
    beside.row.push_back(row);
    beside.a.push_back(call.a);
    beside.b.push_back(call.b);
    beside.text.push_back(call.text);
  }
}

void TypingRows::append_str_row(std::uint32_t typing) {
  const auto row = static_cast<std::uint32_t>(d_.str.typing.size());
  str_row_[typing] = row;
  d_.str.typing.push_back(typing);
  for (std::size_t locus = 0; locus < staged_str_.size(); ++locus) d_.str.calls[locus].push_back(staged_str_[locus]);
  append_beside(d_.str.beside, str_beside_of_row_, row, staged_str_beside_);
}

void TypingRows::append_snp_row(std::uint32_t typing) {
  const auto row = static_cast<std::uint32_t>(d_.snp.typing.size());
  snp_row_[typing] = row;
  d_.snp.typing.push_back(typing);
  for (std::size_t locus = 0; locus < staged_snp_.size(); ++locus) {
    std::vector<std::uint8_t>& codes = d_.snp.codes[locus];
    if (row % 4 == 0) codes.push_back(0);
    codes.back() = static_cast<std::uint8_t>(codes.back() | staged_snp_[locus] << (2 * (row % 4)));
  }
  append_beside(d_.snp.beside, snp_beside_of_row_, row, staged_snp_beside_);
}

Appended TypingRows::append(std::uint32_t sample, std::uint32_t batch, std::uint64_t line, std::uint32_t kit, std::uint8_t error_class) {
  if (!any_str_ && !any_snp_) return Appended::nothing_typed;
  std::vector<std::uint32_t>& typings = typings_of_sample_[sample];
  for (const std::uint32_t t : typings)
    if (d_.typings.kit[t] == kit && d_.typings.error_class[t] == error_class && same_as_staged(t)) return Appended::identical;
  const auto typing = static_cast<std::uint32_t>(d_.n_typings());
  typings.push_back(typing);
  d_.typings.sample.push_back(sample);
  d_.typings.batch.push_back(batch);
  d_.typings.line.push_back(line);
  d_.typings.error_class.push_back(error_class);
  d_.typings.kit.push_back(kit);
  str_row_.push_back(kNone);
  snp_row_.push_back(kNone);
  if (any_str_) append_str_row(typing);
  if (any_snp_) append_snp_row(typing);
  return Appended::added;
}

}  // namespace homeward::storage
