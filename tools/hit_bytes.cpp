#include "hit_bytes.hpp"

#include <bit>
#include <cstring>

#include "homeward/error.hpp"

namespace homeward::cli {

namespace {

static_assert(std::endian::native == std::endian::little, "numbers are written as the machine holds them");

/// Calls visit(field) for every field, in the order of the bytes.
template <class AnyHit, class Visitor>
void visit_fields(AnyHit& hit, const Visitor& visit) {
  visit(hit.log10_lr);
  visit(hit.child);
  visit(hit.family);
  visit(hit.family_b);
  visit(hit.n_loci);
  visit(hit.n_inconsistent);
  visit(hit.hypothesis);
}

}  // namespace

void append_hit_bytes(std::string& out, std::span<const Hit> hits) {
  out.reserve(out.size() + hits.size() * kHitBytes);
  for (const Hit& hit : hits)
    visit_fields(hit, [&](const auto& field) { out.append(reinterpret_cast<const char*>(&field), sizeof(field)); });
}

std::vector<Hit> hits_of_bytes(std::string_view bytes) {
  if (bytes.size() % kHitBytes != 0) throw Error(ErrorKind::internal, "bytes of hits that are no whole number of hits");
  std::vector<Hit> hits(bytes.size() / kHitBytes);
  const char* at = bytes.data();
  for (Hit& hit : hits)
    visit_fields(hit, [&](auto& field) {
      std::memcpy(&field, at, sizeof(field));
      at += sizeof(field);
    });
  return hits;
}

}  // namespace homeward::cli
