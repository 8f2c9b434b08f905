// A program outside the tree: reads an allele, asks for the version, names a kernel.
#include <cstdio>
#include <homeward/allele.hpp>
#include <homeward/kernel.hpp>
#include <homeward/version.hpp>

int main() {
  const auto allele = homeward::parse_allele("9.3");
  if (!allele || allele->repeats() != 9 || allele->bases() != 3) return 1;
  std::printf("homeward %s, %zu kernels, best %s\n", homeward::version().c_str(), homeward::kernels().size(), homeward::best_kernel().name);
  return 0;
}
