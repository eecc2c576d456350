#include "tests/tensor/simd/emulated.h"

namespace mini_bert::testing {

bool emulated() {
  return false;
}

}  // namespace mini_bert::testing
