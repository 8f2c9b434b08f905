#include "store/commit_store.hpp"

#include "homeward/error.hpp"
#include "homeward/store.hpp"
#include "store/commit.hpp"
#include "store/store_file.hpp"

namespace homeward::storage {

namespace {

/// Bytes of the decoded content: more than the file will take.
std::uint64_t decoded_bytes(const StoreData& data) {
  std::uint64_t bytes =
      data.str.calls.size() * data.str.typing.size() * sizeof(StrCall) + data.snp.codes.size() * (data.snp.typing.size() / 4 + 1);
  constexpr std::uint64_t kLayoutBytes = 1U << 20U;  // headers and chunk indexes
  visit_columns(data, [&](const std::string&, const auto& column) {
    if constexpr (std::is_same_v<std::decay_t<decltype(column)>, TextColumn>)
      bytes += column.bytes.size() + column.offsets.size() * sizeof(std::uint64_t);
    else
      bytes += column.size() * sizeof(column[0]);
  });
  return bytes + kLayoutBytes;
}

}  // namespace

void commit_store(const std::filesystem::path& path, StoreData& data) {
  data.minor = kFormatMinor;
  remove_stale_temporaries(path);
  require_free_space(path.parent_path(), decoded_bytes(data));
  const auto write = [&](const std::filesystem::path& temporary) {
    std::string meant;
    try {
      meant = write_store_file(temporary, data);
    } catch (const Hdf5Error& error) {
      throw StoreWriteError(path.string() + ": the new store could not be written: " + error.what() + "; the store is what it was");
    }
    try {
      if (content_digest(*open_store_file(temporary)) == meant) return;
    } catch (const std::exception& error) {
      throw StoreWriteError(path.string() + ": the new store cannot be read back: " + error.what() + "; the store is what it was");
    }
    throw StoreWriteError(path.string() +
                          ": the new store reads back differently from what was written; the store is what it was; check the disk");
  };
  replace_file(path, write, "run `homeward check`, then load the same files again: those already in the store are recognised");
}

StoreData content_to_change(const std::filesystem::path& path) {
  // A store of a newer minor version can be read, but writing it again would lose what this version does not know.
  if (std::filesystem::exists(std::filesystem::symlink_status(path))) {
    if (const std::uint64_t minor = format_minor(path); minor > kFormatMinor)
      throw Error(ErrorKind::store, path.string() + ": a newer homeward wrote this store (format " + std::to_string(kFormatVersion) + '.' +
                                        std::to_string(minor) + "): it can be read, but not added to; use that version");
    StoreData data = read_store(path);
    data.minor = kFormatMinor;
    return data;
  }
  StoreData data;
  data.uuid = random_uuid();
  return data;
}

std::filesystem::path store_target(const std::filesystem::path& path) {
  const std::filesystem::path target = resolved(std::filesystem::absolute(path));
  if (!std::filesystem::is_directory(target.parent_path()))
    throw Error(ErrorKind::store, path.string() + ": its folder does not exist; create it first");
  return target;
}

}  // namespace homeward::storage
