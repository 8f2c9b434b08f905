#include "import/sample_rows.hpp"

#include <algorithm>

#include "import/detect.hpp"
#include "import/profile_collector.hpp"
#include "import/reported_samples.hpp"
#include "import/table_start.hpp"
#include "import/text_file.hpp"

namespace homeward::import {

std::vector<Reject> rows_of_samples(const ImportedFile& file, const ImportOptions& options, const RefusedSamples& refused) {
  const auto format = std::find_if(formats().begin(), formats().end(), [&](const Format& f) { return f.name == file.format; });
  if (format != formats().end() && !format->table) return rows_of_reported(file, refused);
  const std::filesystem::path path(file.path);
  ImportOptions same_sheet = options;
  same_sheet.worksheet = file.sheet;
  TextFile text = read_text_file(path, same_sheet);
  if (!options.mapping.columns.empty()) apply_mapping(text, options.mapping, file.path);
  if (options.format == "auto" || options.format.empty()) blank_title_rows(text, LocusDictionary(options.data_dir));
  ImportedFile scratch;
  const TextSource source{path.string(), path.stem().string(), text.decoded.text, text.delimiter, false};
  ProfileCollector names(scratch, source, options);  // for the rule that makes sample ids of names
  RowReader reader(text.decoded.text, text.delimiter);
  Row row;
  std::vector<Reject> rejects;
  if (!reader.next(row)) return rejects;
  const Header header(row.cells);
  const std::optional<std::size_t> column = header.sample_column();
  if (!column) return rejects;
  reader.expect_columns(header.size());
  while (reader.next(row)) {
    if (row.defect != RowDefect::none || *column >= row.cells.size()) continue;
    const auto found = refused.find(names.sample_id_of(row.cells[*column]));
    if (found == refused.end()) continue;
    Reject reject{found->second.first, found->second.second, row.line, {}};
    reject.cells.assign(row.cells.begin(), row.cells.end());
    rejects.push_back(std::move(reject));
  }
  return rejects;
}

}  // namespace homeward::import
