// Frequency tables in markup: STRidER XML, XML of tags like <a13_2>, YAML of locus: allele: frequency.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "homeward/error.hpp"
#include "import/population_file_parts.hpp"
#include "import/xml_stream.hpp"

namespace homeward {

namespace {

/// `<marker><name/><origin name="" n=""><frequency allele="">f</frequency>...`: one origin of every marker is taken.
class StriderXml final : public import::XmlHandler {
 public:
  StriderXml(std::string wanted, FrequencyTableBuilder& table) : wanted_(std::move(wanted)), table_(table) {}

  void begin(std::string_view name, const import::XmlAttributes& attributes, std::uint64_t line) override {
    if (name == "marker") {
      locus_ = FrequencyTableBuilder::kLeftOut;
      marker_line_ = line;
    } else if (name == "origin") {
      const std::string origin(import::attribute(attributes, "name"));
      if (wanted_.empty()) {
        wanted_ = origin;
        table_.warn(
            fmt::format("W_POPULATION_COLUMN: the file has several populations; '{}' is used (choose with FILE#NAME).", escaped(origin)));
      }
      taken_ = lower_ascii(origin) == lower_ascii(wanted_);
      found_ = found_ || taken_;
      if (taken_) table_.set_n_alleles(locus_, import::attribute(attributes, "n"), line, 2);
    } else if (name == "frequency") {
      allele_ = import::attribute(attributes, "allele");
    }
  }

  void end(std::string_view name, std::string_view text, std::uint64_t line) override {
    if (name == "name") locus_ = table_.new_locus(trim(text), line);
    if (name == "frequency" && taken_) table_.add(locus_, allele_, trim(text), line);
    if (name == "origin") taken_ = false;
  }

  void finish() {
    if (!found_) table_.defect(marker_line_, fmt::format("no population '{}' in the file", escaped(wanted_)));
  }

 private:
  std::string wanted_, allele_;
  FrequencyTableBuilder& table_;
  std::size_t locus_ = FrequencyTableBuilder::kLeftOut;
  std::uint64_t marker_line_ = 1;
  bool taken_ = false, found_ = false;
};

/// `<allele><a13_2>0.0311</a13_2>...</allele>`: one locus, which only the file's name says.
class TagXml final : public import::XmlHandler {
 public:
  TagXml(std::size_t locus, FrequencyTableBuilder& table) : locus_(locus), table_(table) {}
  void begin(std::string_view, const import::XmlAttributes&, std::uint64_t) override {}
  void end(std::string_view name, std::string_view text, std::uint64_t line) override {
    if (name.size() < 2 || name[0] != 'a' || name[1] < '0' || name[1] > '9') return;
    std::string allele(name.substr(1));
    std::replace(allele.begin(), allele.end(), '_', '.');
    table_.add(locus_, allele, trim(text), line);
  }

 private:
  std::size_t locus_;
  FrequencyTableBuilder& table_;
};

/// The locus that a file name ends in: `AGCU_EX22_D19S433`.
std::string locus_of_name(const std::string& stem) {
  const std::size_t cut = stem.find_last_of("_ ");
  return cut == std::string::npos ? stem : stem.substr(cut + 1);
}

bool read_xml(std::string_view text, const std::string& column, const std::string& stem, FrequencyTableBuilder& table) {
  if (text.find("<frequencies") != std::string_view::npos) {
    StriderXml strider(column, table);
    import::parse_xml(text, strider);
    strider.finish();
    return true;
  }
  if (text.find("<allele") == std::string_view::npos) return false;
  const std::string locus = locus_of_name(stem);
  table.warn(fmt::format("W_LOCUS_OF_FILE: the file names no locus; '{}' is taken from its name.", escaped(locus)));
  TagXml tags(table.new_locus(locus, 1), table);
  import::parse_xml(text, tags);
  return true;
}

/// `LOCUS:` on a line of its own, then indented `allele: frequency`.
bool read_yaml(std::string_view text, FrequencyTableBuilder& table) {
  std::size_t locus = FrequencyTableBuilder::kLeftOut;
  std::size_t number = 0;
  bool any = false;
  for (const std::string_view whole : split(text, '\n')) {
    ++number;
    const std::string_view line = trim(whole.substr(0, whole.find('#')));
    if (line.empty() || line == "---") continue;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return false;
    const auto unquoted = [](std::string_view word) {
      word = trim(word);
      return word.size() >= 2 && (word.front() == '"' || word.front() == '\'') ? word.substr(1, word.size() - 2) : word;
    };
    const std::string_view key = unquoted(line.substr(0, colon)), value = trim(line.substr(colon + 1));
    const bool indented = whole.front() == ' ' || whole.front() == '\t';
    if (indented != !value.empty()) return false;
    if (!indented) locus = table.new_locus(key, number);
    if (indented) table.add(locus, key, value, number);
    any = any || indented;
  }
  return any;
}

}  // namespace

bool read_frequency_markup(std::string_view text, const std::string& column, const std::string& stem, FrequencyTableBuilder& table) {
  const std::string_view start = trim(text.substr(0, 4096));
  if (!start.empty() && start.front() == '<') return read_xml(text, column, stem, table);
  for (const std::string_view line : split(start, '\n')) {
    const std::string_view words = trim(line);
    if (words.empty() || words.front() == '#' || words == "---") continue;
    return words.back() == ':' && column.empty() && read_yaml(text, table);
  }
  return false;
}

}  // namespace homeward
