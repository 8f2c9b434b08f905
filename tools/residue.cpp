#include "residue.hpp"

#include <algorithm>
#include <fstream>
#include <unordered_set>

#include "homeward/error.hpp"
#include "homeward/store.hpp"
#include "run_folder.hpp"

namespace homeward::cli {

namespace {

namespace fs = std::filesystem;

constexpr int kDeepest = 3;

std::size_t longest(const std::vector<std::string>& texts) {
  std::size_t length = 0;
  for (const std::string& text : texts) length = std::max(length, text.size());
  return length;
}

bool hits_hold(const fs::path& path, const std::vector<std::string>& ids) {
  try {
    const HitsReader hits(path);
    const std::unordered_set<std::string_view> wanted(ids.begin(), ids.end());
    const auto names = [&](const std::vector<std::string>& table) {
      return std::any_of(table.begin(), table.end(), [&](const std::string& id) { return wanted.count(id) != 0; });
    };
    return names(hits.child_ids()) || names(hits.family_ids());
  } catch (const Error&) {
    return true;
  }
}

bool run_holds(const fs::path& folder, const std::vector<std::string>& ids) {
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    if (entry.path().filename() == "hits.h5" ? hits_hold(entry.path(), ids) : file_holds(entry.path(), ids)) return true;
  }
  return false;
}

}  // namespace

bool file_holds(const fs::path& path, const std::vector<std::string>& texts) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return true;
  constexpr std::size_t kBlock = std::size_t{1} << 20U;
  const std::size_t overlap = longest(texts);
  std::string window;
  std::string block(kBlock, '\0');
  while (stream.read(block.data(), static_cast<std::streamsize>(block.size())) || stream.gcount() > 0) {
    window.append(block, 0, static_cast<std::size_t>(stream.gcount()));
    for (const std::string& text : texts)
      if (!text.empty() && window.find(text) != std::string::npos) return true;
    if (window.size() > overlap) window.erase(0, window.size() - overlap);
  }
  return false;
}

Residue find_residue(const fs::path& store, const fs::path& runs, const std::vector<std::string>& ids) {
  Residue residue;
  const fs::path folder = store.has_parent_path() ? store.parent_path() : ".";
  const std::string prefix = store.filename().string() + ".";
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (!entry.is_regular_file() || name.compare(0, prefix.size(), prefix) != 0) continue;
    if (file_holds(entry.path(), ids)) residue.files.push_back(entry.path().string());
  }
  for (fs::recursive_directory_iterator it(runs, fs::directory_options::skip_permission_denied), end; it != end; ++it) {
    if (it.depth() >= kDeepest) it.disable_recursion_pending();
    if (!it->is_directory() || !is_run_folder(it->path())) continue;
    if (run_holds(it->path(), ids)) residue.runs.push_back(it->path().string());
  }
  std::sort(residue.files.begin(), residue.files.end());
  std::sort(residue.runs.begin(), residue.runs.end());
  return residue;
}

}  // namespace homeward::cli
