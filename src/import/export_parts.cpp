#include "import/export_parts.hpp"

#include <unordered_map>

#include "base/atomic_file.hpp"
#include "base/text.hpp"
#include "import/text_table.hpp"

namespace homeward::import {

std::vector<Round> rounds_of(const ImportedFile& content) {
  std::vector<Round> rounds(1);
  std::unordered_map<std::string_view, std::size_t> seen;
  for (const ImportedSample& sample : content.samples) {
    const std::size_t round = seen[sample.sample_id]++;
    if (round == rounds.size()) rounds.emplace_back();
    rounds[round].push_back(&sample);
  }
  return rounds;
}

std::filesystem::path path_of_round(const std::filesystem::path& path, std::size_t round) {
  if (round == 0) return path;
  std::filesystem::path further = path;
  further.replace_filename(path.stem().string() + '.' + std::to_string(round + 1) + path.extension().string());
  return further;
}

std::vector<std::string> words_of(const ImportedCall& call, Homozygote homozygote, const char* unknown) {
  std::vector<std::string> words;
  if (!call.raw.empty()) {
    const std::string raw = call.raw.str();
    for (const std::string_view word : split(raw, ',')) words.emplace_back(word);
  } else if (call.genotype.half_known()) {
    words = {to_string(call.genotype.b), unknown};
  } else if (call.genotype.typed()) {
    words = {to_string(call.genotype.a)};
    if (homozygote == Homozygote::twice || !call.genotype.homozygous()) words.push_back(to_string(call.genotype.b));
  }
  return words;
}

void write_pedigrees(const ImportedFile& content, const std::filesystem::path& path, Exported& exported) {
  if (content.relatives.empty()) return;
  std::filesystem::path target = path;
  target.replace_extension(".pedigrees.tsv");
  AtomicFile file(target);
  file.write("family_id\tperson_id\tfather_id\tmother_id\tsex\tsample_id\tmissing\n");
  for (const ImportedRelative& relative : content.relatives) {
    std::string line;
    for (const std::string* id : {&relative.family_id, &relative.person_id, &relative.father_id, &relative.mother_id})
      line += (id->empty() ? "0" : csv_cell(*id)) + '\t';
    line += std::string(to_string(relative.sex)) + '\t' + csv_cell(relative.sample_id) + '\t' + (relative.missing ? "1\n" : "0\n");
    file.write(line);
  }
  exported.files.push_back({target.string(), file.commit(), 0, content.relatives.size()});
}

void Losses::report(Exported& exported) const {
  for (const auto& [sentence, n] : counts_) exported.warnings.push_back(std::to_string(n) + ' ' + sentence);
}

}  // namespace homeward::import
