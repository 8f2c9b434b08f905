// A person's consensus at one locus: what the typings say together, the first one winning where they disagree.
#pragma once

#include "homeward/allele.hpp"

namespace homeward::storage {

enum class Agreement { nothing_new, adds, conflict };

/// Folds the next typing's call into the call kept so far. A half-known call (`15,?`) agrees with every genotype that has
/// its allele and is completed by it; whatever disagrees leaves `kept` as it is.
inline Agreement fold_call(Genotype& kept, Genotype next) {
  if (next.b.empty() || next == kept) return Agreement::nothing_new;
  if (kept.b.empty()) {
    kept = next;
    return Agreement::adds;
  }
  if (next.half_known()) return kept.a == next.b || kept.b == next.b ? Agreement::nothing_new : Agreement::conflict;
  if (kept.half_known() && (next.a == kept.b || next.b == kept.b)) {
    kept = next;
    return Agreement::adds;
  }
  return Agreement::conflict;
}

}  // namespace homeward::storage
