#include "import/columns.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/text.hpp"
#include "import/text_table.hpp"

namespace homeward::import {

namespace {

constexpr std::array<std::pair<std::string_view, Field>, 88> kWords{{
    {"sampleid", Field::sample_id},
    {"样本编号", Field::sample_id},
    {"样品编号", Field::sample_id},
    {"样本号", Field::sample_id},
    {"检材编号", Field::sample_id},
    {"实验室编号", Field::sample_id},
    {"specimenid", Field::sample_id},
    {"samplename", Field::sample_name},
    {"样本名称", Field::sample_name},
    {"样品名称", Field::sample_name},
    {"sampleinfo", Field::sample_name},
    {"sample", Field::sample},
    {"samplefile", Field::sample_file},
    {"samplefilename", Field::sample_file},
    {"ind", Field::individual},
    {"individual", Field::individual},
    {"personid", Field::person_id},
    {"人员编号", Field::person_id},
    {"role", Field::role},
    {"角色", Field::role},
    {"关系", Field::role},
    {"亲缘关系", Field::role},
    {"身份", Field::role},
    {"familyid", Field::family_id},
    {"家庭编号", Field::family_id},
    {"家系编号", Field::family_id},
    {"sex", Field::sex},
    {"gender", Field::sex},
    {"性别", Field::sex},
    {"kit", Field::kit},
    {"试剂盒", Field::kit},
    {"partial", Field::partial},
    {"slot", Field::slot},
    {"locus", Field::locus},
    {"marker", Field::locus},
    {"位点", Field::locus},
    {"基因座", Field::locus},
    {"fatherid", Field::father_id},
    {"motherid", Field::mother_id},
    {"missing", Field::missing},
    {"mother", Field::mother},
    {"母亲", Field::mother},
    {"child", Field::child},
    {"孩子", Field::child},
    {"father", Field::father},
    {"父亲", Field::father},
    {"frequency", Field::frequency},
    {"freq", Field::frequency},
    {"频率", Field::frequency},
    {"nalleles", Field::count},
    {"reads", Field::count},
    {"sequence", Field::sequence},
    {"bracketsequence", Field::sequence},
    {"sampletype", Field::sample_type},
    // Columns of GeneMapper, OSIRIS, STRAF and lab tables that say nothing about a genotype.
    {"dye", Field::known_other},
    {"status", Field::known_other},
    {"comments", Field::known_other},
    {"specimencategory", Field::known_other},
    {"analysismethod", Field::known_other},
    {"panel", Field::known_other},
    {"sizestandard", Field::known_other},
    {"customcontrol", Field::known_other},
    {"matrix", Field::known_other},
    {"runname", Field::known_other},
    {"instrumenttype", Field::known_other},
    {"instrumentid", Field::known_other},
    {"rundate&time", Field::known_other},
    {"plateid", Field::known_other},
    {"cap", Field::known_other},
    {"well", Field::known_other},
    {"profileid", Field::known_other},
    {"mutation", Field::known_other},
    {"aereason", Field::known_other},
    {"remark", Field::known_other},
    {"population", Field::known_other},
    {"pop", Field::known_other},
    {"batch", Field::known_other},
    {"specimencomment", Field::known_other},
    {"sourceid", Field::known_other},
    {"ladder", Field::known_other},
    {"pullup", Field::known_other},
    {"ud1", Field::known_other},
    {"ud2", Field::known_other},
    {"ud3", Field::known_other},
    {"channel", Field::known_other},
    {"lane", Field::known_other},
    {"序号", Field::known_other},
    {"备注", Field::known_other},
}};

/// `allele3`, `height`, `datapoint12`, ...: word and number.
std::optional<Column> numbered(const std::string& key) {
  std::size_t end = key.size();
  while (end > 0 && key[end - 1] >= '0' && key[end - 1] <= '9') --end;
  if (key.size() - end > 3) return std::nullopt;
  const std::string word = key.substr(0, end);
  const unsigned number = end == key.size() ? 0U : static_cast<unsigned>(parse_integer(std::string_view(key).substr(end)).value_or(0));
  if (word == "allele" || word == "等位基因") return Column{Field::allele, number};
  if (word == "height" || word == "峰高") return Column{Field::height, number};
  for (const std::string_view other : {"size", "peakarea", "area", "datapoint"})
    if (word == other) return Column{Field::known_other, number};
  return std::nullopt;
}

/// The base of `vWA_1`, `vWA.2`, `vWA 1`: nullopt when the name does not end so.
std::optional<std::pair<std::string, unsigned>> numbered_locus(const std::string& name) {
  if (name.size() < 3) return std::nullopt;
  const char number = name.back();
  const char mark = name[name.size() - 2];
  if (number < '1' || number > '8' || (mark != '_' && mark != '.' && mark != ' ' && mark != '-')) return std::nullopt;
  return std::make_pair(name.substr(0, name.size() - 2), static_cast<unsigned>(number - '0'));
}

/// Numbered allele columns by base name, of bases that are loci and have at least numbers 1 and 2, or (R) the bare name and 1.
std::map<std::string, std::map<unsigned, std::size_t>> numbered_groups(const Header& header, const LocusDictionary& loci) {
  std::map<std::string, std::map<unsigned, std::size_t>> groups;
  std::map<std::string, std::size_t> bare;
  for (std::size_t c = 0; c < header.size(); ++c) {
    if (header.columns()[c]) continue;
    bare.emplace(header.names()[c], c);
    if (const auto part = numbered_locus(header.names()[c]); part && loci.find(part->first)) groups[part->first].emplace(part->second, c);
  }
  for (auto it = groups.begin(); it != groups.end();) {
    auto& members = it->second;
    const auto plain = bare.find(it->first);
    if (members.count(1) != 0 && members.count(2) == 0 && plain != bare.end()) members.emplace(0, plain->second);
    it = members.size() >= 2 && members.count(1) != 0 ? std::next(it) : groups.erase(it);
  }
  return groups;
}

}  // namespace

std::string header_key(std::string_view header) {
  std::string key;
  for (const char c : lower_ascii(trim_cell(header)))
    if (std::string_view(" _.-()#\"\t").find(c) == std::string_view::npos) key += c;
  return key;
}

std::optional<Column> column_of(std::string_view header) {
  header = trim_cell(header);
  if (!header.empty() && header.front() == '_') return Column{Field::ours};
  const std::string key = header_key(header);
  if (key.empty()) return Column{Field::known_other};
  for (const auto& [word, field] : kWords)
    if (word == key) return Column{field};
  if (key.compare(0, 2, "pi") == 0 && header.size() > 2 && (header[2] == '_' || header[2] == ' ')) return Column{Field::paternity_index};
  return numbered(key);
}

Header::Header(const std::vector<std::string_view>& cells) {
  for (const std::string_view cell : cells) {
    names_.emplace_back(trim_cell(cell));
    columns_.push_back(column_of(names_.back()));
    if (!names_.back().empty()) required_ = names_.size();
  }
}

std::optional<std::size_t> Header::find(Field field) const {
  for (std::size_t c = 0; c < columns_.size(); ++c)
    if (columns_[c] && columns_[c]->field == field) return c;
  return std::nullopt;
}

std::vector<std::size_t> Header::all(Field field) const {
  std::vector<std::size_t> found;
  for (std::size_t c = 0; c < columns_.size(); ++c)
    if (columns_[c] && columns_[c]->field == field) found.push_back(c);
  std::stable_sort(found.begin(), found.end(), [&](std::size_t a, std::size_t b) { return columns_[a]->number < columns_[b]->number; });
  return found;
}

std::optional<std::size_t> Header::sample_column() const {
  const bool genemapper = has(Field::sample_name) && (has(Field::sample_file) || has(Field::locus));
  if (genemapper) return find(Field::sample_name);
  for (const Field field : {Field::sample_id, Field::sample_name, Field::sample, Field::individual, Field::person_id, Field::sample_file})
    if (const auto column = find(field)) return column;
  return std::nullopt;
}

std::vector<LocusColumns> group_loci(const Header& header, const LocusDictionary& loci) {
  const auto numbered = numbered_groups(header, loci);
  std::set<std::size_t> taken;
  std::map<std::size_t, const std::pair<const std::string, std::map<unsigned, std::size_t>>*> group_at;
  for (const auto& group : numbered) {
    std::size_t first = header.size();
    for (const auto& [number, column] : group.second) first = std::min(first, column);
    group_at.emplace(first, &group);
    for (const auto& [number, column] : group.second) taken.insert(column);
  }
  std::vector<LocusColumns> result;
  std::map<std::string, std::size_t> repeated;  // STRAF: the name once per allele
  for (std::size_t c = 0; c < header.size(); ++c) {
    if (const auto group = group_at.find(c); group != group_at.end()) {
      LocusColumns locus{group->second->first, {}};
      for (const auto& [number, column] : group->second->second) locus.columns.push_back(column);
      result.push_back(std::move(locus));
    } else if (!header.columns()[c] && taken.count(c) == 0) {
      const auto [seen, fresh] = repeated.emplace(header.names()[c], result.size());
      if (fresh)
        result.push_back({header.names()[c], {c}});
      else
        result[seen->second].columns.push_back(c);
    }
  }
  return result;
}

std::optional<Role> role_of(std::string_view text) {
  text = trim_cell(text);
  if (const auto role = parse_role(text)) return role;
  constexpr std::array<std::pair<std::string_view, Role>, 18> kChinese{{
      {"父", Role::father},
      {"父亲", Role::father},
      {"爸爸", Role::father},
      {"生父", Role::father},
      {"母", Role::mother},
      {"母亲", Role::mother},
      {"妈妈", Role::mother},
      {"生母", Role::mother},
      {"孩子", Role::child},
      {"儿子", Role::child},
      {"女儿", Role::child},
      {"子女", Role::child},
      {"被拐儿童", Role::child},
      {"父母", Role::parent},
      {"家长", Role::parent},
      {"兄弟姐妹", Role::sibling},
      {"配偶", Role::spouse},
      {"对照", Role::control},
  }};
  for (const auto& [word, role] : kChinese)
    if (word == text) return role;
  return std::nullopt;
}

std::optional<bool> truth_of(std::string_view text) {
  const std::string word = lower_ascii(trim_cell(text));
  for (const std::string_view yes : {"1", "true", "yes", "y", "是", "partial"})
    if (word == yes) return true;
  for (const std::string_view no : {"", "0", "false", "no", "n", "否", ".", "na", "full"})
    if (word == no) return false;
  return std::nullopt;
}

bool names_a_control(std::string_view sample_name) {
  for (const std::string_view word : {"阳性", "阴性", "空白", "对照"})
    if (sample_name.find(word) != std::string_view::npos) return true;
  const std::string lower = lower_ascii(sample_name) + ' ';
  for (const std::string_view dna : {"2800m", "9947a", "k562"})
    if (lower.find(dna) != std::string::npos) return true;
  std::string word;
  for (const char c : lower) {
    if (c >= 'a' && c <= 'z') {
      word += c;
      continue;
    }
    for (const std::string_view control : {"ladder", "pos", "positive", "neg", "negative", "control", "controls", "ctrl", "blank", "ntc"})
      if (word == control) return true;
    word.clear();
  }
  return false;
}

}  // namespace homeward::import
