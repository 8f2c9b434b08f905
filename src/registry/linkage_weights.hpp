// Weights of agreements (METHODS, "Record linkage").
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "homeward/linkage.hpp"

namespace homeward::registry {

/// How often each value occurs among the records: a shared rare name says more than a shared common one.
class ValueFrequencies {
 public:
  explicit ValueFrequencies(const std::vector<LinkageRecord>& records);
  double name(std::uint64_t value) const { return frequency(names_, value, n_names_); }
  double sound(std::uint64_t value) const { return frequency(sounds_, value, n_names_); }
  double surname(std::uint32_t value) const { return frequency(surnames_, value, n_names_); }
  double phone(std::uint64_t value) const { return frequency(phones_, value, n_phones_); }
  double region(std::uint32_t value) const { return frequency(regions_, value, n_regions_); }
  double n() const { return n_; }

 private:
  using Counts = std::unordered_map<std::uint64_t, std::uint32_t>;
  static double frequency(const Counts& counts, std::uint64_t value, double n);
  Counts names_, sounds_, surnames_, phones_, regions_;
  double n_names_ = 0, n_phones_ = 0, n_regions_ = 0, n_ = 0;
};

LinkageWeight compare(const LinkageRecord& a, const LinkageRecord& b, const ValueFrequencies& frequencies);

/// Not one child, whatever a third record says.
bool contradicts(const LinkageWeight& weight);

}  // namespace homeward::registry
