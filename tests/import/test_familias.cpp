// Familias projects: as profiles and pedigrees, as a population, as stated cases.
#include "catch_compat.hpp"
#include "homeward/case.hpp"
#include "import_fixture.hpp"
#include "shared_folder.hpp"

using namespace homeward;
using namespace homeward::testing;

namespace {

std::string system_text(const std::string& name, const std::string& rates, const std::string& silent = "#FALSE#\n0\n") {
  return "\"" + name + "\"\n" + rates + "3\n0.1\n0.2\n1e-006\n1e-006\n" + silent +
         "3\t(DatabaseSize = 500 , Dropout probability = 0 , Minor allele frequency = 0 )\n\"7\"\n0.2\n\"8\"\n0.3\n\"9.3\"\n0.5\n";
}

/// A father, an untyped mother and a child; the father typed at both systems.
std::string project(const std::string& systems = system_text("TH01", "0.001\n0.002\n0\n0\n") + system_text("XY9", "0\n0\n0\n0\n"),
                    const std::string& relations = "2\n0\n\"related\"\n0\n0\n2\n0\n2\n1\n2\n1\n\"unrelated\"\n0\n0\n0\n") {
  return "\"Output from Familias, version 3.3.1\"\n\"DO NOT EDIT!\"\n3.3.1\n\"\"\n3\n"
         "\"AF\"\n#FALSE#\n-1\n#FALSE#\n#TRUE#\n2\n0\n1\n0\n2\n2\n1\n"
         "\"MO\"\n#FALSE#\n-1\n#FALSE#\n#FALSE#\n0\n"
         "\"CH\"\n#FALSE#\n-1\n#FALSE#\n#TRUE#\n2\n0\n0\n0\n1\n2\n1\n"
         "\"Known relations\"\n0\n0\n0\n" +
         relations + "#FALSE# (#Databases: 1 ;Theta/Kinship/Fst: 0.01 )\n2\n#TRUE#\n\"unknown\"\n" + systems;
}

const char* const kDvi =
    "[DVI]\n[[Unidentified persons]]\nnPersons= 2\n[[[Person 1 ]]]\nName= V1\nGender= Female\n[[[[DNA data]]]]\nnSystems= 1\n"
    "SystemName= TH01\nAllele1= 7\nAllele2= 8\n[[[Person 2 ]]]\nName= V2\nGender= Male\n[[[[DNA data]]]]\nnSystems= 1\n"
    "SystemName= TH01\nAllele1= 9.3\nAllele2= 9.3\n[[Notes]]\nnFamilies= 1\n\n[[Reference Families]]\nnFamilies= 1\n[[[Family 1 ]]]\n"
    "Name= F7\n[[[[Persons]]]]\nnPersons= 2\n[[[[[Person 1]]]]]\nName= R1\nGender= Male\n[[[[[[DNA data]]]]]]\nnSystems= 1\n"
    "SystemName= TH01\nAllele1= 7\nAllele2= 7\n[[[[[Person 2]]]]]\nName= H\nGender= Male\n[[[[[[DNA data]]]]]]\nnSystems= 0\n"
    "[[[[Pedigrees]]]]\nnPedigrees= 1\n[[[[[Pedigree 1]]]]]\nName= am\nnRelations= 2\nParent= Missing person\nChild= R1\nParent= H\n"
    "Child= R1\n[Prior]\nUseList= Yes\n[[DVI]]\nQuickSearch= Enabled\n";

}  // namespace

TEST_CASE("a Familias project gives its typed persons, its unlisted systems too, and says that pedigrees are left out") {
  const ImportedFile file = read_text(project());
  CHECK(file.format == "familias");
  REQUIRE(file.samples.size() == 2);
  CHECK(call(file, "AF", "TH01") == "7/8");
  CHECK(call(file, "CH", "TH01") == "7/7");
  CHECK(call(file, "CH", "XY9") == "8/9.3");
  CHECK(find_sample(file, "AF")->sex == Sex::male);
  CHECK(count(file, "W_LOCUS_UNLISTED") == 1);
  CHECK(count(file, "W_PEDIGREE_LEFT_OUT") == 2);
  CHECK(file.rejects.empty());
  CHECK(file.relatives.empty());
}

TEST_CASE("the DVI section is searched persons and searching families") {
  const ImportedFile file = read_text(project() + "\n" + kDvi);
  REQUIRE(find_sample(file, "V1") != nullptr);
  CHECK(find_sample(file, "V1")->role == Role::child);
  CHECK(call(file, "V2", "TH01") == "9.3/9.3");
  REQUIRE(find_sample(file, "R1") != nullptr);
  CHECK(find_sample(file, "R1")->family_id == "F7");
  REQUIRE(file.relatives.size() == 3);
  CHECK(file.relatives[0].person_id == "R1");
  CHECK(file.relatives[0].father_id == "H");
  CHECK(file.relatives[0].mother_id == "Missing person");  // the place that the known father leaves
  CHECK(file.relatives[2].missing);
  CHECK(file.relatives[2].sex == Sex::female);
}

TEST_CASE("a Familias database is a population with its own models") {
  const Folder folder;
  const std::string stepwise = "0.001\n0.002\n4\n4\n";
  const std::string text = project(system_text("TH01", "0.001\n0.002\n1\n1\n") + system_text("D3S1358", "0\n0\n0\n0\n"));
  const Population population = read_population(folder.write("db.fam", text).string(), options().data_dir);
  CHECK(population.theta == 0.01);
  REQUIRE(population.find("TH01") != nullptr);
  CHECK(population.find("TH01")->mutation.model == MutationModel::proportional);
  CHECK(population.find("TH01")->mutation.rate_male == 0.002);
  CHECK(population.find("TH01")->mutation.rate_female == 0.001);
  CHECK(population.find("TH01")->n_alleles == 500U);
  CHECK(population.find("D3S1358")->mutation.model == MutationModel::none);
  // Models that differ between the sexes in more than the rate (here the range) are refused, by name.
  const std::string differs = project(system_text("TH01", stepwise) + system_text("D3S1358", "0\n0\n0\n0\n"));
  CHECK_THROWS_AS(read_population(folder.write("db2.fam", differs).string(), options().data_dir), Error);
}

TEST_CASE("the pedigrees of a project are cases against the last one, DVI persons against every family") {
  const Folder folder;
  const std::vector<Case> cases = read_familias_cases(folder.write("p.fam", project() + "\n" + kDvi));
  REQUIRE(cases.size() == 2);  // V2 is a man, and the place is the mother's
  CHECK(cases[0].id == "p:related/unrelated");
  REQUIRE(cases[0].h1.size() == 3);
  CHECK(cases[0].h1[2].father == 0);
  CHECK(cases[0].h1[2].mother == 1);
  CHECK(cases[0].h2.founder(2));
  CHECK(cases[0].loci[0].model->theta == 0.01);
  CHECK(cases[0].loci[0].model->male(0, 0) == 0.998);
  CHECK(cases[0].loci[0].model->female(0, 0) == 0.999);
  CHECK(cases[1].id == "p:V1=F7:am");
  CHECK(cases[1].h1.find("V1").has_value());
  CHECK_FALSE(cases[1].h1.find("Missing person").has_value());
  CHECK(cases[1].h2.find("Missing person").has_value());
  // One parent alone is joined by a gamete of the population.
  const std::string duo = "1\n0\n\"duo\"\n0\n0\n1\n0\n2\n";
  const std::vector<Case> one =
      read_familias_cases(folder.write("q.fam", project(system_text("A1", "0\n0\n0\n0\n") + system_text("A2", "0\n0\n0\n0\n"), duo)));
  REQUIRE(one.size() == 1);
  CHECK(one[0].h1[2].mother == kPopulationGamete);
}

TEST_CASE("a damaged project is refused with its line") {
  const std::string whole = project();
  CHECK(refusal_of(whole.substr(0, whole.size() - 30)).find("end of the file") != std::string::npos);
  std::string bad = whole;
  bad.replace(bad.find("\n2\n0\n1\n0\n"), 9, "\n2\n0\n9\n0\n");
  CHECK(refusal_of(bad).find("line 12: a genotype names an allele") != std::string::npos);
  bad = whole;
  bad.replace(bad.find("#TRUE#\n2\n"), 9, "perhaps\n2\n");
  CHECK(refusal_of(bad).find("line 10: expected #TRUE#") != std::string::npos);
  for (std::size_t n = 1; n < whole.size(); n += 7) {
    const std::string cut = refusal_of(whole.substr(0, n));
    INFO(n << ": " << cut);
    CHECK((n < 40 || !cut.empty() || n + 7 >= whole.size()));
  }
}

TEST_CASE("real Familias projects read to their end") {
  const auto shared = shared_folder("formats/familias/pedFamilias_paternity.fam");
  if (!shared) return;
  const std::filesystem::path folder = *shared / "formats/familias";
  const ImportedFile paternity = read_profiles(folder / "pedFamilias_paternity.fam", options());
  CHECK(paternity.samples.size() == 2);
  CHECK(paternity.loci.size() == 10);
  CHECK(call(paternity, "AF", "D3S1358") == "17/17");
  CHECK(call(paternity, "CH", "D3S1358") == "16/17");
  const ImportedFile dvi = read_profiles(folder / "dvir_KETPex498_DVI.fam", options());
  CHECK(dvi.samples.size() == 4);
  CHECK(dvi.relatives.size() == 7);
  CHECK(call(dvi, "V3", "D1S1656") != "");
  const ImportedFile klink = read_profiles(folder / "KLINK_halfsib-test.fam", options());
  CHECK(klink.samples.size() == 2);
  CHECK(klink.loci.size() == 8);
  CHECK(read_familias_cases(folder / "KLINK_halfsib-test.fam").size() == 1);
  CHECK(read_familias_cases(folder / "dvir_dvi-example.fam").size() == 3);
  const Population population = read_population((folder / "pedFamilias_paternity.fam").string(), options().data_dir);
  CHECK(population.loci.size() == 10);
  CHECK(population.find("Penta E") != nullptr);
}
