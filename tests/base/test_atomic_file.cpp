#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "base/atomic_file.hpp"
#include "catch_compat.hpp"
#include "homeward/error.hpp"

using namespace homeward;
namespace fs = std::filesystem;

namespace {

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "homeward-atomic-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  fs::path operator/(const char* name) const { return path_ / name; }
  long files() const { return std::distance(fs::directory_iterator(path_), fs::directory_iterator()); }

 private:
  fs::path path_;
};

std::string content(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("a file appears whole, for its owner only, or stays as it was") {
  const Folder folder;
  const fs::path path = folder / "out.tsv";
  write_atomic_file(path, "old");
  {
    AtomicFile file(path);
    file.write(std::string(200000, 'x'));  // more than the buffer, so bytes have reached the disk
    CHECK(content(path) == "old");
  }
  CHECK(content(path) == "old");
  AtomicFile file(path);
  file.write(std::string(200000, 'x'));
  file.write("end");
  const std::string digest = file.commit();
  CHECK(content(path) == std::string(200000, 'x') + "end");
  CHECK(digest == sha256_of_file(path));
  CHECK((fs::status(path).permissions() & fs::perms::all) == (fs::perms::owner_read | fs::perms::owner_write));
  CHECK(folder.files() == 1);
}

TEST_CASE("a symbolic link is replaced and what it points at is left alone") {
  const Folder folder;
  write_atomic_file(folder / "target", "untouched");
  fs::create_symlink(folder / "target", folder / "link");
  write_atomic_file(folder / "link", "new");
  CHECK(content(folder / "target") == "untouched");
  CHECK(content(folder / "link") == "new");
  CHECK_FALSE(fs::is_symlink(folder / "link"));
}

TEST_CASE("a path that is no regular file is written to and never replaced") {
  const Folder folder;
  const fs::path pipe = folder / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
  REQUIRE(reader >= 0);
  write_atomic_file(pipe, "through");
  char bytes[16] = {};
  CHECK(::read(reader, bytes, sizeof bytes) == 7);
  CHECK(std::string(bytes) == "through");
  ::close(reader);
  CHECK(fs::is_fifo(pipe));
  CHECK(folder.files() == 1);
}

TEST_CASE("what cannot be written is a failure that names the path") {
  CHECK_THROWS_AS(AtomicFile("/nonexistent-folder/out.tsv"), Error);
  const Folder folder;
  fs::create_directory(folder / "taken");
  CHECK_THROWS_AS(write_atomic_file(folder / "taken", "x"), Error);
  CHECK(folder.files() == 1);
}
