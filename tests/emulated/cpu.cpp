#include "mini_bert/tensor/simd/isa.h"

namespace mini_bert {

bool has(Isa) {
  return true;
}

}  // namespace mini_bert
