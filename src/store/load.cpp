// Loading files into a store: merge in memory, then one commit.
#include <filesystem>

#include "homeward/store.hpp"
#include "store/commit.hpp"
#include "store/commit_store.hpp"
#include "store/merge.hpp"

namespace homeward {

using namespace storage;

LoadSummary load_into_store(const std::filesystem::path& path, const std::vector<ImportedFile>& files, bool dry_run,
                            const std::string& time_utc) {
  const std::filesystem::path target = store_target(path);
  if (dry_run) {
    StoreData data = content_to_change(target);
    return merge_files(data, files, time_utc);
  }
  const WriteLock lock(target);
  StoreData data = content_to_change(target);
  LoadSummary summary = merge_files(data, files, time_utc);
  if (summary.batch_id == 0) return summary;
  ++data.generation;
  commit_store(target, data);
  summary.generation = data.generation;
  return summary;
}

}  // namespace homeward
