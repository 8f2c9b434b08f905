#include "simulate/typing.hpp"

#include <algorithm>
#include <array>

namespace homeward {

namespace {

constexpr const char* kAmelogenin = "AMEL";

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

SampleTyper::SampleTyper(const EffectivePopulation& model, bool amelogenin, const SimulationOptions& options)
    : amelogenin_(amelogenin), missing_(options.missing), dropout_(options.dropout), typing_error_(options.typing_error) {
  for (const LocusModel& locus : model.loci) {
    Column column{locus.locus.name, {}};
    for (const Allele allele : locus.locus.alleles) column.alleles.push_back(to_string(allele));
    columns_.push_back(std::move(column));
  }
  double total = 0.0;
  for (const KitShare& kit : options.kits) total += kit.weight;
  double sum = 0.0;
  for (const KitShare& kit : options.kits) {
    KitColumns& columns = kits_.emplace_back();
    columns.name = csv_cell(kit.name);
    columns.up_to = (sum += kit.weight) / total;
    columns.amelogenin = contains(kit.loci, kAmelogenin);
    for (const Column& column : columns_) columns.has_locus.push_back(contains(kit.loci, column.name));
  }
}

std::string SampleTyper::header() const {
  std::string line = "sample_id,role,family_id,sex,kit";
  if (amelogenin_) line += std::string(",") + kAmelogenin;
  for (const Column& column : columns_) line += "," + csv_cell(column.name);
  return line + "\n";
}

void SampleTyper::append(const TrueGenotype* genotypes, std::size_t stride, Sex sex, CounterRng& rng, std::string& row,
                         SimulationCounts& counts) const {
  const double u = rng.uniform();
  std::size_t kit = 0;
  while (kit + 1 < kits_.size() && u >= kits_[kit].up_to) ++kit;
  ++counts.kits[kit].second;
  row += kits_[kit].name;
  if (amelogenin_) {
    row += ',';
    if (kits_[kit].amelogenin) row += sex == Sex::male ? "X/Y" : "X/X";
  }
  for (std::size_t locus = 0; locus < columns_.size(); ++locus) {
    row += ',';
    if (kits_[kit].has_locus[locus]) append_cell(columns_[locus], genotypes[locus * stride], rng, row, counts);
  }
  row += '\n';
}

void SampleTyper::append_cell(const Column& column, TrueGenotype genotype, CounterRng& rng, std::string& row,
                              SimulationCounts& counts) const {
  ++counts.typings;
  if (missing_ > 0.0 && rng.uniform() < missing_) {
    ++counts.missing;
    return;
  }
  std::array<AlleleIndex, 2> seen{};
  std::size_t n_seen = 0;
  for (const AlleleIndex copy : {genotype.paternal, genotype.maternal}) {
    const bool dropped = dropout_ > 0.0 && rng.uniform() < dropout_;
    if (copy == kSilentAllele)
      ++counts.silent_alleles;
    else if (dropped)
      ++counts.dropped_alleles;
    else
      seen[n_seen++] = copy;
  }
  if (n_seen == 0) {
    ++counts.nothing_seen;
    return;
  }
  if (n_seen == 1) seen[1] = seen[0];  // one peak reads as a homozygote: nobody knows what is not seen
  const std::size_t n_alleles = column.alleles.size();
  if (typing_error_ > 0.0 && rng.uniform() < typing_error_ && n_alleles > 1) {
    AlleleIndex& misread = seen[rng.below(2)];
    const auto other = static_cast<AlleleIndex>(rng.below(n_alleles - 1));
    misread = other < misread ? other : static_cast<AlleleIndex>(other + 1);
    ++counts.typing_errors;
  }
  row += column.alleles[std::min(seen[0], seen[1])];
  row += '/';
  row += column.alleles[std::max(seen[0], seen[1])];
}

}  // namespace homeward
