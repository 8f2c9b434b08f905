// Damage: a flipped byte is detected or harmless, never silently wrong.
#include <random>

#include "catch_compat.hpp"
#include "store_fixture.hpp"

using namespace store_test;

/// HDF5 1.10 itself loses memory when it gives up on a damaged file; LeakSanitizer asks here what to pass over.
extern "C" const char* __lsan_default_suppressions() { return "leak:libhdf5\n"; }

namespace {

FileBuilder some_people() {
  FileBuilder f("people.csv");
  std::mt19937 random(5);
  for (int p = 0; p < 300; ++p) {
    std::map<std::string, std::string> calls;
    for (int l = 0; l < 8; ++l) calls["L" + std::to_string(l)] = std::to_string(6 + random() % 9) + "/" + std::to_string(8 + random() % 20);
    for (int l = 0; l < 40; ++l) calls["rs" + std::to_string(l)] = random() % 2 == 0 ? "A/G" : "G/G";
    f.add("P" + std::to_string(p), p % 3 == 0 ? Role::child : Role::father, calls);
  }
  return f;
}

}  // namespace

TEST_CASE("flipped bytes of a store are detected or harmless") {
  const Scratch folder;
  load(folder / "good.h5", some_people());
  const auto good = everybody(*Store::open(folder / "good.h5"));
  const auto families = family_lines(*Store::open(folder / "good.h5"));
  const std::string bytes = bytes_of(folder / "good.h5");
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const int trials = std::getenv("HOMEWARD_LONG") != nullptr ? 4000 : 250;
  int detected = 0, harmless = 0, wrong = 0, missed_by_check = 0;
  for (int trial = 0; trial < trials; ++trial) {
    std::string damaged = bytes;
    const std::size_t at = trial < 50 ? static_cast<std::size_t>(trial) * 4 : random() % bytes.size();  // the superblock is tried densely
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << random() % 8));
    write_bytes(folder / "bad.h5", damaged);
    bool noticed = false;
    try {
      const auto store = Store::open(folder / "bad.h5");
      if (everybody(*store) != good || family_lines(*store) != families) ++wrong;
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::store);
      noticed = true;
    }
    ++(noticed ? detected : harmless);
    bool check_noticed = false;
    try {
      check_noticed = !check_store(folder / "bad.h5").empty();
    } catch (const Error&) {
      check_noticed = true;
    }
    if (noticed && !check_noticed) ++missed_by_check;
  }
  CHECK(wrong == 0);
  CHECK(missed_by_check == 0);
  CHECK(detected + harmless == trials);
  CHECK(detected > trials / 2);
}

TEST_CASE("a wrong checksum is said in plain words") {
  const Scratch folder;
  load(folder / "a.h5", some_people());
  std::string bytes = bytes_of(folder / "a.h5");
  // The calls are the last big dataset written: walk back from the end until a flip is a checksum error.
  bool said = false;
  for (std::size_t back = 400; back < bytes.size() && !said; back += 997) {
    std::string damaged = bytes;
    damaged[bytes.size() - back] = static_cast<char>(damaged[bytes.size() - back] ^ 0x40);
    write_bytes(folder / "bad.h5", damaged);
    std::string text;
    try {
      for (const std::string& defect : check_store(folder / "bad.h5")) text += defect;
    } catch (const Error& error) {
      text = error.what();
    }
    said = contains(text, "checksum does not match");
  }
  CHECK(said);
}
