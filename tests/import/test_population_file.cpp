#include <cmath>
#include <fstream>
#include <map>
#include <numeric>

#include "base/sha256.hpp"
#include "base/text.hpp"
#include "catch_compat.hpp"
#include "homeward/error.hpp"
#include "homeward/import.hpp"
#include "import_fixture.hpp"
#include "shared_folder.hpp"

using namespace homeward;
namespace fs = std::filesystem;

namespace {

const fs::path kData = fs::path(HOMEWARD_SOURCE_DIR) / "data";

/// A file that lives as long as the test.
class TemporaryFile {
 public:
  TemporaryFile(const std::string& name, const std::string& text)
      : folder_(fs::temp_directory_path() / ("homeward-test-" + random_name())) {
    fs::create_directories(folder_);
    path_ = folder_ / name;
    std::ofstream(path_, std::ios::binary) << text;
  }
  ~TemporaryFile() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  std::string path() const { return path_.string(); }

 private:
  static std::string random_name() {
    static int count = 0;
    return std::to_string(reinterpret_cast<std::uintptr_t>(&count)) + "-" + std::to_string(++count);
  }
  fs::path folder_, path_;
};

Population read_text(const std::string& text, const std::string& name = "table.csv") {
  const TemporaryFile file(name, text);
  return read_population(file.path(), kData);
}

/// The message of the refusal; fails when the text is accepted.
std::string refusal(const std::string& text) {
  try {
    read_text(text);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::input);
    return error.what();
  }
  FAIL("accepted: " << text);
  return {};
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }
bool warns(const Population& population, const std::string& part) {
  for (const std::string& warning : population.warnings)
    if (has(warning, part)) return true;
  return false;
}

double frequency(const Population& population, const std::string& locus, const std::string& allele) {
  const LocusPopulation* table = population.find(locus);
  REQUIRE(table != nullptr);
  for (std::size_t i = 0; i < table->alleles.size(); ++i)
    if (to_string(table->alleles[i]) == allele) return table->frequencies[i];
  return 0.0;
}

std::vector<ObservedLocus> everything(const Population& population) {
  std::vector<ObservedLocus> observed;
  for (const LocusPopulation& locus : population.loci) observed.push_back({locus.locus, {locus.alleles[0], Allele(77, 0)}});
  return observed;
}

const std::string kJsonHead = R"({"schema": "homeward-population-1", "id": "t", "source": "invented", "theta": 0,
 "rare_alleles": {"numerator": 5, "fallback": 0.001}, "mutation": {"model": "stepwise", "rate_male": 0.002, "rate_female": 0.0005, "microvariant_rate": 1e-5, "range": 0.1},
 "loci": [)";
std::string json_of(const std::string& loci) { return kJsonHead + loci + "]}"; }
const std::string kTh01 = R"({"locus": "TH01", "kind": "str", "chromosome": "autosomal", "frequencies": {"6": 0.25, "9.3": 0.75}})";

}  // namespace

TEST_CASE("shipped populations: sums, freezing, identity") {
  const auto ids = shipped_populations(kData);
  CHECK(ids == std::vector<std::string>{"cn", "cn-kinsimu", "us-afam", "us-asian", "us-cauc", "us-hisp"});
  const LocusDictionary dictionary(kData);
  for (const std::string& id : ids) {
    INFO(id);
    const Population population = read_population(id, kData);
    CHECK(population.id == id);
    CHECK(population.theta == 0.0);
    CHECK(population.rare_alleles.numerator == 5.0);
    CHECK(population.rare_alleles.fallback == 0.001);
    CHECK(population.sha256 == sha256_of_file(kData / "populations" / (id + ".json")));
    CHECK(!population.source.empty());
    for (const LocusPopulation& locus : population.loci) {
      INFO(locus.locus);
      CHECK(dictionary.find(locus.locus)->name == locus.locus);
      CHECK(locus.chromosome == Chromosome::autosomal);
      CHECK(locus.kind == LocusKind::str);
      CHECK_THAT(std::accumulate(locus.frequencies.begin(), locus.frequencies.end(), 0.0), WithinAbs(1.0, 0.01));
      CHECK(locus.mutation.model == MutationModel::stepwise);
      CHECK(locus.mutation.rate_male >= locus.mutation.rate_female);
      CHECK(locus.mutation.rate_female > 0.0);
      CHECK(!locus.rate_source.empty());
    }
    for (const LocusModel& model : freeze(population, everything(population), {}, UntypedParent::half).loci)
      CHECK_THAT(std::accumulate(model.frequencies.begin(), model.frequencies.end(), 0.0), WithinAbs(1.0, 1e-12));
  }
}

TEST_CASE("the Chinese table: 59 loci, all core loci, SE33 completed, D5S2800 under its name") {
  const Population cn = read_population("cn", kData);
  CHECK(cn.loci.size() == 59);
  for (const char* locus :
       {"CSF1PO", "FGA",     "TH01",   "TPOX",    "vWA",      "D3S1358", "D5S818",  "D7S820",   "D8S1179", "D13S317", "D16S539", "D18S51",
        "D21S11", "D1S1656", "D2S441", "D2S1338", "D10S1248", "D12S391", "D19S433", "D22S1045", "Penta D", "Penta E", "D6S1043", "SE33"})
    CHECK(cn.find(locus) != nullptr);
  CHECK(frequency(cn, "SE33", "30.2") == 0.046);
  CHECK(has(cn.find("SE33")->note, "30.2"));
  CHECK(frequency(cn, "D5S2800", "14") == 0.4041);
  CHECK(cn.find("D5S2500") == nullptr);
  CHECK(warns(cn, "W_FREQ_SUM"));
  CHECK(cn.find("FGA")->mutation.rate_male == 0.0032);
  CHECK(cn.find("FGA")->mutation.rate_female == 0.0005);
  CHECK(cn.find("D6S1043")->mutation.rate_male == 0.002);
  CHECK(cn.find("D6S1043")->mutation.rate_female == 0.0005);
  CHECK(cn.find("D1S1656")->mutation.rate_female == 0.0023);
  CHECK_FALSE(cn.find("TH01")->n_alleles);
  CHECK(read_population("cn-kinsimu", kData).find("TH01")->n_alleles == 2016U);
}

TEST_CASE("shipped figures equal those of the reference tables, cell by cell") {
  const std::map<std::string, std::string> files = {{"cn", "cn_china_appendixD_59loci"}, {"cn-kinsimu", "cn_kinsimu_42loci"},
                                                    {"us-afam", "us_nist1036_afam"},     {"us-asian", "us_nist1036_asian"},
                                                    {"us-cauc", "us_nist1036_cauc"},     {"us-hisp", "us_nist1036_hisp"}};
  for (const auto& [id, file] : files) {
    const auto shared = shared_folder("data/str_freq/" + file + ".csv");
    if (!shared) return;
    const Population ours = read_population(id, kData);
    std::ifstream stream(*shared / "data/str_freq" / (file + ".csv"));
    std::string line;
    std::getline(stream, line);
    std::size_t cells = 0;
    while (std::getline(stream, line)) {
      const auto cell = split(trim(line), ',');
      INFO(line);
      CHECK(frequency(ours, std::string(cell[0]), std::string(cell[1])) == parse_double(cell[2]).value());
      const auto& n = ours.find(std::string(cell[0]))->n_alleles;
      CHECK((n ? std::to_string(*n) : std::string{}) == cell[3]);
      ++cells;
    }
    std::size_t own = 0;
    for (const LocusPopulation& locus : ours.loci) own += locus.alleles.size();
    CHECK(own == cells + (id == "cn" ? 1 : 0));  // SE33 30.2
  }
}

TEST_CASE("a shipped population is itself a valid source of the rare-allele rule") {
  const Population kinsimu = read_population("cn-kinsimu", kData);
  const EffectivePopulation frozen = freeze(kinsimu, {{"TH01", {Allele(5, 0)}}, {"D7S1517", {Allele(40, 0)}}}, {}, UntypedParent::half);
  REQUIRE(frozen.added.size() == 2);
  CHECK(frozen.added[0] == "TH01 5 0.00247402");      // (5/2016) / (1 + 5/2016)
  CHECK(frozen.added[1] == "D7S1517 40 0.00497512");  // (5/1000) / (1 + 5/1000)
}

TEST_CASE("an unknown id lists the shipped ones and the nearest") {
  try {
    read_population("us-asain", kData);
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::input);
    CHECK(has(error.what(), "did you mean us-asian"));
    CHECK(has(error.what(), "cn-kinsimu"));
  }
}

TEST_CASE("native JSON: a sound file, with counts and a locus's own model") {
  const Population population = read_text(json_of(kTh01 + R"(, {"locus": "VWA", "kind": "str", "chromosome": "autosomal", "silent": 0.01,
    "mutation": {"model": "custom", "matrix_male": [[0.9, 0.1], [0.2, 0.8]], "matrix_female": [[1, 0], [0, 1]], "source": "invented"},
    "counts": {"14": 30, "15": 10}, "note": "n"})"));
  REQUIRE(population.loci.size() == 2);
  CHECK(population.warnings.size() == 1);  // it lacks D6S1043 and the Pentas
  CHECK(warns(population, "W_POPULATION_LACKS_LOCI"));
  const LocusPopulation* vwa = population.find("vWA");
  REQUIRE(vwa != nullptr);
  CHECK(vwa->frequencies == std::vector<double>{0.75, 0.25});
  CHECK(vwa->n_alleles == 40U);
  CHECK(vwa->silent == 0.01);
  CHECK(vwa->mutation.custom_male(1, 0) == 0.2);
  const EffectivePopulation frozen = freeze(population, {{"vWA", {}}}, {}, UntypedParent::half);
  CHECK(frozen.loci[0].male(0, 1) == Approx(0.1));
}

TEST_CASE("native JSON: every defect of a broken file is reported together") {
  const std::string message = refusal(R"({"schema": "homeward-population-9", "id": 5, "theta": 1.5, "sauce": "x",
    "rare_alleles": {"numerator": -5, "floor_seen": "no"},
    "mutation": {"model": "stepwize", "rate_male": 2},
    "loci": [
      {"locus": "TH01", "kind": "strr", "chromosome": "autosomal", "freqs": {}, "frequencies": {"6": 0.5, "x": 0.1, "7": 1.4, "8": "many", "9": 0.3, "9.0": 0.1}},
      {"locus": "TH01", "kind": "str", "chromosome": "autosomal", "n_alleles": 10.5, "mutation": {"model": "equal"}, "frequencies": {"6": 0.9}},
      {"locus": "AMEL", "kind": "str", "chromosome": "x", "mutation": {"model": "none"}, "frequencies": {"10": 1.0}},
      {"locus": "DYS391", "kind": "str", "chromosome": "autosomal", "silent": 1, "mutation": {"model": "none"}, "frequencies": {"10": 1.0}},
      {"kind": "str", "chromosome": "autosomal", "mutation": {"model": "none"}},
      7]})");
  INFO(message);
  for (const char* part : {"\"schema\" is \"homeward-population-9\", expected \"homeward-population-1\"",
                           "\"id\" is number",
                           "\"source\" is missing",
                           "\"theta\" is 1.5",
                           "unknown key \"sauce\", did you mean \"source\"?",
                           "rare_alleles: \"numerator\" is -5",
                           "rare_alleles: the key \"fallback\" is missing",
                           "\"floor_seen\" is string",
                           "unknown mutation model",
                           "\"rate_male\" is 2",
                           "\"kind\" is \"strr\"",
                           "unknown key \"freqs\"",
                           "entry 2 of \"frequencies\" is no allele",
                           "entry 3 of \"frequencies\" is 1.4",
                           "entry 4 of \"frequencies\" is string",
                           "entry 6 of \"frequencies\" repeats an allele",
                           "the mutation model lacks rate_male",
                           "\"n_alleles\" is no whole number",
                           "loci[1]: the same locus as loci[0]",
                           "locus TH01: the frequencies sum to 0.9",
                           "loci[2] (AMEL): this is no locus",
                           "loci[3] (DYS391): the chromosome disagrees",
                           "\"silent\" is 1",
                           "loci[4]: the key \"locus\" is missing",
                           "expected either \"frequencies\" or \"counts\"",
                           "loci[5]: expected an object"})
    CHECK(has(message, part));
  CHECK(has(message, "locus TH01"));
}

TEST_CASE("native JSON: keys given twice are refused, not overwritten") {
  CHECK(has(
      refusal(json_of(R"({"locus": "TH01", "kind": "str", "chromosome": "autosomal", "frequencies": {"6": 0.25, "9.3": 0.5, "6": 0.25}})")),
      "loci[0].frequencies: a key (of an allele list: an allele) is given twice, as number 3"));
  CHECK(has(
      refusal(json_of(kTh01 + R"(, {"locus": "vWA", "locus": "FGA", "kind": "str", "chromosome": "autosomal", "frequencies": {"6": 1}})")),
      "loci[1]: a key"));
}

TEST_CASE("native JSON: a syntax error is located") {
  CHECK(has(refusal("{\"schema\": \"homeward-population-1\",\n \"id\" \"t\"}"), "line 2, column 10"));
  CHECK(has(refusal("{"), "line 1"));
}

TEST_CASE("a sum off by up to 0.01 is a warning, further off a refusal") {
  const auto list = [](const std::string& p) { return "locus,allele,frequency\nTH01,6,0.5\nTH01,7," + p + "\n"; };
  CHECK_FALSE(warns(read_text(list("0.5")), "W_FREQ_SUM"));
  CHECK(warns(read_text(list("0.4999")), "W_FREQ_SUM: the frequencies of 1 of 1 loci do not sum to 1 and are renormalised: TH01 0.9999."));
  CHECK(warns(read_text(list("0.5099")), "W_FREQ_SUM"));
  CHECK(has(refusal(list("0.4899")), "locus TH01: the frequencies sum to 0.9899"));
  CHECK(has(refusal(list("0.5101")), "locus TH01: the frequencies sum to 1.0101"));
}

TEST_CASE("frequency list: any column order, spellings canonicalised, sample size, default rates with a warning") {
  const Population population = read_text(
      "n_alleles;Marker;Allele;freq\r\n400;THO1;9.3000000000000007;0,25\r\n400;TH 01;6.0;0,75\r\n;rs123;A;0,4\r\n;rs123;G;0,6\r\n");
  REQUIRE(population.loci.size() == 2);
  CHECK(frequency(population, "TH01", "9.3") == 0.25);
  CHECK(frequency(population, "TH01", "6") == 0.75);
  CHECK(population.find("TH01")->n_alleles == 400U);
  CHECK(population.find("TH01")->mutation.rate_male == 0.00009);
  CHECK(population.find("rs123")->kind == LocusKind::snp);
  CHECK(population.find("rs123")->mutation.model == MutationModel::none);
  CHECK(warns(population, "W_MUTATION_DEFAULT"));
  CHECK(population.id == "table");
}

TEST_CASE("frequency list: all defects together, with lines and without alleles") {
  const std::string message = refusal(
      "locus,allele,frequency,n_alleles\nTH01,6,0.5,100\nTH01,6,0.25,100\nTH01,9.33,0.25,100\nTH01,7,1.5,100\nTH01,8,x,90\nvWA,A,1,\n,14,1,"
      "\n");
  INFO(message);
  for (const char* part : {"line 3: locus TH01: the allele was already given on line 2", "line 4: locus TH01: no allele",
                           "line 5: locus TH01: the frequency is 1.5", "line 6: locus TH01: the frequency is no number",
                           "line 6: locus TH01: the sample size differs", "line 7: locus vWA is an STR", "line 8: the locus is missing"})
    CHECK(has(message, part));
  CHECK_FALSE(has(message, "9.33"));
}

TEST_CASE("matrix: byte order mark, semicolons, blanks, scientific notation, sample sizes, amelogenin and Y loci left out") {
  const Population population = read_text(
      "\xEF\xBB\xBF"
      "Allele;AMEL;THO1;PENTA_D;DYS391;D22S1045\r\n\"X,X\";0.5;;;;\r\n\"X,Y\";0.5;;;;\r\n1;;0;0.002;0;\r\n2.2;;;2.5e-03;;\r\n9;;1;0.9955;;"
      "\r\n10;;;;1;\r\nN;404;404;402;194;0\r\n");
  REQUIRE(population.loci.size() == 2);
  CHECK(frequency(population, "Penta D", "2.2") == 0.0025);
  CHECK(population.find("TH01")->n_alleles == 404U);
  CHECK(population.find("TH01")->alleles.size() == 1);
  CHECK(warns(population, "W_Y_LOCUS: Y loci are left out: DYS391."));
  CHECK(warns(population, "W_EMPTY_LOCUS: no allele observed, left out: D22S1045."));
  CHECK(warns(population, "W_BIN_ALLELE: an allele 1 or 99 looks like a bin of other alleles; its mass is kept under that name: Penta D."));
}

TEST_CASE("matrix: a locus twice under two spellings, and rows longer than the header, are defects") {
  const std::string message = refusal("Allele,TH01,THO1\n6,1,1\n7,0,0,1\n");
  CHECK(has(message, "line 1: locus TH01 is given twice"));
  CHECK(has(message, "line 3: 4 cells under a header of 3"));
}

TEST_CASE("CNAS text, Familias text, STRidER tables, and lines that end in CR alone") {
  CHECK(frequency(read_text("#CNAS_AF39\t\r\nTH01\t6=0.25\t9.3=0.75\r\nvWA\t14=1\r\n", "a.txt"), "TH01", "9.3") == 0.75);
  CHECK(has(refusal("TH01\t6=0.25\t9.3\r\nvWA\t14=1\n"), "line 1: cell 3 has no '='"));
  CHECK(frequency(read_text("TH01\r6\t0.25\r9.3\t0.75\r\rVWA\r14\t1\r", "b.txt"), "vWA", "14") == 1.0);
  const std::string strider =
      "TH01\nAllele,\"Entire Database\",Asia\n,1000,200\n6,0.25,0.5\n9.3,0.75,0.5\n\nvWA\nAllele,\"Entire "
      "Database\",Asia\n,1000,100\n14,1,1\n";
  const Population all = read_text(strider);
  CHECK(frequency(all, "TH01", "6") == 0.25);
  CHECK(all.find("TH01")->n_alleles == 2000U);  // STRidER counts persons
  CHECK(warns(all, "'Entire Database' is used"));
  const TemporaryFile file("strider.csv", strider);
  const Population asia = read_population(file.path() + "#asia", kData);
  CHECK(frequency(asia, "TH01", "6") == 0.5);
  CHECK(asia.find("vWA")->n_alleles == 200U);
  CHECK_FALSE(warns(asia, "W_POPULATION_COLUMN"));
  CHECK_THROWS_AS(read_population(file.path() + "#Mars", kData), Error);
}

TEST_CASE("a table that calls D5S2800 by the name D5S2500 is told by its alleles") {
  const Population relabelled = read_text("locus,allele,frequency\nD5S2500,14,0.4\nD5S2500,17,0.3\nD5S2500,18,0.2\nD5S2500,20,0.1\n");
  CHECK(relabelled.find("D5S2800") != nullptr);
  CHECK(warns(relabelled, "W_LOCUS_RELABELLED"));
  const Population real = read_text("locus,allele,frequency\nD5S2500,11,0.4\nD5S2500,12,0.3\nD5S2500,15,0.2\nD5S2500,14,0.1\n");
  CHECK(real.find("D5S2500") != nullptr);
}

TEST_CASE("what is no population is refused with the formats that are known") {
  CHECK(has(refusal("sample_id,role,TH01\nC1,child,6/7\n"), "expected native JSON"));
  CHECK(has(refusal(""), "expected native JSON"));
  CHECK(has(refusal(std::string("PK\3\4\0\0", 6)), "not a text file"));
  CHECK(has(refusal("locus,allele,frequency\n\n"), "no locus with frequencies"));
}

TEST_CASE("real files of other programs") {
  if (const auto shared = shared_folder("formats/cnas/CNAS_AF_39.txt")) {
    const Population cnas = read_population((*shared / "formats/cnas/CNAS_AF_39.txt").string(), kData);
    CHECK(cnas.loci.size() >= 39);
    CHECK(frequency(cnas, "D3S1358", "15") == 0.3453);
  }
  if (const auto shared = shared_folder("formats/euroformix/GF_freq.csv")) {
    const Population globalfiler = read_population((*shared / "formats/euroformix/GF_freq.csv").string(), kData);
    CHECK(globalfiler.loci.size() == 21);
    CHECK(frequency(globalfiler, "TPOX", "7") == 2.49999374501565e-06);
  }
  if (const auto shared = shared_folder("formats/frequency_files/STRmix_style_FBI_extended_Cauc_022024.csv")) {
    const Population fbi = read_population((*shared / "formats/frequency_files/STRmix_style_FBI_extended_Cauc_022024.csv").string(), kData);
    CHECK(fbi.find("AMEL") == nullptr);
    CHECK(fbi.find("TH01")->n_alleles == 404U);
    CHECK(frequency(fbi, "TH01", "9.3") == 0.3045);
  }
  if (const auto shared = shared_folder("formats/familias/familias_freqdb_codis.txt")) {
    const Population codis = read_population((*shared / "formats/familias/familias_freqdb_codis.txt").string(), kData);
    CHECK(frequency(codis, "CSF1PO", "11.3") == 0.0005917161);
  }
}

TEST_CASE("every real frequency file is a population or says why not") {
  const auto shared = shared_folder("formats/README.md");
  if (!shared) return;
  struct Expected {
    const char* file;
    std::size_t loci;     ///< 0: refused
    const char* refusal;  ///< words of the reason
  };
  constexpr Expected kFiles[] = {
      {"cnas/CNAS_AF_39.txt", 39, ""},
      {"euroformix/GF_freq.csv", 21, ""},
      {"familias/familias_freqdb_codis.txt", 13, ""},
      {"familias/pedFamilias_paternity.fam", 10, ""},
      {"familias/KLINK_halfsib-test.fam", 8, ""},
      {"familias/dvir_KETPex498_DVI.fam", 16, ""},
      {"familias/dvir_dvi-example.fam", 1, ""},
      {"frequency_files/AGCU_EX22_D19S433.xml", 1, ""},
      {"frequency_files/MPTK_frequency_first60.yml", 0, "sum to"},  // its last locus is cut off
      {"frequency_files/STRidER_2019_first4000bytes.xml", 0, "well-formed"},
      {"frequency_files/STRidER_2025_first60.csv#AUSTRIA", 0, "sum to"},
      {"frequency_files/STRmix_style_FBI_extended_Cauc_022024.csv", 23, ""},
  };
  for (const Expected& expected : kFiles) {
    std::string outcome;
    std::size_t loci = 0;
    try {
      loci = read_population((*shared / "formats" / expected.file).string(), kData).loci.size();
    } catch (const Error& error) {
      outcome = error.what();
    }
    INFO(expected.file << ": " << loci << " loci; " << outcome);
    CHECK(loci == expected.loci);
    CHECK(has(outcome, expected.refusal));
  }
}

TEST_CASE("frequencies in markup are read like tables") {
  const testing::Folder folder;
  const std::string strider =
      "<frequencies><marker><name>TH01</name><origin name=\"AUSTRIA\" n=\"222\"><frequency allele=\"6\">0.4</frequency><frequency "
      "allele=\"9.3\">0.6</frequency></origin><origin name=\"B\" n=\"10\"><frequency "
      "allele=\"7\">1</frequency></origin></marker></frequencies>";
  const Population austria = read_population(folder.write("s.xml", strider).string(), kData);
  CHECK(frequency(austria, "TH01", "9.3") == 0.6);
  CHECK(austria.find("TH01")->n_alleles == 444U);
  CHECK(warns(austria, "W_POPULATION_COLUMN"));
  CHECK(frequency(read_population((folder.path() / "s.xml").string() + "#b", kData), "TH01", "7") == 1.0);
  const Population tags =
      read_population(folder.write("KIT_D19S433.xml", "<allele>\n<a13>0.4</a13><a13_2>0.6</a13_2></allele>").string(), kData);
  CHECK(frequency(tags, "D19S433", "13.2") == 0.6);
  const Population yaml =
      read_population(folder.write("f.yml", "# source\n\nTH01:\n  6: 0.4\n  9.3: 0.6\nvWA:\n  \"15\": 1\n").string(), kData);
  CHECK(frequency(yaml, "TH01", "9.3") == 0.6);
  CHECK(frequency(yaml, "vWA", "15") == 1.0);
  CHECK(has(refusal("<frequencies><marker>"), "well-formed"));
}

TEST_CASE("the frequency files of the reference set are accepted") {
  const auto shared = shared_folder("reference/freq");
  if (!shared) return;
  for (const auto& entry : fs::directory_iterator(*shared / "reference/freq")) {
    INFO(entry.path().filename().string());
    const Population population = read_population(entry.path().string(), kData);
    CHECK(!population.loci.empty());
    CHECK_FALSE(warns(population, "W_FREQ_SUM"));
  }
}
