#include <filesystem>
#include <random>

#include "catch_compat.hpp"
#include "search/external_sort.hpp"

using namespace homeward;

namespace {

struct Less {
  bool operator()(std::uint64_t a, std::uint64_t b) const { return a < b; }
};

std::vector<std::uint64_t> drain(ExternalSort<std::uint64_t, Less>& sorter, std::size_t capacity) {
  std::vector<std::uint64_t> all, part(capacity);
  while (const std::size_t n = sorter.next(part.data(), capacity))
    all.insert(all.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(n));
  return all;
}

}  // namespace

TEST_CASE("records come back sorted whatever the memory bound, twice, and leave no file behind") {
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / "homeward-test-sort";
  std::filesystem::create_directories(folder);
  std::mt19937_64 random(7);
  for (const std::size_t count : {0U, 1U, 1023U, 1024U, 1025U, 5000U, 70000U}) {
    std::vector<std::uint64_t> records(count);
    for (std::uint64_t& record : records) record = random() % 1000;
    for (const std::size_t bound : {std::size_t{1024}, std::size_t{4096}, std::size_t{1} << 20U}) {
      ExternalSort<std::uint64_t, Less> sorter(Less{}, bound, folder);
      for (std::size_t i = 0; i < count; i += 777) sorter.add(records.data() + i, std::min<std::size_t>(777, count - i));
      std::vector<std::uint64_t> expected = records;
      std::sort(expected.begin(), expected.end());
      CHECK(sorter.size() == count);
      sorter.rewind();
      CHECK(drain(sorter, 100) == expected);
      sorter.rewind();
      CHECK(drain(sorter, 65536) == expected);
    }
  }
  CHECK(std::filesystem::is_empty(folder));
  std::filesystem::remove(folder);
}

TEST_CASE("sorting copies the order a fixed number of times, not once per record") {
  struct Counted {
    long* copies;
    explicit Counted(long* count) : copies(count) {}
    Counted(const Counted& other) : copies(other.copies) { ++*copies; }
    bool operator()(std::uint64_t a, std::uint64_t b) const { return a < b; }
  };
  const auto copies_for = [](std::size_t count) {
    long copies = 0;
    std::mt19937_64 random(3);
    std::vector<std::uint64_t> records(count);
    for (std::uint64_t& record : records) record = random();
    ExternalSort<std::uint64_t, Counted> sorter(Counted(&copies), std::size_t{1} << 20U, std::filesystem::temp_directory_path());
    sorter.add(records.data(), records.size());
    sorter.rewind();
    return copies;
  };
  CHECK(copies_for(100000) == copies_for(10));
}

TEST_CASE("a folder that cannot hold the runs is a clear failure") {
  ExternalSort<std::uint64_t, Less> sorter(Less{}, 1024, "/nonexistent-folder");
  const std::vector<std::uint64_t> records(2000, 1);
  CHECK_THROWS_AS(sorter.add(records.data(), records.size()), Error);
}
