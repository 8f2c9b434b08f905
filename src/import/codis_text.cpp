// CODIS CMF 1.0: one value a line, by position. Nine lines of header; of each specimen ten lines, then its markers, each
// with six lines and its alleles.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "homeward/error.hpp"
#include "import/codis.hpp"
#include "import/text_file.hpp"

namespace homeward::import {

namespace {

class CmfTextReader {
 public:
  CmfTextReader(CodisSpecimens& specimens, std::string_view text) : specimens_(specimens), text_(text) {}

  void read() {
    for (const char* what : {"the version 1.0", "a message number", "IMPORT"}) next(what);
    specimens_.check_length("ORI", next("the ORI of the source"), 10, line_);
    specimens_.check_length("ORI", next("the ORI of the destination"), 10, line_);
    for (const char* what : {"a date and time", "an organisation", "a system"}) next(what);
    const std::size_t n = count("the number of packets", 100'000'000);
    for (std::size_t k = 0; k < n; ++k) read_packet();
    while (!text_.empty())
      if (!trim(next("nothing")).empty()) fail("the end of the file behind the last packet");
  }

 private:
  [[noreturn]] void fail(const std::string& expected) const {
    throw Error(ErrorKind::input, fmt::format("line {}: expected {}; a line is missing or too many above", line_, expected));
  }

  std::string_view next(const char* what) {
    if (text_.empty()) {
      ++line_;
      fail(fmt::format("{}, found the end of the file", what));
    }
    const std::size_t end = std::min(text_.find('\n'), text_.size());
    const std::string_view value = trim(text_.substr(0, end));
    text_.remove_prefix(std::min(end + 1, text_.size()));
    ++line_;
    return value;
  }

  std::size_t count(const char* what, long long most) {
    const auto value = parse_integer(next(what));
    if (!value || *value < 0 || *value > most) fail(what);
    return static_cast<std::size_t>(*value);
  }

  void read_packet() {
    CodisSpecimens::Specimen specimen;
    if (lower_ascii(next("DNA Analysis Result")) != "dna analysis result") fail("DNA Analysis Result, where a packet begins");
    specimen.sample.line = line_;
    next("the version of the packet");
    next("the technology (PCR)");
    specimen.sample.id = next("a specimen number");
    next("a sample number");
    specimen.category = next("a specimen category");
    for (const char* what : {"a tissue type", "a tissue form", "a population group"}) next(what);
    const std::size_t n = count("the number of markers", 100'000);
    for (std::size_t k = 0; k < n; ++k) read_marker(specimen.sample);
    specimens_.take(specimen);
  }

  void read_marker(ReportedSample& sample) {
    ReportedLocus locus;
    locus.name = next("the name of a marker");
    locus.line = line_;
    for (const char* what : {"the number of readings", "a user", "a date", "a time"}) next(what);
    const std::size_t n = count("the number of alleles", 1000);
    for (std::size_t k = 0; k < n; ++k) locus.alleles.emplace_back(next("an allele"));
    sample.loci.push_back(std::move(locus));
  }

  CodisSpecimens& specimens_;
  std::string_view text_;
  std::uint64_t line_ = 0;
};

}  // namespace

void read_codis_text(ImportedFile& file, const TextSource& source, const ImportOptions& options) {
  CodisSpecimens specimens(file, source, options);
  try {
    CmfTextReader(specimens, source.text).read();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::input) throw;
    throw input_error(source.path, error.what());
  }
  specimens.finish();
}

}  // namespace homeward::import
