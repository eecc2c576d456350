#pragma once

// The NEON intrinsics of mini_bert/tensor/simd on x86: SIMDe computes them, and gives its functions and types Arm's
// names. SIMDe 0.7 lacks four of them, and 0.8 has them but rounds vfmsq_f32 twice. So these four are defined here with
// every release, lane by lane as Arm's intrinsics reference defines them; SIMDe's names for them, which are macros, go
// first.
#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/arm/neon.h>

#include <cmath>

#undef vdivq_f32
#undef vsqrtq_f32
#undef vfmsq_f32
#undef vcvtnq_s32_f32

namespace mini_bert::emulation {

template <class Lane>
inline float32x4_t each_lane(const Lane& lane) {
  float result[4];
  for (int i = 0; i < 4; ++i) result[i] = lane(i);
  return vld1q_f32(result);
}

struct Floats {
  float lane[4];

  explicit Floats(float32x4_t x) { vst1q_f32(lane, x); }
};

}  // namespace mini_bert::emulation

inline float32x4_t vdivq_f32(float32x4_t x, float32x4_t y) {
  const mini_bert::emulation::Floats a(x), b(y);
  return mini_bert::emulation::each_lane([&](int i) { return a.lane[i] / b.lane[i]; });
}

inline float32x4_t vsqrtq_f32(float32x4_t x) {
  const mini_bert::emulation::Floats a(x);
  return mini_bert::emulation::each_lane([&](int i) { return std::sqrt(a.lane[i]); });
}

// sum − x·y, rounded once.
inline float32x4_t vfmsq_f32(float32x4_t sum, float32x4_t x, float32x4_t y) {
  return vfmaq_f32(sum, vnegq_f32(x), y);
}

// To nearest, ties to even.
inline int32x4_t vcvtnq_s32_f32(float32x4_t x) {
  return vcvtq_s32_f32(vrndnq_f32(x));
}
