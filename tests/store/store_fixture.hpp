// Hand-made imports and a scratch folder for the tests of the store.
#pragma once

#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "homeward/import.hpp"
#include "homeward/store.hpp"

namespace store_test {

using namespace homeward;

inline constexpr const char* kTime = "2026-01-31T12:00:00Z";

/// A folder of its own, removed with everything in it.
class Scratch {
 public:
  Scratch() {
    std::string name = (std::filesystem::temp_directory_path() / "homeward-store-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no scratch folder");
    path_ = name;
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Genotype of "15/17", "15/?", "A/G", "".
inline Genotype genotype(const std::string& text) {
  if (text.empty()) return {};
  const std::size_t slash = text.find('/');
  const auto allele = [](const std::string& word) { return word == "?" ? Allele{} : parse_any_allele(word).value(); };
  return {allele(text.substr(0, slash)), allele(text.substr(slash + 1))};
}

/// One import in the making: loci appear as calls name them. Text after '!' is a raw call: "!OL".
class FileBuilder {
 public:
  explicit FileBuilder(const std::string& name) {
    file.path = "/somewhere/" + name;
    file.format = "native-wide";
    file.sha256 = name;
  }
  FileBuilder& add(const std::string& sample_id, Role role, const std::map<std::string, std::string>& calls,
                   const std::string& family = {}) {
    ImportedSample sample;
    sample.sample_id = sample_id;
    sample.role = role;
    sample.family_id = family;
    sample.line = ++file.rows + 1;
    for (const auto& [locus, text] : calls) {
      ImportedCall call;
      call.locus = locus_index(locus);
      if (!text.empty() && text[0] == '!')
        call.raw = text.substr(1);
      else
        call.genotype = genotype(text);
      sample.calls.push_back(call);
    }
    file.samples.push_back(sample);
    return *this;
  }
  ImportedSample& last() { return file.samples.back(); }
  FileBuilder& relative(const std::string& family, const std::string& person, const std::string& father, const std::string& mother, Sex sex,
                        const std::string& sample = {}, bool missing = false) {
    ImportedRelative r;
    r.family_id = family;
    r.person_id = person;
    r.father_id = father;
    r.mother_id = mother;
    r.sex = sex;
    r.sample_id = sample;
    r.missing = missing;
    r.line = ++file.rows + 1;
    file.relatives.push_back(r);
    return *this;
  }
  std::uint32_t locus_index(const std::string& name) {
    for (std::uint32_t i = 0; i < file.loci.size(); ++i)
      if (file.loci[i].name == name) return i;
    Locus locus;
    locus.name = name;
    locus.kind = name == "AMEL" ? LocusKind::sex : name.rfind("rs", 0) == 0 ? LocusKind::snp : LocusKind::str;
    file.loci.push_back(locus);
    return static_cast<std::uint32_t>(file.loci.size() - 1);
  }

  ImportedFile file;
};

inline LoadSummary load(const std::filesystem::path& store, const FileBuilder& builder) {
  return load_into_store(store, {builder.file}, false, kTime);
}

/// Consensus calls of everybody: person id -> locus -> "15/17"; untyped loci left out.
inline std::map<std::string, std::map<std::string, std::string>> everybody(const ProfileSource& source) {
  std::vector<PersonIndex> all;
  for (std::size_t i = 0; i < source.n_persons(); ++i) all.push_back(static_cast<PersonIndex>(i));
  ProfileBlock block;
  source.read(all, block);
  std::map<std::string, std::map<std::string, std::string>> calls;
  for (std::size_t i = 0; i < all.size(); ++i) {
    auto& mine = calls[source.person(all[i]).id];
    for (LocusIndex l = 0; l < source.loci().size(); ++l)
      if (const Genotype g = block.at(l, i); !g.b.empty()) mine[source.loci()[l].name] = to_string(g);
  }
  return calls;
}

inline std::size_t count_code(const LoadSummary& summary, const std::string& code) {
  std::size_t n = 0;
  for (const Issue& issue : summary.issues) n += issue.code == code ? 1 : 0;
  return n;
}

/// "id slot shape father mother" of every family, "-" for nobody; of pedigrees the missing person's id.
inline std::vector<std::string> family_lines(const ProfileSource& source) {
  std::vector<std::string> lines;
  const auto name = [&](PersonIndex p) { return p == kNobody ? std::string("-") : source.person(p).id; };
  for (const Family& f : source.families()) {
    std::string line = f.id + ' ' + f.slot + ' ' + std::string(to_string(f.shape));
    if (f.shape == FamilyShape::pedigree)
      line += ' ' + f.pedigree[static_cast<std::size_t>(f.missing)].id;
    else
      line += ' ' + name(f.father) + ' ' + name(f.mother);
    lines.push_back(line);
  }
  return lines;
}

inline std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
inline void write_bytes(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

/// The message of the homeward::Error that `work` throws; empty if it throws none.
template <class Work>
std::string error_of(const Work& work, ErrorKind kind) {
  try {
    work();
  } catch (const Error& error) {
    return error.kind() == kind ? error.what() : "of another kind: " + std::string(error.what());
  }
  return {};
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace store_test
