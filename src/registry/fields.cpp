#include "registry/fields.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "import/columns.hpp"
#include "import/text_table.hpp"

namespace homeward {

namespace {

using F = RegistrationField;

constexpr std::array<std::pair<F, std::string_view>, 24> kFieldNames{{
    {F::source_id, "source_id"},
    {F::category, "category"},
    {F::name, "name"},
    {F::alias, "alias"},
    {F::sex, "sex"},
    {F::birth_date, "birth_date"},
    {F::missing_date, "missing_date"},
    {F::missing_place, "missing_place"},
    {F::home_place, "home_place"},
    {F::found_place, "found_place"},
    {F::found_date, "found_date"},
    {F::welfare_org, "welfare_org"},
    {F::height, "height"},
    {F::features, "features"},
    {F::dna_status, "dna_status"},
    {F::police_report, "police_report"},
    {F::contact, "contact"},
    {F::phone, "phone"},
    {F::relation, "relation"},
    {F::registered_at, "registered_at"},
    {F::sample_id, "sample_id"},
    {F::id_number, "id_number"},
    {F::other, "other"},
    {F::ignored, "ignored"},
}};

/// Heading as header_key gives it -> field.
constexpr std::array<std::pair<std::string_view, F>, 97> kHeadings{{
    {"宝贝回家编号", F::source_id},
    {"寻亲编号", F::source_id},
    {"编号", F::source_id},
    {"登记编号", F::source_id},
    {"登记号", F::source_id},
    {"id", F::source_id},
    {"寻亲类别", F::category},
    {"寻亲类型", F::category},
    {"类别", F::category},
    {"类型", F::category},
    {"失踪类型", F::category},
    {"姓名", F::name},
    {"失踪人姓名", F::name},
    {"失踪者姓名", F::name},
    {"孩子姓名", F::name},
    {"宝贝姓名", F::name},
    {"寻亲人姓名", F::name},
    {"乳名", F::alias},
    {"小名", F::alias},
    {"曾用名", F::alias},
    {"别名", F::alias},
    {"性别", F::sex},
    {"gender", F::sex},
    {"孩子性别", F::sex},
    {"出生日期", F::birth_date},
    {"出生年月", F::birth_date},
    {"出生时间", F::birth_date},
    {"生日", F::birth_date},
    {"出生年月日", F::birth_date},
    {"失踪日期", F::missing_date},
    {"失踪时间", F::missing_date},
    {"走失时间", F::missing_date},
    {"走失日期", F::missing_date},
    {"丢失时间", F::missing_date},
    {"丢失日期", F::missing_date},
    {"被拐时间", F::missing_date},
    {"被拐日期", F::missing_date},
    {"失踪地点", F::missing_place},
    {"失踪地址", F::missing_place},
    {"走失地点", F::missing_place},
    {"丢失地点", F::missing_place},
    {"被拐卖地", F::missing_place},
    {"被拐地点", F::missing_place},
    {"地址", F::missing_place},
    {"失踪人所在省", F::home_place},
    {"失踪人所在地", F::home_place},
    {"失踪人户籍所在地", F::home_place},
    {"籍贯", F::home_place},
    {"户籍地址", F::home_place},
    {"现居住地", F::home_place},
    {"发现地点", F::found_place},
    {"解救地点", F::found_place},
    {"发现日期", F::found_date},
    {"发现时间", F::found_date},
    {"解救时间", F::found_date},
    {"所在福利机构", F::welfare_org},
    {"救助管理机构", F::welfare_org},
    {"福利机构", F::welfare_org},
    {"失踪时身高", F::height},
    {"身高", F::height},
    {"解救时身高", F::height},
    {"失踪者特征描述", F::features},
    {"寻亲者特征描述", F::features},
    {"特征", F::features},
    {"体貌特征", F::features},
    {"衣着特征", F::features},
    {"是否采血", F::dna_status},
    {"采血情况", F::dna_status},
    {"是否采集dna", F::dna_status},
    {"dna已入库", F::dna_status},
    {"dna是否入库", F::dna_status},
    {"是否报案", F::police_report},
    {"联系人", F::contact},
    {"家长姓名", F::contact},
    {"父母姓名", F::contact},
    {"跟进志愿者", F::contact},
    {"联系电话", F::phone},
    {"联系方式", F::phone},
    {"电话", F::phone},
    {"手机", F::phone},
    {"手机号", F::phone},
    {"手机号码", F::phone},
    {"与失踪人关系", F::relation},
    {"关系", F::relation},
    {"与孩子关系", F::relation},
    {"登记人关系", F::relation},
    {"注册时间", F::registered_at},
    {"登记日期", F::registered_at},
    {"发布时间", F::registered_at},
    {"登记时间", F::registered_at},
    {"样本编号", F::sample_id},
    {"样品编号", F::sample_id},
    {"采血编号", F::sample_id},
    {"血样编号", F::sample_id},
    {"dna编号", F::sample_id},
    {"身份证号", F::id_number},
    {"身份证号码", F::id_number},
}};

bool contains_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

}  // namespace

std::string_view to_string(RegistrationField field) {
  for (const auto& [known, name] : kFieldNames)
    if (known == field) return name;
  return "none";
}

std::optional<RegistrationField> parse_registration_field(std::string_view name) {
  for (const auto& [field, known] : kFieldNames)
    if (known == name) return field;
  return std::nullopt;
}

std::string_view to_string(RegistrationCategory category) {
  constexpr std::array<std::string_view, 5> kWords{"unknown", "family_seeks_child", "child_seeks_family", "vagrant", "other"};
  return kWords[static_cast<std::size_t>(category)];
}

std::string_view to_string(DnaStatus status) {
  constexpr std::array<std::string_view, 4> kWords{"unknown", "none", "sampled", "typed"};
  return kWords[static_cast<std::size_t>(status)];
}

namespace registry {

RegistrationHeader read_header(const std::vector<std::string_view>& cells, const ColumnMapping& mapping, TextFolder& folder) {
  RegistrationHeader header;
  for (const std::string_view raw : cells) {
    const std::string_view cell = import::trim_cell(raw);
    const std::string key = folder.header_key(cell);
    F field = key.empty() ? F::none : F::other;
    if (!cell.empty() && cell.front() == '_') field = F::ignored;
    if (key == "序号" || key == "no" || key == "行号") field = F::ignored;
    if (const auto english = parse_registration_field(lower_ascii(cell)); english) field = *english;
    for (const auto& [heading, meaning] : kHeadings)
      if (heading == key) field = meaning;
    for (const auto& [heading, meaning] : mapping.columns)
      if (folder.header_key(heading) == key)
        if (const auto stated = parse_registration_field(meaning); stated) field = *stated;
    header.names.emplace_back(cell);
    header.fields.push_back(field);
    if (field != F::none && field != F::other && field != F::ignored) ++header.n_known;
    if (field == F::dna_status && key.find("入库") != std::string::npos) header.typed_dna = true;
  }
  return header;
}

bool is_registration_header(const RegistrationHeader& header) {
  const auto has = [&](F field) { return std::find(header.fields.begin(), header.fields.end(), field) != header.fields.end(); };
  return header.n_known >= 3 && (has(F::name) || has(F::missing_date) || has(F::missing_place) || has(F::phone) || has(F::contact) ||
                                 has(F::found_place) || has(F::category));
}

std::optional<Sex> sex_word(std::string_view text) {
  if (text.empty()) return Sex::unknown;
  if (contains_any(text, {"不详", "不詳", "未知", "不清", "未说明", "不明"})) return Sex::unknown;
  const bool male = text.find("男") != std::string_view::npos, female = text.find("女") != std::string_view::npos;
  if (male != female) return male ? Sex::male : Sex::female;
  return parse_sex(text);
}

std::optional<RegistrationCategory> category_word(std::string_view text) {
  if (text.empty()) return RegistrationCategory::unknown;
  if (contains_any(text, {"家寻宝贝", "家尋寶貝", "寻子", "寻女", "寻孩子", "找孩子"}) || text == "family_seeks_child")
    return RegistrationCategory::family_seeks_child;
  if (contains_any(text, {"宝贝寻家", "寶貝尋家", "寻家", "寻父母", "寻亲生父母"}) || text == "child_seeks_family")
    return RegistrationCategory::child_seeks_family;
  if (contains_any(text, {"流浪", "乞讨", "乞討"}) || text == "vagrant") return RegistrationCategory::vagrant;
  if (contains_any(text, {"其他", "其它"}) || text == "other") return RegistrationCategory::other;
  return std::nullopt;
}

std::optional<Role> relation_word(std::string_view text) {
  if (text.empty()) return Role::unknown;
  if (text == "本人" || text == "自己") return Role::child;
  if (const auto role = import::role_of(text)) return role;
  if (contains_any(text, {"父", "爸", "母", "妈", "媽"})) {
    if (contains_any(text, {"祖", "外", "养", "養", "继", "繼"}))
      return contains_any(text, {"祖", "外"}) ? Role::grandparent : Role::other_relative;
    const bool father = contains_any(text, {"父", "爸"}), mother = contains_any(text, {"母", "妈", "媽"});
    return father == mother ? Role::parent : father ? Role::father : Role::mother;
  }
  if (contains_any(text, {"爷", "奶", "姥", "爺"})) return Role::grandparent;
  if (contains_any(text, {"哥", "姐", "弟", "妹", "兄"})) return contains_any(text, {"表", "堂"}) ? Role::other_relative : Role::sibling;
  if (contains_any(text, {"叔", "伯", "姑", "舅", "姨"})) return Role::avuncular;
  if (contains_any(text, {"亲戚", "亲属", "親屬", "亲友"})) return Role::other_relative;
  return std::nullopt;
}

std::optional<DnaStatus> dna_word(std::string_view text, bool typed_dna) {
  if (text.empty() || contains_any(text, {"不详", "未知", "不清"})) return DnaStatus::unknown;
  if (contains_any(text, {"否", "未", "没", "無", "无"}) || lower_ascii(text) == "no") return DnaStatus::none;
  if (text.find("入库") != std::string_view::npos) return DnaStatus::typed;
  if (contains_any(text, {"是", "已", "有"}) || lower_ascii(text) == "yes") return typed_dna ? DnaStatus::typed : DnaStatus::sampled;
  for (const DnaStatus status : {DnaStatus::none, DnaStatus::sampled, DnaStatus::typed})
    if (text == to_string(status)) return status;
  return std::nullopt;
}

}  // namespace registry

}  // namespace homeward
