// Which registrations mean the same child: Fellegi-Sunter weights, so that a person can look at the likely ones and decide.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "homeward/registry.hpp"

namespace homeward {

/// One registration as linkage compares it. Names and telephones are here as hashes only.
struct LinkageRecord {
  RegistrationCategory category = RegistrationCategory::unknown;
  Sex sex = Sex::unknown;
  DateInterval birth, missing;
  std::uint32_t region = 0;           ///< two digits; 0 = unknown
  std::uint64_t name = 0, sound = 0;  ///< of the whole name, folded; 0 = no name
  static constexpr std::size_t kSyllables = 5;
  std::array<std::uint32_t, kSyllables> syllables{};   ///< hashes, in order; 0 = none
  std::uint64_t phone = 0, sample = 0, id_number = 0;  ///< 0 = none
};

/// Makes records; holds the tables of the Unicode library, so not thread-safe.
class LinkageReader {
 public:
  LinkageReader();
  ~LinkageReader();
  LinkageRecord read(const Registration& registration, const PersonalFields& people);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// How two records agree in one field.
enum class Agreement : std::uint8_t { unknown = 0, same = 1, sound = 2, near = 3, differs = 4 };

/// The comparison of two records (METHODS, "Record linkage"): log10 of P(agreements | the same child) / P(agreements | strangers), and /
/// P(... | sibs).
struct LinkageWeight {
  double log10_lr = 0.0, log10_lr_sib = 0.0;
  Agreement name = Agreement::unknown, sex = Agreement::unknown, birth = Agreement::unknown, missing = Agreement::unknown,
            region = Agreement::unknown, phone = Agreement::unknown, sample = Agreement::unknown, id_number = Agreement::unknown;
};
/// "name=sound;birth=same;phone=differs": fields that both have.
std::string evidence_of(const LinkageWeight& weight);

struct LinkageLink {
  std::uint32_t a = 0, b = 0;  ///< a < b
  LinkageWeight weight;
};

/// Records that are likely one child, ascending; the links that hold them together, best first.
struct LinkageCluster {
  std::vector<std::uint32_t> records;
  std::vector<LinkageLink> links;
};

struct LinkageResult {
  std::vector<LinkageCluster> clusters;  ///< by their first record
  std::uint64_t pairs_compared = 0, links = 0;
  std::uint64_t links_refused = 0;   ///< would have joined records that contradict each other
  std::uint64_t blocks_skipped = 0;  ///< of more than kMostInBlock records: their pairs were not compared under this key
  static constexpr std::size_t kMostInBlock = 400;
};

/// Probability that a pair of this weight is one child, among n records: prior odds 1 to n (METHODS, "Record linkage").
double link_probability(double log10_lr, std::size_t n_records);

/// Compares all records that share a key (telephone, identity number, sample, sound of the name with year or province, surname with month
/// and province) and joins those of at least this probability that are likelier the same child than sibs; links are taken best first, and
/// one that would put two contradicting records into one cluster is refused. Deterministic. O(n log n + pairs); about 150 bytes a record.
LinkageResult link_records(const std::vector<LinkageRecord>& records, double min_probability);

}  // namespace homeward
