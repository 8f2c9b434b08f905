// Tables with one row a sample and marker: native long, GeneMapper, EuroForMix; and STRmix references, with one row an
// allele and the sample named by the file.
#include <algorithm>
#include <unordered_map>

#include "import/profile_collector.hpp"

namespace homeward::import {

namespace {

std::string_view cell_of(const Row& row, std::optional<std::size_t> column) {
  return column && *column < row.cells.size() ? row.cells[*column] : std::string_view{};
}

class LongReader {
 public:
  LongReader(ImportedFile& file, const TextSource& source, const ImportOptions& options)
      : file_(file), source_(source), collector_(file, source, options), reader_(source.text, source.delimiter) {}

  void read() {
    Row row;
    if (!reader_.next(row)) return;
    header_.emplace(row.cells);
    reader_.expect_columns(header_->size());
    find_columns();
    while (reader_.next(row)) {
      ++file_.rows;
      read_row(row);
    }
    take_gathered();
    const std::set<std::uint32_t> refused = collector_.judge_many_alleles();
    if (!refused.empty()) reject_rows(refused);
    if (!sample_) name_rejected_rows();
    collector_.finish(refused);
  }

 private:
  void find_columns() {
    file_.reject_header = header_->names();
    sample_ = header_->sample_column();
    locus_ = header_->find(Field::locus);
    alleles_ = header_->all(Field::allele);
    one_row_an_allele_ = alleles_.size() == 1 && header_->columns()[alleles_[0]]->number == 0;
    for (const Field field :
         {Field::person_id, Field::role, Field::family_id, Field::sex, Field::kit, Field::partial, Field::slot, Field::sample_type})
      field_columns_.push_back(header_->find(field) == sample_ ? std::nullopt : header_->find(field));
    has_attributes_ = std::any_of(field_columns_.begin(), field_columns_.end() - 1, [](const auto& column) { return column.has_value(); });
    std::string unknown;
    std::uint64_t n_unknown = 0;
    for (std::size_t c = 0; c < header_->size(); ++c) {
      const auto& column = header_->columns()[c];
      const bool allele = std::find(alleles_.begin(), alleles_.end(), c) != alleles_.end();
      const bool field = std::find(field_columns_.begin(), field_columns_.end(), std::optional<std::size_t>(c)) != field_columns_.end();
      const std::string meaning = c == sample_  ? "sample_id"
                                  : c == locus_ ? "locus"
                                  : allele      ? "allele"
                                  : field       ? header_key(header_->names()[c])
                                                : "ignored";
      if (!header_->names()[c].empty()) file_.columns.push_back({header_->names()[c], meaning});
      if (column) continue;
      if (n_unknown++ < 20) unknown += (unknown.empty() ? "" : ", ") + header_->names()[c].substr(0, 64);
    }
    if (n_unknown > 0)
      collector_.issues().add(
          Severity::note, "W_UNKNOWN_COLUMN", 1, "",
          {.action = "columns left out",
           .message = "not columns of this format, their cells were not read: " + unknown + (n_unknown > 20 ? ", ..." : ""),
           .count = n_unknown});
  }

  SampleFields fields_of(const Row& row) const {
    const auto field = [&](std::size_t k) { return cell_of(row, field_columns_[k]); };
    return {sample_ ? cell_of(row, sample_) : std::string_view(source_.stem),
            field(0),
            field(1),
            field(2),
            field(3),
            field(4),
            field(5),
            field(6),
            field(7)};
  }

  /// The sample of a row, made at its first row. nullopt: the row was rejected.
  std::optional<std::uint32_t> sample_of(const Row& row) {
    const SampleFields fields = fields_of(row);
    if (!has_attributes_ && !last_name_.empty() && fields.sample == last_name_) return last_index_;
    std::string id = collector_.sample_id_of(fields.sample);
    const auto known = index_of_.find(id);
    if (known != index_of_.end() && !has_attributes_) {
      last_name_ = fields.sample;
      last_index_ = known->second;
      return last_index_;
    }
    ImportedSample sample;
    if (!collector_.describe(fields, row, sample)) return std::nullopt;
    if (known != index_of_.end()) {
      if (same_description(file_.samples[known->second], sample)) return known->second;
      collector_.reject("E_DUP_ID_CONFLICT", "an earlier row describes this sample otherwise", row, {}, {},
                        "say the same in all rows of a sample");
      return std::nullopt;
    }
    last_name_ = fields.sample;
    last_index_ = static_cast<std::uint32_t>(file_.samples.size());
    index_of_.emplace(std::move(id), last_index_);
    file_.samples.push_back(std::move(sample));
    return last_index_;
  }

  void read_row(const Row& row) {
    if (!collector_.sound(row, header_->required())) return;
    const std::optional<std::uint32_t> index = sample_of(row);
    if (!index) return;
    const std::string spelling(trim_cell(cell_of(row, locus_)));
    if (spelling.empty()) return collector_.reject("E_MISSING_LOCUS", "the row names no locus", row);
    const std::string& kit = file_.samples[*index].kit;
    const std::optional<std::uint32_t> locus = collector_.locus(spelling, kit);
    if (!locus) {
      const auto name = collector_.dictionary().find(spelling, kit);
      if (name) return;  // a quality peak
      collector_.mark_as_locus(spelling);
      collector_.count_unknown(spelling, cell_of(row, alleles_[0]));
      return;
    }
    cells_.clear();
    for (const std::size_t column : alleles_) cells_.push_back(cell_of(row, column));
    if (one_row_an_allele_) return gather(row, *index, *locus, spelling);
    take(row, *index, *locus, spelling);
  }

  CallReading reading_of(const std::vector<std::string_view>& cells, std::uint32_t index, std::uint32_t locus) const {
    const Locus& at = collector_.locus_at(locus);
    CallReader call(at.kind, at.chromosome, file_.samples[index].partial);
    for (const std::string_view cell : cells) call.add(cell);
    return call.finish();
  }

  void take(const Row& row, std::uint32_t index, std::uint32_t locus, const std::string& spelling) {
    const CallReading reading = reading_of(cells_, index, locus);
    std::vector<ImportedCall>& calls = file_.samples[index].calls;
    const std::size_t mark = collector_.many_mark();
    if (!collector_.take_call(reading, locus, cells_, row.line, spelling, index, calls))
      return collector_.reject_syntax(reading, row, spelling);
    if (reading.kind == CallKind::untyped) return;
    const ImportedCall* earlier = find_earlier(index, locus);
    if (earlier == nullptr) return;
    const bool equal = earlier->genotype == calls.back().genotype && earlier->raw == calls.back().raw;
    calls.pop_back();
    collector_.rewind_many(mark);
    if (equal)
      collector_.issues().add(Severity::warning, "W_DUP_ROW", row.line, spelling,
                              {.action = "left out", .message = "the same call as an earlier row"});
    else
      collector_.reject("E_DUP_ID_CONFLICT", "an earlier row has another call of this sample and locus", row, spelling, {},
                        "keep the right one, or give each sample its own id");
  }

  /// The call of this locus before the last one, if any. Panels of thousands of loci go through a table, not a walk.
  const ImportedCall* find_earlier(std::uint32_t index, std::uint32_t locus) {
    const std::vector<ImportedCall>& calls = file_.samples[index].calls;
    const std::size_t n = calls.size() - 1;
    const auto key = [](std::uint32_t sample, std::uint32_t at) { return std::uint64_t{sample} << 32U | at; };
    if (n < kWalked) {
      for (std::size_t k = 0; k < n; ++k)
        if (calls[k].locus == locus) return &calls[k];
      return nullptr;
    }
    if (n == kWalked && tabled_.insert(index).second)
      for (std::size_t k = 0; k < n; ++k) call_of_.emplace(key(index, calls[k].locus), static_cast<std::uint32_t>(k));
    const auto [it, fresh] = call_of_.emplace(key(index, locus), static_cast<std::uint32_t>(n));
    return fresh ? nullptr : &calls[it->second];
  }

  /// One row an allele: the cells of a sample and locus are put together before they are judged.
  struct Gathered {
    std::vector<std::string> cells{};
    std::uint64_t line = 0;
    std::string spelling{};
  };

  void gather(const Row& row, std::uint32_t index, std::uint32_t locus, const std::string& spelling) {
    const CallReading alone = reading_of(cells_, index, locus);
    if (alone.kind == CallKind::syntax) return collector_.reject_syntax(alone, row, spelling);
    Gathered& gathered = gathered_[{index, locus}];
    if (gathered.cells.empty()) {
      gathered.line = row.line;
      gathered.spelling = spelling;
    }
    gathered.cells.emplace_back(trim_cell(cells_[0]));
  }

  void take_gathered() {
    for (const auto& [key, gathered] : gathered_) {
      const std::vector<std::string_view> cells(gathered.cells.begin(), gathered.cells.end());
      const CallReading reading = reading_of(cells, key.first, key.second);
      collector_.take_call(reading, key.second, cells, gathered.line, gathered.spelling, key.first, file_.samples[key.first].calls);
    }
  }

  /// All rows of the refused samples.
  void reject_rows(const std::set<std::uint32_t>& refused) {
    std::set<std::uint64_t> already;
    for (const Reject& reject : file_.rejects) already.insert(reject.line);
    RowReader again(source_.text, source_.delimiter);
    again.expect_columns(header_->size());
    Row row;
    again.next(row);
    while (again.next(row)) {
      if (already.count(row.line) != 0) continue;
      const auto known = index_of_.find(sample_ ? collector_.sample_id_of(cell_of(row, sample_)) : source_.stem);
      if (known == index_of_.end() || refused.count(known->second) == 0) continue;
      Reject reject{"E_MIXTURE", "more than two alleles at two or more loci", row.line, {}};
      reject.cells.assign(row.cells.begin(), row.cells.end());
      file_.rejects.push_back(std::move(reject));
    }
  }

  /// The file's name is the sample's: the rejects, which go to another file, must carry it.
  void name_rejected_rows() {
    file_.reject_header.insert(file_.reject_header.begin(), "sample_id");
    for (Reject& reject : file_.rejects) reject.cells.insert(reject.cells.begin(), source_.stem);
  }

  static constexpr std::size_t kWalked = 64;
  ImportedFile& file_;
  const TextSource& source_;
  ProfileCollector collector_;
  RowReader reader_;
  std::optional<Header> header_;
  std::optional<std::size_t> sample_, locus_;
  std::vector<std::size_t> alleles_;
  std::vector<std::optional<std::size_t>> field_columns_;
  bool has_attributes_ = false;
  bool one_row_an_allele_ = false;
  std::unordered_map<std::string, std::uint32_t> index_of_;
  std::string last_name_;
  std::uint32_t last_index_ = 0;
  std::set<std::uint32_t> tabled_;
  std::unordered_map<std::uint64_t, std::uint32_t> call_of_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, Gathered> gathered_;
  std::vector<std::string_view> cells_;
};

}  // namespace

void read_long(ImportedFile& file, const TextSource& source, const ImportOptions& options) { LongReader(file, source, options).read(); }

}  // namespace homeward::import
