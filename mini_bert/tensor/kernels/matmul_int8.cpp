#include "mini_bert/tensor/kernels/matmul_int8.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "mini_bert/tensor/divide_up.h"
#include "mini_bert/tensor/kernels/product_grid.h"
#include "mini_bert/tensor/parallel.h"

// W's panels are read once for every `row_block` rows of x. The rows of x are rounded by the thread that multiplies
// them, and stay in its second-level cache. Sums are exact, so their order does not matter, and blocks may have any
// size: a tile sums all terms at once, or a block of them if its words must be widened before.
namespace mini_bert::kernels {
namespace {

constexpr Index int8_row_block = 48;
constexpr Index terms_per_word = 4;

using Tiles = simd::Int8Product;

Index int8_words(Index terms) {
  return divide_up(terms, terms_per_word);
}

// Columns of a panel, and rows of W for the definition.
Index panel_cols(const Tiles* tiles) {
  return tiles == nullptr ? 1 : tiles->tile_cols;
}

// The definition of Int8Product::quantize.
float quantize_row_defined(const float* x, Index n, std::uint8_t* q) {
  float most = 0;
  bool is_finite = true;
  for (Index i = 0; i < n; ++i) {
    most = std::max(most, std::abs(x[i]));
    is_finite = is_finite && std::isfinite(x[i]);
  }
  if (!is_finite || most < Tiles::least) {
    std::fill_n(q, n, static_cast<std::uint8_t>(Tiles::zero));
    return is_finite ? 0.0f : std::numeric_limits<float>::quiet_NaN();
  }
  const float factor = Tiles::most / most;
  for (Index i = 0; i < n; ++i) {
    q[i] = static_cast<std::uint8_t>(static_cast<int>(std::nearbyint(x[i] * factor)) + Tiles::zero);
  }
  return most / Tiles::most;
}

float quantize(const Tiles* tiles, const float* x, Index n, std::uint8_t* q) {
  return tiles == nullptr ? quantize_row_defined(x, n, q) : tiles->quantize(x, n, q);
}

// Row `row` of W as signed bytes, with zeros up to a whole word. Returns its sum.
std::int32_t quantize_weight_row(const Tiles* tiles, const float* w, Index n, std::uint8_t* bytes, float& scale) {
  scale = quantize(tiles, w, n, bytes);
  std::int32_t sum = 0;
  for (Index i = 0; i < n; ++i) {
    const int q = bytes[i] - Tiles::zero;
    sum += q;
    bytes[i] = static_cast<std::uint8_t>(q);  // two's complement
  }
  std::fill(bytes + n, bytes + int8_words(n) * terms_per_word, std::uint8_t{0});
  return sum;
}

// Memory for `floats` floats that this thread keeps.
float* int8_scratch(Tensor& memory, Index floats) {
  if (memory.size() < floats) memory = Tensor({floats});
  return memory.data<float>();
}

class Int8Multiplication {
 public:
  using Activate = decltype(simd::ActivationLoops<float>::Loop::forward);

  Int8Multiplication(const Tiles& tiles, const Tensor& x, Activate activate, const WeightPanels& panels,
                     const Tensor& bias, Tensor& y)
      : tiles_(tiles),
        x_(x),
        activate_(activate),
        panels_(panels),
        bias_(bias),
        y_(y),
        words_(int8_words(panels.inputs)),
        lda_(words_ * read_per_word()) {}

  void run() const {
    const Index row_panels = divide_up(x_.rows(), tiles_.tile_rows);
    const Index col_panels = divide_up(panels_.outputs, tiles_.tile_cols);
    const Grid grid =
        x_.rows() <= int8_row_block ? Grid{1, num_threads()} : grid_for(num_threads(), row_panels, col_panels);
    parallel_for(grid.rows * grid.cols, 1, [&](Index part) {
      const Range rows = share(row_panels, part / grid.cols, grid.rows);
      const Range cols = share(col_panels, part % grid.cols, grid.cols);
      const Index end = std::min(rows.end * tiles_.tile_rows, x_.rows());
      for (Index row = rows.begin * tiles_.tile_rows; row < end; row += int8_row_block) {
        multiply({row, std::min(row + int8_row_block, end)}, cols);
      }
    });
  }

 private:
  bool widens() const { return tiles_.widen_row != nullptr; }
  Index read_per_word() const { return widens() ? 2 : 1; }

  // Some rows of x, times some panels of W.
  void multiply(Range rows, Range panels) const {
    if (panels.size() == 0) return;
    thread_local Tensor memory;
    auto* const a = reinterpret_cast<std::uint32_t*>(int8_scratch(memory, rows.size() * lda_));
    float row_scales[int8_row_block];
    for (Index row = 0; row < rows.size(); ++row) {
      row_scales[row] = quantize_row(rows.begin + row, a + row * lda_);
    }
    for (Index panel = panels.begin; panel < panels.end; ++panel) {
      multiply_panel(rows, a, row_scales, panel, next_panel(panel, panels));
    }
  }

  // Rounds a row of φ(x), with zeros up to a whole word. Returns its scale.
  float quantize_row(Index row, std::uint32_t* words) const {
    const Index depth = panels_.inputs;
    const float* x = x_.data<float>() + row * depth;
    if (activate_ != nullptr) {
      thread_local Tensor memory;
      float* const activated = int8_scratch(memory, depth);
      activate_(x, depth, activated);
      x = activated;
    }
    thread_local Tensor memory;
    std::uint32_t* const rounded = widens() ? reinterpret_cast<std::uint32_t*>(int8_scratch(memory, words_)) : words;
    auto* const bytes = reinterpret_cast<std::uint8_t*>(rounded);
    std::fill(bytes + depth, bytes + words_ * terms_per_word, std::uint8_t{0});
    const float scale = tiles_.quantize(x, depth, bytes);
    if (widens()) tiles_.widen_row(rounded, words_, words);
    return scale;
  }

  // One panel of W: all its words at once or, if they are widened, as many as stay in the first-level cache.
  void multiply_panel(Range rows, const std::uint32_t* a, const float* row_scales, Index panel,
                      simd::Fetched next) const {
    thread_local Tensor memory;
    float* const sums = int8_scratch(memory, int8_row_block * tiles_.tile_cols + Tiles::most_block_floats);
    float* const widened = sums + int8_row_block * tiles_.tile_cols;
    const Index deepest = widens() ? tiles_.block_words : words_;
    Index word = 0;
    do {
      const Range block = {word, std::min(word + deepest, words_)};
      const float* b = panel_of(panel) + block.begin * tiles_.tile_cols;
      if (widens()) {
        tiles_.widen_panel(b, block.size(), tiles_.tile_cols, widened);
        b = widened;
      }
      const simd::Fetched part = share(next, block.begin, block.end, std::max(words_, Index{1}));
      for (Index row = 0; row < rows.size(); row += tiles_.tile_rows) {
        const Index tall = std::min(tiles_.tile_rows, rows.size() - row);
        float* const own_sums = sums + row * tiles_.tile_cols;
        tiles_.tile[tall - 1](
            block.size() * read_per_word(), a + row * lda_ + block.begin * read_per_word(), lda_, b,
            sums_of(block, panel, own_sums),
            result_of(rows.begin + row, panel, row_scales + row, share(part, row, row + tall, rows.size())));
      }
    } while ((word += deepest) < words_);
  }

  // Sums begin with the offsets of the columns. Between blocks they wait in `sums`.
  Tiles::Sums sums_of(Range block, Index panel, float* sums) const {
    float* const end = block.end == words_ ? nullptr : sums;
    if (block.begin > 0) return {sums, tiles_.tile_cols, end};
    return {reinterpret_cast<const float*>(panels_.offsets.data<std::int32_t>() + panel * tiles_.tile_cols), 0, end};
  }

  Tiles::Result result_of(Index row, Index panel, const float* row_scales, simd::Fetched fetched) const {
    const Index col = panel * tiles_.tile_cols;
    return {.row_scales = row_scales,
            .scales = panels_.scales.data<float>() + col,
            .bias = bias_.data<float>() + col,
            .c = y_.data<float>() + row * panels_.outputs + col,
            .ldc = panels_.outputs,
            .cols = std::min(tiles_.tile_cols, panels_.outputs - col),
            .fetched = fetched};
  }

  const float* panel_of(Index panel) const { return panels_.values.data<float>() + panel * words_ * tiles_.tile_cols; }

  // To be prefetched: the first rows of a panel wait for memory, and when few rows share it, memory would rest while
  // the others are multiplied.
  simd::Fetched next_panel(Index panel, Range panels) const {
    if (panel + 1 == panels.end) return {};
    return fetched_bytes(panel_of(panel + 1), words_ * tiles_.tile_cols * Index{sizeof(float)});
  }

  const Tiles& tiles_;
  const Tensor& x_;
  const Activate activate_;  // φ, or null
  const WeightPanels& panels_;
  const Tensor& bias_;
  Tensor& y_;
  const Index words_, lda_;  // of a row: words of four terms, and words that tiles read
};

// The definition: plain sums of integers.
void matmul_int8_defined(const Tensor& x, const WeightPanels& panels, const Tensor& bias, Tensor& y) {
  const Index depth = panels.inputs, ld = int8_words(depth) * terms_per_word;
  const auto* const w = reinterpret_cast<const std::int8_t*>(panels.values.data<float>());
  parallel_for(x.rows(), 1, [&](Index row) {
    std::vector<std::uint8_t> q(static_cast<std::size_t>(depth));
    const float row_scale = quantize_row_defined(x.data<float>() + row * depth, depth, q.data());
    for (Index col = 0; col < panels.outputs; ++col) {
      std::int32_t sum = panels.offsets.data<std::int32_t>()[col];
      for (Index i = 0; i < depth; ++i) sum += q[static_cast<std::size_t>(i)] * w[col * ld + i];
      y.data<float>()[row * panels.outputs + col] =
          std::fma(static_cast<float>(sum), row_scale * panels.scales.data<float>()[col], bias.data<float>()[col]);
    }
  });
}

}  // namespace

WeightPanels quantized_weight(const simd::Kernels* simd, const Tiles* tiles, const StoredWeight& weight) {
  const Index rows = weight.shape().rows(), depth = weight.shape().cols(), words = int8_words(depth);
  const Index width = panel_cols(tiles), panels = divide_up(rows, width);
  require(depth <= int8_depth_most, "int8: a weight has {} inputs, at most {} fit", depth, int8_depth_most);
  const WeightStorage* const storage = storage_of(weight.dtype());
  WeightPanels result{.elements = WeightPanels::Elements::int8_words,
                      .outputs = rows,
                      .inputs = depth,
                      .values = Tensor({panels * width, words}),
                      .scales = Tensor::zeros({panels * width}),
                      .offsets = Tensor::zeros({panels * width}, DType::i32)};
  parallel_for(panels, 1, [&](Index panel) {
    const Index count = std::min(width, rows - panel * width);
    float* const target = result.values.data<float>() + panel * width * words;
    thread_local Tensor memory, row_memory;
    float* const bytes = tiles == nullptr ? target : int8_scratch(memory, count * words);
    float* const widened_row = int8_scratch(row_memory, depth);
    for (Index i = 0; i < count; ++i) {
      const Index row = panel * width + i;
      if (storage != nullptr) storage->widen_row(weight, row, widened_row);
      const float* const w = storage != nullptr ? widened_row : weight.values.data<float>() + row * depth;
      result.offsets.data<std::int32_t>()[row] =
          -Tiles::zero * quantize_weight_row(tiles, w, depth, reinterpret_cast<std::uint8_t*>(bytes + i * words),
                                             result.scales.data<float>()[row]);
    }
    if (tiles != nullptr) simd->f32_terms.pack_transposed.f32(bytes, words, words, count, target, width);
  });
  return result;
}

void matmul_int8(const Tiles* tiles, const Tensor& x, const WeightPanels& panels, const Tensor& bias, Tensor& y) {
  if (x.rows() == 0) return;
  if (tiles == nullptr) return matmul_int8_defined(x, panels, bias, y);
  Int8Multiplication(*tiles, x, nullptr, panels, bias, y).run();
}

void matmul_int8_activated(const Tiles* tiles, const Tensor& x, Activation activation, const WeightPanels& panels,
                           const Tensor& bias, Tensor& y) {
  // When few rows are shared, each thread reads all of them. Then φ is computed once, before.
  if (tiles == nullptr || x.rows() <= int8_row_block) {
    Tensor activated(x.shape(), x.dtype());
    activate(x, activation, activated);
    return matmul_int8(tiles, activated, panels, bias, y);
  }
  Int8Multiplication(*tiles, x, simd::loops<float>()->activation[activation].forward, panels, bias, y).run();
}

}  // namespace mini_bert::kernels
