// hits.h5: every hit comes back, in order, bit for bit.
#include <cmath>
#include <limits>

#include "catch_compat.hpp"
#include "store_fixture.hpp"

using namespace store_test;

namespace {

/// Hits computed from their number, so that millions need no memory.
class NumberedHits final : public HitStream {
 public:
  NumberedHits(std::uint64_t n, std::vector<std::uint32_t> children, std::uint32_t n_families)
      : n_(n), children_(std::move(children)), n_families_(n_families) {}
  std::uint64_t size() const override { return n_; }
  void rewind() override { position_ = 0; }
  std::size_t next(Hit* out, std::size_t capacity) override {
    std::size_t k = 0;
    for (; k < capacity && position_ < n_; ++k, ++position_) out[k] = hit(position_, children_[position_ * 7919 % children_.size()]);
    return k;
  }
  Hit hit(std::uint64_t i, std::uint32_t child) const {
    Hit h;
    h.log10_lr = 30.0 - std::sqrt(static_cast<double>(i));
    h.child = child;
    h.family = static_cast<std::uint32_t>(i * 104729 % n_families_);
    h.family_b = i % 5 == 0 ? static_cast<std::uint32_t>(i % n_families_) : kNoFamily;
    h.n_loci = static_cast<std::uint16_t>(13 + i % 12);
    h.n_inconsistent = static_cast<std::uint16_t>(i % 3);
    h.hypothesis = static_cast<Hypothesis>(1 + i % 6);
    return h;
  }

 private:
  std::uint64_t n_, position_ = 0;
  std::vector<std::uint32_t> children_;
  std::uint32_t n_families_;
};

/// Children stand at odd places, so that a child's index and its row in the table differ.
MemorySource source_of(std::uint32_t n_persons) {
  std::vector<PersonInfo> persons(n_persons);
  std::vector<Family> families;
  for (std::uint32_t p = 0; p < n_persons; ++p) {
    persons[p].id = "person " + std::to_string(p) + (p % 2 == 0 ? " \xE5\xAD\xA9" : "");
    persons[p].role = p % 2 == 1 ? Role::child : Role::father;
    if (p % 2 == 1) continue;
    Family f;
    f.id = "family " + std::to_string(p);
    f.slot = std::to_string(1 + p % 3);
    f.father = p;
    families.push_back(f);
  }
  return {{}, persons, {}, families};
}

HitsMeta meta() { return {"run-7", "d1gest", "00000000-0000-4000-8000-000000000000", 12, -0.25}; }

}  // namespace

TEST_CASE("hits come back in order and bit for bit, without the store") {
  const Scratch folder;
  const MemorySource source = source_of(200);
  for (const std::uint64_t n : {0ULL, 1ULL, 5ULL, 150000ULL}) {
    NumberedHits hits(n, source.children(), 100);
    write_hits(folder / "hits.h5", meta(), source, hits);
    HitsReader reader(folder / "hits.h5");
    CHECK(reader.meta().run_id == "run-7");
    CHECK(reader.meta().model_digest == "d1gest");
    CHECK(reader.meta().store_generation == 12);
    CHECK(reader.meta().min_log10_lr == -0.25);
    CHECK(reader.child_ids().size() == 100);
    CHECK(reader.family_ids().size() == 100);
    CHECK(reader.family_slots()[3] == source.families()[3].slot);
    REQUIRE(reader.size() == n);
    for (int pass = 0; pass < 2; ++pass) {
      reader.rewind();
      std::vector<Hit> buffer(4097);
      std::uint64_t seen = 0, wrong = 0;
      while (const std::size_t k = reader.next(buffer.data(), buffer.size()))
        for (std::size_t i = 0; i < k; ++i, ++seen) {
          const std::uint32_t person = source.children()[seen * 7919 % source.children().size()];
          Hit expected = hits.hit(seen, person);
          wrong += reader.child_ids()[buffer[i].child] == source.person(person).id ? 0U : 1U;
          expected.child = buffer[i].child;
          wrong += buffer[i] == expected ? 0U : 1U;
        }
      CHECK(seen == n);
      CHECK(wrong == 0);
    }
  }
}

TEST_CASE("equal hits give equal files") {
  const Scratch folder;
  const MemorySource source = source_of(50);
  NumberedHits hits(30000, source.children(), 25);
  write_hits(folder / "a.h5", meta(), source, hits);
  write_hits(folder / "b.h5", meta(), source, hits);
  CHECK(bytes_of(folder / "a.h5") == bytes_of(folder / "b.h5"));
}

TEST_CASE("a hits file that is missing, another file, cut or flipped is refused") {
  const Scratch folder;
  const auto message = [](const std::filesystem::path& path) {
    return error_of(
        [&] {
          HitsReader reader(path);
          std::vector<Hit> buffer(1000);
          while (reader.next(buffer.data(), buffer.size()) > 0) {
          }
        },
        ErrorKind::store);
  };
  CHECK(contains(message(folder / "none.h5"), "no such"));
  FileBuilder f("a.csv");
  f.add("C1", Role::child, {{"vWA", "15/17"}});
  load(folder / "store.h5", f);
  CHECK(contains(message(folder / "store.h5"), "not a hits file"));
  const MemorySource source = source_of(50);
  NumberedHits hits(20000, source.children(), 25);
  write_hits(folder / "hits.h5", meta(), source, hits);
  CHECK(message(folder / "hits.h5").empty());
  const std::string bytes = bytes_of(folder / "hits.h5");
  write_bytes(folder / "cut.h5", bytes.substr(0, bytes.size() - 100));
  CHECK(contains(message(folder / "cut.h5"), "damaged"));
  std::string flipped = bytes;
  flipped[bytes.size() / 2] = static_cast<char>(flipped[bytes.size() / 2] ^ 0x10);
  write_bytes(folder / "flipped.h5", flipped);
  CHECK(contains(message(folder / "flipped.h5"), "damaged"));
}

TEST_CASE("a hit that names nobody is never written") {
  const Scratch folder;
  const MemorySource source = source_of(50);
  NumberedHits hits(10, {0}, 25);  // person 0 is a father
  CHECK(contains(error_of([&] { write_hits(folder / "hits.h5", meta(), source, hits); }, ErrorKind::internal), "source does not have"));
  CHECK(std::filesystem::is_empty(folder.path()));
}
