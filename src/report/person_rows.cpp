#include "report/person_rows.hpp"

#include <algorithm>

namespace homeward {

namespace {

constexpr std::size_t kReadPersons = 1U << 14U;  // 25 loci of them stay in the second-level cache while they are turned round

}  // namespace

PersonRows::PersonRows(const ProfileSource& source, const EffectivePopulation& population, std::size_t max_persons)
    : source_(source),
      n_loci_(population.loci.size()),
      n_words_((n_loci_ + 63) / 64),
      max_persons_(max_persons),
      slot_(source.n_persons(), kAbsent) {
  const std::vector<Locus>& loci = source.loci();
  for (const LocusModel& model : population.loci) {
    LocusTable table;
    const auto found = std::find_if(loci.begin(), loci.end(), [&](const Locus& locus) { return locus.name == model.locus.name; });
    if (found != loci.end()) table.source_locus = static_cast<std::uint32_t>(found - loci.begin());
    const std::vector<Allele>& alleles = model.locus.alleles;
    table.first = alleles.front().code();
    table.index.resize(static_cast<std::size_t>(alleles.back().code() - table.first) + 1, 0);
    for (std::size_t i = 0; i < alleles.size(); ++i) table.index[alleles[i].code() - table.first] = static_cast<std::uint16_t>(i + 1);
    tables_.push_back(std::move(table));
  }
  for (std::uint32_t i = 0; i < loci.size() && sex_locus_ == kAbsent; ++i)
    if (loci[i].kind == LocusKind::sex) sex_locus_ = i;
}

std::uint32_t PersonRows::LocusTable::at(Allele allele) const {
  const unsigned offset = static_cast<unsigned>(allele.code()) - first;  // wraps far beyond the table when below it
  return offset < index.size() ? index[offset] : 0U;
}

void PersonRows::load(const std::vector<PersonIndex>& persons) {
  std::vector<PersonIndex> missing;
  for (const PersonIndex person : persons)
    if (slot_[person] == kAbsent) missing.push_back(person);
  if (missing.empty()) return;
  if (n_held_ + missing.size() > max_persons_) {
    std::fill(slot_.begin(), slot_.end(), kAbsent);
    n_held_ = 0;
    missing = persons;
  }
  codes_.resize((n_held_ + missing.size()) * n_loci_);
  typed_.resize((n_held_ + missing.size()) * n_words_);
  sex_marker_.resize(n_held_ + missing.size());
  ProfileBlock block;
  std::vector<PersonIndex> part;
  for (std::size_t begin = 0; begin < missing.size(); begin += kReadPersons) {
    part.assign(missing.begin() + static_cast<std::ptrdiff_t>(begin),
                missing.begin() + static_cast<std::ptrdiff_t>(std::min(missing.size(), begin + kReadPersons)));
    source_.read(part, block);
    append(part, block);
  }
}

void PersonRows::append(const std::vector<PersonIndex>& persons, const ProfileBlock& block) {
  std::fill_n(typed_.begin() + static_cast<std::ptrdiff_t>(n_held_ * n_words_), persons.size() * n_words_, 0);
  for (std::size_t locus = 0; locus < n_loci_; ++locus) {
    const LocusTable& table = tables_[locus];
    GenotypeCode* codes = codes_.data() + n_held_ * n_loci_ + locus;
    std::uint64_t* typed = typed_.data() + n_held_ * n_words_ + locus / 64;
    const Genotype* calls =
        table.source_locus == kAbsent ? nullptr : block.calls.data() + std::size_t{table.source_locus} * block.n_persons;
    for (std::size_t i = 0; i < persons.size(); ++i, codes += n_loci_, typed += n_words_) {
      *codes = kUntyped;
      if (calls == nullptr || !calls[i].typed() || calls[i].half_known()) continue;
      *typed |= std::uint64_t{1} << (locus % 64);
      const std::uint32_t a = table.at(calls[i].a);
      const std::uint32_t b = table.at(calls[i].b);
      if (a != 0 && b != 0) *codes = genotype_code(static_cast<AlleleIndex>(a - 1), static_cast<AlleleIndex>(b - 1));
    }
  }
  for (std::size_t i = 0; i < persons.size(); ++i) {
    const Genotype marker = sex_locus_ == kAbsent ? Genotype{} : block.at(sex_locus_, i);
    const bool known = marker.typed() && !marker.half_known();
    const bool has_y = marker.a == Allele::letter('Y') || marker.b == Allele::letter('Y');
    sex_marker_[n_held_ + i] = !known ? SexMarker::unknown : has_y ? SexMarker::with_y : SexMarker::without_y;
    slot_[persons[i]] = static_cast<std::uint32_t>(n_held_ + i);
  }
  n_held_ += persons.size();
}

bool PersonRows::contradicts(PersonIndex person, Sex sex) const {
  const SexMarker marker = sex_marker_[slot_[person]];
  if (marker == SexMarker::unknown || sex == Sex::unknown) return false;
  return (marker == SexMarker::with_y) != (sex == Sex::male);
}

}  // namespace homeward
