#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "catch_compat.hpp"
#include "homeward/error.hpp"
#include "homeward/report.hpp"

using namespace homeward;

namespace {

const std::filesystem::path kScales = std::filesystem::path(HOMEWARD_SOURCE_DIR) / "data" / "scales";

std::filesystem::path written(const std::string& text) {
  const std::filesystem::path path = std::filesystem::temp_directory_path() / ("homeward-scale-" + std::to_string(::getpid()) + ".json");
  std::ofstream(path) << text;
  return path;
}

}  // namespace

TEST_CASE("the shipped ENFSI scale: every bound belongs to the class above it") {
  const VerbalScale scale = read_verbal_scale(kScales / "enfsi-2015.json");
  CHECK(scale.id == "enfsi-2015");
  CHECK(verbal_word(scale, 0.0) == "no support");
  CHECK(verbal_word(scale, std::log10(2.0)) == "weak");
  CHECK(verbal_word(scale, std::nextafter(1.0, 0.0)) == "weak");
  CHECK(verbal_word(scale, 1.0) == "moderate");
  CHECK(verbal_word(scale, 2.5) == "moderately strong");
  CHECK(verbal_word(scale, 3.0) == "strong");
  CHECK(verbal_word(scale, 4.0) == "very strong");
  CHECK(verbal_word(scale, 6.0) == "extremely strong");
  CHECK(verbal_word(scale, 300.0) == "extremely strong");
  CHECK(verbal_word(scale, -5.0) == "very strong against");
  CHECK(verbal_word(scale, -INFINITY) == "extremely strong against");
}

TEST_CASE("the Chinese bands exclude their bounds, and three inconsistent loci go first") {
  const CpiScale scale = read_cpi_scale(kScales / "cn-cpi.json");
  CHECK(cpi_word(scale, 4.0, 0) == scale.between);
  CHECK(cpi_word(scale, std::nextafter(4.0, 5.0), 2) == scale.supports);
  CHECK(cpi_word(scale, -4.0, 0) == scale.between);
  CHECK(cpi_word(scale, -4.1, 0) == scale.excludes);
  CHECK(cpi_word(scale, 12.0, 3) == scale.exclusion_considered);
}

TEST_CASE("a broken scale is refused with the key named") {
  const auto refused = [](const std::string& text, const std::string& expected) {
    try {
      read_verbal_scale(written(text));
      FAIL("accepted: " + text);
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::input);
      INFO(error.what());
      CHECK(std::string(error.what()).find(expected) != std::string::npos);
    }
  };
  const std::string head = R"({"schema":"homeward-verbal-scale/1","id":"x","title":"t","source":"s","classes":)";
  refused(head + R"([{"lr_from":null,"word":"a"},{"lr_from":10,"word":"b"},{"lr_from":10,"word":"c"}]})", "must ascend");
  refused(head + R"([{"lr_from":1,"word":"a"}]})", "lr_from null");
  refused(head + R"([{"lr_from":null}]})", "classes[0].word is missing");
  refused(head + R"([{"lr_from":null,"word":3}]})", "classes[0].word is number, expected a text");
  refused(head + "[]}", "no classes");
  refused(R"({"schema":"homeward-verbal-scale/9"})", "homeward-verbal-scale/1");
  refused("{", "no valid JSON");
}
