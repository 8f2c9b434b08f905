#include "likelihood/gene_graph.hpp"

#include "homeward/error.hpp"

namespace homeward::detail {

GeneGraph::GeneGraph(const Pedigree& pedigree, Chromosome chromosome) : of_person_(pedigree.size(), {kNoGene, kNoGene}) {
  const std::vector<std::string> defects = pedigree.defects();
  if (!defects.empty()) throw Error(ErrorKind::input, "unsound pedigree: " + defects.front());
  const bool x = chromosome == Chromosome::x;
  const auto inherit = [&](PersonInPedigree person, PersonInPedigree parent, bool from_male) {
    Gene gene;
    gene.person = person;
    gene.from_male = from_male;
    if (parent >= 0) {
      gene.a = of_person_[static_cast<std::size_t>(parent)][0];
      gene.b = of_person_[static_cast<std::size_t>(parent)][1];
    }
    genes_.push_back(gene);
    return static_cast<int>(genes_.size() - 1);
  };
  for (const PersonInPedigree i : pedigree.parents_first()) {
    const PedigreePerson& person = pedigree[static_cast<std::size_t>(i)];
    if (x && person.sex == Sex::unknown)
      throw Error(ErrorKind::input, "an X-chromosomal locus needs the sex of every person of the pedigree");
    std::array<int, 2>& own = of_person_[static_cast<std::size_t>(i)];
    if (x && person.sex == Sex::male) {
      own[0] = inherit(i, person.mother, false);
    } else {
      own[0] = inherit(i, person.father, true);
      own[1] = inherit(i, person.mother, false);
    }
  }
}

bool GeneGraph::founder(std::size_t person) const {
  const auto& [first, second] = of_person_[person];
  return (*this)[first].draw() && (second == kNoGene || (*this)[second].draw());
}

void GeneGraph::prune(const std::vector<bool>& person_matters) {
  for (Gene& gene : genes_) gene.needed = person_matters[static_cast<std::size_t>(gene.person)];
  for (auto gene = genes_.rbegin(); gene != genes_.rend(); ++gene) {
    if (!gene->needed) continue;
    if (gene->a != kNoGene) genes_[static_cast<std::size_t>(gene->a)].needed = true;
    if (gene->b != kNoGene) genes_[static_cast<std::size_t>(gene->b)].needed = true;
  }
}

void GeneGraph::decide(int gene, int side) {
  Gene& decided = genes_[static_cast<std::size_t>(gene)];
  if (side == 1) decided.a = decided.b;
  decided.b = kNoGene;
}

std::vector<int> GeneGraph::one_meiosis_per_founder(const std::vector<bool>& wanted) const {
  std::vector<bool> open = wanted;
  std::vector<int> meioses;
  for (std::size_t g = 0; g < genes_.size(); ++g) {
    if (!genes_[g].needed || !genes_[g].meiosis()) continue;
    const auto parent = static_cast<std::size_t>((*this)[genes_[g].a].person);
    if (!open[parent] || !founder(parent)) continue;
    open[parent] = false;
    meioses.push_back(static_cast<int>(g));
  }
  return meioses;
}

}  // namespace homeward::detail
