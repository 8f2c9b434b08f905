// Formats of bare frequency tables, told apart by content.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "import/population_file_parts.hpp"

namespace homeward {

namespace {

struct Line {
  std::string_view text;
  std::size_t number;  ///< from 1
};

/// Lines that end in LF, CRLF or CR alone. Comment lines (#) are left out, blank lines are kept.
std::vector<Line> lines_of(std::string_view text) {
  std::vector<Line> lines;
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    const std::string_view line = text.substr(0, end);
    ++number;
    if (line.empty() || line[0] != '#') lines.push_back({line, number});
    const bool crlf = end + 1 < text.size() && text[end] == '\r' && text[end + 1] == '\n';
    text.remove_prefix(std::min(text.size(), end + (crlf ? 2 : 1)));
  }
  return lines;
}

/// Cells of one line, trimmed; double quotes may enclose a cell (and double themselves inside).
std::vector<std::string> cells_of(std::string_view line, char separator) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"') {
      if (quoted && i + 1 < line.size() && line[i + 1] == '"')
        cells.back() += line[++i];
      else
        quoted = !quoted;
    } else if (line[i] == separator && !quoted) {
      cells.emplace_back();
    } else {
      cells.back() += line[i];
    }
  }
  for (std::string& cell : cells) cell = std::string(trim(cell));
  return cells;
}

bool blank(const Line& line) { return trim(line.text).find_first_not_of(",;\t \"") == std::string_view::npos; }

/// The separator that splits a line into most cells.
char separator_of(std::string_view line) {
  char best = ',';
  std::size_t most = 1;
  for (const char separator : {'\t', ';', ','}) {
    const std::size_t cells = cells_of(line, separator).size();
    if (cells > most) {
      most = cells;
      best = separator;
    }
  }
  return best;
}

std::size_t column_named(const std::vector<std::string>& header, std::initializer_list<const char*> names) {
  for (std::size_t i = 0; i < header.size(); ++i)
    for (const char* name : names)
      if (lower_ascii(header[i]) == name) return i;
  return header.size();
}

std::string cell(const std::vector<std::string>& cells, std::size_t i) { return i < cells.size() ? cells[i] : std::string{}; }

/// locus,allele,frequency[,n_alleles]
void read_list(const std::vector<Line>& lines, char separator, FrequencyTableBuilder& table) {
  const std::vector<std::string> header = cells_of(lines[0].text, separator);
  const std::size_t locus = column_named(header, {"locus", "marker"});
  const std::size_t allele = column_named(header, {"allele"});
  const std::size_t frequency = column_named(header, {"frequency", "freq"});
  const std::size_t n_alleles = column_named(header, {"n_alleles", "2n"});
  for (std::size_t i = 1; i < lines.size(); ++i) {
    if (blank(lines[i])) continue;
    const std::vector<std::string> cells = cells_of(lines[i].text, separator);
    if (cell(cells, locus).empty()) {
      table.defect(lines[i].number, "the locus is missing");
      continue;
    }
    const std::size_t index = table.locus(cells[locus]);
    table.add(index, cell(cells, allele), cell(cells, frequency), lines[i].number);
    table.set_n_alleles(index, cell(cells, n_alleles), lines[i].number);
  }
}

/// Allele,LOCUS,LOCUS,... with a row N of allele counts
void read_matrix(const std::vector<Line>& lines, char separator, FrequencyTableBuilder& table) {
  const std::vector<std::string> header = cells_of(lines[0].text, separator);
  std::vector<std::size_t> loci(header.size(), FrequencyTableBuilder::kLeftOut);
  for (std::size_t i = 1; i < header.size(); ++i)
    if (!header[i].empty()) loci[i] = table.new_locus(header[i], lines[0].number);
  for (std::size_t k = 1; k < lines.size(); ++k) {
    if (blank(lines[k])) continue;
    const std::vector<std::string> cells = cells_of(lines[k].text, separator);
    const std::string first = lower_ascii(cells[0]);
    if (cells.size() > header.size())
      table.defect(lines[k].number, fmt::format("{} cells under a header of {}", cells.size(), header.size()));
    for (std::size_t i = 1; i < std::min(cells.size(), header.size()); ++i) {
      if (first == "n" || first == "2n")
        table.set_n_alleles(loci[i], cells[i], lines[k].number);
      else
        table.add(loci[i], cells[0], cells[i], lines[k].number);
    }
  }
}

/// LOCUS<tab>11=0.0005<tab>12=...
void read_cnas(const std::vector<Line>& lines, FrequencyTableBuilder& table) {
  for (const Line& line : lines) {
    if (blank(line)) continue;
    const std::vector<std::string> cells = cells_of(line.text, '\t');
    const std::size_t locus = table.new_locus(cells[0], line.number);
    for (std::size_t i = 1; i < cells.size(); ++i) {
      if (cells[i].empty()) continue;
      const std::size_t equals = cells[i].find('=');
      if (equals == std::string::npos)
        table.defect(line.number, fmt::format("cell {} has no '=', expected allele=frequency", i + 1));
      else
        table.add(locus, trim(cells[i].substr(0, equals)), trim(cells[i].substr(equals + 1)), line.number);
    }
  }
}

/// A locus line, then `Allele,population,...`, a line of sample sizes (persons), allele rows; repeated.
void read_strider(const std::vector<Line>& lines, const std::string& wanted, FrequencyTableBuilder& table) {
  std::size_t locus = FrequencyTableBuilder::kLeftOut;
  std::size_t column = 1;
  std::string used;
  for (std::size_t k = 0; k < lines.size(); ++k) {
    if (blank(lines[k])) continue;
    const std::vector<std::string> cells = cells_of(lines[k].text, ',');
    const bool before_header = k + 1 < lines.size() && lower_ascii(cells_of(lines[k + 1].text, ',')[0]) == "allele";
    if (before_header) {
      locus = table.new_locus(cells[0], lines[k].number);
    } else if (lower_ascii(cells[0]) == "allele") {
      column = wanted.empty() ? 1 : column_named(cells, {lower_ascii(wanted).c_str()});
      if (column >= cells.size())
        table.defect(lines[k].number,
                     fmt::format("no column '{}'; the file has: {}", escaped(wanted), fmt::join(cells.begin() + 1, cells.end(), ", ")));
      else
        used = cells[column];
    } else if (cells[0].empty()) {
      table.set_n_alleles(locus, cell(cells, column), lines[k].number, 2);
    } else {
      table.add(locus, cells[0], cell(cells, column), lines[k].number);
    }
  }
  if (wanted.empty())
    table.warn(
        fmt::format("W_POPULATION_COLUMN: the file has several populations; '{}' is used (choose with FILE#COLUMN).", escaped(used)));
}

/// A locus line, then allele<tab>frequency lines, then a blank line; repeated.
void read_familias(const std::vector<Line>& lines, FrequencyTableBuilder& table) {
  std::size_t locus = FrequencyTableBuilder::kLeftOut;
  bool open = false;
  for (const Line& line : lines) {
    if (blank(line)) {
      open = false;
      continue;
    }
    const std::vector<std::string> cells = cells_of(line.text, '\t');
    if (!open)
      locus = table.new_locus(cells[0], line.number);
    else
      table.add(locus, cells[0], cell(cells, 1), line.number);
    open = true;
  }
}

}  // namespace

bool read_frequency_table(std::string_view text, const std::string& column, FrequencyTableBuilder& table) {
  std::vector<Line> lines = lines_of(text);
  lines.erase(lines.begin(), std::find_if_not(lines.begin(), lines.end(), blank));
  if (lines.size() < 2) return false;
  const char separator = separator_of(lines[0].text);
  if (separator != ',') table.accept_decimal_comma();
  const std::vector<std::string> first = cells_of(lines[0].text, separator);
  const std::vector<std::string> second = cells_of(lines[1].text, separator_of(lines[1].text));
  const auto named = [&](std::initializer_list<const char*> names) { return column_named(first, names) < first.size(); };
  const auto filled = [](const std::vector<std::string>& cells) {
    return std::count_if(cells.begin(), cells.end(), [](const std::string& c) { return !c.empty(); });
  };
  const bool strider = filled(first) == 1 && lower_ascii(second[0]) == "allele";
  if (!column.empty() && !strider) table.defect(lines[0].number, "a column was chosen with '#', but this format has one population only");
  if (strider)
    read_strider(lines, column, table);
  else if (named({"locus", "marker"}) && named({"allele"}) && named({"frequency", "freq"}))
    read_list(lines, separator, table);
  else if (lower_ascii(first[0]) == "allele" && first.size() > 1)
    read_matrix(lines, separator, table);
  else if (first.size() > 1 && first[1].find('=') != std::string::npos)
    read_cnas(lines, table);
  else if (filled(first) == 1 && second.size() == 2 && parse_any_allele(second[0]))
    read_familias(lines, table);
  else
    return false;
  return true;
}

}  // namespace homeward
