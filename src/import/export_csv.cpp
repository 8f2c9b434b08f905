// Export as native long tables.
#include <algorithm>

#include "base/atomic_file.hpp"
#include "base/text.hpp"
#include "import/export_parts.hpp"
#include "import/text_table.hpp"

namespace homeward {

namespace {

using namespace import;

std::size_t most_words(const Round& round) {
  std::size_t most = 2;
  for (const ImportedSample* sample : round)
    for (const ImportedCall& call : sample->calls) most = std::max(most, words_of(call, Homozygote::twice, "?").size());
  return most;
}

std::string attributes_of(const ImportedSample& sample) {
  std::string line;
  for (const std::string& cell :
       {sample.sample_id, sample.person_id, sample.role == Role::unknown ? std::string() : std::string(to_string(sample.role)),
        sample.family_id, sample.sex == Sex::unknown ? std::string() : std::string(to_string(sample.sex)), sample.kit,
        std::string(sample.partial ? "1" : ""), sample.slot})
    line += csv_cell(cell) + ',';
  return line;
}

std::string row_of(const std::string& attributes, const std::string& locus, const std::vector<std::string>& words, std::size_t columns) {
  std::string line = attributes + csv_cell(locus);
  for (std::size_t k = 0; k < columns; ++k) line += ',' + (k < words.size() ? csv_cell(words[k]) : std::string());
  return line + '\n';
}

ExportedFile write_round(const ImportedFile& content, const Round& round, const std::filesystem::path& path) {
  AtomicFile file(path);
  ExportedFile written{path.string(), {}, round.size(), 0};
  const std::size_t columns = most_words(round);
  std::string header = "sample_id,person_id,role,family_id,sex,kit,partial,slot,locus";
  for (std::size_t k = 1; k <= columns; ++k) header += ",allele" + std::to_string(k);
  file.write(header + '\n');
  for (const ImportedSample* sample : round) {
    const std::string attributes = attributes_of(*sample);
    // A sample without calls keeps a row, with a locus that is not typed.
    if (sample->calls.empty() && !content.loci.empty()) {
      file.write(row_of(attributes, content.loci[0].name, {}, columns));
      ++written.rows;
    }
    for (const ImportedCall& call : sample->calls) {
      file.write(row_of(attributes, content.loci[call.locus].name, words_of(call, Homozygote::twice, "?"), columns));
      ++written.rows;
    }
  }
  written.sha256 = file.commit();
  return written;
}

}  // namespace

Exported write_csv_long(const ImportedFile& content, const std::filesystem::path& path) {
  Exported exported;
  const std::vector<Round> rounds = rounds_of(content);
  for (std::size_t k = 0; k < rounds.size(); ++k) exported.files.push_back(write_round(content, rounds[k], path_of_round(path, k)));
  write_pedigrees(content, path, exported);
  return exported;
}

}  // namespace homeward
