// Tables of registrations: what their columns are, what is personal, and what is never guessed.
#include <functional>

#include "homeward/simulate_registry.hpp"
#include "registry/fields.hpp"
#include "registry/text_folder.hpp"
#include "registry_fixture.hpp"
#include "simulate/registry_words.hpp"

using namespace homeward;
using namespace homeward::registry_test;
using F = RegistrationField;

namespace {

constexpr const char* kTable =
    "寻亲编号,姓 名,性别,出生日期,失踪时间,失踪地点,联系电话,关系,是否采血,样本编号,衣着\n"
    "A1,王 小明（化名）,男,1990年5月,1993-5-6,四川省成都市,100-0000-0001,父亲,是,S1,红色上衣\n"
    "A2,,1,,,,,母亲,否,,\n";

}  // namespace

TEST_CASE("columns are found by their words, and people stand apart from the record") {
  const Folder folder("reading");
  const RegistrationFile file = read_registrations(folder.write("a.csv", kTable), {});
  REQUIRE(file.records.size() == 1);
  const Registration& record = file.records[0];
  CHECK(record.site == "a");
  CHECK(record.sex == Sex::male);
  CHECK(record.birth.precision == DatePrecision::month);
  CHECK(record.missing.precision == DatePrecision::day);
  CHECK(record.missing_region == 51);
  CHECK(record.relation == Role::father);
  CHECK(record.dna == DnaStatus::sampled);
  CHECK(record.sample_id == "S1");
  CHECK(record.line == 2);
  CHECK(person_text(file, 0, F::name) == "王 小明（化名）");
  CHECK(person_text(file, 0, F::phone) == "100-0000-0001");
  CHECK(person_text(file, 0, F::other) == "衣着: 红色上衣");  // a column nobody knows is kept
  REQUIRE(file.rejects.size() == 1);                          // A2 says nothing of anybody
  CHECK(file.rejects[0].code == "E_EMPTY_REGISTRATION");
  CHECK(file.columns[10].meaning == "other");
}

TEST_CASE("a number is never a sex unless a mapping says so") {
  const Folder folder("sex");
  const auto path = folder.write("a.csv", "姓名,性别,失踪时间\n甲,1,1993\n乙,0,1993\n丙,女,1993\n");
  const RegistrationFile plain = read_registrations(path, {});
  CHECK(plain.records[0].sex == Sex::unknown);
  CHECK(plain.records[1].sex == Sex::unknown);
  CHECK(plain.records[2].sex == Sex::female);
  CHECK(count_of(plain, "W_SEX_CODE") == 2);
  RegistrationOptions options;
  options.mapping.values = {{{"sex", "1"}, "M"}, {{"sex", "0"}, "F"}};
  const RegistrationFile mapped = read_registrations(path, options);
  CHECK(mapped.records[0].sex == Sex::male);
  CHECK(mapped.records[1].sex == Sex::female);
  CHECK(count_of(mapped, "W_SEX_CODE") == 0);
}

TEST_CASE("no issue shows a name, a telephone or a date of a person") {
  const Folder folder("issues");
  const RegistrationFile file =
      read_registrations(folder.write("a.csv", "姓名,性别,失踪时间,联系电话,关系\n王五,王五,王五走失那天,100000,王五\n"), {});
  for (const Issue& issue : file.issues)
    for (const std::string* text : {&issue.value, &issue.message, &issue.column, &issue.repaired_to, &issue.suggestion})
      CHECK(text->find("王五") == std::string::npos);
  CHECK(count_of(file, "W_SEX_WORD") == 1);
  CHECK(count_of(file, "W_RELATION") == 1);
  CHECK(count_of(file, "W_DATE_UNREADABLE") == 1);
}

TEST_CASE("encodings are told by their words: the same table in five of them is the same records") {
  const Folder folder("encodings");
  const std::string text = "编号,姓名,性别,失踪时间,失踪地点\n1,王小明,男,1993年5月,河南省\n";
  const RegistrationFile first = read_registrations(folder.write("a.csv", text), {});
  REQUIRE(first.records.size() == 1);
  const std::vector<std::pair<std::string, std::string>> files{{"UTF-8", "\xEF\xBB\xBF" + text},
                                                               {"GB18030", simulation::encoded(text, "GB18030")},
                                                               {"BIG5", simulation::encoded(simulation::traditional(text), "BIG5")},
                                                               {"UTF-16LE", "\xFF\xFE" + simulation::encoded(text, "UTF-16LE")},
                                                               {"UTF-16BE", simulation::encoded(text, "UTF-16BE")}};
  for (const auto& [encoding, bytes] : files) {
    INFO(encoding);
    const RegistrationFile file = read_registrations(folder.write("a.csv", bytes), {});
    CHECK(file.encoding == encoding);
    REQUIRE(file.records.size() == 1);
    CHECK(file.records[0].missing == first.records[0].missing);
    CHECK(file.records[0].missing_region == 41);
    CHECK(file.records[0].sex == Sex::male);
    CHECK(person_text(file, 0, F::name) == "王小明");
  }
}

TEST_CASE("a line of another encoding is read, a line of none is rejected, and both are said") {
  const Folder folder("mixed");
  const std::string bytes =
      "姓名,失踪时间,失踪地点\n王小明,1993,河南省\n" + simulation::encoded("李小明,1994,河南省", "GB18030") + "\n\xFF\xFF\xFF,1995,x\n";
  const RegistrationFile file = read_registrations(folder.write("a.csv", bytes), {});
  REQUIRE(file.records.size() == 2);
  CHECK(person_text(file, 1, F::name) == "李小明");
  CHECK(count_of(file, "W_ENCODING_MIXED") == 1);
  REQUIRE(file.rejects.size() == 1);
  CHECK(file.rejects[0].code == "E_ENCODING");
  CHECK(file.rejects[0].line == 4);
}

TEST_CASE("titles above the header, blank rows and the header again are no registrations") {
  const Folder folder("titles");
  const RegistrationFile file = read_registrations(
      folder.write("a.csv", "协会登记表\n\n姓名,失踪时间,失踪地点\n甲,1993,\n,,\n姓名,失踪时间,失踪地点\n乙,1994,\n"), {});
  REQUIRE(file.records.size() == 2);
  CHECK(file.records[0].line == 4);
  CHECK(file.records[1].line == 7);
  CHECK(count_of(file, "W_HEADER_REPEATED") == 1);
}

TEST_CASE("a table of something else is refused with what is looked for") {
  const Folder folder("other");
  CHECK_THROWS_WITH(read_registrations(folder.write("a.csv", "sample_id,vWA\nS1,15/17\n"), {}), Catch::Contains("header of registrations"));
}

TEST_CASE("a site's number used twice for different rows is said and kept apart") {
  const Folder folder("twice");
  RegistrationOptions options;
  options.hash = [](std::string_view text) { return static_cast<std::uint64_t>(std::hash<std::string_view>{}(text)) | 1U; };
  const RegistrationFile file =
      read_registrations(folder.write("a.csv", "编号,姓名,失踪时间,失踪地点\n1,甲,1993,\n1,乙,1994,\n1,甲,1993,\n"), options);
  REQUIRE(file.records.size() == 2);
  CHECK(file.records[0].source_key != file.records[1].source_key);
  CHECK(count_of(file, "W_SOURCE_ID_REPEATED") == 1);
  CHECK(count_of(file, "W_DUPLICATE_ROW") == 1);
}

TEST_CASE("an identity number is checked and only its keyed hash is kept") {
  CHECK(registry::valid_id_number("11010519491231002X"));  // the example of GB 11643
  CHECK_FALSE(registry::valid_id_number("110105194912310021"));
  const Folder folder("idnumber");
  RegistrationOptions options;
  std::uint64_t n = 0;
  options.hash = [&](std::string_view) { return ++n; };
  const RegistrationFile file = read_registrations(
      folder.write("a.csv", "姓名,失踪时间,联系电话,身份证号\n甲,1993,,11010519491231002X\n乙,1993,,110105194912310021\n"), options);
  CHECK(person_text(file, 0, F::id_number).size() == 16);
  CHECK(file.people.bytes.find("11010519491231002") == std::string::npos);
  CHECK(count_of(file, "W_ID_NUMBER") == 1);
}

TEST_CASE("names are compared without width, script, blanks and what stands in parentheses") {
  registry::TextFolder folder;
  CHECK(folder.name_key("張　偉") == folder.name_key("张伟"));
  CHECK(folder.name_key("王    小明（化名）") == folder.name_key("王小明"));
  CHECK(folder.name_key("𠮷") != folder.name_key("吉"));
  CHECK(folder.sound(folder.name_key("张炜")) == folder.sound(folder.name_key("張偉")));
  CHECK(folder.sound(folder.name_key("张伟")) != folder.sound(folder.name_key("张强")));
  CHECK(folder.header_key(" 联系 电话： ") == "联系电话");
  CHECK(registry::phone_key("+86 100-0000-0001") == registry::phone_key("10000000001"));
  CHECK(registry::phone_key("12").empty());
}

TEST_CASE("every record of a simulated folder is read, from all encodings") {
  const Folder folder("simulated");
  const RegistrySimulationCounts counts = simulate_registry({}, {400, 11}, folder.path());
  const std::vector<std::string> encodings{"UTF-8", "GB18030", "BIG5", "UTF-16LE", "UTF-8"};
  for (std::size_t site = 0; site < RegistrySimulationCounts::kSites; ++site) {
    const RegistrationFile file = read_registrations(folder / counts.files[site], {});
    INFO(counts.files[site]);
    CHECK(file.encoding == encodings[site]);
    CHECK(file.records.size() + file.rejects.size() == counts.site_records[site]);
    CHECK(file.rejects.size() <= counts.site_records[site] / 50);
    for (const ColumnMeaning& column : file.columns) CHECK(column.meaning != "other");
  }
}
