#include "import/zip_archive.hpp"

#include <minizip/unzip.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "homeward/error.hpp"

namespace homeward::import {

/// The archive's bytes behind minizip's file functions.
struct ZipArchive::Memory {
  std::string_view bytes;
  std::uint64_t position = 0;
};

namespace {

[[noreturn]] void fail(const std::string& what) { throw Error(ErrorKind::input, what); }

template <class Memory>
struct Callbacks {
  static voidpf open(voidpf opaque, const void*, int) { return opaque; }
  static uLong read(voidpf opaque, voidpf, void* to, uLong size) {
    auto& memory = *static_cast<Memory*>(opaque);
    const auto n = static_cast<uLong>(std::min<std::uint64_t>(size, memory.bytes.size() - memory.position));
    std::memcpy(to, memory.bytes.data() + memory.position, n);
    memory.position += n;
    return n;
  }
  static uLong write(voidpf, voidpf, const void*, uLong) { return 0; }
  static ZPOS64_T tell(voidpf opaque, voidpf) { return static_cast<Memory*>(opaque)->position; }
  static long seek(voidpf opaque, voidpf, ZPOS64_T offset, int origin) {
    auto& memory = *static_cast<Memory*>(opaque);
    const std::uint64_t base = origin == ZLIB_FILEFUNC_SEEK_CUR   ? memory.position
                               : origin == ZLIB_FILEFUNC_SEEK_END ? memory.bytes.size()
                                                                  : 0;
    if (offset > memory.bytes.size() - base) return -1;
    memory.position = base + offset;
    return 0;
  }
  static int close(voidpf, voidpf) { return 0; }
  static int error(voidpf, voidpf) { return 0; }
};

}  // namespace

ZipArchive::ZipArchive(std::string_view bytes) : memory_(std::make_unique<Memory>()) {
  memory_->bytes = bytes;
  using C = Callbacks<Memory>;
  zlib_filefunc64_def functions{};
  functions.zopen64_file = C::open;
  functions.zread_file = C::read;
  functions.zwrite_file = C::write;
  functions.ztell64_file = C::tell;
  functions.zseek64_file = C::seek;
  functions.zclose_file = C::close;
  functions.zerror_file = C::error;
  functions.opaque = memory_.get();
  handle_ = unzOpen2_64("memory", &functions);
  if (handle_ == nullptr) fail("is a damaged or cut off zip archive or Excel workbook");
  unz_global_info64 info{};
  if (unzGetGlobalInfo64(handle_, &info) == UNZ_OK && info.number_entry <= kMaxZipEntries) return;
  unzClose(handle_);
  fail("is a zip archive with more than 10,000 entries: no workbook");
}

ZipArchive::~ZipArchive() { unzClose(handle_); }

bool ZipArchive::has(const std::string& part) const { return unzLocateFile(handle_, part.c_str(), 2) == UNZ_OK; }

bool ZipArchive::read(const std::string& part, const std::function<void(std::string_view)>& take) {
  if (!has(part)) return false;
  unz_file_info64 info{};
  if (unzGetCurrentFileInfo64(handle_, &info, nullptr, 0, nullptr, 0, nullptr, 0) != UNZ_OK) fail("is a damaged zip archive");
  if ((info.flag & 1U) != 0) fail("is an encrypted archive; save the workbook without a password");
  if (unzOpenCurrentFile(handle_) != UNZ_OK) fail("is a zip archive with a part that cannot be unpacked");
  struct Closer {
    void* handle;
    ~Closer() { unzCloseCurrentFile(handle); }
  } const closer{handle_};
  std::vector<char> block(std::size_t{64} << 10U);
  std::uint64_t size = 0;
  for (;;) {
    const int n = unzReadCurrentFile(handle_, block.data(), static_cast<unsigned>(block.size()));
    if (n < 0) fail("is a damaged zip archive");
    if (n == 0) return true;
    size += static_cast<std::uint64_t>(n);
    unpacked_ += static_cast<std::uint64_t>(n);
    const bool bomb = size > (std::uint64_t{1} << 20U) && size / kMaxZipRatio > std::max<std::uint64_t>(info.compressed_size, 1);
    if (size > kMaxZipPartBytes || unpacked_ > kMaxZipBytes || bomb)
      fail("unpacks to far more than a workbook holds (a zip bomb?): refused; save the sheet as CSV UTF-8");
    take({block.data(), static_cast<std::size_t>(n)});
  }
}

}  // namespace homeward::import
