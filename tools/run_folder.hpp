// A run folder as a place: made, claimed by one process, cleared, continued.
#pragma once

#include <filesystem>
#include <string>

namespace homeward::cli {

/// Names of the files a finished run may hold, run.json last.
inline constexpr const char* kRunFiles[] = {"hits.h5",     "candidates.tsv",   "loci.tsv",    "joint.tsv",
                                            "lineage.tsv", "family_check.tsv", "report.html", "run.json"};
inline constexpr const char* kCheckpointFolder = "checkpoint";
inline constexpr const char* kJoiningFolder = "joining";  ///< a run that is to replace the one it lies in

/// Is this a run folder (it holds run.json)?
bool is_run_folder(const std::filesystem::path& path);

/// Refuses a run folder that cannot be made, before any work is done. A folder that is no run is never touched.
void check_folder(const std::filesystem::path& out, bool force);

/// Makes the run folder, 0700.
void make_folder(const std::filesystem::path& out);
/// Removes a run that is there and what a killed process left half written. With Keep::checkpoint its checkpoint stays, and
/// run.json, which says whose it is.
enum class Keep { nothing, checkpoint };
void clear_folder(const std::filesystem::path& out, Keep keep);

/// Moves a finished run over another one, run.json last, and removes what it leaves. A report of the other run goes, everything
/// else there stays.
void move_run(const std::filesystem::path& from, const std::filesystem::path& to);

/// While it lives no other process works in the folder. Throws Error(failure) when one does. The kernel releases it with
/// the process, however that ends; a file system without locks gives none.
class RunLock {
 public:
  explicit RunLock(const std::filesystem::path& folder);
  ~RunLock();
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

 private:
  int descriptor_ = -1;
};

/// Now, in UTC: 2025-01-31T23:59:59Z.
std::string utc_now();

}  // namespace homeward::cli
