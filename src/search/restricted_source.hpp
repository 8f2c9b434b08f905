// Some children and some families of a source, everything else as it is.
#pragma once

#include <utility>
#include <vector>

#include "homeward/family.hpp"

namespace homeward {

class RestrictedSource final : public ProfileSource {
 public:
  RestrictedSource(const ProfileSource& base, std::vector<PersonIndex> children, const std::vector<std::uint32_t>& families)
      : base_(base), children_(std::move(children)) {
    if (families.size() == base.families().size()) return;
    for (const std::uint32_t family : families) families_.push_back(base.families()[family]);
    all_families_ = false;
  }
  const std::vector<Locus>& loci() const override { return base_.loci(); }
  std::size_t n_persons() const override { return base_.n_persons(); }
  const PersonInfo& person(PersonIndex index) const override { return base_.person(index); }
  const std::vector<PersonIndex>& children() const override { return children_; }
  const std::vector<Family>& families() const override { return all_families_ ? base_.families() : families_; }
  void read(const std::vector<PersonIndex>& persons, ProfileBlock& out) const override { base_.read(persons, out); }
  std::vector<std::vector<Allele>> observed_alleles() const override { return base_.observed_alleles(); }

 private:
  const ProfileSource& base_;
  std::vector<PersonIndex> children_;
  std::vector<Family> families_;
  bool all_families_ = true;
};

}  // namespace homeward
