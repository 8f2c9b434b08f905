// A short run of the fuzzed parsers in every build: their seeds, and each seed damaged in many ways. The long run, guided by
// coverage, is scripts/fuzz.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include "catch_compat.hpp"
#include "targets.hpp"

using namespace homeward;

namespace {

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

/// A few random edits: bytes changed, cut out, doubled, replaced by what breaks parsers.
std::string damaged(std::string bytes, std::mt19937& random) {
  static const char* const kNasty[] = {"\"",       "\n",          "\r", ",",          "\t",  "<", "&", "\xFF\xFE",
                                       "\xE4\xBD", "99999999999", "-1", "[[[[[[[[[[", "]]>", "=", "%"};
  const auto upto = [&](std::size_t n) { return n == 0 ? std::size_t{0} : static_cast<std::size_t>(random()) % n; };
  for (std::size_t edits = 1 + upto(4); edits > 0 && !bytes.empty(); --edits) {
    const std::size_t at = upto(bytes.size());
    switch (random() % 5) {
      case 0:
        bytes[at] = static_cast<char>(random() % 256);
        break;
      case 1:
        bytes.erase(at, 1 + upto(20));
        break;
      case 2:
        bytes.insert(at, bytes.substr(upto(bytes.size()), upto(40)));
        break;
      case 3:
        bytes.insert(at, kNasty[random() % std::size(kNasty)]);
        break;
      default:
        bytes.resize(at);
        break;
    }
  }
  return bytes;
}

}  // namespace

TEST_CASE("seeds of the fuzzed parsers, whole and damaged, end in a result or a sentence") {
  const std::filesystem::path seeds = std::filesystem::path(HOMEWARD_SOURCE_DIR) / "tests/fuzz/seeds";
  for (const fuzz::Target& target : fuzz::targets()) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(seeds / target.name)) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    REQUIRE_FALSE(files.empty());
    std::mt19937 random(20);
    for (const std::filesystem::path& file : files) {
      INFO(target.name << " seed " << file.filename().string());
      const std::string whole = bytes_of(file);
      CHECK_NOTHROW(fuzz::run(target, whole));
      for (int k = 0; k < 60; ++k) CHECK_NOTHROW(fuzz::run(target, damaged(whole, random)));
    }
  }
}
