#include "registry/linkage_weights.hpp"

#include <algorithm>
#include <cmath>

namespace homeward {

namespace {

constexpr double kDaysOfRange = 40.0 * 365.25;  ///< over which births and disappearances spread

/// Probabilities of one outcome if the records are of the same child, of strangers, of two sibs registered by one family.
struct Outcome {
  double same, strangers, sibs;
};

/// Products of ratios; their logarithms are taken once, at the end.
struct Ratios {
  double strangers = 1.0, sibs = 1.0;
  void add(const Outcome& outcome) {
    strangers *= outcome.same / outcome.strangers;
    sibs *= outcome.same / outcome.sibs;
  }
};

/// To six decimals: the last bits of a logarithm differ between machines, and the order of links must not.
double settled_log10(double ratio) {
  constexpr double kSteps = 1e6;
  return std::nearbyint(std::log10(ratio) * kSteps) / kSteps;
}

double within(double value, double low, double high) { return std::min(std::max(value, low), high); }

std::size_t n_syllables(const LinkageRecord& record) {
  return static_cast<std::size_t>(std::find(record.syllables.begin(), record.syllables.end(), 0U) - record.syllables.begin());
}

/// All syllables but one, in their places.
bool one_syllable_differs(const LinkageRecord& a, const LinkageRecord& b) {
  const std::size_t n = n_syllables(a);
  if (n < 2 || n != n_syllables(b)) return false;
  std::size_t different = 0;
  for (std::size_t i = 0; i < n; ++i) different += a.syllables[i] != b.syllables[i] ? 1U : 0U;
  return different == 1;
}

void compare_names(const LinkageRecord& a, const LinkageRecord& b, const registry::ValueShares& f, LinkageWeight& weight, Ratios& ratios) {
  if (a.name == 0 || b.name == 0) return;
  const bool same_surname = a.syllables[0] == b.syllables[0];
  const double surname = f.surname;
  if (a.name == b.name) {
    weight.name = Agreement::same;
    ratios.add({0.84, f.name, within(f.name / surname, 1e-4, 0.5)});
  } else if (a.sound == b.sound) {
    weight.name = Agreement::sound;
    ratios.add({0.10, f.sound, within(f.sound / surname, 1e-4, 0.5)});
  } else if (one_syllable_differs(a, b)) {
    weight.name = Agreement::near;
    ratios.add({0.03, 0.01, 0.05});
  } else {
    weight.name = Agreement::differs;
    ratios.add({0.03, 0.97, same_surname ? 0.90 : 0.05});
  }
}

double width(const DateInterval& d) { return static_cast<double>(d.to - d.from + 1); }

/// Two intervals of one day overlap; of two random days, with the chance their widths give.
Agreement compare_dates(const DateInterval& a, const DateInterval& b, Ratios& ratios, double sibs_overlap) {
  if (!a.known() || !b.known()) return Agreement::unknown;
  const double chance = within((width(a) + width(b)) / kDaysOfRange, 1e-4, 0.9);
  const int gap = std::max(a.from, b.from) - std::min(a.to, b.to);
  // Sibs are born within some years of each other, so wide intervals of theirs overlap often.
  const double sibs = within(std::max(sibs_overlap, (width(a) + width(b)) / (6.0 * 365.25)), 0.0, 0.9);
  if (gap <= 0) {
    ratios.add({0.95, chance, sibs});
    return Agreement::same;
  }
  constexpr int kNearDays = 366;
  const double near_chance = within(2.0 * kNearDays / kDaysOfRange, 0.0, 1.0 - chance);
  if (gap <= kNearDays) {
    ratios.add({0.03, near_chance, 0.35 * (1.0 - sibs)});
    return Agreement::near;
  }
  ratios.add({0.02, std::max(1.0 - chance - near_chance, 0.05), 0.65 * (1.0 - sibs)});
  return Agreement::differs;
}

}  // namespace

namespace registry {

ValueFrequencies::ValueFrequencies(const std::vector<LinkageRecord>& records) : n_(static_cast<double>(records.size())) {
  const auto note = [](Counts& counts, std::uint64_t value, double& n) {
    if (value == 0) return;
    ++counts[value];
    n += 1.0;
  };
  double unused = 0.0;
  for (const LinkageRecord& record : records) {
    note(names_, record.name, n_names_);
    note(sounds_, record.sound, unused);
    note(surnames_, record.syllables[0], unused);
    note(phones_, record.phone, n_phones_);
    note(regions_, record.region, n_regions_);
  }
}

ValueShares ValueFrequencies::of(const LinkageRecord& r) const {
  return {frequency(names_, r.name, n_names_),    frequency(sounds_, r.sound, n_names_),     frequency(surnames_, r.syllables[0], n_names_),
          frequency(phones_, r.phone, n_phones_), frequency(regions_, r.region, n_regions_), 1.0 / std::max(1.0, n_)};
}

double ValueFrequencies::frequency(const Counts& counts, std::uint64_t value, double n) {
  const auto found = counts.find(value);
  return found == counts.end() || n == 0.0 ? 1.0 : std::min(1.0, static_cast<double>(found->second) / n);
}

LinkageWeight compare(const LinkageRecord& a, const LinkageRecord& b, const ValueShares& f) {
  LinkageWeight weight;
  Ratios ratios;
  compare_names(a, b, f, weight, ratios);
  if (a.sex != Sex::unknown && b.sex != Sex::unknown) {
    weight.sex = a.sex == b.sex ? Agreement::same : Agreement::differs;
    ratios.add(a.sex == b.sex ? Outcome{0.985, 0.5, 0.5} : Outcome{0.015, 0.5, 0.5});
  }
  weight.birth = compare_dates(a.birth, b.birth, ratios, 0.03);
  weight.missing = compare_dates(a.missing, b.missing, ratios, 0.4);
  if (a.region != 0 && b.region != 0) {
    const double chance = within(f.region, 0.005, 0.9);
    weight.region = a.region == b.region ? Agreement::same : Agreement::differs;
    ratios.add(a.region == b.region ? Outcome{0.93, chance, 0.9} : Outcome{0.07, 0.93, 0.1});
  }
  if (a.phone != 0 && b.phone != 0) {
    weight.phone = a.phone == b.phone ? Agreement::same : Agreement::differs;
    ratios.add(a.phone == b.phone ? Outcome{0.7, f.phone, 0.7} : Outcome{0.3, 1.0, 0.3});
  }
  // A sample is one person's: the same number on two registrations joins their families. Other numbers may be the other parent's.
  if (a.sample != 0 && a.sample == b.sample) {
    weight.sample = Agreement::same;
    ratios.add({0.5, std::max(f.one_record, 1e-7), 0.3});
  }
  if (a.id_number != 0 && b.id_number != 0) {
    weight.id_number = a.id_number == b.id_number ? Agreement::same : Agreement::differs;
    ratios.add(a.id_number == b.id_number ? Outcome{0.9, std::max(f.one_record, 1e-7), 0.3} : Outcome{0.1, 1.0, 0.7});
  }
  weight.log10_lr = settled_log10(ratios.strangers);
  weight.log10_lr_sib = settled_log10(ratios.sibs);
  return weight;
}

bool contradicts(const LinkageWeight& weight) { return weight.log10_lr < 0.0 || weight.log10_lr_sib < 0.0; }

}  // namespace registry

std::string evidence_of(const LinkageWeight& w) {
  constexpr std::array<std::string_view, 5> kWords{"unknown", "same", "sound", "near", "differs"};
  constexpr std::array<std::string_view, 8> kNames{"name", "sex", "birth", "missing", "region", "phone", "sample", "id_number"};
  const std::array<Agreement, 8> all{w.name, w.sex, w.birth, w.missing, w.region, w.phone, w.sample, w.id_number};
  std::string text;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i] == Agreement::unknown) continue;
    text += (text.empty() ? "" : ";") + std::string(kNames[i]) + '=' + std::string(kWords[static_cast<std::size_t>(all[i])]);
  }
  return text;
}

double link_probability(double log10_lr, std::size_t n_records) {
  const double odds = std::pow(10.0, std::min(log10_lr, 300.0)) / std::max(1.0, static_cast<double>(n_records));
  return odds / (1.0 + odds);
}

}  // namespace homeward
