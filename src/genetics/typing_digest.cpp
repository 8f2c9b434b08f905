#include "genetics/typing_digest.hpp"

#include <algorithm>
#include <numeric>
#include <string_view>

namespace homeward {

namespace {

/// The finaliser of MurmurHash3 (Appleby): every input bit changes half of the output bits.
constexpr std::uint64_t mixed(std::uint64_t x) {
  x ^= x >> 33U;
  x *= 0xFF51AFD7ED558CCDULL;
  x ^= x >> 33U;
  x *= 0xC4CEB9FE1A85EC53ULL;
  return x ^ x >> 33U;
}

/// Order matters: chained(chained(s, a), b) != chained(chained(s, b), a).
constexpr std::uint64_t chained(std::uint64_t state, std::uint64_t value) { return mixed(state * 0x9E3779B97F4A7C15ULL + value); }

std::uint64_t digest_of(std::string_view text) {
  std::uint64_t state = text.size() + 1;
  for (const char c : text) state = chained(state, static_cast<unsigned char>(c));
  return state;
}

}  // namespace

std::vector<std::uint64_t> typing_digests(const ProfileSource& source) {
  constexpr PersonIndex kBlock = 8192;
  std::vector<std::uint64_t> locus_digest;
  for (const Locus& locus : source.loci()) locus_digest.push_back(digest_of(locus.name));
  std::vector<std::uint64_t> digests(source.n_persons(), 1);
  const auto n_persons = static_cast<PersonIndex>(source.n_persons());
  ProfileBlock block;
  for (PersonIndex first = 0; first < n_persons; first += std::min(kBlock, n_persons - first)) {
    std::vector<PersonIndex> persons(std::min(kBlock, n_persons - first));
    std::iota(persons.begin(), persons.end(), first);
    source.read(persons, block);
    for (std::size_t locus = 0; locus < locus_digest.size(); ++locus) {
      const Genotype* calls = block.calls.data() + locus * block.n_persons;
      for (std::size_t i = 0; i < persons.size(); ++i)
        if (calls[i].typed())  // a sum: the order of loci does not matter
          digests[first + i] += mixed(locus_digest[locus] ^ mixed(std::uint64_t{calls[i].a.code()} << 16U | calls[i].b.code()));
    }
  }
  return digests;
}

std::vector<std::uint64_t> family_digests(const ProfileSource& source, const std::vector<std::uint64_t>& typings) {
  std::vector<std::uint64_t> digests;
  for (const Family& family : source.families()) {
    std::uint64_t state = chained(1, static_cast<std::uint64_t>(family.shape));
    const auto add_person = [&](PersonIndex person) {
      state = person == kNobody ? chained(state, 0) : chained(chained(state, digest_of(source.person(person).id)), typings[person]);
    };
    add_person(family.father);
    add_person(family.mother);
    for (const PedigreePerson& person : family.pedigree.persons()) {
      state = chained(state, static_cast<std::uint64_t>(person.sex));
      state = chained(state, static_cast<std::uint64_t>(person.father));
      state = chained(state, static_cast<std::uint64_t>(person.mother));
    }
    for (const PersonIndex person : family.typed) add_person(person);
    digests.push_back(chained(state, static_cast<std::uint64_t>(family.missing)));
  }
  return digests;
}

}  // namespace homeward
