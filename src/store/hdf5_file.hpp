// The only door to HDF5: owned handles, checked calls, one way to write a dataset and one guarded way to read it.
#pragma once

#include <hdf5.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace homeward::storage {

/// An HDF5 call failed or a file is not what it should be. Never leaves src/store: its public functions turn it into
/// Error(store) when reading and StoreWriteError when writing.
class Hdf5Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Starts the library once: no messages of its own, no plugins, no exit handler (it crashes after a failed write).
void begin_hdf5();

/// Throws Hdf5Error with the innermost message of the library's error stack.
[[noreturn]] void throw_hdf5(std::string_view action, std::string_view object);

inline void checked(herr_t status, std::string_view action, std::string_view object) {
  if (status < 0) throw_hdf5(action, object);
}

/// Owns an HDF5 id. close() is checked; the destructor is for unwinding and cannot report.
template <herr_t (*Close)(hid_t)>
class Handle {
 public:
  Handle() = default;
  Handle(hid_t id, std::string_view action, std::string_view object) : id_(id) {
    if (id_ < 0) throw_hdf5(action, object);
  }
  ~Handle() {
    if (id_ >= 0) Close(id_);
  }
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    return *this;
  }
  hid_t get() const { return id_; }
  void close(std::string_view action, std::string_view object) {
    if (id_ >= 0 && Close(std::exchange(id_, -1)) < 0) throw_hdf5(action, object);
  }

 private:
  hid_t id_ = -1;
};

using FileHandle = Handle<H5Fclose>;
using GroupHandle = Handle<H5Gclose>;
using DatasetHandle = Handle<H5Dclose>;
using SpaceHandle = Handle<H5Sclose>;
using PropertyHandle = Handle<H5Pclose>;
using TypeHandle = Handle<H5Tclose>;
using AttributeHandle = Handle<H5Aclose>;

/// What a dataset's elements are: little-endian on disk, the machine's own in memory.
enum class Element { u8, u16, u32, u64, i32, f64 };
std::size_t size_of(Element element);

template <class T>
constexpr Element element_of() {
  if constexpr (std::is_same_v<T, std::uint8_t> || std::is_same_v<T, char>) return Element::u8;
  if constexpr (std::is_same_v<T, std::uint16_t>) return Element::u16;
  if constexpr (std::is_same_v<T, std::uint32_t>) return Element::u32;
  if constexpr (std::is_same_v<T, std::uint64_t>) return Element::u64;
  if constexpr (std::is_same_v<T, std::int32_t>) return Element::i32;
  if constexpr (std::is_same_v<T, double>) return Element::f64;
}

/// Shuffle + deflate 1 + fletcher32, or fletcher32 alone where bytes do not compress.
enum class Compression { deflate, none };

using Extent = std::vector<hsize_t>;

class DatasetWriter {
 public:
  DatasetWriter(hid_t file, const std::string& path, Element element, const Extent& dims, const Extent& chunk, Compression compression);
  void write(const Extent& offset, const Extent& count, const void* data);
  void close() { dataset_.close("close dataset", path_); }

 private:
  std::string path_;
  Element element_;
  DatasetHandle dataset_;
};

/// A file being written. Everything is chunked with fletcher32, format bounds V110, no timestamps: equal input, equal bytes.
class FileWriter {
 public:
  /// @param path an existing empty file of the right mode; it is overwritten
  explicit FileWriter(const std::filesystem::path& path);
  void group(const std::string& path);  ///< with its parents
  DatasetWriter dataset(const std::string& path, Element element, const Extent& dims, const Extent& chunk,
                        Compression compression = Compression::deflate);
  template <class T>
  void column(const std::string& path, const std::vector<T>& values) {
    column_bytes(path, element_of<T>(), values.size(), values.data());
  }
  void attribute(const std::string& name, std::string_view text);
  void attribute(const std::string& name, std::uint64_t value);
  void attribute(const std::string& name, double value);
  void close();

 private:
  void column_bytes(const std::string& path, Element element, std::size_t n, const void* data);
  void scalar(const std::string& name, hid_t file_type, hid_t memory_type, const void* value);
  FileHandle file_;
  std::set<std::string> groups_;
};

/// A dataset that passed the guard: plain chunked, known filters, the expected type and rank, a believable size.
class DatasetReader {
 public:
  DatasetReader(hid_t file, const std::string& path, Element element, int rank, std::uint64_t max_bytes);
  const Extent& dims() const { return dims_; }
  const Extent& chunk() const { return chunk_; }
  void read(const Extent& offset, const Extent& count, void* out) const;

 private:
  void guard_layout() const;
  std::string path_;
  Element element_;
  DatasetHandle dataset_;
  Extent dims_, chunk_;
};

/// A file opened for reading with our own rules: hard links only, filters deflate / shuffle / fletcher32, fletcher32 on
/// everything, sizes bounded by what the file's bytes can expand to, before anything is allocated.
class FileReader {
 public:
  explicit FileReader(const std::filesystem::path& path);
  DatasetReader dataset(const std::string& path, Element element, int rank) const;
  template <class T>
  void column(const std::string& path, std::vector<T>& out) const {
    const DatasetReader reader = dataset(path, element_of<T>(), 1);
    out.resize(reader.dims()[0]);
    if (!out.empty()) reader.read({0}, {reader.dims()[0]}, out.data());
  }
  bool has_attribute(const std::string& name) const;
  std::string text_attribute(const std::string& name) const;
  std::uint64_t number_attribute(const std::string& name) const;
  double real_attribute(const std::string& name) const;
  /// Every link of the file that is not a hard link, by path.
  std::vector<std::string> foreign_links() const;
  int descriptor() const;  ///< of the snapshot that is open
  std::uint64_t bytes() const { return bytes_; }

 private:
  void guard_links(const std::string& path) const;
  std::filesystem::path path_;
  FileHandle file_;
  std::uint64_t bytes_ = 0;
};

}  // namespace homeward::storage
