#include "simulate/registry_person.hpp"

#include <fmt/format.h>

#include "simulate/registry_words.hpp"

namespace homeward::simulation {

namespace {

constexpr int kDaysOfShortMonth = 28;

Day draw_day(CounterRng& rng, int first_year, std::uint64_t years) {
  return {first_year + static_cast<int>(rng.below(years)), 1 + static_cast<int>(rng.below(12)),
          1 + static_cast<int>(rng.below(kDaysOfShortMonth))};
}

/// Small numbers are more frequent: some names are borne by many.
std::size_t draw_skewed(CounterRng& rng, std::size_t n) {
  const double u = rng.uniform();
  return static_cast<std::size_t>(u * u * static_cast<double>(n));
}

std::string draw_telephone(CounterRng& rng) { return fmt::format("100{:08}", rng.below(100'000'000)); }

Day later(Day day, int days) {
  day.day += days;
  while (day.day > kDaysOfShortMonth) {
    day.day -= kDaysOfShortMonth;
    if (++day.month > 12) {
      day.month = 1;
      ++day.year;
    }
  }
  return day;
}

/// About the day of the lunar calendar: 20 to 45 days, and so one month or two, earlier in the count.
Day lunar(Day day, CounterRng& rng) {
  const int back = 20 + static_cast<int>(rng.below(26));
  day.day -= back;
  while (day.day < 1) {
    day.day += kDaysOfShortMonth;
    if (--day.month < 1) {
      day.month = 12;
      --day.year;
    }
  }
  return day;
}

std::string plain(Day d, DateStyle style, CounterRng& rng) {
  switch (style) {
    case DateStyle::chinese:
      return fmt::format("{}年{}月{}日", d.year, d.month, d.day);
    case DateStyle::dashes:
      return fmt::format("{}-{}-{}", d.year, d.month, d.day);
    case DateStyle::dots:
      return fmt::format("{}.{}.{}", d.year, d.month, d.day);
    case DateStyle::compact:
      return fmt::format("{}{:02}{:02}", d.year, d.month, d.day);
    case DateStyle::messy:
      break;
  }
  switch (rng.below(6)) {
    case 0:
      return fmt::format("{}--{:02}-{:02}", d.year, d.month, d.day);
    case 1:
      return fmt::format("{}年{:02}月{:02}月", d.year, d.month, d.day);
    case 2:
      return fmt::format("{}年{}月{}号", d.year, d.month, d.day);
    case 3:
      return fmt::format("身份证日期{}.{:02}.{:02}", d.year, d.month, d.day);
    case 4:
      return fmt::format("{}年{:02}月{}日", d.year, d.month, d.day + 31);  // a day that no month has
    default:
      return fmt::format("公历{}/{}/{}", d.year, d.month, d.day);
  }
}

/// A date as people remember it; never false, often vague.
std::string date_text(Day d, const SiteHabits& habits, CounterRng& rng) {
  const std::uint64_t dice = rng.below(100);
  if (dice < 10) return {};
  if (dice < 14) return "不详";
  if (dice < 24) return fmt::format("{}年", d.year);
  if (dice < 28) return fmt::format("约{}年", d.year);
  if (dice < 40) return fmt::format("{}年{}月", d.year, d.month);
  if (dice < 44) return fmt::format("{}年{:02}月**日", d.year, d.month);
  if (dice < 48) return fmt::format("{}年{}", d.year, d.month < 3 || d.month == 12 ? "冬" : d.month < 6 ? "春" : d.month < 9 ? "夏" : "秋");
  if (dice < 58) {
    const Day moon = lunar(d, rng);
    const std::string text = fmt::format("{}年{}月{}日", moon.year, moon.month, moon.day);
    return dice < 53 ? "农历" + text : text + "（阴历）";
  }
  return plain(d, habits.dates, rng) + (dice < 62 ? "左右" : "");
}

std::string name_text(const RegistryPerson& person, CounterRng& rng) {
  const std::uint64_t dice = rng.below(100);
  if (dice < 4) return {};
  std::vector<std::size_t> characters = person.given;
  if (dice < 14) {
    std::size_t& mistaken = characters[rng.below(characters.size())];
    mistaken = homophone(mistaken, rng.next_u32());
  }
  std::string name(surname(person.surname));
  if (dice >= 14 && dice < 20) name += "    ";
  for (const std::size_t character : characters) name += given(character);
  if (dice >= 20 && dice < 23) name += "（化名）";
  return name;
}

std::string telephone_text(const RegistryPerson& person, bool other, CounterRng& rng) {
  const std::uint64_t dice = rng.below(100);
  if (dice < 12) return {};
  std::string number = person.telephones[other ? 1 : 0];
  if (dice < 14) number[3 + rng.below(8)] = static_cast<char>('0' + rng.below(10));
  if (dice < 24) return number.substr(0, 3) + "-" + number.substr(3, 4) + "-" + number.substr(7);
  if (dice < 32) return "+86 " + number;
  if (dice < 38) return number.substr(0, 3) + " " + number.substr(3, 4) + " " + number.substr(7);
  return number;
}

std::string place_text(const RegistryPerson& person, CounterRng& rng) {
  const Place& where = place(person.place);
  const std::uint64_t dice = rng.below(100);
  if (dice < 10) return {};
  if (dice < 25) return std::string(where.province);
  if (dice < 35) return std::string(where.city);
  return std::string(where.province) + std::string(where.city) + (dice < 60 ? "车站" : "");
}

}  // namespace

RegistryPerson invent(const RegistryEntity& entity, CounterRng& rng) {
  RegistryPerson person;
  person.entity = entity.id;
  person.is_child = entity.is_child;
  person.sex = entity.sex != Sex::unknown ? entity.sex : rng.below(2) == 0 ? Sex::male : Sex::female;
  person.surname = draw_skewed(rng, n_surnames());
  person.given.resize(rng.below(5) == 0 ? 1 : 2);
  for (std::size_t& character : person.given) character = draw_skewed(rng, n_given());
  person.birth = draw_day(rng, 1975, 35);
  person.missing = later(person.birth, 200 + static_cast<int>(rng.below(3000)));
  person.place = rng.below(n_places());
  for (std::string& number : person.telephones) number = draw_telephone(rng);
  person.mother_registers = rng.below(2) == 0;
  person.samples = entity.samples;
  return person;
}

RegistryPerson sib_of(const RegistryPerson& person, const std::string& entity, CounterRng& rng) {
  RegistryPerson sib = person;
  sib.entity = entity;
  sib.sex = rng.below(2) == 0 ? Sex::male : Sex::female;
  for (std::size_t& character : sib.given) character = draw_skewed(rng, n_given());
  sib.birth = later(person.birth, 330 + static_cast<int>(rng.below(1000)));
  sib.samples.clear();
  return sib;
}

WrittenPerson write_down(const RegistryPerson& person, const SiteHabits& habits, CounterRng& rng) {
  WrittenPerson text;
  const bool other = rng.below(100) < 15;  // the other parent registers
  const bool mother = person.mother_registers != other;
  text.name = name_text(person, rng);
  const std::uint64_t dice = rng.below(100);
  text.sex = dice < 5 ? "" : dice < 6 ? "不详" : person.sex == Sex::male ? habits.male : habits.female;
  text.birth = date_text(person.birth, habits, rng);
  text.missing = date_text(person.missing, habits, rng);
  text.place = place_text(person, rng);
  text.telephone = telephone_text(person, other, rng);
  text.relation = person.is_child ? "本人" : mother ? "母亲" : "父亲";
  text.contact = std::string(surname(other ? rng.below(n_surnames()) : person.surname)) + (mother ? "女士" : "先生");
  if (!person.samples.empty() && rng.below(100) < 75) text.sample_id = person.samples[rng.below(person.samples.size())].id;
  text.sampled = person.samples.empty() ? (rng.below(3) == 0 ? "" : "否") : "是";
  if (habits.traditional_characters)
    for (std::string* field : {&text.name, &text.birth, &text.missing, &text.place, &text.relation, &text.contact, &text.sex})
      *field = traditional(*field);
  return text;
}

}  // namespace homeward::simulation
