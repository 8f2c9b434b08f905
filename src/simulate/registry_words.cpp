#include "simulate/registry_words.hpp"

#include <iconv.h>

#include <cerrno>
#include <map>
#include <vector>

#include "homeward/error.hpp"

namespace homeward::simulation {

namespace {

/// Characters of one sound, simplified; groups are separated by blanks.
constexpr std::string_view kGiven =
    "伟炜玮 芳方 静晶菁 明鸣铭 军君钧 丽莉利 强 峰锋丰 建健剑 国 志智 红宏洪 华桦 平萍 勇 艳燕 杰洁 娟 涛 超 霞 刚 文雯 辉晖 玲灵 斌彬 "
    "兰岚 海 英莹 波 "
    "云 鹏 龙 春 雪 梅 林琳 秀 庆 祥 荣蓉 学 东冬 新欣 成诚 光 永 清青 立力 𠮷 宁 思 雨宇 佳嘉 子紫 浩 晓小 天 家 安 义艺 福 贵 生 双 根 "
    "水 ";
constexpr std::string_view kSurnames =
    "王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗 梁 宋 郑 谢 韩 唐 冯 于 董 萧 程 曹 袁 邓 许 傅 沈 曾 彭 吕 苏 卢 蒋 蔡 "
    "贾 丁 魏 薛 "
    "叶 阎 余 潘 杜 戴 夏 钟 汪 田 任 姜 欧阳 司马 上官 ";
/// Simplified character, then its traditional one. 𠮷 is not in Big5, where people write 吉.
constexpr std::string_view kTraditional =
    "伟偉炜煒玮瑋鸣鳴铭銘军軍钧鈞丽麗锋鋒丰豐剑劍国國红紅华華桦樺艳艷洁潔涛濤刚剛辉輝晖暉灵靈兰蘭岚嵐莹瑩云雲鹏鵬龙龍庆慶荣榮学學东東诚誠𠮷"
    "吉宁寧晓曉义義艺藝"
    "贵貴双雙"
    "张張刘劉陈陳杨楊赵趙黄黃吴吳孙孫马馬罗羅郑鄭谢謝韩韓冯馮萧蕭邓鄧许許吕呂苏蘇卢盧蒋蔣贾賈叶葉阎閻钟鐘欧歐"
    "东東广廣苏蘇浙浙阳陽贵貴云雲肃肅辽遼宁寧龙龍兴興汉漢长長济濟郑鄭兰蘭庆慶区區县縣乡鄉镇鎮门門车車场場约約农農历曆岁歲号號编編寻尋亲親类"
    "類别別踪蹤"
    "联聯系繫话話与與关關样樣采採贝貝宝寶归歸杂雜时時间間点點记記录錄阴陰儿兒爷爺妈媽电電络絡说說无無见見过過还還个個这這发發动動伤傷疤疤痣"
    "痣详詳左左右右"
    "静靜强強宾賓荆荊郸鄲泽澤陕陝壮壯满滿岭嶺沟溝桥橋坝壩湾灣泾涇渭渭绵綿遵遵义義昆昆沈瀋连連尔爾滨濱圳圳佛佛杭杭绍紹厦廈漳漳赣贛";
constexpr std::array<Place, 36> kPlaces{{
    {"四川省", "成都市", 51},         {"四川省", "绵阳市", 51}, {"四川省", "宜宾市", 51},     {"重庆市", "万州区", 50},
    {"重庆市", "永川区", 50},         {"贵州省", "贵阳市", 52}, {"贵州省", "遵义市", 52},     {"云南省", "昆明市", 53},
    {"云南省", "大理市", 53},         {"湖南省", "长沙市", 43}, {"湖南省", "衡阳市", 43},     {"湖北省", "武汉市", 42},
    {"湖北省", "荆州市", 42},         {"河南省", "郑州市", 41}, {"河南省", "南阳市", 41},     {"河南省", "周口市", 41},
    {"河北省", "石家庄市", 13},       {"河北省", "邯郸市", 13}, {"山东省", "济南市", 37},     {"山东省", "菏泽市", 37},
    {"山西省", "太原市", 14},         {"陕西省", "西安市", 61}, {"甘肃省", "兰州市", 62},     {"安徽省", "合肥市", 34},
    {"安徽省", "阜阳市", 34},         {"江苏省", "徐州市", 32}, {"浙江省", "杭州市", 33},     {"福建省", "泉州市", 35},
    {"福建省", "漳州市", 35},         {"江西省", "赣州市", 36}, {"广东省", "深圳市", 44},     {"广东省", "佛山市", 44},
    {"广西壮族自治区", "南宁市", 45}, {"辽宁省", "沈阳市", 21}, {"黑龙江省", "哈尔滨市", 23}, {"吉林省", "长春市", 22},
}};

/// The length of the UTF-8 character at the head of a text.
std::size_t width(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

struct Words {
  std::vector<std::string_view> words;
  std::vector<std::pair<std::size_t, std::size_t>> group;  ///< of each word: first, and one past the last
};

Words by_character(std::string_view text) {
  Words result;
  std::size_t first = 0;
  const auto close = [&] {
    for (std::size_t i = first; i < result.words.size(); ++i) result.group.emplace_back(first, result.words.size());
    first = result.words.size();
  };
  while (!text.empty()) {
    const std::size_t n = width(text);
    if (text.front() == ' ')
      close();
    else
      result.words.push_back(text.substr(0, n));
    text.remove_prefix(n);
  }
  return result;
}

const Words& given_words() {
  static const Words kWords = by_character(kGiven);
  return kWords;
}

const std::vector<std::string_view>& surname_words() {
  static const std::vector<std::string_view> kWords = [] {
    std::vector<std::string_view> words;
    std::string_view rest = kSurnames;
    for (std::size_t blank = rest.find(' '); blank != std::string_view::npos; blank = rest.find(' ')) {
      words.push_back(rest.substr(0, blank));
      rest.remove_prefix(blank + 1);
    }
    return words;
  }();
  return kWords;
}

const std::map<std::string_view, std::string_view>& traditional_of() {
  static const std::map<std::string_view, std::string_view> kForms = [] {
    std::map<std::string_view, std::string_view> forms;
    const std::vector<std::string_view> words = by_character(kTraditional).words;
    for (std::size_t i = 0; i + 1 < words.size(); i += 2) forms.emplace(words[i], words[i + 1]);
    return forms;
  }();
  return kForms;
}

}  // namespace

std::size_t n_surnames() { return surname_words().size(); }
std::size_t n_given() { return given_words().words.size(); }
std::string_view surname(std::size_t index) { return surname_words()[index]; }
std::string_view given(std::size_t index) { return given_words().words[index]; }

std::size_t homophone(std::size_t index, std::uint64_t choice) {
  const auto [first, end] = given_words().group[index];
  if (end - first < 2) return index;
  return first + (index - first + 1 + choice % (end - first - 1)) % (end - first);
}

std::size_t n_places() { return kPlaces.size(); }
const Place& place(std::size_t index) { return kPlaces[index]; }

std::string traditional(std::string_view simplified) {
  std::string text;
  while (!simplified.empty()) {
    const std::string_view character = simplified.substr(0, width(simplified));
    const auto form = traditional_of().find(character);
    text += form == traditional_of().end() ? character : form->second;
    simplified.remove_prefix(character.size());
  }
  return text;
}

std::string encoded(std::string_view utf8, const char* encoding) {
  const iconv_t converter = ::iconv_open(encoding, "UTF-8");
  if (converter == reinterpret_cast<iconv_t>(-1)) throw Error(ErrorKind::failure, std::string("this system cannot write ") + encoding);
  std::string from(utf8), out(utf8.size() * 2 + 16, '\0');
  char *source = from.data(), *target = out.data();
  std::size_t left = from.size(), room = out.size();
  const std::size_t outcome = ::iconv(converter, &source, &left, &target, &room);
  ::iconv_close(converter);
  if (outcome == static_cast<std::size_t>(-1))
    throw Error(ErrorKind::internal, std::string("an invented word cannot be written in ") + encoding);
  out.resize(out.size() - room);
  return out;
}

}  // namespace homeward::simulation
