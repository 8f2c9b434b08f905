#include "report/batch.hpp"

#include <algorithm>

#include "report/formula.hpp"

namespace homeward {

GenotypeBatch::GenotypeBatch(const ProfileSource& source, const EffectivePopulation& population)
    : source_(source), slot_(source.n_persons()) {
  const std::vector<Locus>& loci = source.loci();
  for (const LocusModel& model : population.loci) {
    const auto same_name = [&](const Locus& locus) { return locus.name == model.locus.name; };
    const auto found = std::find_if(loci.begin(), loci.end(), same_name);
    source_locus_.push_back(found == loci.end() ? kAbsent : static_cast<LocusIndex>(found - loci.begin()));
  }
  for (LocusIndex i = 0; i < loci.size(); ++i)
    if (loci[i].kind == LocusKind::sex && sex_locus_ == kAbsent) sex_locus_ = i;
  for (LocusIndex i = 0; i < loci.size(); ++i)
    if (std::find(source_locus_.begin(), source_locus_.end(), i) == source_locus_.end()) unused_.push_back(i);
}

void GenotypeBatch::append_unused_loci(std::vector<LocusLine>& lines, PersonIndex child, PersonIndex father, PersonIndex mother) const {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  const double sum = lines.empty() ? 0.0 : lines.back().cum_log10_lr;
  const auto call = [&](PersonIndex person, LocusIndex locus) { return person == kNobody ? Genotype{} : block_.at(locus, slot_[person]); };
  for (const LocusIndex locus : unused_) {
    LocusLine line;
    line.locus = source_.loci()[locus].name;
    line.locus_class = locus_class(source_.loci()[locus]);
    line.gt_child = to_string(call(child, locus));
    line.gt_father = to_string(call(father, locus));
    line.gt_mother = to_string(call(mother, locus));
    if (line.gt_child.empty() && line.gt_father.empty() && line.gt_mother.empty()) continue;
    line.status = "not_in_population";
    line.p_h1 = line.p_h2 = line.mut_rate = line.freq_a = line.freq_b = line.theta = kNaN;
    line.cum_log10_lr = sum;
    lines.push_back(std::move(line));
  }
}

bool sex_contradicted(Genotype amelogenin, Sex sex) {
  if (!amelogenin.typed() || amelogenin.half_known() || sex == Sex::unknown) return false;
  const bool has_y = amelogenin.a == Allele::letter('Y') || amelogenin.b == Allele::letter('Y');
  return has_y != (sex == Sex::male);
}

TypedParents typed_parents(const Family& family) {
  if (family.shape == FamilyShape::parent) return {};
  if (family.shape != FamilyShape::pedigree) return {family.father, family.mother};
  const PedigreePerson& missing = family.pedigree[static_cast<std::size_t>(family.missing)];
  const auto typed = [&](PersonInPedigree person) { return person < 0 ? kNobody : family.typed[static_cast<std::size_t>(person)]; };
  return {typed(missing.father), typed(missing.mother)};
}

void GenotypeBatch::load(std::span<const Candidate> candidates) {
  std::vector<PersonIndex> persons;
  const auto add_family = [&](std::uint32_t family) {
    if (family == kNoFamily) return;
    const std::vector<PersonIndex> members = member_indexes(source_.families()[family]);
    persons.insert(persons.end(), members.begin(), members.end());
  };
  for (const Candidate& candidate : candidates) {
    persons.push_back(candidate.hit.child);
    add_family(candidate.hit.family);
    add_family(candidate.hit.family_b);
  }
  load_persons(std::move(persons));
}

void GenotypeBatch::load_persons(std::vector<PersonIndex> persons) {
  std::sort(persons.begin(), persons.end());
  persons.erase(std::unique(persons.begin(), persons.end()), persons.end());
  for (std::size_t i = 0; i < persons.size(); ++i) slot_[persons[i]] = static_cast<std::uint32_t>(i);
  source_.read(persons, block_);
}

std::vector<Genotype> GenotypeBatch::member_calls(const std::vector<PersonIndex>& members) const {
  std::vector<Genotype> calls;
  calls.reserve(n_loci() * members.size());
  for (std::size_t locus = 0; locus < n_loci(); ++locus)
    for (const PersonIndex member : members) calls.push_back(at(member, locus));
  return calls;
}

Family joined_couple(const Family& father, const Family& mother) {
  Family couple;
  couple.id = father.id + "+" + mother.id;
  couple.shape = FamilyShape::couple;
  couple.father = father.father;
  couple.mother = mother.mother;
  return couple;
}

void PairKeyMaker::add(std::string_view text) {
  // Framed as Sha256::add_text does it.
  for (std::size_t i = 0, size = text.size(); i < 8; ++i, size >>= 8U) message_ += static_cast<char>(size & 0xFFU);
  message_ += text;
}

void PairKeyMaker::append(std::string& out, std::string_view child_id, const Family& family, const Family* family_b) {
  constexpr const char* kDigits = "0123456789abcdef";
  message_.clear();
  add(child_id);
  for (const Family* one : {&family, family_b}) {
    if (one == nullptr) continue;
    add(one->id);
    add(one->slot);
  }
  hash_.restart();
  hash_.add_bytes(message_.data(), message_.size());
  const std::array<unsigned char, 32> digest = hash_.digest();
  for (std::size_t i = 0; i < 8; ++i) {
    out += kDigits[digest[i] >> 4U];
    out += kDigits[digest[i] & 15U];
  }
}

std::string pair_key(std::string_view child_id, const Family& family, const Family* family_b) {
  std::string key;
  PairKeyMaker().append(key, child_id, family, family_b);
  return key;
}

}  // namespace homeward
