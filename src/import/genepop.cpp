// Genepop: a title, the loci (a line each, or one line with commas), then after every line POP individuals
// `name , 0612 1517 ...`. Codes of two digits are repeats, of three digits repeats and bases (093 is 9.3).
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "homeward/error.hpp"
#include "import/detect.hpp"
#include "import/reported_samples.hpp"
#include "import/text_file.hpp"
#include "import/text_table.hpp"

namespace homeward::import {

namespace {

bool is_pop(std::string_view line) { return lower_ascii(trim(line)) == "pop"; }

class GenepopReader {
 public:
  GenepopReader(ImportedFile& file, const TextSource& source, const ImportOptions& options)
      : samples_(file, source, options), text_(source.text) {
    file.columns = {{"title", "ignored"}, {"POP", "ignored"}, {"individual", "sample_id"}};
  }

  void read() {
    std::string_view line;
    next(line);  // the title
    while (next(line) && !is_pop(line))
      for (const std::string_view name : split(line, ','))
        if (!trim(name).empty()) loci_.emplace_back(trim(name));
    while (next(line))
      if (!is_pop(line) && !trim(line).empty()) read_individual(line);
    if (three_digits_)
      samples_.issues().add(Severity::note, "W_GENEPOP_CODES", 1, "",
                            {.action = "the last digit read as bases", .message = "alleles are written with three digits"});
    samples_.finish();
  }

 private:
  bool next(std::string_view& line) {
    if (text_.empty()) return false;
    const std::size_t end = std::min(text_.find_first_of("\r\n"), text_.size());
    line = text_.substr(0, end);
    const bool crlf = end + 1 < text_.size() && text_[end] == '\r' && text_[end + 1] == '\n';
    text_.remove_prefix(std::min(text_.size(), end + (crlf ? 2 : 1)));
    ++number_;
    return true;
  }

  /// 06 -> 6, 093 -> 9.3, 000 and what is no number as it stands (the grammar of alleles judges it).
  std::string allele_of(std::string_view code) {
    if (code.find_first_not_of("0123456789") != std::string_view::npos) return std::string(code);
    if (code.find_first_not_of('0') == std::string_view::npos) return "0";
    const long long value = parse_integer(code).value_or(0);
    if (code.size() != 3) return std::to_string(value);
    three_digits_ = true;
    return value % 10 == 0 ? std::to_string(value / 10) : fmt::format("{}.{}", value / 10, value % 10);
  }

  void read_individual(std::string_view line) {
    const std::size_t comma = line.find(',');
    ReportedSample sample;
    sample.line = number_;
    sample.id = trim(line.substr(0, comma));
    std::size_t k = 0;
    bool surplus = false;
    std::string_view rest = comma == std::string_view::npos ? std::string_view{} : line.substr(comma + 1);
    while (!(rest = trim(rest)).empty()) {
      const std::size_t end = std::min(rest.find_first_of(" \t"), rest.size());
      const std::string_view code = rest.substr(0, end);
      rest.remove_prefix(end);
      if (k >= loci_.size()) {
        surplus = true;
        break;
      }
      ReportedLocus locus{loci_[k++], {}, {}, number_};
      const std::size_t half = code.size() / 2;
      if (code.size() == 4 || code.size() == 6)
        locus.alleles = {allele_of(code.substr(0, half)), allele_of(code.substr(half))};
      else
        locus.alleles = {allele_of(code)};  // haploid
      sample.loci.push_back(std::move(locus));
    }
    if (k != loci_.size() || surplus)
      samples_.issues().add(
          Severity::warning, "W_GENEPOP_COUNT", number_, "",
          {.action = "read from the left", .message = "the individual has another number of genotypes than there are loci"});
    samples_.take(sample);
  }

  ReportedSamples samples_;
  std::string_view text_;
  std::uint64_t number_ = 0;
  std::vector<std::string> loci_;
  bool three_digits_ = false;
};

}  // namespace

bool is_genepop(std::string_view text) {
  // A line POP, then an individual: name, comma, pairs of two or three digits.
  std::string_view before;
  for (const std::string_view whole : split(text.substr(0, 65536), '\n')) {
    const std::string_view line = trim(whole);
    if (is_pop(before)) {
      const std::size_t comma = line.find(',');
      if (comma == std::string_view::npos) return false;
      const std::string_view codes = trim(line.substr(comma + 1));
      return !codes.empty() && codes.find_first_not_of("0123456789 \t") == std::string_view::npos;
    }
    before = line;
  }
  return false;
}

void read_genepop(ImportedFile& file, const TextSource& source, const ImportOptions& options) {
  GenepopReader(file, source, options).read();
}

}  // namespace homeward::import
