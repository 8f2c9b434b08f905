#include "report/manifest_belief.hpp"

#include <cmath>

namespace homeward {

namespace {

constexpr std::array<const char*, 4> kLevels{"1", "10", "100", "1000"};

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json curve_json(const std::vector<std::pair<double, double>>& points) {
  Json curve = Json::array();
  for (const auto& [log10_lr, expected] : points) curve.push_back({log10_lr, expected});
  return curve;
}

std::vector<std::pair<double, double>> read_curve(const JsonReader& reader) {
  std::vector<std::pair<double, double>> curve;
  for (const Json& point : reader.array("curve")) {
    if (!point.is_array() || point.size() != 2 || !point[0].is_number() || !point[1].is_number())
      reader.mistyped("curve", point, "pairs of numbers");
    curve.emplace_back(point[0].get<double>(), point[1].get<double>());
  }
  return curve;
}

double real_or_nan(const JsonReader& reader, const std::string& key) {
  return reader.is_null(key) ? std::numeric_limits<double>::quiet_NaN() : reader.real(key);
}

}  // namespace

Json chance_json(const RunBelief& belief) {
  if (std::isnan(belief.expected_chance_hits)) return nullptr;
  Json classes = Json::array();
  for (const ChanceRow& row : belief.classes) {
    Json levels = Json::object();
    for (std::size_t k = 0; k < kLevels.size(); ++k)
      levels[kLevels[k]] = {
          {"observed", row.observed[k]}, {"leads", row.leads[k]}, {"expected", number(row.expected[k])}, {"ratio", number(row.ratio[k])}};
    classes.push_back({{"children", row.children}, {"n_children", row.n_children}, {"alarming", row.alarming}, {"at_lr", levels}});
  }
  Json undeclared = nullptr;
  if (belief.undeclared_drawn > 0)
    undeclared = {
        {"couples", belief.undeclared_couples}, {"drawn", belief.undeclared_drawn}, {"curve", curve_json(belief.undeclared_curve)}};
  return {{"lead_log10_lr", number(belief.lead_log10_lr)},
          {"curve", curve_json(belief.curve)},
          {"undeclared", undeclared},
          {"classes", classes}};
}

Json posterior_json(const RunBelief& belief) {
  Json sensitivity = Json::array();
  for (const PriorSensitivity& s : belief.sensitivity)
    sensitivity.push_back({{"phi", s.phi}, {"rows_50", s.rows_50}, {"rows_95", s.rows_95}, {"expected_found", s.expected_found}});
  Json shares = Json::array();
  for (const PriorShare& s : belief.shares)
    shares.push_back({{"way", s.way},
                      {"n_registrations", s.n_registrations},
                      {"share", s.share},
                      {"lower", s.lower},
                      {"upper", s.upper},
                      {"missed", s.missed}});
  return {{"phi", number(belief.phi)},
          {"phi_lower", number(belief.phi_lower)},
          {"phi_upper", number(belief.phi_upper)},
          {"phi_origin", belief.phi_given ? "given" : "estimated from this run"},
          {"close_relative", belief.close_relative},
          {"apart", number(belief.apart)},
          {"apart_origin", belief.apart_given ? "given" : "estimated from this run"},
          {"shares", shares},
          {"n_registrations", belief.n_registrations},
          {"missed", belief.missed},
          {"sensitivity", sensitivity}};
}

void read_belief(const JsonReader& run, RunBelief& belief) {
  belief.expected_chance_hits = real_or_nan(run, "expected_chance_hits");
  if (!run.is_null("chance")) {
    const JsonReader chance = run.object("chance");
    belief.lead_log10_lr = real_or_nan(chance, "lead_log10_lr");
    belief.curve = read_curve(chance);
    if (!chance.is_null("undeclared")) {
      const JsonReader undeclared = chance.object("undeclared");
      belief.undeclared_couples = undeclared.whole<std::uint64_t>("couples");
      belief.undeclared_drawn = undeclared.whole<std::uint64_t>("drawn");
      belief.undeclared_curve = read_curve(undeclared);
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
  belief.apart = real_or_nan(posterior, "apart");
  belief.apart_given = posterior.text("apart_origin") == "given";
  const Json& shares = posterior.array("shares");
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const JsonReader reader(shares[i], run.file(), "posterior.shares[" + std::to_string(i) + "]");
    belief.shares.push_back({reader.text("way"), reader.whole<std::uint64_t>("n_registrations"), reader.real("share"), reader.real("lower"),
                             reader.real("upper"), reader.real("missed")});
  }
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
