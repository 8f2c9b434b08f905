// The store: one HDF5 file that is the last committed one, whole, whatever happens.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "homeward/error.hpp"
#include "homeward/family.hpp"
#include "homeward/import.hpp"
#include "homeward/results.hpp"

namespace homeward {

/// The new file could not be written or read back; the store is the last committed one. HDF5 may still hold what it
/// could not write: report the error and leave the process with `_exit(exit_code())` (the library's exit handler is
/// switched off, so returning from main is safe too, but do not go on using stores in this process).
class StoreWriteError final : public Error {
 public:
  explicit StoreWriteError(const std::string& message) : Error(ErrorKind::failure, message) {}
};

/// One file of a load, as the store remembers it.
struct Batch {
  std::uint32_t id = 0;
  std::string file;  ///< base name only
  std::string sha256, format, version, time;
  std::uint64_t rows = 0, samples = 0, new_persons = 0, new_typings = 0, conflicts = 0, rejects = 0;
  std::uint64_t identical_typings = 0;  ///< the sample had a typing of the same kit and the same calls: not stored again
  std::uint64_t refused_samples = 0;    ///< rows whose id is in the store with another role, sex, family or person
};

struct StoreInfo {
  std::string path, uuid;
  int format_version = 0;
  std::uint64_t generation = 0, n_persons = 0, n_children = 0, n_families = 0, n_samples = 0, n_typings = 0, bytes = 0;
  std::uint64_t n_conflicts = 0;                                ///< calls that disagree with an earlier one of the same person
  std::uint64_t n_unsearchable_families = 0;                    ///< families whose shape is no shape (E_FAMILY_SHAPE); not in n_families
  std::vector<std::pair<std::string, std::uint64_t>> loci;      ///< locus, persons typed
  std::vector<std::pair<std::string, std::uint64_t>> families;  ///< shape, count
  std::vector<Batch> batches;
};

/// What a load did or would do. A known person is extended when a new typing adds a call at some locus.
struct LoadSummary {
  std::uint64_t new_persons = 0, new_samples = 0, new_typings = 0, extended_persons = 0, identical_typings = 0, conflicts = 0;
  std::uint64_t refused_samples = 0;  ///< not loaded: E_DUP_ID_CONFLICT, E_ID_MISSING
  std::uint64_t generation = 0;       ///< of the store after the commit; 0 when nothing was written
  bool already_loaded = false;        ///< a file with this digest is in the store: nothing was added
  std::vector<Issue> issues;          ///< conflicts, family-shape errors
  std::uint32_t batch_id = 0;         ///< of the first new file; 0 = no file was new
};

/// A store opened for reading: keeps the snapshot it opened, whatever a writer does to the path. Ids, roles and families are
/// in memory; calls are read per block. Throws Error(store), with distinct messages, when the path is missing, not a
/// homeward store, too old, too new or damaged (also later, from read(), when a block's checksum is wrong).
/// Not thread-safe, and never to be used inside a parallel region. open(): 0.1 s for 164,000 persons.
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
/// Rules: a file whose sha256 is in the store is recognised and skipped; a further typing of a sample adds loci; a call
/// that disagrees with an earlier one of the person is E_TYPING_CONFLICT and never overwrites (both typings are kept, the
/// consensus keeps the first); a sample or person stated with another role, sex, family or person is E_DUP_ID_CONFLICT
/// and not loaded. Persons, families and counts are derived again over the whole store.
/// Throws StoreWriteError when the new file cannot be written; Error(failure) "outcome unknown" when the rename is done
/// but the folder cannot be flushed. @param time_utc as recorded in /batches, e.g. "2026-01-31T12:00:00Z"
LoadSummary load_into_store(const std::filesystem::path& path, const std::vector<ImportedFile>& files, bool dry_run,
                            const std::string& time_utc);

/// Everything that was reported, as a load would hand it over: samples in the order of the store, one entry per typing (a sample
/// with two typings, or in two families, appears twice), and the rows of all pedigree tables. Whole in memory. Throws
/// Error(store) like Store::open.
ImportedFile stored_profiles(const std::filesystem::path& path);

/// Deep check: structure, links, ranges, cross-indices, content digest, and everything derived derived again. Every defect
/// as a sentence; empty = sound. Throws Error(store) when it is no store of this version or cannot be opened at all.
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
  const std::vector<std::string>& family_slots() const;  ///< by family, beside family_ids()
  /// What was compared: digests of the children's typings and of the families' members (genetics/typing_digest.hpp).
  const std::vector<std::uint64_t>& child_typings() const;
  const std::vector<std::uint64_t>& family_typings() const;
  std::uint64_t size() const override;
  std::size_t next(Hit* out, std::size_t capacity) override;
  void rewind() override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace homeward
