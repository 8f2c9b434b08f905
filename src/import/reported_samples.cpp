#include "import/reported_samples.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "homeward/family.hpp"

namespace homeward::import {

namespace {

constexpr std::size_t kAlleleColumns = 8;  ///< CODIS allows eight alleles a locus

std::vector<std::string> long_header() {
  std::vector<std::string> header{"sample_id", "person_id", "role", "family_id", "sex", "kit", "partial", "slot", "locus"};
  for (std::size_t k = 1; k <= kAlleleColumns; ++k) header.push_back("allele" + std::to_string(k));
  return header;
}

/// A row of the native long table; alleles beyond the columns share the last one.
std::vector<std::string> long_row(std::vector<std::string> cells, const std::vector<std::string>& alleles) {
  const std::size_t first = cells.size();
  cells.resize(first + kAlleleColumns);
  for (std::size_t k = 0; k < alleles.size(); ++k) {
    std::string& cell = cells[first + std::min(k, kAlleleColumns - 1)];
    cell += (cell.empty() ? "" : ",") + alleles[k];
  }
  return cells;
}

std::vector<std::string> row_of(const ReportedSample& reported, const ReportedLocus& at) {
  return long_row({reported.id, reported.person, reported.role, reported.family, reported.sex, reported.kit, reported.partial ? "1" : "",
                   reported.slot, at.name},
                  at.alleles);
}

/// A view of such a row for the collector, which speaks of rows of tables.
Row as_row(const std::vector<std::string>& cells, std::uint64_t line) {
  Row row;
  row.line = line;
  row.cells.assign(cells.begin(), cells.end());
  return row;
}

/// What the alleles of an unlisted locus say of its kind.
LocusKind kind_of(const std::vector<std::string>& alleles) {
  const auto letter = [](const std::string& allele) {
    return allele.size() == 1 && std::string_view("ACGTIDacgtid").find(allele[0]) != std::string_view::npos;
  };
  return !alleles.empty() && std::all_of(alleles.begin(), alleles.end(), letter) ? LocusKind::snp : LocusKind::str;
}

std::vector<std::string> words_of(const ImportedCall& call) {
  std::vector<std::string> words;
  const std::string text = call.raw.empty() ? to_string(call.genotype) : call.raw.str();
  for (const std::string_view word : split(text, call.raw.empty() ? '/' : ',')) words.emplace_back(word);
  return words;
}

}  // namespace

ReportedSamples::ReportedSamples(ImportedFile& file, const TextSource& source, const ImportOptions& options)
    : file_(file), collector_(file, source, options) {
  file_.reject_header = long_header();
}

void ReportedSamples::take(const ReportedSample& reported) {
  file_.rows += std::max<std::size_t>(reported.loci.size(), 1);
  std::vector<std::string> cells = row_of(reported, {});
  const Row row = as_row(cells, reported.line);
  ImportedSample sample;
  SampleFields fields;
  fields.sample = reported.id;
  fields.person = reported.person;
  fields.slot = reported.slot;
  fields.role = reported.role;
  fields.family = reported.family;
  fields.sex = reported.sex;
  fields.kit = reported.kit;
  fields.partial = reported.partial ? "1" : "";
  const std::size_t before = file_.rejects.size();
  if (!collector_.describe(fields, row, sample)) {
    const Reject said = file_.rejects.back();
    file_.rejects.resize(before);
    for (const ReportedLocus& at : reported.loci) file_.rejects.push_back({said.code, said.reason, at.line, row_of(reported, at)});
    if (reported.loci.empty()) file_.rejects.push_back(said);
    return;
  }
  const std::size_t mark = collector_.many_mark();
  const auto index = static_cast<std::uint32_t>(file_.samples.size());
  for (const ReportedLocus& at : reported.loci) take_locus(reported, at, sample, index);
  keep(std::move(sample), reported, mark);
}

bool ReportedSamples::take_locus(const ReportedSample& reported, const ReportedLocus& at, ImportedSample& sample, std::uint32_t index) {
  const std::vector<std::string> texts = row_of(reported, at);
  const Row row = as_row(texts, at.line);
  if (at.name.empty()) {
    collector_.reject("E_MISSING_LOCUS", "the call names no locus", row);
    return false;
  }
  const std::optional<std::uint32_t> locus = collector_.stated_locus(at.name, at.kit.empty() ? sample.kit : at.kit, kind_of(at.alleles));
  if (!locus) return false;  // a quality peak, said already
  const Locus& described = collector_.locus_at(*locus);
  CallReader call(described.kind, described.chromosome, sample.partial);
  const std::vector<std::string_view> cells(at.alleles.begin(), at.alleles.end());
  for (const std::string_view cell : cells) call.add(cell);
  const CallReading reading = call.finish();
  const std::size_t mark = collector_.many_mark();
  const std::size_t n = sample.calls.size();
  if (!collector_.take_call(reading, *locus, cells, at.line, at.name, index, sample.calls)) {
    collector_.reject_syntax(reading, row, at.name);
    return false;
  }
  if (sample.calls.size() == n) return true;
  const auto earlier = std::find_if(sample.calls.begin(), sample.calls.end() - 1, [&](const ImportedCall& c) { return c.locus == *locus; });
  if (earlier == sample.calls.end() - 1) return true;
  const bool equal = earlier->genotype == sample.calls.back().genotype && earlier->raw == sample.calls.back().raw;
  sample.calls.pop_back();
  collector_.rewind_many(mark);
  if (equal)
    collector_.issues().add(Severity::warning, "W_DUP_ROW", at.line, at.name,
                            {.action = "left out", .message = "the same call as an earlier one of this sample"});
  else
    collector_.reject("E_DUP_ID_CONFLICT", "the sample has another call of this locus above", row, at.name, {}, "keep the right one");
  return equal;
}

void ReportedSamples::keep(ImportedSample&& sample, const ReportedSample& reported, std::size_t many_mark) {
  const auto [it, fresh] = index_of_.emplace(sample.sample_id, static_cast<std::uint32_t>(file_.samples.size()));
  if (fresh) {
    file_.samples.push_back(std::move(sample));
    return;
  }
  collector_.rewind_many(many_mark);
  if (same_sample(file_.samples[it->second], sample))
    collector_.issues().add(Severity::warning, "W_DUP_ROW", reported.line, "",
                            {.action = "left out", .message = "the same sample as an earlier one"});
  else
    reject_sample(reported, "E_DUP_ID_CONFLICT", "the id of an earlier sample, with other data");
}

void ReportedSamples::reject_sample(const ReportedSample& reported, std::string_view code, const std::string& reason) {
  collector_.issues().add(Severity::error, code, reported.line, "",
                          {.action = "sample rejected", .message = reason, .suggestion = "give each sample its own id", .count = 1});
  for (const ReportedLocus& at : reported.loci) file_.rejects.push_back({std::string(code), reason, at.line, row_of(reported, at)});
}

void ReportedSamples::finish() {
  const std::set<std::uint32_t> refused = collector_.judge_many_alleles();
  RefusedSamples mixtures;
  for (const std::uint32_t index : refused)
    mixtures.emplace(file_.samples[index].sample_id, std::make_pair("E_MIXTURE", "more than two alleles at two or more loci"));
  for (Reject& reject : rows_of_reported(file_, mixtures)) file_.rejects.push_back(std::move(reject));
  collector_.finish(refused);
}

std::vector<Reject> rows_of_reported(const ImportedFile& file, const RefusedSamples& refused) {
  std::vector<Reject> rejects;
  for (const ImportedSample& sample : file.samples) {
    const auto found = refused.find(sample.sample_id);
    if (found == refused.end()) continue;
    for (const ImportedCall& call : sample.calls)
      rejects.push_back(
          {found->second.first, found->second.second, sample.line,
           long_row({sample.sample_id, sample.person_id, sample.role == Role::unknown ? "" : std::string(to_string(sample.role)),
                     sample.family_id, sample.sex == Sex::unknown ? "" : std::string(to_string(sample.sex)), sample.kit,
                     sample.partial ? "1" : "", sample.slot, file.loci[call.locus].name},
                    words_of(call))});
  }
  return rejects;
}

}  // namespace homeward::import
