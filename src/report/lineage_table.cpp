#include "report/lineage_table.hpp"

#include <algorithm>
#include <limits>
#include <unordered_map>

#include "base/atomic_file.hpp"
#include "likelihood/lineage.hpp"
#include "report/batch.hpp"
#include "report/cells.hpp"

namespace homeward {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kPersonsAtOnce = 1U << 14U;

bool known(Genotype g) { return g.typed() && !g.half_known(); }

/// Y calls of everybody who has any.
class Haplotypes {
 public:
  explicit Haplotypes(const ProfileSource& source) {
    for (LocusIndex locus = 0; locus < source.loci().size(); ++locus)
      if (source.loci()[locus].chromosome == Chromosome::y) loci_.push_back(locus);
    if (loci_.empty()) return;
    for (const LocusIndex locus : loci_) names_.push_back(source.loci()[locus].name);
    ProfileBlock block;
    for (std::size_t begin = 0; begin < source.n_persons(); begin += kPersonsAtOnce) {
      std::vector<PersonIndex> persons;
      for (std::size_t i = begin; i < std::min(source.n_persons(), begin + kPersonsAtOnce); ++i)
        persons.push_back(static_cast<PersonIndex>(i));
      source.read(persons, block);
      for (std::size_t k = 0; k < persons.size(); ++k) keep(persons[k], k, block);
    }
  }

  const std::vector<std::string>& names() const { return names_; }
  /// Null when the person has no Y call.
  const Genotype* of(PersonIndex person) const {
    const auto found = row_of_.find(person);
    return found == row_of_.end() ? nullptr : calls_.data() + found->second * names_.size();
  }

  /// Of the others, how many are typed at all the given loci (n), and how many of these equal `calls` there (x).
  std::pair<std::uint64_t, std::uint64_t> count(const Genotype* calls, const std::vector<std::size_t>& at, PersonIndex child,
                                                PersonIndex relative) const {
    std::uint64_t x = 0, n = 0;
    for (std::size_t row = 0; row < persons_.size(); ++row) {
      if (persons_[row] == child || persons_[row] == relative) continue;
      const Genotype* other = calls_.data() + row * names_.size();
      if (!std::all_of(at.begin(), at.end(), [&](std::size_t locus) { return known(other[locus]); })) continue;
      ++n;
      x += std::all_of(at.begin(), at.end(), [&](std::size_t locus) { return other[locus] == calls[locus]; }) ? 1U : 0U;
    }
    return {x, n};
  }

 private:
  void keep(PersonIndex person, std::size_t k, const ProfileBlock& block) {
    if (std::none_of(loci_.begin(), loci_.end(), [&](LocusIndex locus) { return known(block.at(locus, k)); })) return;
    row_of_.emplace(person, persons_.size());
    persons_.push_back(person);
    for (const LocusIndex locus : loci_) calls_.push_back(block.at(locus, k));
  }

  std::vector<LocusIndex> loci_;
  std::vector<std::string> names_;
  std::vector<PersonIndex> persons_;
  std::vector<Genotype> calls_;
  std::unordered_map<PersonIndex, std::size_t> row_of_;
};

/// The eldest known man of a person's male line; the person itself when its father is not in the pedigree.
PersonInPedigree head_of_line(const Pedigree& pedigree, PersonInPedigree person) {
  while (pedigree[static_cast<std::size_t>(person)].father >= 0) person = pedigree[static_cast<std::size_t>(person)].father;
  return person;
}

/// Typed relatives who have the missing child's Y chromosome if the hypothesis is true.
std::vector<PersonIndex> male_line(const Family& family) {
  if (family.shape != FamilyShape::pedigree)
    return family.father == kNobody ? std::vector<PersonIndex>{} : std::vector<PersonIndex>{family.father};
  std::vector<PersonIndex> line;
  const PersonInPedigree head = head_of_line(family.pedigree, family.missing);
  for (std::size_t i = 0; i < family.typed.size(); ++i)
    if (family.typed[i] != kNobody && family.pedigree[i].sex == Sex::male &&
        head_of_line(family.pedigree, static_cast<PersonInPedigree>(i)) == head)
      line.push_back(family.typed[i]);
  return line;
}

class LineageRows {
 public:
  explicit LineageRows(const ProfileSource& source) : source_(source), haplotypes_(source) {}

  void append(std::uint64_t rank, const Hit& hit, std::string& out, std::uint64_t& rows) const {
    if (hit.hypothesis == Hypothesis::mother_only) return;  // another man is the father
    const Genotype* child = haplotypes_.of(hit.child);
    if (child == nullptr) return;
    for (const PersonIndex relative : male_line(source_.families()[hit.family])) {
      const Genotype* other = haplotypes_.of(relative);
      if (other == nullptr) continue;
      put(rank, hit, child, relative, other, out);
      ++rows;
    }
  }

 private:
  void put(std::uint64_t rank, const Hit& hit, const Genotype* child, PersonIndex relative, const Genotype* other, std::string& out) const {
    std::vector<LineageCall> calls;
    std::vector<std::size_t> both;
    for (std::size_t locus = 0; locus < haplotypes_.names().size(); ++locus) {
      calls.push_back({haplotypes_.names()[locus], child[locus], other[locus]});
      if (known(child[locus]) && known(other[locus])) both.push_back(locus);
    }
    const LineageComparison comparison = compare_lineage(calls);
    const bool worth = comparison.verdict == LineageVerdict::cannot_exclude;
    const auto [x, n] = worth ? haplotypes_.count(child, both, hit.child, relative) : std::pair<std::uint64_t, std::uint64_t>{};
    const CountedFrequency frequency = counted_frequency(x, n);
    const Family& family = source_.families()[hit.family];
    const Family* family_b = hit.family_b == kNoFamily ? nullptr : &source_.families()[hit.family_b];
    const std::string& child_id = source_.person(hit.child).id;
    put_number(out, static_cast<long long>(rank));
    for (const std::string& text :
         {pair_key(child_id, family, family_b), child_id, family_b == nullptr ? family.id : family.id + "+" + family_b->id,
          source_.person(relative).id, std::string("Y"), std::string(to_string(comparison.verdict))}) {
      out += '\t';
      put_text(out, text);
    }
    for (const unsigned number : {comparison.n_loci, comparison.n_different}) {
      out += '\t';
      put_number(out, number);
    }
    out += '\t';
    put_real(out, comparison.no_steps ? kNaN : comparison.steps);
    for (const double value :
         {worth ? static_cast<double>(x) : kNaN, worth ? static_cast<double>(n) : kNaN, worth ? frequency.estimate : kNaN,
          worth ? frequency.upper_95 : kNaN, worth ? 1.0 / frequency.estimate : kNaN, worth ? 1.0 / frequency.upper_95 : kNaN}) {
      out += '\t';
      put_real(out, value);
    }
    out += '\n';
  }

  const ProfileSource& source_;
  Haplotypes haplotypes_;
};

}  // namespace

const std::vector<std::string>& lineage_columns() {
  static const std::vector<std::string> kColumns{
      "rank",  "pair_key", "child_id", "family_id", "relative_id",        "lineage", "verdict",    "n_loci", "n_different",
      "steps", "x",        "n",        "frequency", "frequency_upper_95", "lr",      "lr_lower_95"};
  return kColumns;
}

RunOutput write_lineage(const std::filesystem::path& path, const TableInputs& inputs, const CandidateSelection& selection,
                        std::uint64_t max_rank) {
  std::string text;
  for (const std::string& column : lineage_columns()) text += (text.empty() ? "" : "\t") + column;
  text += '\n';
  const LineageRows lineage(inputs.source);
  std::uint64_t rows = 0;
  for (std::size_t i = 0; i < std::min<std::uint64_t>(selection.rows.size(), max_rank); ++i)
    lineage.append(i + 1, selection.rows[i].hit, text, rows);
  AtomicFile file(path);
  file.write(text + "#ok " + std::to_string(rows) + " rows\n");
  return {path.filename().string(), rows, file.commit()};
}

}  // namespace homeward
