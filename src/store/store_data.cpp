#include "store/store_data.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "store/consensus.hpp"

namespace homeward::storage {

BesideGenotypes beside_genotypes(const Beside& beside) {
  BesideGenotypes genotypes;
  for (std::size_t i = 0; i < beside.locus.size(); ++i)
    if (beside.b[i] != 0)
      genotypes.emplace(cell_key(beside.locus[i], beside.row[i]), Genotype{Allele::from_code(beside.a[i]), Allele::from_code(beside.b[i])});
  return genotypes;
}

namespace {

std::size_t length_of(const TextColumn& column) { return column.size(); }
template <class T>
std::size_t length_of(const std::vector<T>& column) {
  return column.size();
}

/// The group of a dataset: columns of one group have one length. Datasets that are tables of their own stand alone.
std::string table_of(const std::string& path) { return path == "/typings/kits" ? path : path.substr(0, path.rfind('/')); }

class Defects {
 public:
  std::vector<std::string> sentences;
  void add(const std::string& path, std::size_t row, const std::string& what) {
    if (++count_[path] == 1) sentences.push_back(path + " row " + std::to_string(row) + ": " + what);
  }
  /// Every value below `limit`, or equal to `none`.
  template <class T>
  void below(const std::string& path, const std::vector<T>& values, std::uint64_t limit, std::uint64_t none = ~0ULL) {
    for (std::size_t i = 0; i < values.size(); ++i)
      if (values[i] >= limit && values[i] != none)
        add(path, i,
            "index " + std::to_string(values[i]) + " is out of range, the table it points into has " + std::to_string(limit) + " rows");
  }
  template <class T>
  void within(const std::string& path, const std::vector<T>& values, T low, T high) {
    for (std::size_t i = 0; i < values.size(); ++i)
      if (values[i] < low || values[i] > high) add(path, i, "value " + std::to_string(values[i]) + " has no meaning");
  }

 private:
  std::map<std::string, std::size_t> count_;  // the first of each kind is enough
};

void check_lengths(const StoreData& d, std::vector<std::string>& sentences) {
  std::map<std::string, std::pair<std::string, std::size_t>> first_of_table;
  visit_columns(d, [&](const std::string& path, const auto& column) {
    const std::size_t length = length_of(column);
    const auto [it, is_new] = first_of_table.try_emplace(table_of(path), path, length);
    if (!is_new && it->second.second != length)
      sentences.push_back(path + " has " + std::to_string(length) + " rows, " + it->second.first + " has " +
                          std::to_string(it->second.second));
    if constexpr (std::is_same_v<std::decay_t<decltype(column)>, TextColumn>) {
      if (!column.sound()) sentences.push_back(path + ": the offsets do not fit the bytes");
    }
  });
}

void check_rows(Defects& defects, const std::string& path, const auto& rows, std::size_t n_loci, const StoreData& d) {
  defects.below(path + "typing", rows.typing, d.n_typings());
  for (std::size_t i = 1; i < rows.typing.size(); ++i)
    if (rows.typing[i] <= rows.typing[i - 1]) defects.add(path + "typing", i, "rows are not in the order of typings");
  defects.below(path + "beside/locus", rows.beside.locus, n_loci);
  defects.below(path + "beside/row", rows.beside.row, rows.typing.size());
}

void check_families(Defects& defects, const StoreData& d) {
  const std::size_t n_persons = d.persons.id.size();
  defects.within<std::uint8_t>("/families/shape", d.families.shape, 1, 5);
  defects.below("/families/father", d.families.father, n_persons, kNone);
  defects.below("/families/mother", d.families.mother, n_persons, kNone);
  defects.below("/families/pedigree/typed", d.relatives.typed, n_persons, kNone);
  defects.within<std::uint8_t>("/families/pedigree/sex", d.relatives.sex, 0, 2);
  defects.within<std::uint8_t>("/families/pedigree/missing", d.relatives.missing, 0, 1);
  defects.within<std::uint8_t>("/families/refused/reason", d.refused.reason, 1, 7);
  const std::size_t n_relatives = d.relatives.family.size();
  for (std::size_t f = 0; f < d.families.id.size(); ++f) {
    const std::uint64_t first = d.families.pedigree_first[f], count = d.families.pedigree_count[f];
    const bool is_pedigree = d.families.shape[f] == static_cast<std::uint8_t>(FamilyShape::pedigree);
    if (first > n_relatives || count > n_relatives - first || (count > 0) != is_pedigree) {
      defects.add("/families/pedigree_first", f, "the family's rows are outside /families/pedigree");
      continue;
    }
    if (is_pedigree && (d.families.missing[f] < 0 || static_cast<std::uint64_t>(d.families.missing[f]) >= count))
      defects.add("/families/missing", f, "the missing place is not in the pedigree");
    for (std::uint64_t r = first; r < first + count; ++r)
      if (d.relatives.father_index[r] < -2 || d.relatives.mother_index[r] < -2 ||
          d.relatives.father_index[r] >= static_cast<std::int64_t>(count) ||
          d.relatives.mother_index[r] >= static_cast<std::int64_t>(count))
        defects.add("/families/pedigree/father_index", r, "a parent is not in the pedigree");
  }
}

void check_registrations(Defects& defects, const StoreData& d) {
  const auto& r = d.registrations;
  defects.within<std::uint8_t>("/registrations/category", r.category, 0, 4);
  defects.within<std::uint8_t>("/registrations/relation", r.relation, 0, 11);
  defects.within<std::uint8_t>("/registrations/sex", r.sex, 0, 2);
  defects.within<std::uint8_t>("/registrations/dna", r.dna, 0, 3);
  defects.within<std::uint32_t>("/registrations/batch", r.batch, 1, static_cast<std::uint32_t>(d.batches.file.size()));
  for (const auto* dates : {&r.birth, &r.missing}) {
    const std::string path = dates == &r.birth ? "/registrations/birth" : "/registrations/missing";
    defects.within<std::uint8_t>(path + "_precision", dates->precision, 0, 5);
    defects.within<std::uint8_t>(path + "_calendar", dates->calendar, 0, 2);
    defects.within<std::uint8_t>(path + "_approximate", dates->approximate, 0, 1);
    for (std::size_t i = 0; i < dates->from.size(); ++i)
      if (dates->from[i] > dates->to[i]) defects.add(path + "_from", i, "the interval ends before it begins");
  }
  defects.below("/registrations/site", r.site, d.sites.size());
  defects.below("/registrations/same_as", r.same_as, r.id.size(), kNone);
}

}  // namespace

std::vector<std::string> column_defects(const StoreData& d) {
  Defects defects;
  check_lengths(d, defects.sentences);
  if (!defects.sentences.empty()) return defects.sentences;  // nothing else can be looked at safely

  const std::size_t n_samples = d.samples.id.size(), n_batches = d.batches.file.size();
  const auto batch = [&](const std::string& path, const std::vector<std::uint32_t>& values) {
    defects.within<std::uint32_t>(path, values, 1, static_cast<std::uint32_t>(n_batches));
  };
  for (const bool snp : {false, true}) {
    const PanelColumns& panel = snp ? d.snp_panel : d.str_panel;
    defects.within<std::uint8_t>(snp ? "/panels/snp/kind" : "/panels/str/kind", panel.kind, 1, 3);
    defects.within<std::uint8_t>(snp ? "/panels/snp/chromosome" : "/panels/str/chromosome", panel.chromosome, 1, 4);
  }
  check_rows(defects, "/typings/str/", d.str, d.str_panel.name.size(), d);
  check_rows(defects, "/typings/snp/", d.snp, d.snp_panel.name.size(), d);
  defects.below("/typings/sample", d.typings.sample, n_samples);
  batch("/typings/batch", d.typings.batch);
  defects.within<std::uint8_t>("/typings/error_class", d.typings.error_class, 0, 2);
  defects.below("/typings/kit", d.typings.kit, d.kits.size());
  defects.below("/typings/conflicts/person", d.conflicts.person, d.persons.id.size());
  defects.below("/typings/conflicts/typing", d.conflicts.typing, d.n_typings());
  defects.within<std::uint8_t>("/typings/conflicts/panel", d.conflicts.panel, 1, 2);
  defects.below("/samples/person", d.samples.person, d.persons.id.size());
  batch("/samples/batch", d.samples.batch);
  defects.within<std::uint8_t>("/samples/role", d.samples.role, 0, 11);
  defects.within<std::uint8_t>("/samples/sex", d.samples.sex, 0, 2);
  defects.below("/families/members/sample", d.members.sample, n_samples);
  batch("/families/members/batch", d.members.batch);
  defects.within<std::uint8_t>("/persons/role", d.persons.role, 0, 11);
  defects.within<std::uint8_t>("/persons/sex", d.persons.sex, 0, 2);
  defects.below("/persons/first_sample", d.persons.first_sample, n_samples);
  batch("/persons/batch", d.persons.batch);
  batch("/families/pedigree/batch", d.relatives.batch);
  check_families(defects, d);
  check_registrations(defects, d);
  return defects.sentences;
}

namespace {

bool is_allele(std::uint16_t code) { return code == 0 || (code >= 10 && code <= 9999) || (code > 0x8020U && code < 0x807FU); }

}  // namespace

std::vector<std::string> call_defects(const StoreData& d) {
  std::vector<std::string> sentences;
  for (std::size_t locus = 0; locus < d.str.calls.size(); ++locus)
    for (std::size_t row = 0; row < d.str.typing.size(); ++row) {
      const StrCall call = d.str.calls[locus][row];
      if (call.a <= call.b && is_allele(call.a) && is_allele(call.b)) continue;
      sentences.push_back("/typings/str/calls locus " + std::to_string(locus) + " row " + std::to_string(row) + ": not a pair of alleles");
      break;
    }
  for (std::size_t locus = 0; locus < d.snp.codes.size(); ++locus) {
    if (d.snp_panel.ref[locus] != 0 && d.snp_panel.alt[locus] != 0) continue;
    for (std::size_t row = 0; row < d.snp.typing.size(); ++row) {
      const unsigned code = snp_code_at(d.snp.codes[locus], row);
      if (code == 0 || (code == 1 && d.snp_panel.ref[locus] != 0)) continue;
      sentences.push_back("/typings/snp/codes locus " + std::to_string(locus) + " row " + std::to_string(row) +
                          ": an allele the panel does not name");
      break;
    }
  }
  return sentences;
}

namespace {

/// Rows of a panel that belong to persons with several rows, grouped by person, rows ascending.
std::vector<std::vector<std::uint32_t>> repeated_rows(const StoreData& d, const std::vector<std::uint32_t>& typing) {
  std::vector<std::uint32_t> first(d.persons.id.size(), kNone);
  std::unordered_map<std::uint32_t, std::size_t> group_of;
  std::vector<std::vector<std::uint32_t>> groups;
  for (std::uint32_t row = 0; row < typing.size(); ++row) {
    const std::uint32_t person = d.person_of_typing(typing[row]);
    if (first[person] == kNone) {
      first[person] = row;
      continue;
    }
    const auto [it, is_new] = group_of.try_emplace(person, groups.size());
    if (is_new) groups.push_back({first[person]});
    groups[it->second].push_back(row);
  }
  return groups;
}

/// Cells of one locus that hold a call: one bit pair or call per row, those kept beside included.
template <class Typed>
std::uint64_t count_persons(std::size_t n_typed_cells, const std::vector<std::vector<std::uint32_t>>& groups, const Typed& typed) {
  std::uint64_t persons = n_typed_cells;
  for (const std::vector<std::uint32_t>& rows : groups) {
    const auto n = std::count_if(rows.begin(), rows.end(), typed);
    if (n > 1) persons -= static_cast<std::uint64_t>(n - 1);
  }
  return persons;
}

}  // namespace

void count_persons_typed(StoreData& d) {
  const auto str_groups = repeated_rows(d, d.str.typing);
  d.str_panel.persons_typed.assign(d.str.calls.size(), 0);
  for (std::size_t locus = 0; locus < d.str.calls.size(); ++locus) {
    const std::vector<StrCall>& calls = d.str.calls[locus];
    const auto typed = [&](std::uint32_t row) { return calls[row].b != 0; };
    const auto cells = std::count_if(calls.begin(), calls.end(), [](StrCall call) { return call.b != 0; });
    d.str_panel.persons_typed[locus] = count_persons(static_cast<std::size_t>(cells), str_groups, typed);
  }

  const auto snp_groups = repeated_rows(d, d.snp.typing);
  const BesideGenotypes beside = beside_genotypes(d.snp.beside);
  std::vector<std::size_t> n_beside(d.snp.codes.size(), 0);
  for (const auto& [key, genotype] : beside) ++n_beside[key >> 32U];
  d.snp_panel.persons_typed.assign(d.snp.codes.size(), 0);
  for (std::uint32_t locus = 0; locus < d.snp.codes.size(); ++locus) {
    const std::vector<std::uint8_t>& codes = d.snp.codes[locus];
    std::size_t cells = n_beside[locus];
    for (const std::uint8_t byte : codes) cells += static_cast<std::size_t>(__builtin_popcount((byte | byte >> 1U) & 0x55U));
    const auto typed = [&](std::uint32_t row) { return snp_code_at(codes, row) != 0 || beside.count(cell_key(locus, row)) != 0; };
    d.snp_panel.persons_typed[locus] = count_persons(cells, snp_groups, typed);
  }
}

void derive_conflicts(StoreData& d, const std::function<void(std::uint32_t, std::uint32_t)>& on_new_call) {
  struct Conflict {
    std::uint32_t typing, locus, person;
    PanelId panel;
  };
  std::vector<Conflict> found;
  const auto fold = [&](PanelId panel, const std::vector<std::uint32_t>& typing, std::size_t n_loci, const auto& call_at) {
    for (const std::vector<std::uint32_t>& rows : repeated_rows(d, typing))
      for (std::uint32_t locus = 0; locus < n_loci; ++locus) {
        Genotype kept;
        for (const std::uint32_t row : rows) {
          const Agreement agreement = fold_call(kept, call_at(locus, row));
          const std::uint32_t person = d.person_of_typing(typing[row]);
          if (agreement == Agreement::conflict) found.push_back({typing[row], locus, person, panel});
          if (agreement == Agreement::adds && row != rows[0] && on_new_call) on_new_call(person, typing[row]);
        }
      }
  };
  fold(PanelId::str, d.str.typing, d.str.calls.size(),
       [&](std::uint32_t locus, std::uint32_t row) { return genotype_of(d.str.calls[locus][row]); });
  const BesideGenotypes beside = beside_genotypes(d.snp.beside);
  fold(PanelId::snp, d.snp.typing, d.snp.codes.size(), [&](std::uint32_t locus, std::uint32_t row) {
    const unsigned code = snp_code_at(d.snp.codes[locus], row);
    if (code != 0) return genotype_of_snp(code, d.snp_panel.ref[locus], d.snp_panel.alt[locus]);
    const auto it = beside.find(cell_key(locus, row));
    return it == beside.end() ? Genotype{} : it->second;
  });
  std::sort(found.begin(), found.end(), [](const Conflict& l, const Conflict& r) {
    return std::tie(l.typing, l.panel, l.locus) < std::tie(r.typing, r.panel, r.locus);
  });
  d.conflicts = {};
  for (const Conflict& c : found) {
    d.conflicts.person.push_back(c.person);
    d.conflicts.typing.push_back(c.typing);
    d.conflicts.panel.push_back(static_cast<std::uint8_t>(c.panel));
    d.conflicts.locus.push_back(c.locus);
  }
}

}  // namespace homeward::storage
