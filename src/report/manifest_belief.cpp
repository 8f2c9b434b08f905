#include "report/manifest_belief.hpp"

#include <cmath>

namespace homeward {

namespace {

constexpr std::array<const char*, 4> kLevels{"1", "10", "100", "1000"};

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

double real_or_nan(const JsonReader& reader, const std::string& key) {
  return reader.is_null(key) ? std::numeric_limits<double>::quiet_NaN() : reader.real(key);
}

}  // namespace

Json chance_json(const RunBelief& belief) {
  if (std::isnan(belief.expected_chance_hits)) return nullptr;
  Json curve = Json::array();
  for (const auto& [log10_lr, expected] : belief.curve) curve.push_back({log10_lr, expected});
  Json classes = Json::array();
  for (const ChanceRow& row : belief.classes) {
    Json levels = Json::object();
    for (std::size_t k = 0; k < kLevels.size(); ++k)
      levels[kLevels[k]] = {
          {"observed", row.observed[k]}, {"leads", row.leads[k]}, {"expected", number(row.expected[k])}, {"ratio", number(row.ratio[k])}};
    classes.push_back({{"children", row.children}, {"n_children", row.n_children}, {"alarming", row.alarming}, {"at_lr", levels}});
  }
  return {{"lead_log10_lr", number(belief.lead_log10_lr)}, {"curve", curve}, {"classes", classes}};
}

Json posterior_json(const RunBelief& belief) {
  Json sensitivity = Json::array();
  for (const PriorSensitivity& s : belief.sensitivity)
    sensitivity.push_back({{"phi", s.phi}, {"rows_50", s.rows_50}, {"rows_95", s.rows_95}, {"expected_found", s.expected_found}});
  return {{"phi", number(belief.phi)},
          {"phi_lower", number(belief.phi_lower)},
          {"phi_upper", number(belief.phi_upper)},
          {"phi_origin", belief.phi_given ? "given" : "estimated from this run"},
          {"close_relative", belief.close_relative},
          {"apart", belief.apart},
          {"n_registrations", belief.n_registrations},
          {"missed", belief.missed},
          {"sensitivity", sensitivity}};
}

void read_belief(const JsonReader& run, RunBelief& belief) {
  belief.expected_chance_hits = real_or_nan(run, "expected_chance_hits");
  if (!run.is_null("chance")) {
    const JsonReader chance = run.object("chance");
    belief.lead_log10_lr = real_or_nan(chance, "lead_log10_lr");
    for (const Json& point : chance.array("curve")) {
      if (!point.is_array() || point.size() != 2 || !point[0].is_number() || !point[1].is_number())
        chance.mistyped("curve", point, "pairs of numbers");
      belief.curve.emplace_back(point[0].get<double>(), point[1].get<double>());
    }
    const Json& classes = chance.array("classes");
    for (std::size_t i = 0; i < classes.size(); ++i) {
      const JsonReader reader(classes[i], run.file(), "chance.classes[" + std::to_string(i) + "]");
      ChanceRow row;
      row.children = reader.text("children");
      row.n_children = reader.whole<std::uint64_t>("n_children");
      row.alarming = reader.flag("alarming");
      const JsonReader levels = reader.object("at_lr");
      for (std::size_t k = 0; k < kLevels.size(); ++k) {
        const JsonReader level = levels.object(kLevels[k]);
        row.observed[k] = level.whole<std::uint64_t>("observed");
        row.leads[k] = level.whole<std::uint64_t>("leads");
        row.expected[k] = real_or_nan(level, "expected");
        row.ratio[k] = real_or_nan(level, "ratio");
      }
      belief.classes.push_back(row);
    }
  }
  const JsonReader posterior = run.object("posterior");
  belief.phi = real_or_nan(posterior, "phi");
  belief.phi_lower = real_or_nan(posterior, "phi_lower");
  belief.phi_upper = real_or_nan(posterior, "phi_upper");
  belief.phi_given = posterior.text("phi_origin") == "given";
  belief.close_relative = posterior.real("close_relative");
  belief.apart = posterior.real("apart");
  belief.n_registrations = posterior.whole<std::uint64_t>("n_registrations");
  belief.missed = posterior.real("missed");
  const Json& sensitivity = posterior.array("sensitivity");
  for (std::size_t i = 0; i < sensitivity.size(); ++i) {
    const JsonReader reader(sensitivity[i], run.file(), "posterior.sensitivity[" + std::to_string(i) + "]");
    belief.sensitivity.push_back({reader.real("phi"), reader.whole<std::uint64_t>("rows_50"), reader.whole<std::uint64_t>("rows_95"),
                                  reader.real("expected_found")});
  }
}

}  // namespace homeward
