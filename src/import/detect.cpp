#include "import/detect.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "import/familias.hpp"

namespace homeward::import {

namespace {

const Format* format_named(std::string_view name) {
  for (const Format& format : formats())
    if (name == format.name) return &format;
  return nullptr;
}

Detected is(std::string_view name) { return {format_named(name), {}}; }
Detected is_not(std::string sentence) { return {nullptr, std::move(sentence)}; }

/// `locus TAB a/b TAB a/b TAB a/b`, no header.
bool headless_trio(const std::vector<std::string_view>& cells, const LocusDictionary& loci) {
  if (cells.size() < 4 || !loci.find(std::string(trim_cell(cells[0])))) return false;
  for (std::size_t k = 1; k < 4; ++k) {
    const std::string_view cell = trim_cell(cells[k]);
    if (!looks_like_genotype(cell) && cell != "-/-" && cell.find('/') == std::string_view::npos) return false;
  }
  return std::all_of(cells.begin() + 4, cells.end(), [](std::string_view cell) { return trim_cell(cell).empty(); });
}

Detected long_table(const Header& header, const std::string& first_name) {
  if (header.has(Field::sequence))
    return is_not("a table of sequence reads or sequence alleles (one row a read or sequence); convert it to length alleles first");
  if (header.all(Field::allele).empty())
    return is_not("a table with a locus column and no allele columns; expected Allele 1, Allele 2, ...");
  if (header.sample_column() == header.find(Field::sample_id) && !header.has(Field::sample_name)) return is("native-long");
  const std::string key = header_key(header.names()[*header.find(Field::locus)]);
  const bool plain = std::all_of(header.columns().begin(), header.columns().end(), [](const std::optional<Column>& column) {
    return column && (column->field == Field::sample_name || column->field == Field::sample || column->field == Field::locus ||
                      column->field == Field::allele || column->field == Field::height);
  });
  return is(plain && key == "marker" && first_name.find('.') == std::string::npos ? "euroformix" : "genemapper-long");
}

Detected sampleless(const Header& header) {
  if (header.has(Field::frequency)) return is_not("a table of allele frequencies, not of profiles; give it to --population");
  if (header.has(Field::mother) && header.has(Field::child) && header.has(Field::father)) return is("cnas-trio-sheet");
  if (header.has(Field::sequence)) return is_not("a table of sequence reads (one row a sequence); convert it to length alleles first");
  if (header.all(Field::allele).empty()) return {};
  if (header.has(Field::height))
    return is_not(
        "STRmix evidence (alleles with peak heights of a trace that may be a mixture), not the profile of a person; load its reference "
        "files");
  return is("strmix-reference");
}

/// Whether any group of columns is a known locus, and how its alleles are laid out.
Detected wide_table(const Header& header, const std::vector<LocusColumns>& groups, const LocusDictionary& loci, std::size_t sample_column) {
  bool any_locus = false, numbered = false, repeated = false;
  for (const LocusColumns& group : groups) {
    if (!loci.find(group.spelling)) continue;
    any_locus = true;
    if (group.columns.size() < 2) continue;
    const bool same_names = header.names()[group.columns[0]] == header.names()[group.columns[1]];
    (same_names ? repeated : numbered) = true;
  }
  if (numbered) return is("allele-columns");
  if (repeated) return is("straf");
  const Field by = header.columns()[sample_column]->field;
  const bool lab = by == Field::sample_name || by == Field::sample || by == Field::sample_file;
  if (any_locus) return is(lab ? "genemapper-wide" : "native-wide");
  const bool described = header.has(Field::role) || header.has(Field::family_id) || header.has(Field::sex) || header.has(Field::kit) ||
                         header.has(Field::partial);
  const bool foreign = !groups.empty();
  if (described && !foreign) return is("sample-sheet");
  if (by == Field::sample_id) return is("native-wide");  // its loci are all unknown to us: say so, column by column
  return {};
}

bool registration_words(const Header& header) {
  const auto has = [&](std::string_view word) {
    return std::any_of(header.names().begin(), header.names().end(),
                       [&](const std::string& name) { return name.find(word) != std::string::npos; });
  };
  return has("姓名") || has("失踪") || has("寻亲") || has("出生日期");
}

}  // namespace

const std::vector<Format>& formats() {
  static const std::vector<Format> kFormats{
      {"native-wide", "one row a sample: sample_id, role, family_id, sex, one column a locus", read_wide},
      {"native-long", "one row a sample and locus: sample_id, locus, allele1, allele2", read_long},
      {"genemapper-wide", "GeneMapper or OSIRIS, one row a sample: Sample Name, one column a locus", read_wide},
      {"genemapper-long", "GeneMapper, one row a sample and marker: Sample Name, Marker, Allele 1, ...", read_long},
      {"euroformix", "EuroForMix or LRmix: SampleName, Marker, Allele1, Allele2", read_long},
      {"allele-columns", "one row a sample, one column an allele: vWA_1, vWA_2", read_wide},
      {"straf", "STRAF: ind, pop, the name of the locus once per allele", read_wide},
      {"strmix-reference", "STRmix reference: Locus, Allele, one row an allele; the file's name is the sample", read_long},
      {"cnas-trio", "locus, mother, child, father without header; the file's name is the case", read_cnas_trio},
      {"cnas-trio-sheet", "locus, mother, child, father with a header; the file's name is the case", read_cnas_trio},
      {"pedigree", "pedigree table: family_id, person_id, father_id, mother_id, sex, sample_id, missing", read_pedigree},
      {"codis-xml", "CODIS CMF 3.2 or 3.3 and Rapid DNA messages (XML)", read_codis_xml, false},
      {"codis-text", "CODIS CMF 1.0 message, one value a line", read_codis_text, false},
      {"genepop", "Genepop: loci, then individuals with codes of two or three digits an allele", read_genepop, false},
      {"familias", "Familias project (.fam): persons, or the DVI section's unidentified persons and reference families", read_familias,
       false},
      {"sample-sheet", "what a lab says of its samples: sample_id, role, family_id, sex, ...", read_sheet},
  };
  return kFormats;
}

const Format* detect_structure(std::string_view text) {
  if (is_familias(text)) return format_named("familias");
  if (is_genepop(text)) return format_named("genepop");
  const std::string root = xml_root(text.substr(0, 65536));
  if (root == "CODISImportFile" || root == "CODISRapidImportFile") return format_named("codis-xml");
  const std::vector<std::string_view> lines = first_lines(text.substr(0, 4096), 3);
  if (lines.size() == 3 && trim_cell(lines[0]) == "1.0" && lower_ascii(trim_cell(lines[2])) == "import") return format_named("codis-text");
  return nullptr;
}

Detected detect_table(std::string_view text, char delimiter, const LocusDictionary& loci) {
  Row row;
  RowReader reader(text, delimiter);
  if (delimiter == 0 || !reader.next(row)) return {};
  if (row.defect == RowDefect::line_too_long) return is_not("a text whose first line is longer than 16 MiB");
  if (row.defect == RowDefect::too_many_columns) return is_not("a table with more than 100,000 columns");
  if (headless_trio(row.cells, loci)) return is("cnas-trio");
  const Header header(row.cells);
  if (header.has(Field::family_id) && header.has(Field::person_id) && header.has(Field::father_id) && header.has(Field::mother_id))
    return is("pedigree");
  const std::optional<std::size_t> sample = header.sample_column();
  if (!sample && header.has(Field::locus)) return sampleless(header);
  if (sample && header.has(Field::locus))
    return header.has(Field::frequency) ? sampleless(header) : long_table(header, header.names()[*sample]);
  const std::vector<LocusColumns> groups = group_loci(header, loci);
  if (sample) {
    const Detected table = wide_table(header, groups, loci, *sample);
    if (table.format != nullptr) return table;
  }
  const bool loci_follow =
      std::any_of(groups.begin(), groups.end(), [&](const LocusColumns& group) { return loci.find(group.spelling).has_value(); });
  if (loci_follow && header_key(header.names()[0]) == "allele")
    return is_not("a table of allele frequencies (alleles by loci), not of profiles; give it to --population");
  if (registration_words(header))
    return is_not("a list of registrations (names, places, dates), not of DNA profiles; use `homeward register`");
  return {};
}

}  // namespace homeward::import
