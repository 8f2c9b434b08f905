#include "store/store_file.hpp"

#include <algorithm>

#include "base/sha256.hpp"
#include "homeward/error.hpp"

namespace homeward::storage {

namespace {

constexpr hsize_t kChunkRows = 16384;           // STR: 64 KiB a locus
constexpr hsize_t kSnpChunkBytes = 65536;       // SNP: 4 typings a byte
constexpr std::size_t kBandBytes = 16U << 20U;  // calls held at once while streaming

/// Digest of columns and calls. Written while writing, recomputed from the decoded bytes when reading back.
class ContentDigest {
 public:
  explicit ContentDigest(const StoreData& data) {
    hash_.add_number(kFormatVersion);
    hash_.add_text(data.uuid);
    hash_.add_number(data.generation);
    visit_columns(data, [this](const std::string& path, const auto& column) {
      hash_.add_text(path);
      add(column);
    });
  }
  void begin_matrix(std::uint64_t n_loci, std::uint64_t width) {
    hash_.add_number(n_loci);
    hash_.add_number(width);
  }
  void bytes(const void* data, std::size_t size) { hash_.add_bytes(data, size); }
  std::string hex() { return hash_.hex(); }

 private:
  void add(const TextColumn& column) {
    add(column.offsets);
    add(column.bytes);
  }
  template <class T>
  void add(const std::vector<T>& column) {
    hash_.add_number(column.size());
    hash_.add_bytes(column.data(), column.size() * sizeof(T));
  }
  Sha256 hash_;
};

/// Loci per chunk, so that chunks of small stores are not tiny.
hsize_t chunk_loci(hsize_t n_loci, hsize_t width, hsize_t full_width) {
  return std::clamp<hsize_t>(full_width / std::max<hsize_t>(width, 1), 1, std::max<hsize_t>(n_loci, 1));
}

/// Loci of one band: a whole number of chunks, at most about kBandBytes.
hsize_t band_loci(hsize_t per_chunk, std::size_t bytes_per_locus) {
  return per_chunk * std::max<hsize_t>(1, kBandBytes / std::max<std::size_t>(1, per_chunk * bytes_per_locus));
}

/// Writes a locus-major matrix of T band by band and feeds the digest. `tail` is the extent after the row dimension.
template <class T>
void write_matrix(FileWriter& file, const std::string& path, Element element, const std::vector<std::vector<T>>& rows, std::size_t width,
                  hsize_t full_width, const Extent& tail, ContentDigest& digest) {
  const hsize_t n_loci = rows.size();
  const hsize_t per_chunk = chunk_loci(n_loci, width, full_width);
  Extent dims{n_loci, width}, chunk{per_chunk, std::clamp<hsize_t>(width, 1, full_width)};
  dims.insert(dims.end(), tail.begin(), tail.end());
  chunk.insert(chunk.end(), tail.begin(), tail.end());
  DatasetWriter writer = file.dataset(path, element, dims, chunk);
  digest.begin_matrix(n_loci, width);
  const hsize_t step = band_loci(per_chunk, width * sizeof(T));
  std::vector<T> band;
  for (hsize_t first = 0; width > 0 && first < n_loci; first += step) {
    const hsize_t count = std::min(step, n_loci - first);
    band.clear();
    for (hsize_t locus = first; locus < first + count; ++locus) band.insert(band.end(), rows[locus].begin(), rows[locus].end());
    digest.bytes(band.data(), band.size() * sizeof(T));
    Extent offset(dims.size(), 0), extent = dims;
    offset[0] = first;
    extent[0] = count;
    writer.write(offset, extent, band.data());
  }
  writer.close();
}

/// Reads a locus-major matrix band by band: use(first locus, loci, values).
template <class T, class Use>
void read_matrix(const DatasetReader& reader, const Use& use) {
  const hsize_t n_loci = reader.dims()[0], width = reader.dims()[1];
  const hsize_t step = band_loci(reader.chunk()[0], width * sizeof(T));
  std::vector<T> band;
  for (hsize_t first = 0; width > 0 && first < n_loci; first += step) {
    const hsize_t count = std::min(step, n_loci - first);
    band.resize(count * width);
    Extent offset(reader.dims().size(), 0), extent = reader.dims();
    offset[0] = first;
    extent[0] = count;
    reader.read(offset, extent, band.data());
    use(first, count, band);
  }
}

DatasetReader str_calls(const FileReader& file, const StoreData& data) {
  DatasetReader reader = file.dataset(kStrCalls, Element::u16, 3);
  const Extent& dims = reader.dims();
  if (dims[0] != data.str_panel.name.size() || dims[1] != data.str.typing.size() || dims[2] != 2)
    throw Hdf5Error(std::string(kStrCalls) + " does not have the size its panel and rows say");
  return reader;
}

DatasetReader snp_codes(const FileReader& file, const StoreData& data) {
  DatasetReader reader = file.dataset(kSnpCodes, Element::u8, 2);
  if (reader.dims()[0] != data.snp_panel.name.size() || reader.dims()[1] != (data.snp.typing.size() + 3) / 4)
    throw Hdf5Error(std::string(kSnpCodes) + " does not have the size its panel and rows say");
  return reader;
}

class ColumnWriter {
 public:
  explicit ColumnWriter(FileWriter& file) : file_(file) {}
  template <class T>
  void operator()(const std::string& path, const std::vector<T>& column) {
    file_.column(path, column);
  }
  void operator()(const std::string& path, const TextColumn& column) {
    file_.column(path + "/offsets", column.offsets);
    file_.column(path + "/bytes", column.bytes);
  }

 private:
  FileWriter& file_;
};

class ColumnReader {
 public:
  explicit ColumnReader(const FileReader& file) : file_(file) {}
  template <class T>
  void operator()(const std::string& path, std::vector<T>& column) {
    file_.column(path, column);
  }
  void operator()(const std::string& path, TextColumn& column) {
    file_.column(path + "/offsets", column.offsets);
    file_.column(path + "/bytes", column.bytes);
    if (!column.sound()) throw Hdf5Error(path + ": the offsets do not fit the bytes");
  }

 private:
  const FileReader& file_;
};

}  // namespace

std::string damaged_message(const std::filesystem::path& path, const std::string& defect) {
  return path.string() + ": the store is damaged: " + defect + "; restore a backup, or run `homeward check` for every defect";
}

std::string write_store_file(const std::filesystem::path& path, const StoreData& data) {
  FileWriter file(path);
  for (const char* group : {"/registrations", "/tombstones"}) file.group(group);
  visit_columns(data, ColumnWriter(file));
  ContentDigest digest(data);
  write_matrix(file, kStrCalls, Element::u16, data.str.calls, data.str.typing.size(), kChunkRows, {2}, digest);
  write_matrix(file, kSnpCodes, Element::u8, data.snp.codes, (data.snp.typing.size() + 3) / 4, kSnpChunkBytes, {}, digest);
  const std::string hex = digest.hex();
  file.attribute("format", kFormatName);
  file.attribute("format_version", kFormatVersion);
  file.attribute("format_minor", data.minor);
  file.attribute("store_uuid", data.uuid);
  file.attribute("generation", data.generation);
  file.attribute("content_sha256", hex);
  file.close();
  return hex;
}

std::unique_ptr<FileReader> open_store_file(const std::filesystem::path& path) {
  const auto refuse = [&](const std::string& what) { throw Error(ErrorKind::store, path.string() + ": " + what); };
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) refuse("no such store; `homeward load` creates one");
  if (!std::filesystem::is_regular_file(status)) refuse("not a homeward store: expected a file");
  begin_hdf5();
  // Not HDF5 at all, or HDF5 whose superblock says otherwise: the first is a wrong file, the second a damaged one.
  if (H5Fis_hdf5(path.c_str()) == 0) refuse("not a homeward store: expected an HDF5 file");
  try {
    auto file = std::make_unique<FileReader>(path);
    if (!file->has_attribute("format") || file->text_attribute("format") != kFormatName)
      refuse("not a homeward store: its attribute `format` is not " + std::string(kFormatName));
    const std::uint64_t version = file->number_attribute("format_version");
    if (version < kFormatVersion)
      refuse("store format " + std::to_string(version) + " is too old, this version reads " + std::to_string(kFormatVersion) +
             "; load the original files into a new store");
    if (version > kFormatVersion)
      refuse("store format " + std::to_string(version) + " is too new, this version reads " + std::to_string(kFormatVersion) +
             "; use the version of homeward that wrote it, or a newer one");
    return file;
  } catch (const Hdf5Error& damage) {
    throw Error(ErrorKind::store, damaged_message(path, damage.what()));
  }
}

std::uint64_t format_minor(const std::filesystem::path& path) {
  const std::unique_ptr<FileReader> file = open_store_file(path);
  try {
    return file->number_attribute("format_minor");
  } catch (const Hdf5Error& damage) {
    throw Error(ErrorKind::store, damaged_message(path, damage.what()));
  }
}

StoreData read_columns(const FileReader& file) {
  StoreData data;
  data.uuid = file.text_attribute("store_uuid");
  data.generation = file.number_attribute("generation");
  data.minor = std::min(file.number_attribute("format_minor"), kFormatMinor);
  visit_columns(data, ColumnReader(file));
  return data;
}

void read_calls(const FileReader& file, StoreData& data) {
  const std::size_t n_rows = data.str.typing.size();
  data.str.calls.assign(data.str_panel.name.size(), std::vector<StrCall>(n_rows));
  read_matrix<StrCall>(str_calls(file, data), [&](hsize_t first, hsize_t count, const std::vector<StrCall>& band) {
    for (hsize_t k = 0; k < count; ++k)
      std::copy_n(band.begin() + static_cast<std::ptrdiff_t>(k * n_rows), n_rows, data.str.calls[first + k].begin());
  });
  const std::size_t n_bytes = (data.snp.typing.size() + 3) / 4;
  data.snp.codes.assign(data.snp_panel.name.size(), std::vector<std::uint8_t>(n_bytes));
  read_matrix<std::uint8_t>(snp_codes(file, data), [&](hsize_t first, hsize_t count, const std::vector<std::uint8_t>& band) {
    for (hsize_t k = 0; k < count; ++k)
      std::copy_n(band.begin() + static_cast<std::ptrdiff_t>(k * n_bytes), n_bytes, data.snp.codes[first + k].begin());
  });
}

std::string content_digest(const FileReader& file) {
  const StoreData data = read_columns(file);
  ContentDigest digest(data);
  digest.begin_matrix(data.str_panel.name.size(), data.str.typing.size());
  read_matrix<StrCall>(str_calls(file, data), [&](hsize_t, hsize_t, const std::vector<StrCall>& band) {
    digest.bytes(band.data(), band.size() * sizeof(StrCall));
  });
  digest.begin_matrix(data.snp_panel.name.size(), (data.snp.typing.size() + 3) / 4);
  read_matrix<std::uint8_t>(snp_codes(file, data),
                            [&](hsize_t, hsize_t, const std::vector<std::uint8_t>& band) { digest.bytes(band.data(), band.size()); });
  return digest.hex();
}

StoreData read_store(const std::filesystem::path& path) {
  const std::unique_ptr<FileReader> file = open_store_file(path);
  try {
    StoreData data = read_columns(*file);
    const std::vector<std::string> defects = column_defects(data);
    if (!defects.empty()) throw Hdf5Error(defects[0]);
    read_calls(*file, data);
    return data;
  } catch (const Hdf5Error& damage) {
    throw Error(ErrorKind::store, damaged_message(path, damage.what()));
  }
}

}  // namespace homeward::storage
