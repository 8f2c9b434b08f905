// Rows of /registrations as values, and back.
#pragma once

#include "homeward/registration.hpp"
#include "store/store_data.hpp"

namespace homeward::storage {

Registration registration_at(const StoreData& data, std::size_t row);

/// Row numbers to keep, in order: every column of the table is rebuilt, and links follow; a link to a row that goes is undone.
void keep_registrations(StoreData& data, const std::vector<std::uint32_t>& rows);

/// The rows of a text column that are kept, in order.
TextColumn kept_texts(const TextColumn& column, const std::vector<std::uint32_t>& rows);

template <class T>
std::vector<T> kept_values(const std::vector<T>& column, const std::vector<std::uint32_t>& rows) {
  std::vector<T> kept;
  kept.reserve(rows.size());
  for (const std::uint32_t row : rows) kept.push_back(column[row]);
  return kept;
}

}  // namespace homeward::storage
