// Weights of agreements (METHODS, "Record linkage").
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "homeward/linkage.hpp"

namespace homeward::registry {

/// How often a record's values occur among all records.
struct ValueShares {
  double name = 1.0, sound = 1.0, surname = 1.0, phone = 1.0, region = 1.0;
  double one_record = 1.0;  ///< 1 / n
};

/// How often each value occurs among the records: a shared rare name says more than a shared common one.
class ValueFrequencies {
 public:
  explicit ValueFrequencies(const std::vector<LinkageRecord>& records);
  ValueShares of(const LinkageRecord& record) const;

 private:
  using Counts = std::unordered_map<std::uint64_t, std::uint32_t>;
  static double frequency(const Counts& counts, std::uint64_t value, double n);
  Counts names_, sounds_, surnames_, phones_, regions_;
  double n_names_ = 0, n_phones_ = 0, n_regions_ = 0, n_ = 0;
};

/// `shares` are those of a; where values are equal they are b's too.
LinkageWeight compare(const LinkageRecord& a, const LinkageRecord& b, const ValueShares& shares);

/// Not one child, whatever a third record says.
bool contradicts(const LinkageWeight& weight);

}  // namespace homeward::registry
