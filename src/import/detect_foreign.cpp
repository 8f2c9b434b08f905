// Files of other kinds, by name: whoever gives one to `load` is told what it is.
#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "import/detect.hpp"

namespace homeward::import {

namespace {

bool starts(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }

std::string_view first_token(std::string_view line) { return line.substr(0, line.find_first_of(" \t,;")); }

std::string xml_kind(std::string_view text) {
  const std::string root = xml_root(text.substr(0, 65536));
  if (root == "schema") return "an XML schema: it describes a format and holds no profiles";
  if (root == "CmfList") return "OSIRIS's list of CODIS names (XML): it holds no profiles";
  if (root == "frequencies" || root == "allele") return "a table of allele frequencies (XML), not of profiles; give it to --population";
  if (root.empty()) return "a damaged XML file: it has no element";
  return "an XML file with the root element <" + escaped(root) + ">, which is no profile format we know; export the profiles as a table";
}

/// `11=0.0005` cells behind a locus name.
bool cnas_frequencies(const std::vector<std::string_view>& lines) {
  return std::any_of(lines.begin(), lines.end(), [](std::string_view line) {
    const std::size_t tab = line.find('\t');
    if (tab == std::string_view::npos) return false;
    const std::string_view cell = line.substr(tab + 1, line.find('\t', tab + 1) - tab - 1);
    const std::size_t equal = cell.find('=');
    return equal != std::string_view::npos && parse_double(trim_cell(cell.substr(0, equal))) &&
           parse_double(trim_cell(cell.substr(equal + 1)));
  });
}

/// A line with nothing but a locus, then `allele TAB frequency`.
bool familias_frequencies(const std::vector<std::string_view>& lines, const LocusDictionary& loci) {
  if (lines.size() < 2 || lines[0].find_first_of("\t,;") != std::string_view::npos || !loci.find(std::string(trim_cell(lines[0]))))
    return false;
  const std::vector<std::string_view> cells = split(trim_cell(lines[1]), '\t');
  return cells.size() == 2 && parse_double(trim_cell(cells[0])) && parse_double(trim_cell(cells[1]));
}

bool strider_table(const std::vector<std::string_view>& lines) {
  return lines.size() >= 2 && lines[0].find_first_of(",\t") == std::string_view::npos && starts(lines[1], "Allele,");
}

bool yaml_frequencies(const std::vector<std::string_view>& lines) {
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
    const std::string_view head = trim_cell(lines[i]);
    if (lines[i][0] == '#' || head.empty() || head.back() != ':' || head.find(' ') != std::string_view::npos) continue;
    const std::string_view next = lines[i + 1];
    return (starts(next, " ") || starts(next, "\t") || starts(next, "- ")) && next.find(':') != std::string_view::npos;
  }
  return false;
}

/// Words of a line that blanks or tabs divide.
std::vector<std::string_view> words(std::string_view line) {
  std::vector<std::string_view> found;
  for (std::size_t i = 0; i < line.size();) {
    const std::size_t begin = line.find_first_not_of(" \t", i);
    if (begin == std::string_view::npos) break;
    const std::size_t end = std::min(line.find_first_of(" \t", begin), line.size());
    found.push_back(line.substr(begin, end - begin));
    i = end;
  }
  return found;
}

/// PLINK .ped/.fam: FID IID PAT MAT SEX PHENO [alleles]; also `id father mother sex g/g ...` of pedigree programs.
std::string ped_kind(const std::vector<std::string_view>& lines) {
  if (lines.empty()) return {};
  const std::vector<std::string_view> cells = words(lines[0].substr(0, std::min<std::size_t>(lines[0].size(), 65536)));
  const auto sex = [](std::string_view cell) { return cell == "0" || cell == "1" || cell == "2"; };
  if (cells.size() >= 6 && sex(cells[4]) && (cells[5] == "-9" || cells[5] == "0" || cells[5] == "1" || cells[5] == "2"))
    return cells.size() == 6 ? "a PLINK pedigree (.fam or .ped without genotypes); write it as a pedigree table: family_id, person_id, "
                               "father_id, mother_id, sex, sample_id, missing"
                             : "a PLINK .ped file (pedigree with SNP genotypes), which this version does not read";
  if (cells.size() >= 5 && sex(cells[3]) && cells[4].size() == 3 && cells[4][1] == '/')
    return "a pedigree file with genotypes and no header (id, father, mother, sex, a/b ...), whose loci have no names; write a table with "
           "a header";
  return {};
}

}  // namespace

std::string xml_root(std::string_view text) {
  if (text.empty() || trim_cell(text.substr(0, 256)).substr(0, 1) != "<") return {};
  std::size_t i = 0;
  for (;;) {
    i = text.find('<', i);
    if (i == std::string_view::npos || i + 1 >= text.size()) return {};
    if (text[i + 1] != '?' && text[i + 1] != '!') break;
    ++i;
  }
  const std::string_view name = text.substr(i + 1, text.find_first_of(" \t\r\n/>", i + 1) - i - 1);
  const std::size_t prefix = name.find(':');
  return std::string(prefix == std::string_view::npos ? name : name.substr(prefix + 1)).substr(0, 40);
}

std::string refusal_by_magic(std::string_view bytes) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kMagic{{
      {std::string_view("\xD0\xCF\x11\xE0", 4),
       "an old Office file or a workbook with a password; save the sheet without one, as .xlsx or CSV UTF-8"},
      {std::string_view("\x1F\x8B", 2), "a gzip archive; unpack it first"},
      {std::string_view("\x89HDF", 4), "an HDF5 file, such as a store of homeward; give it as the STORE, not as a file to load"},
      {std::string_view("\x6C\x1B\x01", 3), "a PLINK .bed file (binary SNP genotypes), which this version does not read"},
      {std::string_view("%PDF", 4), "a PDF document; export the profiles as a table"},
      {std::string_view("ABIF", 4),
       "an instrument file (.fsa, .ab1) with raw signals; load the allele table that the analysis program exports"},
      {std::string_view("\x89PNG", 4), "a picture"},
      {std::string_view("\xFF\xD8\xFF", 3), "a picture"},
      {std::string_view("SQLite format 3", 15), "an SQLite database; export the profiles as a table"},
  }};
  for (const auto& [magic, what] : kMagic)
    if (starts(bytes, magic)) return std::string(what);
  return {};
}

std::string refusal_by_structure(std::string_view text, char delimiter, const LocusDictionary& loci) {
  const std::vector<std::string_view> lines = first_lines(text, 12);
  if (lines.empty()) return "empty: it holds nothing but blanks";
  const std::string_view first = trim_cell(lines[0]);
  if (first.front() == '<') return xml_kind(text);
  if (first.front() == '{' || first.front() == '[') return "a JSON file, not a table of profiles; a population goes to --population";
  if (starts(first, "##fileformat=VCF")) return "a VCF file (variant calls), which this version does not read";
  if (starts(first, "#Report: STR Table"))
    return "a GeneMarker HTS report (sequence reads per allele), not final calls; export the called alleles as a table";
  if (first_token(first) == "#IID" || first_token(first) == "#FID" || first_token(first) == "#IID1")
    return "a PLINK 2 table (.psam or .kin0), which this version does not read";
  if (starts(first, "#CNAS_AF") || cnas_frequencies(lines))
    return "a CNAS table of allele frequencies, not of profiles; give it to --population";
  if (strider_table(lines)) return "a STRidER table of allele frequencies, not of profiles; give it to --population FILE#NAME";
  if (familias_frequencies(lines, loci)) return "a Familias table of allele frequencies, not of profiles; give it to --population";
  if (yaml_frequencies(lines)) return "a table of allele frequencies (YAML), not of profiles; give it to --population";
  const std::vector<std::string_view> cells = split(first, '\t');
  if (cells.size() >= 4 && cells[0].find(':') != std::string_view::npos && cells[1].find(" bases") != std::string_view::npos)
    return "STRait Razor output (sequence reads per allele), not final calls; convert it to called alleles first";
  if (std::string ped = ped_kind(lines); !ped.empty()) return ped;
  if (delimiter == 0) return "a text without columns: none of tab, comma, semicolon or | occurs in its first line";
  return {};
}

}  // namespace homeward::import
