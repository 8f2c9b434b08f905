// RUN/checkpoint: what a search has finished, so that another process can go on (data-schemas/checkpoint.schema.json).
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/atomic_file.hpp"
#include "homeward/search_session.hpp"

namespace homeward::cli {

/// Some finished slices and the file that holds their hits.
struct CheckpointPart {
  std::string file;  ///< base name; empty = no hits
  std::string sha256;
  std::uint64_t n_hits = 0;
  std::vector<SliceRange> slices;  ///< ascending, disjoint
  ScanCounts counts;
};

struct Checkpoint {
  std::string search_digest;  ///< of everything the hits depend on, the cutting into slices included
  std::string program;        ///< version and commit of the program that wrote it
  std::vector<CheckpointPart> parts;
};

/// Counters as text, for the state file and for messages; and back.
std::string to_text(const ScanCounts& counts);
ScanCounts scan_counts_of(std::string_view text);

/// Version and commit of this program.
std::string this_program();

/// Reads the state; nullopt when the folder has no checkpoint. Throws Error(input) when it is damaged.
std::optional<Checkpoint> read_checkpoint(const std::filesystem::path& run);

/// Gives the session all that the checkpoint holds. Throws Error(input) when a file is not the one that was written.
void replay(const std::filesystem::path& run, const Checkpoint& checkpoint, SearchSession& session);

/// What of `wanted` the checkpoint lacks, ascending.
std::vector<SliceRange> unfinished(const Checkpoint& checkpoint, SliceRange wanted);

/// Keeps the hits of finished slices and writes them now and then: first after `first_after`, then ever more rarely, so that
/// writing costs a small share of the time and a short run writes nothing. Files are 0600, whole or absent; the state
/// names only files that are whole. Throws Error(failure) when the disk is full.
class CheckpointWriter final : public ScanObserver {
 public:
  CheckpointWriter(std::filesystem::path run, Checkpoint so_far, std::chrono::duration<double> first_after);
  void found(std::span<const Hit> hits) override;
  void finished(SliceRange range, const ScanCounts& counts) override;
  /// Writes what is finished and not yet written.
  void write();
  std::uint64_t slices_done() const;

 private:
  using Clock = std::chrono::steady_clock;
  std::string next_file();
  void open_stream();

  std::filesystem::path run_;
  Checkpoint state_;
  std::chrono::duration<double> first_after_;
  Clock::time_point start_, written_;
  CheckpointPart pending_;  ///< finished, in memory
  std::string pending_bytes_;
  std::string open_bytes_;              ///< of the slices being scanned
  std::unique_ptr<AtomicFile> stream_;  ///< of the slices being scanned, when they have too many hits for memory
  std::string stream_file_;
  std::uint64_t stream_hits_ = 0;
  std::uint32_t last_file_ = 0;
};

}  // namespace homeward::cli
