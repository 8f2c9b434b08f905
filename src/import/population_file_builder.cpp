#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "import/data_table.hpp"
#include "import/population_file_parts.hpp"

namespace homeward {

namespace {

/// An allele as tables print it: also 12.0 and the spreadsheet's 9.3000000000000007.
std::optional<Allele> table_allele(std::string_view text, bool decimal_comma) {
  std::string name(text);
  if (decimal_comma) std::replace(name.begin(), name.end(), ',', '.');
  if (const auto allele = parse_any_allele(name)) return allele;
  const auto value = parse_double(name);
  if (!value || *value < 1.0 || *value >= 1000.0) return std::nullopt;
  const double tenths = std::round(*value * 10.0);
  if (std::abs(*value * 10.0 - tenths) > 1e-9) return std::nullopt;
  return Allele::from_code(static_cast<std::uint16_t>(tenths));
}

bool missing(std::string_view cell) {
  return cell.empty() || cell == "-" || cell == "." || lower_ascii(cell) == "na" || lower_ascii(cell) == "n/a";
}

struct Rates {
  double male, female;
  std::string source;
};

std::map<std::string, Rates> known_rates(const std::filesystem::path& data_dir) {
  std::map<std::string, Rates> rates;
  for (const auto& row : read_data_table(data_dir / "mutation" / "str_rates.tsv", {"locus", "rate_male", "rate_female", "source"}))
    rates[row[0]] = {parse_double(row[1]).value(), parse_double(row[2]).value(), row[3]};
  return rates;
}

/// Gives every locus the mutation parameters a bare table lacks, and one warning that says which.
void give_rates(Population& population, const std::filesystem::path& data_dir) {
  const std::map<std::string, Rates> rates = known_rates(data_dir);
  std::vector<std::string> by_default;
  std::size_t snps = 0;
  for (LocusPopulation& locus : population.loci) {
    if (locus.kind == LocusKind::snp) {
      locus.mutation.model = MutationModel::none;
      locus.rate_source = "SNPs: no mutation";
      ++snps;
      continue;
    }
    const auto known = rates.find(locus.locus);
    if (known != rates.end()) {
      locus.mutation.rate_male = known->second.male;
      locus.mutation.rate_female = known->second.female;
      locus.rate_source = known->second.source;
    } else {
      locus.rate_source = "default";
      by_default.push_back(locus.locus);
    }
  }
  const MutationParameters standard;
  std::string text = fmt::format(
      "W_MUTATION_DEFAULT: the file states no mutation model; used: stepwise, microvariant rate {}, range {}, rates by locus and sex of "
      "data/mutation/str_rates.tsv",
      standard.microvariant_rate, standard.range);
  if (!by_default.empty())
    text += fmt::format(", and {} paternal / {} maternal for {}", standard.rate_male, standard.rate_female, fmt::join(by_default, ", "));
  if (snps > 0) text += fmt::format("; no mutation at {} SNPs", snps);
  population.warnings.push_back(text + ".");
}

}  // namespace

void FrequencyTableBuilder::defect(std::size_t line, const std::string& sentence) {
  defects_.push_back(fmt::format("line {}: {}", line, sentence));
}

std::size_t FrequencyTableBuilder::locus(std::string_view spelling) {
  Column column;
  const std::string text(trim(spelling));
  if (const auto known = dictionary_.find(text)) {
    column.name = *known;
  } else {
    column.name.name = text;
    column.known = false;
  }
  if (column.name.name.empty() || column.name.kind == LocusKind::sex) return kLeftOut;
  if (column.name.chromosome == Chromosome::y) {
    if (std::find(left_out_y_.begin(), left_out_y_.end(), column.name.name) == left_out_y_.end()) left_out_y_.push_back(column.name.name);
    return kLeftOut;
  }
  const auto [it, fresh] = index_.emplace(column.name.name, columns_.size());
  if (fresh) columns_.push_back(std::move(column));
  return it->second;
}

std::size_t FrequencyTableBuilder::new_locus(std::string_view spelling, std::size_t line) {
  const std::size_t before = columns_.size();
  const std::size_t index = locus(spelling);
  if (index < before) defect(line, fmt::format("locus {} is given twice", columns_[index].name.name));
  return index;
}

std::optional<double> FrequencyTableBuilder::frequency_of(std::string_view text, std::size_t line, const std::string& locus) {
  std::string digits(text);
  if (decimal_comma_) std::replace(digits.begin(), digits.end(), ',', '.');
  const auto value = parse_double(digits);
  if (value && *value >= 0.0 && *value <= 1.0) return value;
  defect(line, fmt::format("locus {}: {}, expected a frequency from 0 to 1", locus,
                           value ? fmt::format("the frequency is {}", *value) : "the frequency is no number"));
  return std::nullopt;
}

void FrequencyTableBuilder::add(std::size_t locus, std::string_view allele, std::string_view frequency, std::size_t line) {
  if (locus == kLeftOut || missing(frequency)) return;
  Column& column = columns_[locus];
  const auto p = frequency_of(frequency, line, column.name.name);
  if (!p || *p == 0.0) return;
  const auto parsed = table_allele(allele, decimal_comma_);
  if (!parsed) return defect(line, fmt::format("locus {}: no allele, expected repeats[.bases] like 9.3, or a letter", column.name.name));
  const auto [earlier, fresh] = column.entries.emplace(*parsed, Entry{*p, line});
  if (!fresh) defect(line, fmt::format("locus {}: the allele was already given on line {}", column.name.name, earlier->second.line));
}

void FrequencyTableBuilder::set_n_alleles(std::size_t locus, std::string_view text, std::size_t line, unsigned alleles_per_count) {
  if (locus == kLeftOut || missing(text)) return;
  Column& column = columns_[locus];
  const auto n = parse_double(text);
  if (!n || *n < 0.0 || *n > 1e9 || *n != std::floor(*n))
    return defect(line, fmt::format("locus {}: the sample size is no whole number", column.name.name));
  if (*n == 0.0) return;
  const auto value = static_cast<std::uint32_t>(*n) * alleles_per_count;
  if (column.n_alleles && *column.n_alleles != value)
    return defect(line, fmt::format("locus {}: the sample size differs from that of earlier lines", column.name.name));
  column.n_alleles = value;
}

/// D5S2500 names two markers. The other one, D5S2800, has its alleles at 14, 17, 18, 20 and 23; the real D5S2500 has
/// less than a third of its mass there. A table can be told by that; a single profile cannot.
void FrequencyTableBuilder::relabel_d5s2800() {
  const auto it = index_.find("D5S2500");
  if (it == index_.end() || index_.count("D5S2800") != 0) return;
  double there = 0.0;
  double total = 0.0;
  for (const auto& [allele, entry] : columns_[it->second].entries) {
    const unsigned repeats = allele.is_str() ? allele.repeats() : 0;
    if (repeats == 14 || repeats == 17 || repeats == 18 || repeats == 20 || repeats == 23) there += entry.frequency;
    total += entry.frequency;
  }
  if (!(there > 0.8 * total)) return;
  columns_[it->second].name.name = "D5S2800";
  warn("W_LOCUS_RELABELLED: the locus called D5S2500 has the alleles of D5S2800 and is taken as D5S2800.");
}

LocusPopulation FrequencyTableBuilder::population_of(const Column& column) const {
  LocusPopulation locus;
  locus.locus = column.name.name;
  locus.kind = column.name.kind;
  locus.chromosome = column.name.chromosome;
  locus.n_alleles = column.n_alleles;
  for (const auto& [allele, entry] : column.entries) {
    locus.alleles.push_back(allele);
    locus.frequencies.push_back(entry.frequency);
    if (!column.known && allele.is_letter()) locus.kind = LocusKind::snp;
    if (column.known && locus.kind == LocusKind::str && !allele.is_str())
      defects_.push_back(fmt::format("line {}: locus {} is an STR, but the allele is a letter", entry.line, locus.locus));
  }
  return locus;
}

Population FrequencyTableBuilder::finish(const std::filesystem::path& data_dir) {
  Population population;
  relabel_d5s2800();
  std::vector<std::string> unknown, empty, bins;
  for (const Column& column : columns_) {
    if (column.entries.empty()) {
      empty.push_back(column.name.name);
      continue;
    }
    if (!column.known) unknown.push_back(column.name.name);
    const bool repeats = column.name.kind == LocusKind::str && column.known;
    if (repeats && (column.entries.count(Allele(1, 0)) != 0 || column.entries.count(Allele(99, 0)) != 0)) bins.push_back(column.name.name);
    population.loci.push_back(population_of(column));
  }
  if (!unknown.empty())
    warn(fmt::format("W_UNKNOWN_LOCUS: not in the locus dictionary and taken as autosomal under the printed name: {}.",
                     fmt::join(unknown, ", ")));
  if (!empty.empty()) warn(fmt::format("W_EMPTY_LOCUS: no allele observed, left out: {}.", fmt::join(empty, ", ")));
  if (!left_out_y_.empty()) warn(fmt::format("W_Y_LOCUS: Y loci are left out: {}.", fmt::join(left_out_y_, ", ")));
  if (!bins.empty())
    warn(fmt::format("W_BIN_ALLELE: an allele 1 or 99 looks like a bin of other alleles; its mass is kept under that name: {}.",
                     fmt::join(bins, ", ")));
  population.warnings = warnings_;
  give_rates(population, data_dir);
  return population;
}

}  // namespace homeward
