// The content of a store in memory: one struct per group of the file, one member per dataset (data-schemas/store.md).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "homeward/allele.hpp"
#include "homeward/family.hpp"
#include "store/text_column.hpp"

namespace homeward::storage {

inline constexpr std::uint64_t kFormatVersion = 1;
inline constexpr std::uint64_t kFormatMinor = 1;  // 1: registrations and tombstones
inline constexpr const char* kFormatName = "homeward-store";
inline constexpr std::uint32_t kNone = 0xFFFFFFFFU;

/// Which panel a locus or call belongs to. Stored on disk: values never change.
enum class PanelId : std::uint8_t { str = 1, snp = 2 };

/// How far a typing can be trusted to show both alleles. Stored on disk: values never change.
enum class ErrorClass : std::uint8_t { unknown = 0, full = 1, partial = 2 };

/// Why a family cannot be searched. Stored on disk: values never change.
enum class Refusal : std::uint8_t {
  id_declared_and_derived = 1,
  too_many_parents = 2,
  relative_without_pedigree = 3,
  parents_of_unknown_sex = 4,
  pedigree_defect = 5,
  no_missing_place = 6,
  no_typed_relative = 7
};

/// A reported call of an STR or sex locus: Allele codes, a <= b; 0 0 untyped, 0 x half known.
struct StrCall {
  std::uint16_t a = 0;
  std::uint16_t b = 0;
  friend bool operator==(StrCall, StrCall) = default;
};
inline Genotype genotype_of(StrCall call) { return {Allele::from_code(call.a), Allele::from_code(call.b)}; }
inline StrCall call_of(Genotype g) { return {g.a.code(), g.b.code()}; }

/// What the panel's matrix cannot hold. With a = b = 0: the reported text, of a call that is no genotype (OL, <12, three
/// alleles) or says more than one (a sequence allele whose length part the matrix has). Else, in the SNP panel only: a
/// genotype with another allele than ref and alt, or half known; the matrix says untyped there.
struct Beside {
  std::vector<std::uint32_t> locus, row;
  std::vector<std::uint16_t> a, b;
  TextColumn text;
};

struct PanelColumns {
  TextColumn name;
  std::vector<std::uint8_t> kind, chromosome;  // LocusKind, Chromosome
  std::vector<std::uint64_t> persons_typed;    // derived
  std::vector<std::uint16_t> ref, alt;         // SNP panel only; 0 = not seen yet
};

/// Rows of one panel: which typing a row belongs to, and its calls, locus-major.
struct StrRows {
  std::vector<std::uint32_t> typing;
  std::vector<std::vector<StrCall>> calls;  // [locus][row]
  Beside beside;
};
struct SnpRows {
  std::vector<std::uint32_t> typing;
  std::vector<std::vector<std::uint8_t>> codes;  // [locus][row / 4], row % 4 in bits 2 * (row % 4); 1 ref/ref 2 ref/alt 3 alt/alt
  Beside beside;
};

struct StoreData {
  std::string uuid;
  std::uint64_t generation = 0;
  std::uint64_t minor = kFormatMinor;  // of the file it was read from: older files lack newer columns

  PanelColumns str_panel, snp_panel;
  StrRows str;
  SnpRows snp;
  struct {
    std::vector<std::uint32_t> sample, batch;
    std::vector<std::uint64_t> line;
    std::vector<std::uint8_t> error_class;
    std::vector<std::uint32_t> kit;  // into kits
  } typings;
  TextColumn kits;
  struct {
    std::vector<std::uint32_t> person, typing, locus;
    std::vector<std::uint8_t> panel;
  } conflicts;  // calls that disagree with an earlier one of the person
  struct {
    TextColumn id;
    std::vector<std::uint32_t> person, batch;
    std::vector<std::uint8_t> role, sex;  // as declared
    std::vector<std::uint64_t> line;
  } samples;
  struct {
    std::vector<std::uint32_t> sample, batch;
    TextColumn family, slot;
    std::vector<std::uint64_t> line;
  } members;  // declared: this sample's person belongs to this family
  struct {
    TextColumn id;
    std::vector<std::uint8_t> role, sex;  // effective: a parent of known sex is a father or mother; AMEL where no sex is stated
    std::vector<std::uint32_t> first_sample, batch;
  } persons;
  struct {
    TextColumn family, person, father, mother, sample;  // as declared, rows of a family together
    std::vector<std::uint8_t> sex, missing;
    std::vector<std::uint32_t> batch;
    std::vector<std::uint64_t> line;
    std::vector<std::int32_t> father_index, mother_index;  // derived: row within the family, -1 none, -2 population, -3 not in it
    std::vector<std::uint32_t> typed;                      // derived: person, or kNone
  } relatives;
  struct {
    TextColumn id, slot;
    std::vector<std::uint8_t> shape;
    std::vector<std::uint32_t> father, mother;
    std::vector<std::uint64_t> pedigree_first;  // into relatives
    std::vector<std::uint32_t> pedigree_count;
    std::vector<std::int32_t> missing;
  } families;  // derived, ascending (id, slot)
  struct {
    TextColumn id;
    std::vector<std::uint8_t> reason;
  } refused;  // derived
  struct {
    TextColumn file, sha256, format, version, time;
    std::vector<std::uint64_t> rows, samples, new_persons, new_typings, identical_typings, conflicts, refused_samples, rejects;
  } batches;

  struct {
    TextColumn id, sample;
    std::vector<std::uint8_t> category, relation, sex, dna;
    struct Dates {
      std::vector<std::int32_t> from, to;
      std::vector<std::uint8_t> precision, calendar, approximate;
    } birth, missing;
    std::vector<std::uint32_t> missing_region, home_region, site, batch, same_as;  // same_as: a row of this table, or kNone
    std::vector<std::uint64_t> line, source_key, content_key;
  } registrations;
  TextColumn sites;
  struct {
    TextColumn id, time;
    std::vector<std::uint64_t> generation, samples, typings, registrations;
  } tombstones;

  std::size_t n_typings() const { return typings.sample.size(); }
  std::uint32_t person_of_typing(std::uint32_t typing) const { return samples.person[typings.sample[typing]]; }
};

/// The columns that format 1.1 brought.
template <class Data, class Visitor>
void visit_registrations(Data& d, Visitor&& visit) {
  auto& r = d.registrations;
  visit("/registrations/id", r.id);
  visit("/registrations/category", r.category);
  visit("/registrations/relation", r.relation);
  visit("/registrations/sex", r.sex);
  const auto dates = [&](const std::string& path, auto& columns) {
    visit(path + "_from", columns.from);
    visit(path + "_to", columns.to);
    visit(path + "_precision", columns.precision);
    visit(path + "_calendar", columns.calendar);
    visit(path + "_approximate", columns.approximate);
  };
  dates("/registrations/birth", r.birth);
  dates("/registrations/missing", r.missing);
  visit("/registrations/missing_region", r.missing_region);
  visit("/registrations/home_region", r.home_region);
  visit("/registrations/dna", r.dna);
  visit("/registrations/sample", r.sample);
  visit("/registrations/site", r.site);
  visit("/registrations/batch", r.batch);
  visit("/registrations/line", r.line);
  visit("/registrations/source_key", r.source_key);
  visit("/registrations/content_key", r.content_key);
  visit("/registrations/same_as", r.same_as);
  visit("/registrations/sites/name", d.sites);
  visit("/tombstones/id", d.tombstones.id);
  visit("/tombstones/time", d.tombstones.time);
  visit("/tombstones/generation", d.tombstones.generation);
  visit("/tombstones/samples", d.tombstones.samples);
  visit("/tombstones/typings", d.tombstones.typings);
  visit("/tombstones/registrations", d.tombstones.registrations);
}

/// Calls visitor(path, column) for every dataset except the two call matrices. The one list of the layout: writing,
/// reading, digests and checks all walk it. The order is part of the content digest.
template <class Data, class Visitor>
void visit_columns(Data& d, Visitor&& visit) {
  for (const bool snp : {false, true}) {
    auto& panel = snp ? d.snp_panel : d.str_panel;
    const std::string path = snp ? "/panels/snp/" : "/panels/str/";
    visit(path + "name", panel.name);
    visit(path + "kind", panel.kind);
    visit(path + "chromosome", panel.chromosome);
    visit(path + "persons_typed", panel.persons_typed);
    if (snp) visit(path + "ref", panel.ref);
    if (snp) visit(path + "alt", panel.alt);
  }
  const auto rows = [&](const std::string& path, auto& panel_rows) {
    visit(path + "typing", panel_rows.typing);
    visit(path + "beside/locus", panel_rows.beside.locus);
    visit(path + "beside/row", panel_rows.beside.row);
    visit(path + "beside/a", panel_rows.beside.a);
    visit(path + "beside/b", panel_rows.beside.b);
    visit(path + "beside/text", panel_rows.beside.text);
  };
  rows("/typings/str/", d.str);
  rows("/typings/snp/", d.snp);
  visit("/typings/sample", d.typings.sample);
  visit("/typings/batch", d.typings.batch);
  visit("/typings/line", d.typings.line);
  visit("/typings/error_class", d.typings.error_class);
  visit("/typings/kit", d.typings.kit);
  visit("/typings/kits", d.kits);
  visit("/typings/conflicts/person", d.conflicts.person);
  visit("/typings/conflicts/typing", d.conflicts.typing);
  visit("/typings/conflicts/panel", d.conflicts.panel);
  visit("/typings/conflicts/locus", d.conflicts.locus);
  visit("/samples/id", d.samples.id);
  visit("/samples/person", d.samples.person);
  visit("/samples/batch", d.samples.batch);
  visit("/samples/role", d.samples.role);
  visit("/samples/sex", d.samples.sex);
  visit("/samples/line", d.samples.line);
  visit("/families/members/sample", d.members.sample);
  visit("/families/members/batch", d.members.batch);
  visit("/families/members/family", d.members.family);
  visit("/families/members/slot", d.members.slot);
  visit("/families/members/line", d.members.line);
  visit("/persons/id", d.persons.id);
  visit("/persons/role", d.persons.role);
  visit("/persons/sex", d.persons.sex);
  visit("/persons/first_sample", d.persons.first_sample);
  visit("/persons/batch", d.persons.batch);
  visit("/families/pedigree/family", d.relatives.family);
  visit("/families/pedigree/person", d.relatives.person);
  visit("/families/pedigree/father", d.relatives.father);
  visit("/families/pedigree/mother", d.relatives.mother);
  visit("/families/pedigree/sample", d.relatives.sample);
  visit("/families/pedigree/sex", d.relatives.sex);
  visit("/families/pedigree/missing", d.relatives.missing);
  visit("/families/pedigree/batch", d.relatives.batch);
  visit("/families/pedigree/line", d.relatives.line);
  visit("/families/pedigree/father_index", d.relatives.father_index);
  visit("/families/pedigree/mother_index", d.relatives.mother_index);
  visit("/families/pedigree/typed", d.relatives.typed);
  visit("/families/id", d.families.id);
  visit("/families/slot", d.families.slot);
  visit("/families/shape", d.families.shape);
  visit("/families/father", d.families.father);
  visit("/families/mother", d.families.mother);
  visit("/families/pedigree_first", d.families.pedigree_first);
  visit("/families/pedigree_count", d.families.pedigree_count);
  visit("/families/missing", d.families.missing);
  visit("/families/refused/id", d.refused.id);
  visit("/families/refused/reason", d.refused.reason);
  visit("/batches/file", d.batches.file);
  visit("/batches/sha256", d.batches.sha256);
  visit("/batches/format", d.batches.format);
  visit("/batches/version", d.batches.version);
  visit("/batches/time", d.batches.time);
  visit("/batches/rows", d.batches.rows);
  visit("/batches/samples", d.batches.samples);
  visit("/batches/new_persons", d.batches.new_persons);
  visit("/batches/new_typings", d.batches.new_typings);
  visit("/batches/identical_typings", d.batches.identical_typings);
  visit("/batches/conflicts", d.batches.conflicts);
  visit("/batches/refused_samples", d.batches.refused_samples);
  visit("/batches/rejects", d.batches.rejects);
  if (d.minor >= 1) visit_registrations(d, visit);
}

/// Genotype of a two-bit SNP code; code 0 and an allele not seen yet are untyped.
inline Genotype genotype_of_snp(unsigned code, std::uint16_t ref, std::uint16_t alt) {
  const Allele r = Allele::from_code(ref), a = Allele::from_code(alt);
  return code == 1 ? Genotype{r, r} : code == 2 ? Genotype{r, a} : code == 3 ? Genotype{a, a} : Genotype{};
}
inline unsigned snp_code_at(const std::vector<std::uint8_t>& codes, std::size_t row) { return codes[row / 4] >> (2 * (row % 4)) & 3U; }

/// Genotypes kept beside the SNP matrix, by cell. Empty for almost every store.
using BesideGenotypes = std::unordered_map<std::uint64_t, Genotype>;
inline std::uint64_t cell_key(std::uint32_t locus, std::uint32_t row) { return static_cast<std::uint64_t>(locus) << 32U | row; }
BesideGenotypes beside_genotypes(const Beside& beside);

/// Everything that does not fit inside one store, as sentences that name a dataset and a row: column lengths, indices out
/// of range, unknown enum values. Does not look at calls. O(rows).
std::vector<std::string> column_defects(const StoreData& data);

/// Calls that are no calls: an allele code that means nothing, a > b, SNP codes of an allele that the panel lacks.
std::vector<std::string> call_defects(const StoreData& data);

/// Persons with a call at each locus, by panel; what persons_typed holds.
void count_persons_typed(StoreData& data);

/// Folds typings of persons with several and lists every disagreement, in the order of typings and loci.
/// @param on_new_call called with (person, typing) when a typing adds a call the person's earlier rows of the panel lack
void derive_conflicts(StoreData& data, const std::function<void(std::uint32_t, std::uint32_t)>& on_new_call = {});

}  // namespace homeward::storage
