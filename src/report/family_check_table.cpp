#include "report/family_check_table.hpp"

#include <algorithm>

#include "base/atomic_file.hpp"
#include "report/batch.hpp"
#include "report/cells.hpp"
#include "report/parallel.hpp"
#include "score/family_check.hpp"

namespace homeward {

namespace {

constexpr std::size_t kBatch = 1U << 14U;
constexpr std::size_t kChunk = 128;

/// One row; a person may be absent, and so may the ratios.
struct Row {
  PersonIndex a = kNobody, b = kNobody;
  std::string_view finding, declared = ".", best = ".", action;
  double declared_lr = 0.0, best_lr = 0.0;
  long long n_loci = -1;
};

class FamilyChecker {
 public:
  FamilyChecker(const ProfileSource& source, const EffectivePopulation& population)
      : source_(source), check_(population), genotypes_(source, population) {}

  void load(std::span<const Family> families) {
    std::vector<PersonIndex> persons;
    for (const Family& family : families)
      for (const PersonIndex member : member_indexes(family)) persons.push_back(member);
    genotypes_.load_persons(std::move(persons));
  }

  void append(const Family& family, std::string& out, FamilyCheckCounts& counts) const {
    const std::vector<PersonIndex> members = member_indexes(family);
    ++counts.families;
    std::vector<Row> rows;
    check_sexes(family, members, rows);
    counts.sex_markers += rows.size();
    if (members.size() > 1) check_pairs(family, members, rows, counts);
    for (const Row& row : rows) put(family, row, out);
    counts.rows += rows.size();
  }

 private:
  /// What a member's place says of the sex; a couple's parents by their places.
  static Sex declared_sex(const Family& family, std::size_t member, PersonIndex person) {
    if (family.shape != FamilyShape::pedigree) {
      if (family.shape == FamilyShape::parent) return Sex::unknown;
      return person == family.father && member == 0 ? Sex::male : Sex::female;
    }
    for (std::size_t i = 0; i < family.typed.size(); ++i)
      if (family.typed[i] == person) return family.pedigree[i].sex;
    return Sex::unknown;
  }

  void check_sexes(const Family& family, const std::vector<PersonIndex>& members, std::vector<Row>& rows) const {
    for (std::size_t k = 0; k < members.size(); ++k)
      if (sex_contradicted(genotypes_.amelogenin(members[k]), declared_sex(family, k, members[k]))) {
        Row row;
        row.a = members[k];
        row.finding = "sex_marker";
        row.action = "searched";
        rows.push_back(row);
      }
  }

  void check_pairs(const Family& family, const std::vector<PersonIndex>& members, std::vector<Row>& rows, FamilyCheckCounts& counts) const {
    const std::vector<Genotype> calls = genotypes_.member_calls(members);
    const std::vector<MemberPairCheck> checks = check_.pairs(family, calls, members.size());
    counts.pairs += checks.size();
    const std::vector<std::vector<bool>> parts = consistent_parts(members.size(), checks);
    bool contradicted = false;
    for (const MemberPairCheck& check : checks) {
      if (!check.contradicted()) continue;
      contradicted = true;
      ++counts.contradicted;
      Row row;
      row.a = members[check.a];
      row.b = members[check.b];
      row.finding = "contradicted";
      row.declared = to_string(check.declared);
      row.best = check.best;
      row.declared_lr = check.log10_lr_declared;
      row.best_lr = check.log10_lr_best;
      row.n_loci = check.n_loci;
      row.action = family.shape == FamilyShape::pedigree ? left_out(parts, check) : "searched";
      rows.push_back(row);
    }
    if (!contradicted) return;
    ++counts.contradicted_families;
    for (const LikelySwap& swap : check_.swaps(family, calls, members.size())) {
      Row row;
      row.a = members[swap.a];
      row.b = members[swap.b];
      row.finding = "swap";
      row.action = "none";
      rows.push_back(row);
      ++counts.swaps;
    }
  }

  static std::string_view left_out(const std::vector<std::vector<bool>>& parts, const MemberPairCheck& check) {
    const auto never = [&](std::size_t member) {
      return std::none_of(parts.begin(), parts.end(), [&](const auto& kept) { return kept[member]; });
    };
    const bool a = never(check.a), b = never(check.b);
    return a && b ? "left_out_both" : a ? "left_out_a" : b ? "left_out_b" : "left_out_in_turn";
  }

  void put(const Family& family, const Row& row, std::string& out) const {
    const auto cell = [&](std::string_view text) {
      put_text(out, text);
      out += '\t';
    };
    cell(family.id);
    cell(family.slot);
    cell(row.finding);
    cell(source_.person(row.a).id);
    cell(row.b == kNobody ? std::string_view{} : source_.person(row.b).id);
    const bool pair = row.n_loci >= 0;
    cell(pair ? row.declared : std::string_view{});
    cell(pair ? row.best : std::string_view{});
    for (const double value : {row.declared_lr, row.best_lr}) {
      if (pair)
        put_log10(out, value);
      else
        out += '.';
      out += '\t';
    }
    if (pair)
      put_number(out, row.n_loci);
    else
      out += '.';
    out += '\t';
    put_text(out, row.action);
    out += '\n';
  }

  const ProfileSource& source_;
  FamilyCheck check_;
  GenotypeBatch genotypes_;
};

void add(FamilyCheckCounts& total, const FamilyCheckCounts& part) {
  total.families += part.families;
  total.pairs += part.pairs;
  total.contradicted += part.contradicted;
  total.contradicted_families += part.contradicted_families;
  total.swaps += part.swaps;
  total.sex_markers += part.sex_markers;
  total.rows += part.rows;
}

}  // namespace

const std::vector<std::string>& family_check_columns() {
  static const std::vector<std::string> kColumns{
      "family_id", "slot", "finding", "person_a", "person_b", "declared", "best", "log10_lr_declared", "log10_lr_best", "n_loci", "action"};
  return kColumns;
}

FamilyCheckCounts check_families(const ProfileSource& source, const EffectivePopulation& population, int threads,
                                 const std::function<void(std::string_view)>& sink) {
  std::string header;
  for (const std::string& column : family_check_columns()) header += (header.empty() ? "" : "\t") + column;
  sink(header + "\n");
  FamilyChecker checker(source, population);
  FamilyCheckCounts counts;
  const std::span<const Family> families(source.families());
  for (std::size_t begin = 0; begin < families.size(); begin += kBatch) {
    const std::span<const Family> batch = families.subspan(begin, std::min(kBatch, families.size() - begin));
    checker.load(batch);
    std::vector<std::string> texts((batch.size() + kChunk - 1) / kChunk);
    std::vector<FamilyCheckCounts> parts(texts.size());
    for_each_chunk(texts.size(), threads, [&](std::size_t chunk) {
      for (std::size_t i = chunk * kChunk; i < std::min(batch.size(), (chunk + 1) * kChunk); ++i)
        checker.append(batch[i], texts[chunk], parts[chunk]);
    });
    for (std::size_t chunk = 0; chunk < texts.size(); ++chunk) {
      if (!texts[chunk].empty()) sink(texts[chunk]);
      add(counts, parts[chunk]);
    }
  }
  sink("#ok " + std::to_string(counts.rows) + " rows\n");
  return counts;
}

RunOutput write_family_check(const std::filesystem::path& path, const ProfileSource& source, const EffectivePopulation& population,
                             int threads, FamilyCheckCounts& counts) {
  AtomicFile file(path);
  counts = check_families(source, population, threads, [&](std::string_view text) { file.write(text); });
  return {path.filename().string(), counts.rows, file.commit()};
}

}  // namespace homeward
