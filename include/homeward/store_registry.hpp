// Registrations in a store: who is looked for and by whom, without people.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "homeward/registration.hpp"

namespace homeward {

/// What became of one record: a site's number that is new, that is known and says the same, or that says something else now.
enum class RegistrationOutcome : std::uint8_t { added = 1, updated = 2, unchanged = 3 };

/// One file of registrations to add.
struct RegistrationBatch {
  std::string file, sha256, format;  ///< base name; format "registrations"
  std::uint64_t rows = 0, rejects = 0;
  std::vector<Registration> records;          ///< with fresh ids; a known record gets its id from the store
  std::vector<RegistrationOutcome> outcomes;  ///< filled in, one a record
  bool known_file = false;                    ///< filled in: a file with this digest is in the store, nothing of it was added
};

struct RegisterSummary {
  std::uint64_t added = 0, updated = 0, unchanged = 0;
  std::uint32_t batch_id = 0;    ///< of the first new file; 0 = no file was new
  std::uint64_t generation = 0;  ///< after the commit; 0 = nothing was written
};

/// Called under the store's lock with the records' final ids, before the store is committed: the vault is written here, so that
/// a registration never stands in a store without its people. `known` tells whether the store will hold an id.
using BeforeCommit = std::function<void(const std::string& store_uuid, const std::function<bool(std::string_view)>& known)>;

/// Adds or renews registrations in one commit, creating the store if absent. A record is recognised by its source_key. With `dry_run`
/// nothing is written and `before_commit` is not called. Throws as load_into_store.
RegisterSummary register_in_store(const std::filesystem::path& path, std::vector<RegistrationBatch>& batches, bool dry_run,
                                  const std::string& time_utc, const BeforeCommit& before_commit);

/// A sample as a registration may name it.
struct StoredSample {
  std::string id, person;
  Role role = Role::unknown;
  bool typed = false;
  std::vector<std::string> families;  ///< declared, or of pedigree tables; a person without one is a family named by the sample
};

/// Everything about people's registrations that a store has.
struct StoredRegistry {
  std::string uuid;
  std::uint64_t generation = 0;
  std::vector<Registration> registrations;
  std::vector<StoredSample> samples;
};
/// Reads it, whole in memory. Throws Error(store) like Store::open.
StoredRegistry stored_registry(const std::filesystem::path& path);

/// How many there are, for an overview.
struct RegistryCounts {
  std::uint64_t registrations = 0, linked = 0, with_sample = 0, tombstones = 0;
};
RegistryCounts registry_counts(const std::filesystem::path& path);

/// A person's word that two registrations mean the same family, or (same_as empty) that this is taken back.
struct ConfirmedLink {
  std::string id, same_as;
};
/// Records links in one commit; nothing else of a registration changes, so every link can be taken back. Throws Error(input) for an id the
/// store does not have, a registration that is its own or a chain (same_as must not itself be linked). Returns how many changed.
std::uint64_t link_registrations(const std::filesystem::path& path, const std::vector<ConfirmedLink>& links);

/// What a withdrawal takes, and what stays: a tombstone that says that somebody left.
struct Withdrawal {
  std::string tombstone;                                     ///< random id of the tombstone
  std::vector<std::string> samples, persons, registrations;  ///< ids that go
  std::uint64_t typings = 0, family_rows = 0;                ///< family_rows: memberships and pedigree rows that name them
  std::vector<std::string> batches;                          ///< base names of the files they came from
  std::uint64_t generation = 0;                              ///< after the commit; 0 = dry run
};
/// Takes out a person (every sample and typing), and the registrations that name their samples, or one registration alone: `id` is a sample
/// id, a person id or a registration id. Families and everything else derived are derived again; the new store is written whole, so no byte
/// of the old one stays in it. `before_commit` as above (the vault goes first). Throws Error(input) when nobody has the id.
Withdrawal withdraw_from_store(const std::filesystem::path& path, const std::string& id, bool dry_run, const std::string& time_utc,
                               const std::function<void(const std::string& store_uuid, const Withdrawal&)>& before_commit);

/// Where a text stands in the decoded content of a store, as dataset paths: the proof of a withdrawal. Exact equality for ids.
std::vector<std::string> find_text_in_store(const std::filesystem::path& path, std::string_view text);

}  // namespace homeward
