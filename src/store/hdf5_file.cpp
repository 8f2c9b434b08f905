#include "store/hdf5_file.hpp"

#include <algorithm>
#include <bit>

namespace homeward::storage {

static_assert(std::endian::native == std::endian::little, "digests are over little-endian memory");

namespace {

constexpr unsigned kDeflateLevel = 1;
constexpr hsize_t kColumnChunk = 65536;
constexpr std::uint64_t kDeflateRatio = 1100;  // deflate expands to at most 1,032 times its size
constexpr std::uint64_t kMaxChunkBytes = 64ULL << 20U;
constexpr std::size_t kMaxAttributeText = 4096;

hid_t file_type(Element element) {
  switch (element) {
    case Element::u8:
      return H5T_STD_U8LE;
    case Element::u16:
      return H5T_STD_U16LE;
    case Element::u32:
      return H5T_STD_U32LE;
    case Element::u64:
      return H5T_STD_U64LE;
    case Element::i32:
      return H5T_STD_I32LE;
    case Element::f64:
      return H5T_IEEE_F64LE;
  }
  return -1;
}

hid_t memory_type(Element element) {
  switch (element) {
    case Element::u8:
      return H5T_NATIVE_UINT8;
    case Element::u16:
      return H5T_NATIVE_UINT16;
    case Element::u32:
      return H5T_NATIVE_UINT32;
    case Element::u64:
      return H5T_NATIVE_UINT64;
    case Element::i32:
      return H5T_NATIVE_INT32;
    case Element::f64:
      return H5T_NATIVE_DOUBLE;
  }
  return -1;
}

PropertyHandle properties(hid_t kind, std::string_view object) { return {H5Pcreate(kind), "create properties of", object}; }

PropertyHandle file_access(std::string_view object) {
  PropertyHandle access = properties(H5P_FILE_ACCESS, object);
  // HDF5's own locks can be switched off by an environment variable; ours (the lock file) cannot.
  checked(H5Pset_file_locking(access.get(), false, true), "set locking of", object);
  checked(H5Pset_libver_bounds(access.get(), H5F_LIBVER_V110, H5F_LIBVER_V110), "set format bounds of", object);
  return access;
}

SpaceHandle simple_space(const Extent& dims, const Extent& most, std::string_view object) {
  return {H5Screate_simple(static_cast<int>(dims.size()), dims.data(), most.data()), "create dataspace of", object};
}

herr_t keep_innermost(unsigned, const H5E_error2_t* error, void* out) {
  auto& text = *static_cast<std::string*>(out);
  if (text.empty() && error->desc != nullptr) text = error->desc;
  return 0;
}

}  // namespace

void begin_hdf5() {
  static const bool started = [] {
    H5dont_atexit();
    return H5open() >= 0 && H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr) >= 0 && H5PLset_loading_state(0) >= 0;
  }();
  if (!started) throw Hdf5Error("the HDF5 library does not start");
}

void throw_hdf5(std::string_view action, std::string_view object) {
  std::string inner;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_innermost, &inner);
  H5Eclear2(H5E_DEFAULT);
  std::string message = "cannot " + std::string(action) + ' ' + std::string(object);
  if (inner.find("Fletcher32") != std::string::npos)
    message += ": its checksum does not match, the bytes are damaged";
  else if (!inner.empty())
    message += ": " + inner;
  throw Hdf5Error(message);
}

std::size_t size_of(Element element) {
  constexpr std::array<std::size_t, 6> kSizes{1, 2, 4, 8, 4, 8};
  return kSizes[static_cast<std::size_t>(element)];
}

DatasetWriter::DatasetWriter(hid_t file, const std::string& path, Element element, const Extent& dims, const Extent& chunk,
                             Compression compression)
    : path_(path), element_(element) {
  // A chunk may not exceed a fixed maximum extent, so an empty dataset may grow to one chunk.
  Extent most = dims;
  for (std::size_t i = 0; i < most.size(); ++i) most[i] = std::max(most[i], chunk[i]);
  const SpaceHandle space = simple_space(dims, most, path);
  const PropertyHandle create = properties(H5P_DATASET_CREATE, path);
  checked(H5Pset_obj_track_times(create.get(), false), "set properties of", path);
  checked(H5Pset_chunk(create.get(), static_cast<int>(chunk.size()), chunk.data()), "set chunks of", path);
  if (compression == Compression::deflate) {
    checked(H5Pset_shuffle(create.get()), "set filters of", path);
    checked(H5Pset_deflate(create.get(), kDeflateLevel), "set filters of", path);
  }
  checked(H5Pset_fletcher32(create.get()), "set filters of", path);
  dataset_ = DatasetHandle(H5Dcreate2(file, path.c_str(), file_type(element), space.get(), H5P_DEFAULT, create.get(), H5P_DEFAULT),
                           "create dataset", path);
}

void DatasetWriter::write(const Extent& offset, const Extent& count, const void* data) {
  const SpaceHandle memory = simple_space(count, count, path_);
  const SpaceHandle file(H5Dget_space(dataset_.get()), "get dataspace of", path_);
  checked(H5Sselect_hyperslab(file.get(), H5S_SELECT_SET, offset.data(), nullptr, count.data(), nullptr), "select rows of", path_);
  checked(H5Dwrite(dataset_.get(), memory_type(element_), memory.get(), file.get(), H5P_DEFAULT, data), "write dataset", path_);
}

FileWriter::FileWriter(const std::filesystem::path& path) {
  begin_hdf5();
  const PropertyHandle access = file_access(path.string());
  const PropertyHandle create = properties(H5P_FILE_CREATE, path.string());
  checked(H5Pset_obj_track_times(create.get(), false), "set properties of", path.string());
  file_ = FileHandle(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, create.get(), access.get()), "create", path.string());
}

void FileWriter::group(const std::string& path) {
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const std::string name = path.substr(0, end);
    if (groups_.insert(name).second) {
      const PropertyHandle create = properties(H5P_GROUP_CREATE, name);
      checked(H5Pset_obj_track_times(create.get(), false), "set properties of", name);
      GroupHandle group(H5Gcreate2(file_.get(), name.c_str(), H5P_DEFAULT, create.get(), H5P_DEFAULT), "create group", name);
      group.close("close group", name);
    }
    if (end == std::string::npos) return;
  }
}

DatasetWriter FileWriter::dataset(const std::string& path, Element element, const Extent& dims, const Extent& chunk,
                                  Compression compression) {
  if (const std::size_t parent = path.rfind('/'); parent > 0) group(path.substr(0, parent));
  return {file_.get(), path, element, dims, chunk, compression};
}

void FileWriter::column_bytes(const std::string& path, Element element, std::size_t n, const void* data) {
  DatasetWriter writer = dataset(path, element, {n}, {std::clamp<hsize_t>(n, 1, kColumnChunk)});
  if (n > 0) writer.write({0}, {n}, data);
  writer.close();
}

void FileWriter::scalar(const std::string& name, hid_t on_disk, hid_t in_memory, const void* value) {
  const SpaceHandle space(H5Screate(H5S_SCALAR), "create dataspace of", name);
  AttributeHandle attribute(H5Acreate2(file_.get(), name.c_str(), on_disk, space.get(), H5P_DEFAULT, H5P_DEFAULT), "create attribute",
                            name);
  checked(H5Awrite(attribute.get(), in_memory, value), "write attribute", name);
  attribute.close("close attribute", name);
}

void FileWriter::attribute(const std::string& name, std::string_view text) {
  const std::string padded = text.empty() ? std::string(1, '\0') : std::string(text);
  const TypeHandle type(H5Tcopy(H5T_C_S1), "create type of", name);
  checked(H5Tset_size(type.get(), padded.size()), "set type of", name);
  checked(H5Tset_strpad(type.get(), H5T_STR_NULLPAD), "set type of", name);
  checked(H5Tset_cset(type.get(), H5T_CSET_UTF8), "set type of", name);
  scalar(name, type.get(), type.get(), padded.data());
}

void FileWriter::attribute(const std::string& name, std::uint64_t value) { scalar(name, H5T_STD_U64LE, H5T_NATIVE_UINT64, &value); }
void FileWriter::attribute(const std::string& name, double value) { scalar(name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &value); }

void FileWriter::close() {
  checked(H5Fflush(file_.get(), H5F_SCOPE_GLOBAL), "flush", "the file");
  file_.close("close", "the file");
}

DatasetReader::DatasetReader(hid_t file, const std::string& path, Element element, int rank, std::uint64_t max_bytes)
    : path_(path), element_(element) {
  const PropertyHandle access = properties(H5P_DATASET_ACCESS, path);
  constexpr std::size_t kCacheSlots = 10007, kCacheBytes = 16U << 20U;  // a national STR matrix stays decoded
  checked(H5Pset_chunk_cache(access.get(), kCacheSlots, kCacheBytes, 1.0), "set cache of", path);
  dataset_ = DatasetHandle(H5Dopen2(file, path.c_str(), access.get()), "open dataset", path);

  const TypeHandle type(H5Dget_type(dataset_.get()), "get type of", path);
  if (H5Tequal(type.get(), file_type(element)) <= 0) throw Hdf5Error("dataset " + path + " has elements of another type than expected");
  const SpaceHandle space(H5Dget_space(dataset_.get()), "get dataspace of", path);
  if (H5Sget_simple_extent_ndims(space.get()) != rank)
    throw Hdf5Error("dataset " + path + " has another number of dimensions than expected (" + std::to_string(rank) + ")");
  dims_.resize(static_cast<std::size_t>(rank));
  checked(H5Sget_simple_extent_dims(space.get(), dims_.data(), nullptr), "get size of", path);
  std::uint64_t bytes = size_of(element);
  for (const hsize_t n : dims_)
    if (__builtin_mul_overflow(bytes, n, &bytes)) throw Hdf5Error("dataset " + path + " declares an impossible size");
  if (bytes > max_bytes) throw Hdf5Error("dataset " + path + " declares more data than the file can hold");
  guard_layout();
  const PropertyHandle create(H5Dget_create_plist(dataset_.get()), "get properties of", path);
  chunk_.resize(dims_.size());
  if (H5Pget_chunk(create.get(), rank, chunk_.data()) != rank) throw_hdf5("get chunks of", path);
  std::uint64_t chunk_bytes = size_of(element);
  for (const hsize_t n : chunk_)
    if (n == 0 || __builtin_mul_overflow(chunk_bytes, n, &chunk_bytes) || chunk_bytes > kMaxChunkBytes)
      throw Hdf5Error("dataset " + path + " declares an impossible chunk size");
}

void DatasetReader::guard_layout() const {
  const PropertyHandle create(H5Dget_create_plist(dataset_.get()), "get properties of", path_);
  if (H5Pget_layout(create.get()) != H5D_CHUNKED)
    throw Hdf5Error("dataset " + path_ + " is not chunked (external and virtual data are refused)");
  bool has_checksum = false;
  const int n_filters = H5Pget_nfilters(create.get());
  for (int i = 0; i < n_filters; ++i) {
    unsigned flags = 0, config = 0;
    std::size_t n_values = 0;
    const H5Z_filter_t filter = H5Pget_filter2(create.get(), static_cast<unsigned>(i), &flags, &n_values, nullptr, 0, nullptr, &config);
    if (filter != H5Z_FILTER_DEFLATE && filter != H5Z_FILTER_SHUFFLE && filter != H5Z_FILTER_FLETCHER32)
      throw Hdf5Error("dataset " + path_ + " uses a filter other than deflate, shuffle and fletcher32");
    has_checksum = has_checksum || filter == H5Z_FILTER_FLETCHER32;
  }
  if (!has_checksum) throw Hdf5Error("dataset " + path_ + " has no checksum");
}

void DatasetReader::read(const Extent& offset, const Extent& count, void* out) const {
  const SpaceHandle memory = simple_space(count, count, path_);
  const SpaceHandle file(H5Dget_space(dataset_.get()), "get dataspace of", path_);
  checked(H5Sselect_hyperslab(file.get(), H5S_SELECT_SET, offset.data(), nullptr, count.data(), nullptr), "select rows of", path_);
  checked(H5Dread(dataset_.get(), memory_type(element_), memory.get(), file.get(), H5P_DEFAULT, out), "read dataset", path_);
}

FileReader::FileReader(const std::filesystem::path& path) : path_(path) {
  begin_hdf5();
  std::error_code error;
  bytes_ = std::filesystem::file_size(path, error);
  if (error) throw Hdf5Error("cannot read the file: " + error.message());
  const PropertyHandle access = file_access(path.string());
  file_ = FileHandle(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()), "open", path.string());
}

void FileReader::guard_links(const std::string& path) const {
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const std::string name = path.substr(0, end);
    H5L_info_t info;
    checked(H5Lget_info(file_.get(), name.c_str(), &info, H5P_DEFAULT), "find", name);
    if (info.type != H5L_TYPE_HARD) throw Hdf5Error(name + " is a soft or external link, which is refused");
    if (end == std::string::npos) return;
  }
}

DatasetReader FileReader::dataset(const std::string& path, Element element, int rank) const {
  guard_links(path);
  return {file_.get(), path, element, rank, bytes_ * kDeflateRatio};
}

bool FileReader::has_attribute(const std::string& name) const { return H5Aexists(file_.get(), name.c_str()) > 0; }

std::string FileReader::text_attribute(const std::string& name) const {
  const AttributeHandle attribute(H5Aopen(file_.get(), name.c_str(), H5P_DEFAULT), "open attribute", name);
  const TypeHandle type(H5Aget_type(attribute.get()), "get type of attribute", name);
  const SpaceHandle space(H5Aget_space(attribute.get()), "get dataspace of attribute", name);
  const std::size_t size = H5Tget_size(type.get());
  if (H5Tget_class(type.get()) != H5T_STRING || H5Tis_variable_str(type.get()) != 0 || size > kMaxAttributeText ||
      H5Sget_simple_extent_npoints(space.get()) != 1)
    throw Hdf5Error("attribute " + name + " is not one fixed-length text");
  std::string text(size, '\0');
  checked(H5Aread(attribute.get(), type.get(), text.data()), "read attribute", name);
  text.resize(std::min(text.find('\0'), text.size()));
  return text;
}

namespace {

template <class T>
T number_of(hid_t file, const std::string& name, H5T_class_t wanted, hid_t memory) {
  const AttributeHandle attribute(H5Aopen(file, name.c_str(), H5P_DEFAULT), "open attribute", name);
  const TypeHandle type(H5Aget_type(attribute.get()), "get type of attribute", name);
  const SpaceHandle space(H5Aget_space(attribute.get()), "get dataspace of attribute", name);
  if (H5Tget_class(type.get()) != wanted || H5Sget_simple_extent_npoints(space.get()) != 1)
    throw Hdf5Error("attribute " + name + " is not one number");
  T value{};
  checked(H5Aread(attribute.get(), memory, &value), "read attribute", name);
  return value;
}

herr_t note_foreign(hid_t, const char* name, const H5L_info_t* info, void* out) {
  if (info->type != H5L_TYPE_HARD) static_cast<std::vector<std::string>*>(out)->emplace_back(name);
  return 0;
}

}  // namespace

std::uint64_t FileReader::number_attribute(const std::string& name) const {
  return number_of<std::uint64_t>(file_.get(), name, H5T_INTEGER, H5T_NATIVE_UINT64);
}

double FileReader::real_attribute(const std::string& name) const {
  return number_of<double>(file_.get(), name, H5T_FLOAT, H5T_NATIVE_DOUBLE);
}

std::vector<std::string> FileReader::foreign_links() const {
  std::vector<std::string> links;
  checked(H5Lvisit(file_.get(), H5_INDEX_NAME, H5_ITER_NATIVE, note_foreign, &links), "walk the groups of", path_.string());
  return links;
}

int FileReader::descriptor() const {
  void* handle = nullptr;
  checked(H5Fget_vfd_handle(file_.get(), H5P_DEFAULT, &handle), "get the descriptor of", path_.string());
  return *static_cast<int*>(handle);
}

}  // namespace homeward::storage
