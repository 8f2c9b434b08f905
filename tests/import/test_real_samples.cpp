// Every real file of the sample folders either loads or says exactly why not.
#include <iostream>
#include <map>

#include "catch_compat.hpp"
#include "import_fixture.hpp"
#include "shared_folder.hpp"

using namespace homeward;
using namespace homeward::testing;

namespace {

/// What we expect of each file: format and counts, or words of the refusal.
const std::map<std::string, std::string> kExpected{
    {"cnas/2019-010.txt", "cnas-trio: 22 rows, 2 samples, 22 loci, 0 rejects"},
    {"cnas/2019-cnas0007-mcf-match.txt", "cnas-trio: 22 rows, 3 samples, 22 loci, 0 rejects"},
    {"cnas/CNAS_AF_39.txt", "allele frequencies"},
    {"codis/CMF10_AppendixF_example.cmf", "codis-text: 29 rows, 1 samples, 16 loci, 16 rejects"},
    {"codis/CMF10_AppendixF_layout.txt", "without columns"},
    {"codis/CMF32_AppendixA_example.xml", "codis-xml: 29 rows, 1 samples, 16 loci, 16 rejects"},
    {"codis/CMF32_AppendixB.xsd", "XML schema"},
    {"codis/CMF_2017_OSIRIS.xsd", "XML schema"},
    {"codis/CODISRapidImport_R16.xsd", "XML schema"},
    {"codis/CmfList_OSIRIS.xml", "list of CODIS names"},
    {"euroformix/ESX17_3p.csv", "euroformix: 16 rows, 0 samples, 16 loci, 16 rejects"},
    {"euroformix/ESX17_refs.csv", "euroformix: 48 rows, 3 samples, 16 loci, 0 rejects"},
    {"euroformix/ForenSeq_refs_LUS.csv", "euroformix: 108 rows, 4 samples, 27 loci, 0 rejects"},
    {"euroformix/GF_evid.csv", "euroformix: 21 rows, 0 samples, 21 loci, 21 rejects"},
    {"euroformix/GF_freq.csv", "allele frequencies"},
    {"euroformix/SNP_refs.csv", "euroformix: 334 rows, 2 samples, 164 loci, 0 rejects"},
    {"euroformix/test_refs.csv", "euroformix: 14 rows, 2 samples, 7 loci, 0 rejects"},
    {"familias/KLINK_halfsib-test.fam", "familias: 16 rows, 2 samples, 8 loci, 0 rejects"},
    {"familias/dvir_KETPex498_DVI.fam", "familias: 64 rows, 4 samples, 16 loci, 0 rejects"},
    {"familias/dvir_dvi-example.fam", "familias: 4 rows, 4 samples, 1 loci, 0 rejects"},
    {"familias/familias_freqdb_codis.txt", "Familias table of allele frequencies, not of profiles; give it to --population"},
    {"familias/pedFamilias_paternity.fam", "familias: 20 rows, 2 samples, 10 loci, 0 rejects"},
    {"frequency_files/AGCU_EX22_D19S433.xml", "allele frequencies"},
    {"frequency_files/MPTK_frequency_first60.yml", "allele frequencies (YAML), not of profiles; give it to --population"},
    {"frequency_files/STRidER_2019_first4000bytes.xml", "allele frequencies"},
    {"frequency_files/STRidER_2025_first60.csv", "STRidER table of allele frequencies, not of profiles; give it to --population"},
    {"frequency_files/STRmix_style_FBI_extended_Cauc_022024.csv", "allele frequencies"},
    {"genemapper/GENis_GenemapperJunin_3rows.txt", "genemapper-long: 3 rows, 1 samples, 3 loci, 0 rejects"},
    {"genemapper/strvalidator_ref3.txt", "genemapper-long: 51 rows, 3 samples, 17 loci, 0 rejects"},
    {"genemapper/strvalidator_set3_first60.txt", "genemapper-long: 59 rows, 1 samples, 17 loci, 42 rejects"},
    {"lusstr/EFM_output_ce.csv", "euroformix: 27 rows, 0 samples, 27 loci, 27 rejects"},
    {"lusstr/ForenSeq_UAS_2800M_formatted_first40.csv", "sequence"},
    {"lusstr/GeneMarkerHTS_2800M_first40.csv", "GeneMarker"},
    {"lusstr/STRaitRazor_A001_first40.txt", "STRait Razor"},
    {"lusstr/kintelligence_reference_first200.tsv", "genemapper-long: 199 rows, 1 samples, 199 loci, 0 rejects"},
    {"straf_genepop/exampleSTRAF_Excel.csv", "straf: 29 rows, 29 samples, 21 loci, 0 rejects"},
    {"strmix/lusSTR_Positive_Control_reference_ce_STRmix.csv", "strmix-reference: 54 rows, 1 samples, 27 loci, 0 rejects"},
    {"strmix/lusSTR_Sample1_ce_STRmix.csv", "STRmix evidence"},
    {"vcf_plink/ceph1463_17members.ped", "PLINK pedigree"},
    {"vcf_plink/norbis2022_exam-reconstruct.ped", "pedigree file with genotypes"},
    {"vcf_plink/peddy_test.mendel.ped", "PLINK pedigree"},
    {"vcf_plink/peddy_test.mendel_CEPH1463_trio.vcf", "VCF"},
};

std::string outcome_of(const std::filesystem::path& path) {
  try {
    const ImportedFile file = read_profiles(path, options());
    return file.format + ": " + std::to_string(file.rows) + " rows, " + std::to_string(file.samples.size()) + " samples, " +
           std::to_string(file.loci.size()) + " loci, " + std::to_string(file.rejects.size()) + " rejects, " +
           std::to_string(file.issues.size()) + " issues";
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::input);
    const std::string what = error.what();
    return what.substr(std::min(what.size(), path.string().size() + 2));
  }
}

}  // namespace

TEST_CASE("every real sample file loads or says exactly why not") {
  const auto shared = shared_folder("formats/README.md");
  if (!shared) return;
  std::size_t n = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(*shared / "formats")) {
    if (!entry.is_regular_file() || entry.path().filename() == "README.md") continue;
    const std::string name = std::filesystem::relative(entry.path(), *shared / "formats").generic_string();
    const std::string outcome = outcome_of(entry.path());
    std::cout << name << " -> " << outcome << '\n';
    ++n;
    const auto expected = kExpected.find(name);
    if (expected == kExpected.end()) {
      CHECK_FALSE(outcome.empty());
      continue;
    }
    INFO(name << " -> " << outcome);
    CHECK(outcome.find(expected->second) != std::string::npos);
  }
  CHECK(n >= kExpected.size());
}

TEST_CASE("the trio of a proficiency test, typed and untyped members") {
  const auto shared = shared_folder("formats/cnas/2019-010.txt");
  if (!shared) return;
  const ImportedFile file = read_profiles(*shared / "formats/cnas/2019-010.txt", options());
  REQUIRE(file.samples.size() == 2);
  CHECK(file.samples[0].sample_id == "2019-010-mother");
  CHECK(file.samples[0].role == Role::mother);
  CHECK(file.samples[0].family_id == "2019-010");
  CHECK(file.samples[1].role == Role::child);
  CHECK(call(file, "2019-010-child", "D3S1358") == "16/17");
  CHECK(call(file, "2019-010-mother", "Penta E") == "16/17");
  CHECK(call(file, "2019-010-mother", "AMEL") == "X/Y");
  CHECK(count(file, "W_NOT_TYPED") == 1);
  CHECK(count(file, "E_SEX_MISMATCH_AMEL") == 1);  // this real file calls a man the mother
  CHECK(file.rejects.empty());

  const ImportedFile full = read_profiles(*shared / "formats/cnas/2019-cnas0007-mcf-match.txt", options());
  REQUIRE(full.samples.size() == 3);
  CHECK(full.loci.size() == 22);
  CHECK(call(full, "2019-cnas0007-mcf-match-father", "Penta E") == "5/18");
}

TEST_CASE("the sheet of a published trio means the same as the bare text") {
  const auto shared = shared_folder("data/genotypes/cnas2018_trio_with_PI.csv");
  if (!shared) return;
  const ImportedFile file = read_profiles(*shared / "data/genotypes/cnas2018_trio_with_PI.csv", options());
  CHECK(file.format == "cnas-trio-sheet");
  REQUIRE(file.samples.size() == 3);
  CHECK(file.rejects.empty());
  CHECK(call(file, "cnas2018_trio_with_PI-father", "D21S11") == "30/32.2");
  CHECK(call(file, "cnas2018_trio_with_PI-child", "AMEL") == "X/X");
}

TEST_CASE("1,036 real people, one column an allele") {
  const auto shared = shared_folder("data/genotypes/nist1036_genotypes.csv");
  if (!shared) return;
  const ImportedFile file = read_profiles(*shared / "data/genotypes/nist1036_genotypes.csv", options());
  CHECK(file.format == "allele-columns");
  CHECK(file.samples.size() == 1036);
  CHECK(file.loci.size() == 29);
  CHECK(file.rejects.empty());
  CHECK(call(file, "GT37019", "D1S1656") == "12/16.3");
  CHECK(call(file, "GT37020", "D10S1248") == "12/13");
}

TEST_CASE("exports of other programs hold what they show") {
  const auto shared = shared_folder("formats/README.md");
  if (!shared) return;
  const std::filesystem::path formats = *shared / "formats";
  const ImportedFile junin = read_profiles(formats / "genemapper/GENis_GenemapperJunin_3rows.txt", options());
  CHECK(call(junin, "1H", "D13S317") == "9/9");
  CHECK(call(junin, "1H", "CSF1PO") == "11/13");
  const ImportedFile ref3 = read_profiles(formats / "genemapper/strvalidator_ref3.txt", options());
  CHECK(call(ref3, "A2", "TH01") == "8/8");
  CHECK(call(ref3, "F2", "D10S1248") == "14/14");
  CHECK(call(ref3, "A2", "D2S441") == "11.3/14");
  const ImportedFile set3 = read_profiles(formats / "genemapper/strvalidator_set3_first60.txt", options());
  REQUIRE(find_sample(set3, "02-Neg.ktr.__") != nullptr);
  CHECK(find_sample(set3, "02-Neg.ktr.__")->role == Role::control);
  CHECK(count(set3, "E_MIXTURE") == 3);  // unfiltered peaks: the positive control and two dilutions
  CHECK(find_sample(set3, "01-Pos.ktr.__") == nullptr);
  const ImportedFile lus = read_profiles(formats / "euroformix/ForenSeq_refs_LUS.csv", options());
  CHECK(call(lus, "Ref1", "D1S1656") == "15/16.3");
  CHECK(lus.samples[0].calls[0].raw == "15_14_1_0,16.3_11_1_0");
  const ImportedFile snps = read_profiles(formats / "euroformix/SNP_refs.csv", options());
  CHECK(call(snps, "P1", "rs1490413") == "A/G");
  CHECK(call(snps, "P1", "rs7520386") == "A/A");
  const ImportedFile evidence = read_profiles(formats / "euroformix/GF_evid.csv", options());
  CHECK(evidence.samples.empty());
  CHECK(count(evidence, "E_MIXTURE") == 1);
  CHECK(evidence.rejects.size() == evidence.rows);
  const ImportedFile straf = read_profiles(formats / "straf_genepop/exampleSTRAF_Excel.csv", options());
  CHECK(call(straf, "1a", "SE33") == "19/27.2");
  const ImportedFile strmix = read_profiles(formats / "strmix/lusSTR_Positive_Control_reference_ce_STRmix.csv", options());
  REQUIRE(strmix.samples.size() == 1);
  CHECK(strmix.samples[0].sample_id == "lusSTR_Positive_Control_reference_ce_STRmix");
  CHECK(to_string(strmix.samples[0].calls[0].genotype) == "12/12");
  CHECK(call(strmix, strmix.samples[0].sample_id, "D10S1248") == "13/15");
}
