#include <algorithm>
#include <numeric>

#include "homeward/search.hpp"

namespace homeward {

HitOrder::HitOrder(const ProfileSource& source) : child_rank_(source.n_persons(), 0) {
  std::vector<PersonIndex> order = source.children();
  std::sort(order.begin(), order.end(), [&](PersonIndex a, PersonIndex b) { return source.person(a).id < source.person(b).id; });
  for (std::uint32_t rank = 0; rank < order.size(); ++rank) child_rank_[order[rank]] = rank;
}

bool HitOrder::operator()(const Hit& a, const Hit& b) const {
  if (a.log10_lr != b.log10_lr) return a.log10_lr > b.log10_lr;
  if (a.n_loci != b.n_loci) return a.n_loci > b.n_loci;
  if (a.family != b.family) return a.family < b.family;  // families are in byte order of their ids
  // "no second family" sorts before any: kNoFamily + 1 wraps to 0.
  if (a.family_b != b.family_b) return a.family_b + 1U < b.family_b + 1U;
  return child_rank_[a.child] < child_rank_[b.child];
}

}  // namespace homeward
