// The deep check of a store: structure, ranges, cross-indices, digests, and everything derived derived again.
#include <filesystem>
#include <unordered_set>

#include "homeward/error.hpp"
#include "homeward/store.hpp"
#include "store/families.hpp"
#include "store/store_file.hpp"

namespace homeward {

namespace {

using namespace storage;

void check_unique(const std::string& what, const TextColumn& ids, std::vector<std::string>& defects) {
  std::unordered_set<std::string_view> seen;
  for (std::size_t i = 0; i < ids.size(); ++i)
    if (!seen.insert(ids[i]).second) {
      defects.push_back(what + " row " + std::to_string(i) + ": the same id as an earlier row");
      return;
    }
}

bool same(const TextColumn& l, const TextColumn& r) { return l.offsets == r.offsets && l.bytes == r.bytes; }
template <class T>
bool same(const std::vector<T>& l, const std::vector<T>& r) {
  return l == r;
}

/// Derived datasets must be what the declared ones say.
void check_derived(const StoreData& data, std::vector<std::string>& defects) {
  StoreData again = data;
  derive_conflicts(again);
  derive_persons(again);
  derive_families(again);
  count_persons_typed(again);
  // Two walks over the same list: remember the first store's columns by address, compare in the second walk.
  std::vector<const void*> stored;
  visit_columns(data, [&](const std::string&, const auto& column) { stored.push_back(&column); });
  std::size_t i = 0;
  visit_columns(again, [&](const std::string& path, const auto& column) {
    const auto& original = *static_cast<const std::decay_t<decltype(column)>*>(stored[i++]);
    if (!same(column, original)) defects.push_back(path + " is not what samples, typings and pedigree rows say");
  });
}

void check_content(const FileReader& file, std::vector<std::string>& defects) {
  for (const std::string& link : file.foreign_links()) defects.push_back("/" + link + " is a soft or external link, which is refused");
  StoreData data = read_columns(file);
  for (std::string& defect : column_defects(data)) defects.push_back(std::move(defect));
  if (!defects.empty()) return;
  read_calls(file, data);
  if (file.text_attribute("content_sha256") != content_digest(file)) defects.emplace_back("the content is not what content_sha256 says");
  for (std::string& defect : call_defects(data)) defects.push_back(std::move(defect));
  check_unique("/samples/id", data.samples.id, defects);
  check_unique("/persons/id", data.persons.id, defects);
  check_unique("/panels/str/name", data.str_panel.name, defects);
  check_unique("/panels/snp/name", data.snp_panel.name, defects);
  if (defects.empty()) check_derived(data, defects);
}

}  // namespace

std::vector<std::string> check_store(const std::filesystem::path& path) {
  const std::unique_ptr<FileReader> file = open_store_file(path);
  std::vector<std::string> defects;
  try {
    check_content(*file, defects);
  } catch (const Hdf5Error& damage) {
    defects.emplace_back(damage.what());
  }
  return defects;
}

}  // namespace homeward
