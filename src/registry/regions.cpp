// Regions: the 34 provinces of GB/T 2260 by name. Codes below a province are kept where a file states them.
#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "homeward/registry.hpp"

namespace homeward {

namespace {

struct Province {
  std::uint32_t code;
  std::string_view simplified, traditional;  ///< equal where the characters are
};
constexpr std::array<Province, 34> kProvinces{{
    {11, "北京", "北京"}, {12, "天津", "天津"},     {13, "河北", "河北"}, {14, "山西", "山西"}, {15, "内蒙", "內蒙"}, {21, "辽宁", "遼寧"},
    {22, "吉林", "吉林"}, {23, "黑龙江", "黑龍江"}, {31, "上海", "上海"}, {32, "江苏", "江蘇"}, {33, "浙江", "浙江"}, {34, "安徽", "安徽"},
    {35, "福建", "福建"}, {36, "江西", "江西"},     {37, "山东", "山東"}, {41, "河南", "河南"}, {42, "湖北", "湖北"}, {43, "湖南", "湖南"},
    {44, "广东", "廣東"}, {45, "广西", "廣西"},     {46, "海南", "海南"}, {50, "重庆", "重慶"}, {51, "四川", "四川"}, {52, "贵州", "貴州"},
    {53, "云南", "雲南"}, {54, "西藏", "西藏"},     {61, "陕西", "陝西"}, {62, "甘肃", "甘肅"}, {63, "青海", "青海"}, {64, "宁夏", "寧夏"},
    {65, "新疆", "新疆"}, {71, "台湾", "臺灣"},     {81, "香港", "香港"}, {82, "澳门", "澳門"},
}};

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::uint32_t read_region(std::string_view text) {
  text = trim(text);
  if (all_digits(text) && (text.size() == 2 || text.size() == 4 || text.size() == 6)) {
    const auto code = static_cast<std::uint32_t>(parse_integer(text).value_or(0));
    const auto province = static_cast<std::uint32_t>(parse_integer(text.substr(0, 2)).value_or(0));
    const bool known = std::any_of(kProvinces.begin(), kProvinces.end(), [&](const Province& p) { return p.code == province; });
    return known ? code : 0;
  }
  // The province named first counts: 四川省成都市 to 云南省 is about 四川.
  std::uint32_t found = 0;
  std::size_t at = std::string_view::npos;
  for (const Province& province : kProvinces) {
    const std::size_t here = std::min(text.find(province.simplified), text.find(province.traditional));
    if (here < at) {
      at = here;
      found = province.code;
    }
  }
  return found;
}

}  // namespace homeward
