// Case files: what is read, and what is refused rather than guessed.
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>

#include "catch_compat.hpp"
#include "homeward/case.hpp"
#include "homeward/error.hpp"
#include "likelihood/case_likelihood.hpp"

using namespace homeward;

namespace {

const std::string kH1 = R"([["FA","0","0","M"],["CH","FA","*","F"]])";
const std::string kH2 = R"([["FA","0","0","M"],["CH","0","0","F"]])";
const std::string kNone = R"({"mutation":{"model":"none"}})";
const std::string kLocus = R"({"locus":"L","frequencies":{"6":0.25,"9.3":0.75},"genotypes":{"FA":["6","9.3"],"CH":["6","6"]}})";

std::string line(const std::string& model, const std::string& loci, const std::string& more = "", const std::string& h1 = kH1) {
  return R"({"case":"S1","H1":)" + h1 + R"(,"H2":)" + kH2 + R"(,"model":)" + model + R"(,"loci":[)" + loci + "]" + more + "}";
}

CaseResult result(const std::string& text) { return evaluate_case(parse_case(text, {})); }

void refused(const std::string& text, const std::string& why) {
  INFO(text);
  CHECK_THROWS_WITH(parse_case(text, {}), Catch::Matchers::Contains(why));
}

struct TemporaryFile {
  std::filesystem::path path = std::filesystem::temp_directory_path() / ("homeward-case-" + std::to_string(std::rand()) + ".csv");
  explicit TemporaryFile(const std::string& text) { std::ofstream(path) << text; }
  ~TemporaryFile() { std::filesystem::remove(path); }
};

}  // namespace

TEST_CASE("a case is read and computed") {
  const CaseResult answer = result(line(kNone, kLocus));
  REQUIRE(answer.loci.size() == 1);
  CHECK_THAT(answer.loci[0].p_h1.plain(), WithinRel(2 * 0.25 * 0.75 * 0.5 * 0.25, 1e-14));
  CHECK_THAT(answer.loci[0].p_h2.plain(), WithinRel(2 * 0.25 * 0.75 * 0.25 * 0.25, 1e-14));
  CHECK_THAT(answer.loci[0].lr(), WithinRel(2.0, 1e-14));
  CHECK(answer.loci[0].flag == CaseFlag::none);
  CHECK(answer.total.log10_lr == answer.loci[0].log10_lr);
}

TEST_CASE("flags: one side only, and impossible under both hypotheses") {
  const auto locus = [](const std::string& name, const std::string& genotypes) {
    return R"({"locus":")" + name + R"(","frequencies":{"6":0.25,"7":0.25,"9.3":0.5},"genotypes":)" + genotypes + "}";
  };
  const CaseResult one_sided = result(line(kNone, locus("A", R"({"CH":["6","6"]})") + "," + locus("B", R"({"FA":["6","6"],"CH":[]})")));
  CHECK(one_sided.loci[0].flag == CaseFlag::one_sided);
  CHECK(one_sided.loci[1].flag == CaseFlag::one_sided);
  CHECK(one_sided.total.log10_lr == 0.0);

  const std::string sibs = R"([["FA","0","0","M"],["MO","0","0","F"],["SIB","FA","MO","F"],["CH","FA","MO","F"]])";
  const std::string apart = R"([["FA","0","0","M"],["MO","0","0","F"],["SIB","FA","MO","F"],["CH","0","0","F"]])";
  const CaseResult undefined = result(R"({"case":"U","H1":)" + sibs + R"(,"H2":)" + apart + R"(,"model":)" + kNone + R"(,"loci":[)" +
                                      locus("A", R"({"FA":["6","6"],"SIB":["7","7"],"CH":["6","7"]})") + "," +
                                      locus("B", R"({"FA":["6","6"],"CH":["6","7"]})") + "]}");
  CHECK(undefined.loci[0].flag == CaseFlag::undefined);
  CHECK(std::isnan(undefined.loci[0].log10_lr));
  CHECK(undefined.loci[1].flag == CaseFlag::none);
  CHECK(std::isnan(undefined.total.log10_lr));
  const CaseResult excluded = result(line(kNone, locus("A", R"({"FA":["6","6"],"CH":["7","7"]})")));
  CHECK(excluded.total.log10_lr == -std::numeric_limits<double>::infinity());
  CHECK(excluded.loci[0].lr() == 0.0);
}

TEST_CASE("frequencies that are off by rounding are normalised with a warning, further off refused") {
  const auto with = [](const std::string& frequencies) {
    return line(kNone, R"({"locus":"L","frequencies":)" + frequencies + R"(,"genotypes":{"CH":["6","6"]}})");
  };
  CHECK(parse_case(with(R"({"6":0.25,"7":0.75})"), {}).warnings.empty());
  const Case off = parse_case(with(R"({"6":0.25,"7":0.745})"), {});
  CHECK(off.warnings.size() == 1);
  CHECK_THAT(off.loci[0].model->frequencies[0], WithinRel(0.25 / 0.995, 1e-14));
  refused(with(R"({"6":0.25,"7":0.7})"), "locus L");
  refused(with(R"({"6":0,"7":1})"), "locus L");
  refused(with(R"({"06":0.5,"7":0.5})"), "locus L");
  refused(with(R"({"6":0.5,"6":0.1,"7":0.5})"), "twice");
  refused(with(R"("NOR")"), "--frequencies");
}

TEST_CASE("what a case file does not say is not invented") {
  refused("{", "JSON");
  refused("[]", "object");
  refused(line(R"({"mutation":{"model":"stepwise","rate":0.002}})", kLocus), "microvariant_rate");
  refused(line(R"({"mutation":{"model":"equal"}})", kLocus), "rate_male");
  refused(line(R"({"mutation":{"model":"custom"}})", kLocus), "custom");
  refused(line(R"({"mutation":{"model":"nonsense"}})", kLocus), "unknown mutation model");
  refused(line(R"({"mutation":{"model":"none"},"tehta":0.1})", kLocus), "unknown key");
  refused(line(R"({"mutation":{"model":"none"},"error":{"model":"E3"}})", kLocus), "E1");
  refused(line(R"({"mutation":{"model":"none"},"dropin":0.1})", kLocus), "dropout");
  refused(line(R"({"mutation":{"model":"none"},"theta":"0"})", kLocus), "not a number");
  refused(line(kNone, kLocus + "," + kLocus), "twice");
  refused(line(kNone, kLocus, R"(,"linked":[{"loci":["L","M"],"rho":0.1}])"), "does not have");
  refused(line(kNone, kLocus, R"(,"linked":[{"loci":["L","L"],"rho":0.1}])"), "twice");
  refused(line(kNone, kLocus, "", R"([["FA","0","0","F"],["CH","FA","*","F"]])"), "H1");
  refused(line(kNone, kLocus, "", R"([["FA","0","0","M"],["CH","XX","*","F"]])"), "H1");
  refused(line(kNone, R"({"locus":"L","frequencies":{"6":1},"genotypes":{"ZZ":["6","6"]}})"), "both pedigrees");
  refused(line(kNone, R"({"locus":"L","frequencies":{"6":1},"genotypes":{"CH":["6"]}})"), "expected two");
  refused(line(kNone, R"({"locus":"L","frequencies":{"6":1},"genotypes":{"CH":[6,6]}})"), "as a text");
  CHECK_THROWS_AS(result(line(kNone, R"({"locus":"L","frequencies":{"6":1},"genotypes":{"CH":["6","7"]}})")), ModelError);
}

TEST_CASE("error texts show no alleles") {
  try {
    result(line(kNone, R"({"locus":"L","frequencies":{"6":1},"genotypes":{"CH":["6","17.3"]}})"));
    FAIL("an allele without frequency must be refused");
  } catch (const ModelError& error) {
    CHECK(std::string(error.what()).find("17.3") == std::string::npos);
  }
}

TEST_CASE("the case's name is found even when the case cannot be read") {
  CHECK(case_name(R"({"case":"S9","H1":[]})") == "S9");
  CHECK(case_name("{").empty());
  CHECK(case_name(R"({"case":9})").empty());
}

TEST_CASE("frequency files: freq equals frequency, defects name the line") {
  const TemporaryFile good("\xEF\xBB\xBFlocus,allele,freq,source\r\nL,6,0.25,x\r\nL,9.3,0.75,x\r\n\r\n");
  const FrequencyFile table = read_frequency_file(good.path);
  REQUIRE(table.at("L").alleles.size() == 2);
  CHECK(table.at("L").alleles[1] == Allele(9, 3));
  for (const char* text :
       {"locus,allele,frequency\nL,9.30,1\n", "locus,allele,frequency\nL,6,x\n", "locus,allele,frequency\nL,6,0.5\nL,6,0.5\n"}) {
    const TemporaryFile bad(text);
    CHECK_THROWS_WITH(read_frequency_file(bad.path), Catch::Matchers::Contains("line "));
  }
  const TemporaryFile headless("L,6,1\n");
  CHECK_THROWS_WITH(read_frequency_file(headless.path), Catch::Matchers::Contains("header"));
  CHECK_THROWS_AS(read_frequency_file("/nonexistent.csv"), Error);
}
