// Tables with one row a sample: native, GeneMapper and OSIRIS wide, one column per allele (LOCUS_1, LOCUS_2), STRAF.
#include <algorithm>
#include <unordered_map>

#include "import/profile_collector.hpp"

namespace homeward::import {

namespace {

std::string_view cell_of(const Row& row, std::optional<std::size_t> column) {
  return column && *column < row.cells.size() ? row.cells[*column] : std::string_view{};
}

/// Loci of the columns for one kit: a name can mean different markers in different kits.
using LociOfKit = std::vector<std::optional<std::uint32_t>>;

class WideReader {
 public:
  WideReader(ImportedFile& file, const TextSource& source, const ImportOptions& options)
      : file_(file), source_(source), collector_(file, source, options), reader_(source.text, source.delimiter) {}

  void read() {
    Row row;
    if (!reader_.next(row)) return;
    header_.emplace(row.cells);
    file_.reject_header = header_->names();
    reader_.expect_columns(header_->size());
    find_columns();
    while (reader_.next(row)) {
      ++file_.rows;
      read_row(row);
    }
    if (loci_of_kit_.empty()) loci_of({});  // no row: the columns are still judged
    const std::set<std::uint32_t> refused = collector_.judge_many_alleles();
    if (!refused.empty()) reject_rows(refused);
    collector_.finish(refused);
  }

 private:
  void find_columns() {
    sample_ = header_->sample_column();
    for (const Field field :
         {Field::person_id, Field::role, Field::family_id, Field::sex, Field::kit, Field::partial, Field::slot, Field::sample_type})
      field_columns_.push_back(header_->find(field) == sample_ ? std::nullopt : header_->find(field));
    groups_ = group_loci(*header_, collector_.dictionary());
    // Fix the order of loci and say each column's issues before the first row, kit or no kit.
    describe_columns();
  }

  void describe_columns() {
    std::vector<std::string> meaning(header_->size(), "ignored");
    if (sample_) meaning[*sample_] = "sample_id";
    const char* const names[] = {"person_id", "role", "family_id", "sex", "kit", "partial", "slot", "sample type"};
    for (std::size_t k = 0; k < field_columns_.size(); ++k)
      if (field_columns_[k]) meaning[*field_columns_[k]] = names[k];
    for (const LocusColumns& group : groups_) {
      const auto name = collector_.dictionary().find(group.spelling);
      const std::string said = !name ? "unknown, left out" : name->name.empty() ? "not a locus, left out" : "locus " + name->name;
      for (const std::size_t column : group.columns) meaning[column] = said;
    }
    for (std::size_t c = 0; c < header_->size(); ++c)
      if (!header_->names()[c].empty()) file_.columns.push_back({header_->names()[c], meaning[c]});
  }

  const LociOfKit& loci_of(const std::string& kit) {
    if (last_loci_ != nullptr && kit == last_kit_) return *last_loci_;
    const auto [it, fresh] = loci_of_kit_.try_emplace(kit);
    if (fresh) {
      std::set<std::uint32_t> used;
      for (const LocusColumns& group : groups_) {
        std::optional<std::uint32_t> locus = collector_.locus(group.spelling, kit);
        if (locus && !used.insert(*locus).second) {
          collector_.issues().add(Severity::error, "E_DUP_LOCUS_COLUMN", 1, group.spelling,
                                  {.action = "column left out",
                                   .message = "an earlier column is the same locus under another name",
                                   .suggestion = "keep one of them"});
          locus.reset();
        }
        it->second.push_back(locus);
      }
    }
    last_kit_ = kit;
    last_loci_ = &it->second;
    return it->second;
  }

  SampleFields fields_of(const Row& row) const {
    const auto field = [&](std::size_t k) { return cell_of(row, field_columns_[k]); };
    return {cell_of(row, sample_), field(0), field(1), field(2), field(3), field(4), field(5), field(6), field(7)};
  }

  void read_row(const Row& row) {
    if (!collector_.sound(row, header_->required())) return;
    ImportedSample sample;
    if (!collector_.describe(fields_of(row), row, sample)) return;
    const LociOfKit& loci = loci_of(sample.kit);
    sample.calls.reserve(groups_.size());
    const auto index = static_cast<std::uint32_t>(file_.samples.size());
    const std::size_t mark = collector_.many_mark();
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      const LocusColumns& group = groups_[g];
      if (!loci[g]) {
        if (!trim_cell(cell_of(row, group.columns[0])).empty()) collector_.count_unknown(group.spelling, cell_of(row, group.columns[0]));
        continue;
      }
      const Locus& locus = collector_.locus_at(*loci[g]);
      CallReader call(locus.kind, locus.chromosome, sample.partial);
      cells_.clear();
      for (const std::size_t column : group.columns) {
        cells_.push_back(cell_of(row, column));
        call.add(cells_.back());
      }
      const CallReading reading = call.finish();
      if (!collector_.take_call(reading, *loci[g], cells_, row.line, group.spelling, index, sample.calls)) {
        collector_.rewind_many(mark);
        collector_.reject_syntax(reading, row, group.spelling);
        return;
      }
    }
    if (!keep(std::move(sample), row)) collector_.rewind_many(mark);
  }

  bool keep(ImportedSample&& sample, const Row& row) {
    const auto [it, fresh] = sample_of_id_.emplace(sample.sample_id, static_cast<std::uint32_t>(file_.samples.size()));
    if (fresh) {
      file_.samples.push_back(std::move(sample));
      return true;
    }
    if (same_sample(file_.samples[it->second], sample))
      collector_.issues().add(Severity::warning, "W_DUP_ROW", row.line, "",
                              {.action = "left out", .message = "the same row as an earlier one"});
    else
      collector_.reject("E_DUP_ID_CONFLICT", "the sample id of an earlier row, with other data", row, {}, {},
                        "give each sample its own id");
    return false;
  }

  void reject_rows(const std::set<std::uint32_t>& refused) {
    std::set<std::uint64_t> lines;
    for (const std::uint32_t index : refused) lines.insert(file_.samples[index].line);
    RowReader again(source_.text, source_.delimiter);
    again.expect_columns(header_->size());
    Row row;
    while (again.next(row)) {
      if (lines.count(row.line) == 0) continue;
      Reject reject{"E_MIXTURE", "more than two alleles at two or more loci", row.line, {}};
      reject.cells.assign(row.cells.begin(), row.cells.end());
      file_.rejects.push_back(std::move(reject));
    }
  }

  ImportedFile& file_;
  const TextSource& source_;
  ProfileCollector collector_;
  RowReader reader_;
  std::optional<Header> header_;
  std::optional<std::size_t> sample_;
  std::vector<std::optional<std::size_t>> field_columns_;
  std::vector<LocusColumns> groups_;
  std::unordered_map<std::string, LociOfKit> loci_of_kit_;
  std::string last_kit_;
  const LociOfKit* last_loci_ = nullptr;
  std::unordered_map<std::string, std::uint32_t> sample_of_id_;
  std::vector<std::string_view> cells_;
};

}  // namespace

void read_wide(ImportedFile& file, const TextSource& source, const ImportOptions& options) { WideReader(file, source, options).read(); }

}  // namespace homeward::import
