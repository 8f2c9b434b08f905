// Byte buffers aligned to a cache line, for vector loads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

namespace homeward {

inline constexpr std::size_t kCacheLine = 64;

template <typename T>
struct CacheLineAllocator {
  using value_type = T;
  CacheLineAllocator() = default;
  template <typename U>
  explicit CacheLineAllocator(const CacheLineAllocator<U>&) {}
  T* allocate(std::size_t n) { return static_cast<T*>(::operator new (n * sizeof(T), std::align_val_t{kCacheLine})); }
  void deallocate(T* p, std::size_t) { ::operator delete (p, std::align_val_t{kCacheLine}); }
  template <typename U>
  friend bool operator==(const CacheLineAllocator&, const CacheLineAllocator<U>&) {
    return true;
  }
};

using AlignedBytes = std::vector<std::uint8_t, CacheLineAllocator<std::uint8_t>>;

}  // namespace homeward
