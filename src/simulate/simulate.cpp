#include "homeward/simulate.hpp"

#include <fcntl.h>
#include <omp.h>
#include <sys/stat.h>

#include <algorithm>
#include <exception>
#include <functional>

#include "base/atomic_file.hpp"
#include "homeward/error.hpp"
#include "simulate/plan.hpp"
#include "simulate/typing.hpp"

namespace homeward {

namespace {

constexpr std::array<std::string_view, kRelationCount> kRelationNames{"child", "full_sib", "half_sib", "uncle", "grandparent", "cousin"};

/// Everything a row is computed from; rows are independent of each other.
struct World {
  const EffectivePopulation& model;
  const SimulationOptions& options;
  std::vector<LocusDropper> loci;
  SampleTyper typer;
  Plan plan;

  World(const EffectivePopulation& population, bool amelogenin, const SimulationOptions& choices)
      : model(population), options(choices), typer(population, amelogenin, choices), plan(make_plan(choices)) {
    for (const LocusModel& locus : population.loci) loci.emplace_back(locus);
  }
};

/// Buffers of one thread.
struct Scratch {
  std::vector<TrueGenotype> genotypes;
};

/// Parents registered apart are registered for this child; of a couple one may not be its parent.
UnitPedigree unit_pedigree(const World& world, const PlannedUnit& unit, CounterRng& rng) {
  return draw_unit_pedigree(unit.relation, unit.tested, unit.apart ? 0.0 : world.options.one_parent, world.model.untyped_parent, rng);
}

/// Genotypes of a unit's whole pedigree. A child and its parents are written to different files, at different times: each
/// row drops the family's genes again from the same stream, which is cheaper than keeping everybody in memory.
UnitPedigree drop_unit(const World& world, std::uint32_t unit_index, Scratch& scratch, DropCounts& counts) {
  const PlannedUnit& unit = world.plan.units[unit_index];
  CounterRng rng = stream(world.options.seed, StreamPurpose::family_genes, unit_index);
  UnitPedigree pedigree = unit_pedigree(world, unit, rng);
  drop_genes(world.loci, pedigree.pedigree, rng, scratch.genotypes, counts);
  return pedigree;
}

/// The same for a family of relatives.
RelativesPedigree drop_relatives(const World& world, std::uint32_t unit_index, Scratch& scratch, DropCounts& counts) {
  CounterRng rng = stream(world.options.seed, StreamPurpose::family_genes, unit_index);
  RelativesPedigree family = draw_relatives(*world.plan.units[unit_index].pedigree, rng);
  drop_genes(world.loci, as_generated(family, world.model.untyped_parent), rng, scratch.genotypes, counts);
  return family;
}

void add(const DropCounts& drop, SimulationCounts& counts) {
  counts.transmissions += drop.transmissions;
  counts.mutations += drop.mutations;
  counts.expected_mutations += drop.expected_mutations;
}

void append_child(const World& world, std::size_t row, Scratch& scratch, std::string& text, SimulationCounts& counts) {
  const std::uint32_t index = world.plan.child_by_number[row];
  const PlannedChild& child = world.plan.children[index];
  const std::uint32_t person = child.original == kNone ? index : child.original;
  DropCounts drop;
  UnitPedigree unit;
  if (child.unit != kNone) {
    if (world.plan.units[child.unit].pedigree) {
      RelativesPedigree family = drop_relatives(world, child.unit, scratch, drop);
      unit.child = family.missing;
      unit.pedigree = std::move(family.pedigree);
    } else {
      unit = drop_unit(world, child.unit, scratch, drop);
    }
    if (child.original == kNone) add(drop, counts);
  } else {
    CounterRng genes = stream(world.options.seed, StreamPurpose::child_genes, person);
    unit.child = 0;
    unit.pedigree = Pedigree({{"0", kNoParent, kNoParent, genes.below(2) == 0 ? Sex::male : Sex::female}});
    drop_genes(world.loci, unit.pedigree, genes, scratch.genotypes, drop);
  }
  const Sex sex = unit.pedigree[static_cast<std::size_t>(unit.child)].sex;
  CounterRng typing = stream(world.options.seed, StreamPurpose::child_typing, index);
  text += id_text('C', world.plan.child_number[index]);
  text += sex == Sex::male ? ",child,,M," : ",child,,F,";
  world.typer.append(scratch.genotypes.data() + unit.child, unit.pedigree.size(), sex, typing, text, counts);
}

void append_parent(const World& world, std::size_t row, Scratch& scratch, std::string& text, SimulationCounts& counts) {
  const PlannedParent& parent = world.plan.parents[row];
  DropCounts counted_with_the_child;
  const UnitPedigree unit = drop_unit(world, parent.unit, scratch, counted_with_the_child);
  CounterRng typing = stream(world.options.seed, StreamPurpose::parent_typing, row);
  text += id_text('P', parent.number);
  text += parent.father ? ",father," : ",mother,";
  text += id_text('F', parent.family);
  text += parent.father ? ",M," : ",F,";
  const PersonInPedigree person = parent.father ? unit.father : unit.mother;
  world.typer.append(scratch.genotypes.data() + person, unit.pedigree.size(), parent.father ? Sex::male : Sex::female, typing, text,
                     counts);
}

void append_relative(const World& world, std::size_t row, Scratch& scratch, std::string& text, SimulationCounts& counts) {
  const PlannedRelative& relative = world.plan.relatives[row];
  DropCounts counted_with_the_child;
  const RelativesPedigree family = drop_relatives(world, relative.unit, scratch, counted_with_the_child);
  const PersonInPedigree person = family.typed[relative.place];
  const Sex sex = family.pedigree[static_cast<std::size_t>(person)].sex;
  CounterRng typing = stream(world.options.seed, StreamPurpose::relative_typing, row);
  text += id_text('R', relative.number) + ',' + family.roles[relative.place] + ',' + id_text('G', world.plan.units[relative.unit].family);
  text += sex == Sex::male ? ",M," : ",F,";
  world.typer.append(scratch.genotypes.data() + person, family.pedigree.size(), sex, typing, text, counts);
}

/// Parents first, then members of families of relatives.
void append_member(const World& world, std::size_t row, Scratch& scratch, std::string& text, SimulationCounts& counts) {
  const std::size_t n_parents = world.plan.parents.size();
  if (row < n_parents) return append_parent(world, row, scratch, text, counts);
  append_relative(world, row - n_parents, scratch, text, counts);
}

void merge(const SimulationCounts& part, SimulationCounts& total) {
  total.transmissions += part.transmissions;
  total.mutations += part.mutations;
  total.expected_mutations += part.expected_mutations;
  total.typings += part.typings;
  total.missing += part.missing;
  total.dropped_alleles += part.dropped_alleles;
  total.silent_alleles += part.silent_alleles;
  total.nothing_seen += part.nothing_seen;
  total.typing_errors += part.typing_errors;
  for (std::size_t kit = 0; kit < part.kits.size(); ++kit) total.kits[kit].second += part.kits[kit].second;
}

using AppendRow = void (*)(const World&, std::size_t, Scratch&, std::string&, SimulationCounts&);

/// Writes `n_rows` rows in order. Blocks of fixed size are made by any thread and merged in order, so that neither the
/// bytes nor the sum of doubles depends on the number of threads.
void write_rows(const World& world, std::size_t n_rows, AppendRow append, const std::filesystem::path& path, SimulationCounts& total) {
  constexpr std::size_t kBlockRows = 1024;
  constexpr std::size_t kBlocksAtOnce = 32;
  const int threads = world.options.threads > 0 ? world.options.threads : omp_get_num_procs();
  AtomicFile file(path);
  file.write(world.typer.header());
  SimulationCounts empty;
  for (const KitShare& kit : world.options.kits) empty.kits.emplace_back(kit.name, 0);
  const std::size_t n_blocks = (n_rows + kBlockRows - 1) / kBlockRows;
  for (std::size_t first = 0; first < n_blocks; first += kBlocksAtOnce) {
    const std::size_t n_now = std::min(kBlocksAtOnce, n_blocks - first);
    std::vector<std::string> texts(n_now);
    std::vector<SimulationCounts> counts(n_now, empty);
    std::exception_ptr failure;
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (std::size_t block = 0; block < n_now; ++block) {
      try {
        Scratch scratch;
        const std::size_t begin = (first + block) * kBlockRows;
        const std::size_t end = std::min(n_rows, begin + kBlockRows);
        texts[block].reserve((end - begin) * 256);
        for (std::size_t row = begin; row < end; ++row) append(world, row, scratch, texts[block], counts[block]);
      } catch (...) {
#pragma omp critical(simulate_failure)
        failure = std::current_exception();
      }
    }
    if (failure) std::rethrow_exception(failure);
    for (std::size_t block = 0; block < n_now; ++block) {
      file.write(texts[block]);
      merge(counts[block], total);
    }
  }
  file.commit();
}

/// Which registered persons of a unit its relation holds for: drawn with the pedigree, so drawn again from its stream.
UnitPedigree related_persons(const World& world, std::uint32_t unit_index) {
  const PlannedUnit& unit = world.plan.units[unit_index];
  CounterRng rng = stream(world.options.seed, StreamPurpose::family_genes, unit_index);
  return unit_pedigree(world, unit, rng);
}

/// A family is in the truth when a person registered in it is the relative. Couples: one row; apart: one per related parent.
std::uint64_t write_truth(const World& world, const std::filesystem::path& path) {
  std::string text = "child_id\tfamily_id\trelation\n";
  std::uint64_t rows = 0;
  const auto add_row = [&](std::uint32_t child_number, std::uint32_t family, Relation relation) {
    text += id_text('C', child_number) + '\t' + id_text('F', family) + '\t';
    text += to_string(relation);
    text += '\n';
    ++rows;
  };
  for (const std::uint32_t index : world.plan.child_by_number) {
    const std::uint32_t unit_index = world.plan.children[index].unit;
    if (unit_index == kNone) continue;
    const PlannedUnit& unit = world.plan.units[unit_index];
    if (unit.pedigree) {
      text += id_text('C', world.plan.child_number[index]) + '\t' + id_text('G', unit.family) + "\tchild\n";
      ++rows;
      continue;
    }
    const UnitPedigree who = related_persons(world, unit_index);
    const std::uint32_t number = world.plan.child_number[index];
    if (!unit.apart || who.father_related) add_row(number, unit.family, *unit.relation);
    if (unit.apart && who.mother_related) add_row(number, unit.family_b, *unit.relation);
  }
  write_atomic_file(path, text);
  return rows;
}

/// Pedigree table of the families of relatives (data-schemas/pedigree.md).
std::uint64_t write_pedigrees(const World& world, const std::filesystem::path& path) {
  std::uint64_t rows = 0;
  std::string text = "family_id\tperson_id\tfather_id\tmother_id\tsex\tsample_id\tmissing\n";
  std::size_t next = 0;
  for (const std::uint32_t unit : world.plan.pedigree_units) {
    CounterRng rng = stream(world.options.seed, StreamPurpose::family_genes, unit);
    const RelativesPedigree family = draw_relatives(*world.plan.units[unit].pedigree, rng);
    std::vector<std::string> samples(family.pedigree.size());
    for (const PersonInPedigree person : family.typed)
      samples[static_cast<std::size_t>(person)] = id_text('R', world.plan.relatives[next++].number);
    const auto id_of = [&](PersonInPedigree person) { return person < 0 ? "0" : family.pedigree[static_cast<std::size_t>(person)].id; };
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const PedigreePerson& person = family.pedigree[i];
      text +=
          id_text('G', world.plan.units[unit].family) + '\t' + person.id + '\t' + id_of(person.father) + '\t' + id_of(person.mother) + '\t';
      // The sex of a missing person is left out: the search compares children of either sex.
      if (static_cast<PersonInPedigree>(i) != family.missing || person.father < 0) text += to_string(person.sex);
      text += '\t' + samples[i] + (static_cast<PersonInPedigree>(i) == family.missing ? "\t1\n" : "\t0\n");
      ++rows;
    }
  }
  write_atomic_file(path, text);
  return rows;
}

void write_duplicates(const Plan& plan, const std::filesystem::path& path) {
  std::string text = "sample_id\tsame_person_as\n";
  for (const std::uint32_t index : plan.child_by_number)
    if (const std::uint32_t original = plan.children[index].original; original != kNone)
      text += id_text('C', plan.child_number[index]) + '\t' + id_text('C', plan.child_number[original]) + '\n';
  write_atomic_file(path, text);
}

void count_plan(const World& world, SimulationCounts& counts) {
  counts.children = world.plan.children.size();
  counts.families = world.options.n_families + world.options.n_pedigrees;
  counts.pedigrees = world.options.n_pedigrees;
  counts.relatives = world.plan.relatives.size();
  counts.persons = world.plan.parents.size() + world.plan.relatives.size();
  counts.duplicates = world.options.duplicates;
  counts.related = world.options.related;
  counts.related[static_cast<std::size_t>(Relation::child)] += world.options.pedigrees_related;
  for (const PlannedUnit& unit : world.plan.units) {
    if (unit.pedigree) continue;
    counts.couples += unit.tested == Tested::both && !unit.apart ? 1 : 0;
    counts.couples_apart += unit.apart ? 1 : 0;
    counts.fathers += unit.tested == Tested::father ? 1 : 0;
    counts.mothers += unit.tested == Tested::mother ? 1 : 0;
  }
  for (const KitShare& kit : world.options.kits) counts.kits.emplace_back(kit.name, 0);
}

void make_private_folder(const std::filesystem::path& folder) {
  std::error_code error;
  if (std::filesystem::is_directory(folder, error)) return;
  if (folder.has_parent_path()) std::filesystem::create_directories(folder.parent_path(), error);
  if (::mkdir(folder.c_str(), 0700) != 0) throw Error(ErrorKind::failure, "cannot make the folder " + folder.string());
}

}  // namespace

std::string_view to_string(Relation relation) { return kRelationNames[static_cast<std::size_t>(relation)]; }

std::optional<Relation> parse_relation(std::string_view text) {
  for (std::size_t i = 0; i < kRelationCount; ++i)
    if (kRelationNames[i] == text) return static_cast<Relation>(i);
  return std::nullopt;
}

SimulationLoci simulation_loci(const Population& population, const std::vector<KitShare>& kits) {
  SimulationLoci loci;
  std::vector<std::string> wanted;
  for (const KitShare& kit : kits)
    for (const std::string& locus : kit.loci)
      if (std::find(wanted.begin(), wanted.end(), locus) == wanted.end()) wanted.push_back(locus);
  for (const std::string& name : wanted) {
    const LocusPopulation* locus = population.find(name);
    if (name == "AMEL")
      loci.amelogenin = true;
    else if (locus == nullptr || locus->chromosome != Chromosome::autosomal || locus->kind == LocusKind::sex)
      loci.left_out.push_back(name);
    else
      loci.observed.push_back({name, {}});
  }
  return loci;
}

SimulationCounts simulate(const EffectivePopulation& model, bool amelogenin, const SimulationOptions& options,
                          const std::filesystem::path& folder) {
  if (model.theta != 0.0)
    throw Error(ErrorKind::usage, "the population's theta is not 0, and founders are simulated without co-ancestry: choose theta 0");
  if (model.loci.empty()) throw Error(ErrorKind::usage, "the kits and the population have no autosomal locus in common");
  const World world(model, amelogenin, options);
  SimulationCounts counts;
  count_plan(world, counts);
  make_private_folder(folder);
  write_rows(world, world.plan.children.size(), append_child, folder / "children.csv", counts);
  write_rows(world, world.plan.parents.size() + world.plan.relatives.size(), append_member, folder / "families.csv", counts);
  if (options.n_pedigrees > 0) counts.pedigree_rows = write_pedigrees(world, folder / "pedigrees.tsv");
  counts.truth_rows = write_truth(world, folder / "truth.tsv");
  write_duplicates(world.plan, folder / "duplicates.tsv");
  return counts;
}

}  // namespace homeward
