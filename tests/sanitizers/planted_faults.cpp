// Faults planted on purpose. Each sanitizer that a build has must stop this program with its own message; see
// CMakeLists.txt here. Without a sanitizer the program is not built.
//
//   planted_faults race|address|undefined|float-cast-overflow

#include <cstdio>
#include <limits>
#include <string_view>
#include <vector>

#include "mini_bert/tensor/parallel.h"

namespace {

using mini_bert::Index;

// Neighbours write one element: i writes i and i + 1. Whether the sum comes out wrong is chance; that it may is a race.
int race() {
  std::vector<float> sums(1001);
  mini_bert::set_num_threads(2);
  mini_bert::parallel_for(1000, 1, [&](Index i) {
    sums[static_cast<std::size_t>(i)] += 1;
    sums[static_cast<std::size_t>(i) + 1] += 1;
  });
  return static_cast<int>(sums[500]);
}

// Reads one element behind the end.
int address(std::size_t size) {
  std::vector<int> numbers(size, 1);
  return numbers.data()[size];
}

int undefined(int one) {
  return std::numeric_limits<int>::max() + one;
}

int float_cast_overflow(float one) {
  return static_cast<int>(one * 1e20F);
}

}  // namespace

int main(int count, char** arguments) {
  const std::string_view fault = count == 2 ? arguments[1] : "";
  int result = 0;
  if (fault == "race") {
    result = race();
  } else if (fault == "address") {
    result = address(static_cast<std::size_t>(count) + 5);
  } else if (fault == "undefined") {
    result = undefined(count);
  } else if (fault == "float-cast-overflow") {
    result = float_cast_overflow(static_cast<float>(count));
  } else {
    std::fputs("usage: planted_faults race|address|undefined|float-cast-overflow\n", stderr);
    return 2;
  }
  std::printf("%s: nobody noticed (%d)\n", arguments[1], result);
}
