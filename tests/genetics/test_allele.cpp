#include "catch_compat.hpp"
#include "homeward/allele.hpp"

using namespace homeward;

TEST_CASE("an STR allele reads and prints as itself, and is no decimal number") {
  for (const char* text : {"1", "9", "9.3", "12", "32.2", "999", "999.9"}) {
    const auto allele = parse_allele(text);
    REQUIRE(allele);
    CHECK(to_string(*allele) == text);
  }
  CHECK(parse_allele("9.3") == Allele(9, 3));
  CHECK(parse_allele("12.0") == Allele(12, 0));
  for (const char* text : {"", "0", "09", "9.", ".3", "9.30", "9,3", "1000", "-9", "+9", "9.3 ", " 9", "X", "OL", "<9", "9e1", "0.5"})
    CHECK_FALSE(parse_allele(text));
}

TEST_CASE("every STR allele survives its 16-bit code and its text") {
  for (unsigned repeats = 1; repeats <= 999; ++repeats)
    for (unsigned bases = 0; bases <= 9; ++bases) {
      const Allele allele(repeats, bases);
      if (Allele::from_code(allele.code()) != allele || parse_allele(to_string(allele)) != allele || allele.is_letter() ||
          !allele.is_str()) {
        FAIL("allele " << repeats << "." << bases);
      }
    }
}

TEST_CASE("letters are alleles that sort behind every length") {
  for (const char c : {'A', 'C', 'G', 'T', 'X', 'Y', 'I', 'D'}) {
    const auto allele = parse_any_allele(std::string(1, c));
    REQUIRE(allele);
    CHECK(allele->is_letter());
    CHECK(allele->letter() == c);
    CHECK(to_string(*allele) == std::string(1, c));
    CHECK(Allele(999, 9) < *allele);
  }
  CHECK_FALSE(parse_any_allele("AC"));
  CHECK_FALSE(parse_any_allele("*"));
}

TEST_CASE("alleles order by length: 9 < 9.3 < 10") {
  CHECK(Allele(9, 0) < Allele(9, 3));
  CHECK(Allele(9, 3) < Allele(10, 0));
  CHECK(Allele() < Allele(1, 0));
}

TEST_CASE("a genotype is an unordered pair") {
  const Allele a(15, 0), b(17, 2);
  CHECK(Genotype(a, b) == Genotype(b, a));
  CHECK(to_string(Genotype(b, a)) == "15/17.2");
  CHECK(Genotype(a, a).homozygous());
  CHECK_FALSE(Genotype().typed());
  CHECK(to_string(Genotype()).empty());
  const Genotype half({}, a);
  CHECK(half.half_known());
  CHECK(half.typed());
  CHECK_FALSE(half.homozygous());
  CHECK(to_string(half) == "15/?");
}

TEST_CASE("genotype codes count up without gaps and start after untyped") {
  std::size_t expected = kUntyped;
  for (AlleleIndex high = 0; high < 361; ++high)
    for (AlleleIndex low = 0; low <= high; ++low) {
      ++expected;
      if (genotype_code(low, high) != expected || genotype_code(high, low) != expected) FAIL("pair " << low << " " << high);
    }
  CHECK(genotype_code_count(361) == expected + 1);
  CHECK(genotype_code_count(361) <= 65536);
}
