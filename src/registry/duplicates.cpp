// Identical and near-identical profiles: windows of loci find them, likelihood ratios weigh them (METHODS, "Identity").
#include "homeward/duplicates.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <unordered_map>

namespace homeward {

namespace {

constexpr std::size_t kWindow = 4;

bool whole(Genotype g) { return !g.a.empty() && !g.b.empty(); }

/// Probabilities at one locus. Alleles the population does not know cannot occur: the population is frozen over the source's alleles.
class LocusIdentity {
 public:
  LocusIdentity(const LocusModel& model, const IdentityModel& identity)
      : theta_(model.theta), wrong_(1.0 - (1.0 - identity.error_rate) * (1.0 - identity.error_rate)) {
    for (std::size_t i = 0; i < model.locus.alleles.size(); ++i) frequency_.emplace(model.locus.alleles[i].code(), model.frequencies[i]);
  }

  /// log10 LR of a second typing given the first: same person against strangers, and against full sibs.
  std::pair<double, double> log10_lr(Genotype first, Genotype second) const {
    const double strangers = given_stranger(first, second);
    const double same = (first == second ? 1.0 - wrong_ : 0.0) + wrong_ * strangers;
    const double sibs = (1.0 - wrong_) * given_sib(first, second) + wrong_ * strangers;
    return {std::log10(same / strangers), std::log10(same / sibs)};
  }

 private:
  double p(Allele allele) const {
    const auto found = frequency_.find(allele.code());
    return found == frequency_.end() ? 0.0 : found->second;
  }

  /// P(second | first) of two unrelated people of one population: each further allele is drawn in the light of those seen (Balding &
  /// Nichols 1994).
  double given_stranger(Genotype first, Genotype second) const {
    const auto draw = [&](Allele allele, int seen_like_it, int seen) {
      return (seen_like_it * theta_ + (1.0 - theta_) * p(allele)) / (1.0 + (seen - 1) * theta_);
    };
    const auto count = [&](Allele allele) { return (first.a == allele ? 1 : 0) + (first.b == allele ? 1 : 0); };
    if (second.a == second.b) return draw(second.a, count(second.a), 2) * draw(second.a, count(second.a) + 1, 3);
    return 2.0 * draw(second.a, count(second.a), 2) * draw(second.b, count(second.b), 3);
  }

  double given_sib(Genotype first, Genotype second) const {
    const auto with = [&](Allele shared) {
      if (second.a == second.b) return shared == second.a ? p(second.a) : 0.0;
      return (shared == second.a ? p(second.b) : 0.0) + (shared == second.b ? p(second.a) : 0.0);
    };
    const double two = first == second ? 1.0 : 0.0;
    return 0.25 * two + 0.25 * (with(first.a) + with(first.b)) + 0.25 * given_stranger(first, second);
  }

  double theta_, wrong_;
  std::unordered_map<std::uint16_t, double> frequency_;
};

TypingDifference difference_of(Genotype a, Genotype b) {
  const bool shared = a.a == b.a || a.a == b.b || a.b == b.a || a.b == b.b;
  if (!shared) return TypingDifference::both_alleles;
  if (a.a == a.b || b.a == b.b) return TypingDifference::dropout;
  const Allele other_a = a.a == b.a || a.a == b.b ? a.b : a.a, other_b = b.a == a.a || b.a == a.b ? b.b : b.a;
  const int steps = std::abs(static_cast<int>(other_a.code()) - static_cast<int>(other_b.code()));
  constexpr int kOneRepeat = 10;  // of an allele code
  return !other_a.is_letter() && !other_b.is_letter() && steps == kOneRepeat ? TypingDifference::one_step : TypingDifference::one_allele;
}

class Finder {
 public:
  Finder(const ProfileSource& source, const EffectivePopulation& population, const IdentityModel& model, double min_log10_lr)
      : n_(source.n_persons()), min_log10_lr_(min_log10_lr) {
    read(source, population);
    for (const LocusModel& locus : population.loci) identity_.emplace_back(locus, model);
  }

  std::vector<DuplicatePair> find() {
    const std::size_t n_loci = calls_.size();
    for (const std::size_t stride : {1U, 2U})
      for (std::size_t first = 0; first + stride * (kWindow - 1) < n_loci; ++first) compare_window(first, stride);
    std::sort(pairs_.begin(), pairs_.end(),
              [](const DuplicatePair& l, const DuplicatePair& r) { return l.a != r.a ? l.a < r.a : l.b < r.b; });
    pairs_.erase(
        std::unique(pairs_.begin(), pairs_.end(), [](const DuplicatePair& l, const DuplicatePair& r) { return l.a == r.a && l.b == r.b; }),
        pairs_.end());
    return std::move(pairs_);
  }

 private:
  struct Keyed {
    std::uint64_t key;
    PersonIndex person;
  };

  void read(const ProfileSource& source, const EffectivePopulation& population) {
    calls_.assign(population.loci.size(), std::vector<Genotype>(n_));
    std::vector<std::optional<std::size_t>> place;  // by locus of the source
    for (const Locus& locus : source.loci()) {
      std::optional<std::size_t> found;
      for (std::size_t k = 0; k < population.loci.size(); ++k)
        if (population.loci[k].locus.name == locus.name) found = k;
      place.push_back(found);
    }
    constexpr std::size_t kBlock = 8192;
    ProfileBlock block;
    std::vector<PersonIndex> persons;
    for (std::size_t first = 0; first < n_; first += kBlock) {
      persons.clear();
      for (std::size_t i = first; i < std::min(n_, first + kBlock); ++i) persons.push_back(static_cast<PersonIndex>(i));
      source.read(persons, block);
      for (std::size_t locus = 0; locus < place.size(); ++locus)
        if (place[locus])
          for (std::size_t i = 0; i < persons.size(); ++i) calls_[*place[locus]][first + i] = block.at(static_cast<LocusIndex>(locus), i);
    }
  }

  void compare_window(std::size_t first, std::size_t stride) {
    std::vector<Keyed> keyed;
    for (PersonIndex i = 0; i < n_; ++i) {
      std::uint64_t key = 0;
      bool all = true;
      for (std::size_t k = 0; k < kWindow; ++k) {
        const Genotype g = calls_[first + k * stride][i];
        all = all && whole(g);
        key = (key ^ (static_cast<std::uint64_t>(g.a.code()) << 16U | g.b.code())) * 0x9E3779B97F4A7C15ULL;
        key ^= key >> 31U;
      }
      if (all) keyed.push_back({key, i});
    }
    std::sort(keyed.begin(), keyed.end(),
              [](const Keyed& l, const Keyed& r) { return l.key != r.key ? l.key < r.key : l.person < r.person; });
    for (std::size_t begin = 0; begin < keyed.size();) {
      std::size_t end = begin;
      while (end < keyed.size() && keyed[end].key == keyed[begin].key) ++end;
      for (std::size_t i = begin; i < end; ++i)
        for (std::size_t j = i + 1; j < end; ++j) compare(keyed[i].person, keyed[j].person);
      begin = end;
    }
  }

  void compare(PersonIndex a, PersonIndex b) {
    // Almost all pairs of a block are strangers: counting differences first is ten times cheaper than weighing.
    std::uint32_t n_loci = 0, n_identical = 0;
    for (const std::vector<Genotype>& calls : calls_) {
      if (!whole(calls[a]) || !whole(calls[b])) continue;
      ++n_loci;
      n_identical += calls[a] == calls[b] ? 1U : 0U;
    }
    if (n_identical * 2 < n_loci) return;
    DuplicatePair pair;
    pair.a = a;
    pair.b = b;
    pair.n_loci = n_loci;
    pair.n_identical = n_identical;
    for (std::uint32_t locus = 0; locus < calls_.size(); ++locus) {
      const Genotype first = calls_[locus][a], second = calls_[locus][b];
      if (!whole(first) || !whole(second)) continue;
      const auto [lr, lr_sib] = identity_[locus].log10_lr(first, second);
      pair.log10_lr += lr;
      pair.log10_lr_sib += lr_sib;
      if (first != second) pair.differences.emplace_back(locus, difference_of(first, second));
    }
    if (pair.log10_lr >= min_log10_lr_) pairs_.push_back(std::move(pair));
  }

  std::size_t n_;
  double min_log10_lr_;
  std::vector<std::vector<Genotype>> calls_;  // [locus of the population][person]
  std::vector<LocusIdentity> identity_;
  std::vector<DuplicatePair> pairs_;
};

}  // namespace

std::vector<DuplicatePair> find_duplicates(const ProfileSource& source, const EffectivePopulation& population, const IdentityModel& model,
                                           double min_log10_lr) {
  return Finder(source, population, model, min_log10_lr).find();
}

}  // namespace homeward
