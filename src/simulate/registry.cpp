// Registrations of one synthetic database on five sites (METHODS, "Simulation").
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/atomic_file.hpp"
#include "base/rng.hpp"
#include "homeward/simulate_registry.hpp"
#include "simulate/registry_person.hpp"
#include "simulate/registry_words.hpp"

namespace homeward {

namespace {

using namespace simulation;

constexpr std::uint64_t kPersonStream = 1ULL << 40U, kRowStream = 2ULL << 40U, kSibStream = 3ULL << 40U;
constexpr std::size_t kSites = RegistrySimulationCounts::kSites;

struct Site {
  const char* file;
  const char* encoding;  ///< of iconv
  const char* mark;      ///< bytes before the text
  char delimiter;
  const char* line_end;
  const char* title;   ///< a row above the header; empty = none
  const char* header;  ///< columns, blank between them
  const char* prefix;  ///< of its ids
  SiteHabits habits;
};

/// The columns are in one order everywhere: id, category, name, sex, birth, missing, place, contact, telephone, relation, sampled, sample
/// id.
constexpr std::array<Site, kSites> kSiteTable{{
    {"site1.csv",
     "UTF-8",
     "\xEF\xBB\xBF",
     ',',
     "\r\n",
     "",
     "宝贝回家编号 寻亲类别 姓名 性别 出生日期 失踪时间 失踪地点 联系人 联系电话 与失踪人关系 是否采血 采血编号",
     "BB",
     {DateStyle::chinese, false, "男", "女"}},
    {"site2.csv",
     "GB18030",
     "",
     ',',
     "\r\n",
     "志愿者协会登记表",
     "登记编号 类型 失踪人姓名 性别 出生年月 走失时间 走失地点 家长姓名 联系方式 关系 采血情况 样本编号",
     "ZY",
     {DateStyle::dashes, false, "男", "女"}},
    {"site3.csv",
     "BIG5",
     "",
     ',',
     "\n",
     "",
     "編號 尋親類別 失蹤人姓名 性別 出生日期 失蹤日期 失蹤地點 聯系人 聯系電話 與失蹤人關係 是否採血 樣本編號",
     "TW",
     {DateStyle::dots, true, "男", "女"}},
    {"site4.txt",
     "UTF-16LE",
     "\xFF\xFE",
     '\t',
     "\r\n",
     "",
     "寻亲编号 类别 孩子姓名 性别 出生时间 丢失时间 丢失地点 家长姓名 联系电话 关系 是否采集DNA 样品编号",
     "DX",
     {DateStyle::compact, false, "1", "2"}},
    {"site5.csv",
     "UTF-8",
     "",
     ';',
     "\n",
     "",
     "编号 失踪类型 姓名 性别 出生日期 被拐时间 被拐卖地 联系人 联系方式 关系 DNA已入库 样本编号",
     "QT",
     {DateStyle::messy, false, "M", "F"}},
}};

struct Record {
  std::size_t site = 0;
  std::uint64_t order = 0;  ///< random: rows tell nothing by their place
  std::uint32_t person = 0;
  WrittenPerson text;
};

std::vector<RegistryPerson> all_people(const std::vector<RegistryEntity>& entities, const RegistrySimulationOptions& options) {
  std::vector<RegistryPerson> people;
  people.reserve(entities.size() + options.unsampled + options.unsampled / 16);
  const auto add = [&](const RegistryEntity& entity) {
    CounterRng rng(options.seed, kPersonStream + people.size());
    people.push_back(invent(entity, rng));
  };
  for (const RegistryEntity& entity : entities) add(entity);
  for (std::uint64_t i = 0; i < options.unsampled; ++i) {
    add({fmt::format("U{:07}", i + 1), false, Sex::unknown, {}});
    CounterRng rng(options.seed, kSibStream + people.size());
    if (rng.below(32) == 0) people.push_back(sib_of(people.back(), fmt::format("U{:07}-sib", i + 1), rng));
  }
  return people;
}

/// One to three sites for a family, one for a child; now and then a site has someone twice.
void write_records(const RegistryPerson& person, std::uint32_t index, std::uint64_t seed, std::vector<Record>& records) {
  CounterRng rng(seed, kRowStream + index);
  const std::uint64_t dice = rng.below(10);
  const std::size_t n = person.is_child ? (dice == 0 ? 2 : 1) : (dice < 4 ? 1 : dice < 7 ? 2 : 3);
  std::array<std::size_t, kSites> order{0, 1, 2, 3, 4};
  for (std::size_t i = 0; i < n; ++i) std::swap(order[i], order[i + rng.below(kSites - i)]);
  if (n > 1 && rng.below(33) == 0) order[1] = order[0];
  for (std::size_t i = 0; i < n; ++i) {
    Record record;
    record.site = order[i];
    record.order = rng.next_u64();
    record.person = index;
    record.text = write_down(person, kSiteTable[record.site].habits, rng);
    records.push_back(std::move(record));
  }
}

std::string site_row(const Site& site, const std::string& id, const Record& record, bool is_child) {
  const WrittenPerson& t = record.text;
  const std::string category = is_child ? "宝贝寻家" : "家寻宝贝";
  std::string row = id;
  for (const std::string& cell : {site.habits.traditional_characters ? traditional(category) : category, t.name, t.sex, t.birth, t.missing,
                                  t.place, t.contact, t.telephone, t.relation, t.sampled, t.sample_id}) {
    row += site.delimiter;
    row += cell;
  }
  return row + site.line_end;
}

std::string site_header(const Site& site) {
  std::string header = site.header;
  std::replace(header.begin(), header.end(), ' ', site.delimiter);
  return std::string(*site.title != '\0' ? std::string(site.title) + site.line_end : "") + header + site.line_end;
}

/// Writes one site's file. Text is converted in pieces of whole rows, as the conversion of a piece depends on no other.
void write_site(const std::filesystem::path& folder, std::size_t index, const std::vector<const Record*>& rows,
                const std::vector<RegistryPerson>& people, std::string& truth) {
  const Site& site = kSiteTable[index];
  AtomicFile file(folder / site.file);
  file.write(site.mark);
  std::string text = site_header(site);
  const auto flush = [&] {
    file.write(std::string_view(site.encoding) == "UTF-8" ? text : encoded(text, site.encoding));
    text.clear();
  };
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Record& record = *rows[i];
    const RegistryPerson& person = people[record.person];
    const std::string id = fmt::format("{}{:07}", site.prefix, i + 1);
    text += site_row(site, id, record, person.is_child);
    if (index == 4 && i == rows.size() / 2) text += site_header(site);  // pasted together from two files
    if (index == 1 && i % 1000 == 500) text += site.line_end;
    const std::string name = site.file;
    truth += name.substr(0, name.find('.')) + '\t' + id + '\t' + person.entity + '\t' +
             (record.text.sample_id.empty() ? "." : record.text.sample_id) + '\n';
    if (text.size() > (1U << 16U)) flush();
  }
  flush();
  file.commit();
}

}  // namespace

RegistrySimulationCounts simulate_registry(const std::vector<RegistryEntity>& entities, const RegistrySimulationOptions& options,
                                           const std::filesystem::path& folder) {
  const std::vector<RegistryPerson> people = all_people(entities, options);
  std::vector<Record> records;
  RegistrySimulationCounts counts;
  for (std::uint32_t i = 0; i < people.size(); ++i) {
    const std::size_t before = records.size();
    write_records(people[i], i, options.seed, records);
    const std::size_t n = records.size() - before;
    counts.same_pairs += n * (n - 1) / 2;
  }
  counts.entities = people.size();
  counts.records = records.size();
  std::array<std::vector<const Record*>, kSites> of_site;
  for (const Record& record : records) of_site[record.site].push_back(&record);
  std::string truth = "site\tsource_id\tentity_id\tsample_id\n";
  for (std::size_t site = 0; site < kSites; ++site) {
    std::sort(of_site[site].begin(), of_site[site].end(), [](const Record* a, const Record* b) { return a->order < b->order; });
    write_site(folder, site, of_site[site], people, truth);
    counts.site_records[site] = of_site[site].size();
    counts.files.emplace_back(kSiteTable[site].file);
  }
  write_atomic_file(folder / "site4.mapping.tsv", "# homeward mapping 1\nvalue\tsex\t1\tM\nvalue\tsex\t2\tF\n");
  write_atomic_file(folder / "registry_truth.tsv", truth);
  counts.files.emplace_back("site4.mapping.tsv");
  counts.files.emplace_back("registry_truth.tsv");
  return counts;
}

}  // namespace homeward
