// Trios of the Chinese proficiency tests: `locus TAB mother TAB child TAB father` without a header, or the same as a sheet
// with a header (columns locus, mother, child, father, PI_*). The file's name is the case.
#include <array>

#include "import/profile_collector.hpp"

namespace homeward::import {

namespace {

struct Member {
  const char* name;
  Role role;
  Sex sex;
  Field field;
};
constexpr std::array<Member, 3> kMembers{{{"mother", Role::mother, Sex::female, Field::mother},
                                          {"child", Role::child, Sex::unknown, Field::child},
                                          {"father", Role::father, Sex::male, Field::father}}};

class TrioReader {
 public:
  TrioReader(ImportedFile& file, const TextSource& source, const ImportOptions& options)
      : file_(file), source_(source), kit_(options.kit), collector_(file, source, options), reader_(source.text, source.delimiter) {}

  void read() {
    headed_ = find_columns();
    Row row;
    if (headed_) reader_.next(row);
    while (reader_.next(row)) {
      ++file_.rows;
      read_row(row);
    }
    const std::set<std::uint32_t> refused = collector_.judge_many_alleles();
    for (const std::uint32_t index : refused) reject_case(index);
    drop_untyped(refused);
    // The rejects go to a file of another name: they carry the case.
    if (!family_) {
      file_.reject_header.insert(file_.reject_header.begin(), "family_id");
      for (Reject& reject : file_.rejects) reject.cells.insert(reject.cells.begin(), source_.stem);
    }
    collector_.finish(std::set<std::uint32_t>(gone_.begin(), gone_.end()));
  }

 private:
  /// Whether the first row is a header; sets the columns.
  bool find_columns() {
    Row row;
    RowReader first(source_.text, source_.delimiter);
    if (!first.next(row)) return false;
    const Header header(row.cells);
    const bool headed = header.has(Field::locus) && header.has(Field::mother) && header.has(Field::child) && header.has(Field::father);
    locus_ = headed ? *header.find(Field::locus) : 0;
    for (std::size_t k = 0; k < kMembers.size(); ++k) columns_[k] = headed ? *header.find(kMembers[k].field) : k + 1;
    if (headed) family_ = header.find(Field::family_id);
    file_.reject_header = headed ? header.names() : std::vector<std::string>{"locus", "mother", "child", "father"};
    for (std::size_t c = 0; c < file_.reject_header.size(); ++c) {
      std::string meaning = c == locus_ ? "locus" : family_ && c == *family_ ? "family_id" : "ignored";
      for (std::size_t k = 0; k < kMembers.size(); ++k)
        if (columns_[k] == c) meaning = kMembers[k].name;
      file_.columns.push_back({file_.reject_header[c], meaning});
    }
    return headed;
  }

  /// Indices of the three samples of a case, made at its first row.
  std::array<std::uint32_t, 3> members_of(const std::string& family, std::uint64_t line) {
    const auto known = cases_.find(family);
    if (known != cases_.end()) return known->second;
    std::array<std::uint32_t, 3> members{};
    for (std::size_t k = 0; k < kMembers.size(); ++k) {
      ImportedSample sample;
      sample.sample_id = family + "-" + kMembers[k].name;
      sample.family_id = family;
      sample.role = kMembers[k].role;
      sample.sex = kMembers[k].sex;
      sample.kit = kit_;
      sample.line = line;
      members[k] = static_cast<std::uint32_t>(file_.samples.size());
      file_.samples.push_back(std::move(sample));
    }
    cases_.emplace(family, members);
    return members;
  }

  void read_row(const Row& row) {
    if (!collector_.sound(row, 4)) return;
    const std::string family(family_ && *family_ < row.cells.size() && !trim_cell(row.cells[*family_]).empty()
                                 ? trim_cell(row.cells[*family_])
                                 : std::string_view(source_.stem));
    const std::string spelling(trim_cell(row.cells[locus_]));
    if (family.size() > kMaxIdBytes - 8) return collector_.reject("E_ID_TOO_LONG", "the case id is too long", row);
    if (spelling.empty()) return collector_.reject("E_MISSING_LOCUS", "the row names no locus", row);
    const std::optional<std::uint32_t> locus = collector_.locus(spelling, kit_);
    if (!locus) {
      collector_.mark_as_locus(spelling);
      collector_.count_unknown(spelling, row.cells[columns_[0]]);
      return;
    }
    if (seen_.count({family, *locus}) != 0)
      return collector_.reject("E_DUP_ID_CONFLICT", "an earlier row is the same locus", row, spelling);
    const Locus& at = collector_.locus_at(*locus);
    std::array<CallReading, 3> readings;
    for (std::size_t k = 0; k < kMembers.size(); ++k) {
      CallReader call(at.kind, at.chromosome, false);
      call.add(row.cells[columns_[k]]);
      readings[k] = call.finish();
      if (readings[k].kind == CallKind::syntax) return collector_.reject_syntax(readings[k], row, spelling);
    }
    seen_.emplace(family, *locus);
    const auto members = members_of(family, row.line);
    for (std::size_t k = 0; k < kMembers.size(); ++k)
      collector_.take_call(readings[k], *locus, {row.cells[columns_[k]]}, row.line, spelling, members[k], file_.samples[members[k]].calls);
  }

  /// A mixture among the three: the case's rows are rejected, all of them.
  void reject_case(std::uint32_t index) {
    const std::string family = file_.samples[index].family_id;
    for (const std::uint32_t member : cases_.at(family))
      if (!gone_.insert(member).second) return;
    RowReader again(source_.text, source_.delimiter);
    Row row;
    if (headed_) again.next(row);
    while (again.next(row)) {
      if (row.cells.size() < 4 || (family_ && trim_cell(row.cells[*family_]) != family)) continue;
      Reject reject{"E_MIXTURE", "one of the three has more than two alleles at two or more loci", row.line, {}};
      reject.cells.assign(row.cells.begin(), row.cells.end());
      file_.rejects.push_back(std::move(reject));
    }
  }

  /// A column of `-/-` is a person who was not typed: there is no such sample.
  void drop_untyped(const std::set<std::uint32_t>& refused) {
    for (std::uint32_t index = 0; index < file_.samples.size(); ++index) {
      if (!file_.samples[index].calls.empty() || refused.count(index) != 0) continue;
      gone_.insert(index);
      collector_.issues().add(Severity::note, "W_NOT_TYPED", file_.samples[index].line, kMembers[index % 3].name,
                              {.action = "no sample made", .message = "nothing typed in this column"});
    }
  }

  ImportedFile& file_;
  const TextSource& source_;
  std::string kit_;
  ProfileCollector collector_;
  RowReader reader_;
  bool headed_ = false;
  std::size_t locus_ = 0;
  std::array<std::size_t, 3> columns_{1, 2, 3};
  std::optional<std::size_t> family_;
  std::map<std::string, std::array<std::uint32_t, 3>> cases_;
  std::set<std::pair<std::string, std::uint32_t>> seen_;
  std::set<std::uint32_t> gone_;
};

}  // namespace

void read_cnas_trio(ImportedFile& file, const TextSource& source, const ImportOptions& options) {
  TrioReader(file, source, options).read();
}

}  // namespace homeward::import
