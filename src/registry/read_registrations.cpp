// Rows of a registration table: what may be known to a search apart from what is personal.
#include <algorithm>
#include <array>
#include <unordered_set>

#include "base/text.hpp"
#include "import/issues.hpp"
#include "import/text_table.hpp"
#include "registry/registration_table.hpp"

namespace homeward {

namespace {

using namespace registry;
using F = RegistrationField;

/// Which fields go to the vault as they are written. A place and a date go there too: their words say more than code and interval.
bool is_personal(F field) {
  switch (field) {
    case F::none:
    case F::category:
    case F::sex:
    case F::dna_status:
    case F::relation:
    case F::sample_id:
    case F::id_number:
    case F::ignored:
      return false;
    default:
      return true;
  }
}

/// Says that there is somebody: not a number of a list and a code alone.
bool says_something(F field) {
  switch (field) {
    case F::name:
    case F::alias:
    case F::birth_date:
    case F::missing_date:
    case F::missing_place:
    case F::home_place:
    case F::found_place:
    case F::features:
    case F::contact:
    case F::phone:
    case F::sample_id:
    case F::id_number:
      return true;
    default:
      return false;
  }
}

class Reader {
 public:
  Reader(RegistrationFile& file, const RegistrationTable& table, const RegistrationOptions& options, const std::string& site)
      : file_(file), header_(table.header), options_(options), site_(site), log_(file.path) {}

  void read(const RegistrationTable& table) {
    const std::string_view text = std::string_view(table.text.decoded.text).substr(table.header_offset);
    import::RowReader reader(text, table.delimiter);
    reader.expect_columns(header_.names.size());
    import::Row row;
    reader.next(row);
    while (reader.next(row)) {
      ++file_.rows;
      line_ = row.line + table.lines_above;
      read_row(row, table.delimiter);
    }
    file_.issues = log_.take();
  }

 private:
  void reject(const import::Row& row, const char* code, const char* reason) {
    Reject reject{code, reason, line_, {}};
    for (const std::string_view cell : row.cells) reject.cells.emplace_back(cell);
    file_.rejects.push_back(std::move(reject));
    log_.add(Severity::error, code, line_, "",
             {.action = "rejected", .message = reason, .suggestion = "mend the row in the list of rejects and register that file"});
  }
  void warn(std::string_view code, F field, const char* action, const char* message, const char* suggestion, std::string value = {}) {
    log_.add(Severity::warning, code, line_, to_string(field),
             {.value = std::move(value), .action = action, .message = message, .suggestion = suggestion});
  }

  void read_row(const import::Row& row, char delimiter) {
    if (row.defect != import::RowDefect::none) return reject(row, "E_ROW", "the row's quotes are not closed, or it is too long");
    if (import::decoded_cleanly(row.text)) return read_cells(row);
    // Files pasted together from two systems: lines of GB18030 in a UTF-8 file.
    const import::DecodedText decoded = import::decode_text(std::string(row.text), "GB18030");
    import::Row repaired;
    import::RowReader reader(decoded.text, delimiter);
    if (!decoded.valid || !reader.next(repaired)) return reject(row, "E_ENCODING", "the row cannot be decoded");
    log_.add(Severity::warning, "W_ENCODING_MIXED", line_, "",
             {.action = "decoded",
              .message = "the line is not in the encoding of its file and was read as GB18030",
              .suggestion = "look the row over"});
    read_cells(repaired);
  }

  std::string_view mapped(const char* column, std::string_view cell) const {
    if (options_.mapping.values.empty()) return cell;
    const auto found = options_.mapping.values.find({column, std::string(cell)});
    return found == options_.mapping.values.end() ? cell : std::string_view(found->second);
  }

  void read_cells(const import::Row& row) {
    if (is_header_again(row)) {
      log_.add(Severity::note, "W_HEADER_REPEATED", line_, "", {.action = "skipped", .message = "the header stands here again"});
      return;
    }
    for (std::size_t c = header_.fields.size(); c < row.cells.size(); ++c)
      if (!import::trim_cell(row.cells[c]).empty()) return reject(row, "E_COLUMNS", "the row has more cells than the header has columns");
    Registration record;
    record.line = line_;
    record.site = site_;
    const std::size_t before = file_.people.bytes.size();
    content_.clear();
    bool somebody = false;
    std::string_view source_id;
    for (std::size_t c = 0; c < std::min(header_.fields.size(), row.cells.size()); ++c) {
      const F field = header_.fields[c];
      const std::string_view cell = import::trim_cell(row.cells[c]);
      if (cell.empty()) continue;
      somebody = somebody || says_something(field);
      if (field != F::ignored && field != F::none) append_personal_field(content_, field, cell);
      if (field == F::source_id) source_id = cell;
      read_cell(record, field, cell, c);
    }
    if (!somebody) {
      file_.people.bytes.resize(before);
      return reject(row, "E_EMPTY_REGISTRATION", "the row says nothing of a person: no name, date, place, telephone or sample");
    }
    if (!set_keys(record, source_id)) {
      file_.people.bytes.resize(before);
      return;
    }
    file_.people.offsets.push_back(file_.people.bytes.size());
    file_.records.push_back(std::move(record));
  }

  bool is_header_again(const import::Row& row) const {
    if (row.cells.size() != header_.names.size()) return false;
    for (std::size_t c = 0; c < row.cells.size(); ++c)
      if (import::trim_cell(row.cells[c]) != header_.names[c]) return false;
    return true;
  }

  /// False for a row that stands in the file already. A number used for another row as well names nobody: then the row's content does.
  bool set_keys(Registration& record, std::string_view source_id) {
    if (!options_.hash) return true;
    record.content_key = options_.hash(site_ + '\0' + content_);
    record.source_key = source_id.empty() ? record.content_key : options_.hash("source:" + site_ + '\0' + std::string(source_id));
    const bool repeated = !source_keys_.insert(record.source_key).second;
    if (!contents_.insert(record.content_key).second) {
      log_.add(Severity::note, "W_DUPLICATE_ROW", line_, "", {.action = "skipped", .message = "the same row stands above"});
      return false;
    }
    if (repeated) {
      warn("W_SOURCE_ID_REPEATED", F::source_id, "kept_apart", "this number stands at another row too: the rows are two registrations",
           "ask the site which number is right");
      record.source_key = record.content_key;
    }
    return true;
  }

  void read_cell(Registration& record, F field, std::string_view cell, std::size_t column) {
    if (is_personal(field)) {
      if (field == F::other) {
        other_ = header_.names[column] + ": ";
        other_ += cell;
        append_personal_field(file_.people.bytes, field, other_);
      } else {
        append_personal_field(file_.people.bytes, field, cell);
      }
    }
    switch (field) {
      case F::sex:
        return read_sex(record, cell);
      case F::category:
        return read_word(record.category, category_word(mapped("category", cell)), field, "W_CATEGORY");
      case F::relation:
        return read_word(record.relation, relation_word(mapped("relation", cell)), field, "W_RELATION");
      case F::dna_status:
        return read_word(record.dna, dna_word(mapped("dna_status", cell), header_.typed_dna), field, "W_DNA_STATUS");
      case F::birth_date:
        return read_date_cell(record.birth, cell, field);
      case F::missing_date:
      case F::found_date:
        return read_date_cell(record.missing, cell, field);
      case F::missing_place:
      case F::found_place:
        if (record.missing_region == 0) record.missing_region = read_region(cell);
        return;
      case F::home_place:
        record.home_region = read_region(cell);
        return;
      case F::sample_id:
        record.sample_id = cell;
        return;
      case F::id_number:
        return read_id_number(cell);
      default:
        return;
    }
  }

  void read_sex(Registration& record, std::string_view cell) {
    const std::optional<Sex> sex = sex_word(mapped("sex", cell));
    if (sex) {
      record.sex = *sex;
      return;
    }
    const bool code = cell.size() <= 2 && std::all_of(cell.begin(), cell.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (code)
      warn("W_SEX_CODE", F::sex, "left_unknown", "a number as sex: systems differ in which is male, so it is not guessed",
           "declare it in a mapping file: value<tab>sex<tab>NUMBER<tab>M or F", std::string(cell));
    else
      warn("W_SEX_WORD", F::sex, "left_unknown", "not a word for a sex that is known here",
           "declare it in a mapping file: value<tab>sex<tab>WORD<tab>M or F");
  }

  template <class T>
  void read_word(T& into, const std::optional<T>& word, F field, const char* code) {
    if (word)
      into = *word;
    else
      warn(code, field, "left_unknown", "not a word that is known here",
           "declare it in a mapping file: value<tab>COLUMN<tab>WORD<tab>MEANING");
  }

  void read_date_cell(DateInterval& into, std::string_view cell, F field) {
    const ReadDate date = read_date(cell, options_.century);
    if (!into.known()) into = date.interval;
    if (date.code.empty()) return;
    if (date.code == "W_DATE_LUNAR")
      warn(date.code, field, "interval", "a date of the lunar calendar: taken as the 60 days that begin with the same day of the solar one",
           "");
    else if (date.code == "W_DATE_IMPOSSIBLE")
      warn(date.code, field, date.interval.known() ? "shortened" : "left_unknown",
           "no calendar has this month or day; what is possible of it is kept", "ask the family");
    else if (date.code == "W_DATE_ORDER")
      warn(date.code, field, "year_only", "day and month may stand in either order: only the year is kept", "write year, month, day");
    else if (date.code == "W_DATE_TWO_DIGIT_YEAR")
      warn(date.code, field, "left_unknown", "a year of two digits", "say --century 1900 or 2000");
    else
      warn(date.code, field, "left_unknown", "not understood as a date; its text is kept in the vault", "write year-month-day");
  }

  void read_id_number(std::string_view cell) {
    if (!valid_id_number(cell)) {
      warn("W_ID_NUMBER", F::id_number, "not_kept", "not an identity number: its check digit or date is wrong", "look for a typing error");
    } else if (options_.hash) {
      std::string number(cell);
      if (number.back() == 'x') number.back() = 'X';
      std::uint64_t hash = options_.hash("id:" + number);
      std::string hex;
      for (int k = 0; k < 16; ++k, hash >>= 4U) hex += "0123456789abcdef"[hash & 15U];
      append_personal_field(file_.people.bytes, F::id_number, hex);
    }
  }

  RegistrationFile& file_;
  const RegistrationHeader& header_;
  const RegistrationOptions& options_;
  const std::string& site_;
  import::IssueLog log_;
  std::uint64_t line_ = 0;
  std::string content_, other_;
  std::unordered_set<std::uint64_t> source_keys_, contents_;
};

std::string meaning_of(const RegistrationHeader& header, std::size_t column) {
  return header.fields[column] == F::none ? "ignored" : std::string(to_string(header.fields[column]));
}

std::string delimiter_name(char delimiter) {
  return delimiter == '\t' ? "tab" : delimiter == ',' ? "comma" : delimiter == ';' ? "semicolon" : std::string(1, delimiter);
}

}  // namespace

namespace registry {

RegistrationFile read_registration_text(import::TextFile text, const std::filesystem::path& path, const RegistrationOptions& options,
                                        TextFolder& folder) {
  const RegistrationTable table = find_table(std::move(text), path, options, folder);
  RegistrationFile file;
  file.path = path.string();
  file.sha256 = table.text.sha256;
  file.encoding = table.text.decoded.encoding;
  file.delimiter = delimiter_name(table.delimiter);
  if (!table.text.sheets.empty()) file.sheet = table.text.sheets[table.text.sheet].name;
  for (std::size_t c = 0; c < table.header.names.size(); ++c) file.columns.push_back({table.header.names[c], meaning_of(table.header, c)});
  file.reject_header = table.header.names;
  const std::string name = path.filename().string();
  const std::string site = options.site.empty() ? name.substr(0, name.find('.')) : options.site;
  Reader reader(file, table, options, site);
  reader.read(table);
  return file;
}

}  // namespace registry

RegistrationFile read_registrations(const std::filesystem::path& path, const RegistrationOptions& options) {
  ImportOptions text_options;
  text_options.encoding = options.encoding;
  text_options.worksheet = options.worksheet;
  TextFolder folder;
  return read_registration_text(import::read_text_file(path, text_options), path, options, folder);
}

}  // namespace homeward
