// The store: one HDF5 file that is the last committed one, whole, whatever happens.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "homeward/family.hpp"
#include "homeward/import.hpp"
#include "homeward/results.hpp"

namespace homeward {

/// One load, as the store remembers it.
struct Batch {
  std::uint32_t id = 0;
  std::string file;  ///< base name only
  std::string sha256, format, version, time;
  std::uint64_t rows = 0, samples = 0, new_persons = 0, new_typings = 0, conflicts = 0, rejects = 0;
};

struct StoreInfo {
  std::string path, uuid;
  int format_version = 0;
  std::uint64_t generation = 0, n_persons = 0, n_children = 0, n_families = 0, n_samples = 0, n_typings = 0, bytes = 0;
  std::vector<std::pair<std::string, std::uint64_t>> loci;      ///< locus, persons typed
  std::vector<std::pair<std::string, std::uint64_t>> families;  ///< shape, count
  std::vector<Batch> batches;
};

/// What a load did or would do.
struct LoadSummary {
  std::uint64_t new_persons = 0, new_samples = 0, new_typings = 0, extended_persons = 0, identical_typings = 0, conflicts = 0;
  bool already_loaded = false;  ///< a file with this digest is in the store: nothing was added
  std::vector<Issue> issues;    ///< conflicts, family-shape errors
  std::uint32_t batch_id = 0;
};

/// A store opened for reading: keeps the snapshot it opened. Throws Error(store) when missing, damaged, too old or new.
class Store final : public ProfileSource {
 public:
  static std::unique_ptr<Store> open(const std::filesystem::path& path);
  ~Store() override;
  const std::vector<Locus>& loci() const override;
  std::size_t n_persons() const override;
  const PersonInfo& person(PersonIndex index) const override;
  const std::vector<PersonIndex>& children() const override;
  const std::vector<Family>& families() const override;
  void read(const std::vector<PersonIndex>& persons, ProfileBlock& out) const override;
  std::vector<std::vector<Allele>> observed_alleles() const override;
  StoreInfo info() const;
  std::string sha256() const;  ///< of the file's bytes

  struct Impl;

 private:
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Adds files to a store in one commit (copy, write, read back, fsync, rename, fsync the folder), creating it if absent.
/// Lock: `STORE.lock`; busy -> Error(store) naming the holder. With `dry_run` nothing is written.
LoadSummary load_into_store(const std::filesystem::path& path, const std::vector<ImportedFile>& files, bool dry_run,
                            const std::string& time_utc);

/// Deep check: structure, ranges, cross-indices, digests. Every defect as a sentence; empty = sound.
std::vector<std::string> check_store(const std::filesystem::path& path);

/// What hits.h5 of a run folder says of itself.
struct HitsMeta {
  std::string run_id, model_digest, store_uuid;
  std::uint64_t store_generation = 0;
  double min_log10_lr = 0.0;
};

/// Writes hits.h5 (temporary file, fsync, rename; 0600): meta as attributes, the ids of all children and families of the
/// source as tables, and the hits in stream order, indexing those tables. Bounded memory. Throws Error(failure).
void write_hits(const std::filesystem::path& path, const HitsMeta& meta, const ProfileSource& source, HitStream& hits);

/// Reads hits.h5 without the store it came from. Hit::child indexes child_ids(), Hit::family and family_b family_ids().
class HitsReader final : public HitStream {
 public:
  explicit HitsReader(const std::filesystem::path& path);  ///< throws Error(store) when missing, damaged, too old or new
  ~HitsReader() override;
  const HitsMeta& meta() const;
  const std::vector<std::string>& child_ids() const;
  const std::vector<std::string>& family_ids() const;
  std::uint64_t size() const override;
  std::size_t next(Hit* out, std::size_t capacity) override;
  void rewind() override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace homeward
