#include "mini_bert/files/tensor_file.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "mini_bert/base/file_error.h"
#include "mini_bert/tensor/parallel.h"

static_assert(std::endian::native == std::endian::little, "tensors in files are little-endian, and read as they are");

namespace mini_bert {
namespace {

constexpr Index grain = 1 << 16;  // elements a thread converts at a time

template <class From, class To>
To convert(From value) {
  if constexpr (std::is_same_v<From, To>) {
    return value;
  } else if constexpr (std::is_arithmetic_v<From> && std::is_arithmetic_v<To>) {
    return static_cast<To>(value);
  } else {
    return To(static_cast<float>(value));
  }
}

// Copies the bytes, because the file need not align them.
template <class From>
From element(const std::byte* from, Index i) {
  From value;
  std::memcpy(&value, from + i * static_cast<Index>(sizeof(From)), sizeof(From));
  return value;
}

template <class From, class To>
void copy_row_major(const std::byte* from, To* to, Index count) {
  parallel_for_chunks(count, grain, [&](Index begin, Index end) {
    if constexpr (std::is_same_v<From, To>) {
      std::memcpy(to + begin, from + begin * static_cast<Index>(sizeof(To)),
                  static_cast<std::size_t>(end - begin) * sizeof(To));
    } else {
      for (Index i = begin; i < end; ++i) to[i] = convert<From, To>(element<From>(from, i));
    }
  });
}

// The extents and strides of a tensor, filled up to four. A missing extent has one element.
struct Layout {
  std::array<Index, 4> extents{1, 1, 1, 1}, strides{0, 0, 0, 0};

  explicit Layout(const StoredTensor& stored) {
    const std::size_t missing = 4 - stored.extents.size();
    for (std::size_t i = 0; i < stored.extents.size(); ++i) {
      extents[missing + i] = stored.extents[i];
      strides[missing + i] = stored.strides[i];
    }
  }
};

// Reads the columns of a transposed matrix in blocks of 16 rows, so that a cache line serves several of them.
template <class From, class To>
void copy_strided(const std::byte* from, const Layout& layout, To* to) {
  const auto [n0, n1, n2, n3] = layout.extents;
  const auto [s0, s1, s2, s3] = layout.strides;
  const Index matrices = n0 * n1;
  constexpr Index block = 16;
  const Index blocks = (n2 + block - 1) / block;
  parallel_for_chunks(
      matrices * blocks, 1, [&, n1 = n1, n2 = n2, n3 = n3, s0 = s0, s1 = s1, s2 = s2, s3 = s3](Index begin, Index end) {
        for (Index task = begin; task < end; ++task) {
          const Index matrix = task / blocks, first = task % blocks * block, last = std::min(first + block, n2);
          const Index origin = matrix / n1 * s0 + matrix % n1 * s1;
          for (Index k = 0; k < n3; ++k) {
            for (Index j = first; j < last; ++j) {
              to[(matrix * n2 + j) * n3 + k] = convert<From, To>(element<From>(from, origin + j * s2 + k * s3));
            }
          }
        }
      });
}

// Calls done(number of bytes) after every piece that it has read from `from` on.
template <class From, class Done>
void read_elements(const std::byte* from, const StoredTensor& stored, Tensor& to, const Done& done) {
  constexpr Index piece = 1 << 18;  // elements: what is in memory twice for a moment
  visit_floating(to.dtype(), [&]<class To>() {
    if (!stored.strides.empty()) return copy_strided<From>(from, Layout(stored), to.data<To>());
    for (Index begin = 0; begin < to.size(); begin += piece) {
      const Index end = std::min(begin + piece, to.size());
      copy_row_major<From>(from + begin * Index{sizeof(From)}, to.data<To>() + begin, end - begin);
      done(static_cast<std::size_t>(end) * sizeof(From));
    }
  });
}

Shape tensor_shape(const std::vector<Index>& extents) {
  switch (extents.size()) {
    case 0:
      return {};
    case 1:
      return {extents[0]};
    case 2:
      return {extents[0], extents[1]};
    case 3:
      return {extents[0], extents[1], extents[2]};
    default:
      return {extents[0], extents[1], extents[2], extents[3]};
  }
}

}  // namespace

TensorFile::TensorFile(std::string path, std::shared_ptr<MappedFile> file, std::vector<StoredTensor> tensors)
    : path_(std::move(path)), file_(std::move(file)), tensors_(std::move(tensors)) {
  for (std::size_t i = 0; i < tensors_.size(); ++i) index_.emplace(tensors_[i].name, i);
}

const StoredTensor* TensorFile::find(std::string_view name) const {
  const auto found = index_.find(name);
  return found == index_.end() ? nullptr : &tensors_[found->second];
}

const StoredTensor& TensorFile::get(std::string_view name) const {
  const StoredTensor* stored = find(name);
  require(stored != nullptr, "{}: has no tensor {}; is it a checkpoint of another model?", path_, in_quotes(name));
  return *stored;
}

void TensorFile::check_readable(const StoredTensor& stored) const {
  require(stored.extents.size() <= Shape::max_rank, "{}: tensor {}: shape {}, expected at most {} extents", path_,
          in_quotes(stored.name), stored.shape(), Shape::max_rank);
  require(stored.type.is_floating(),
          "{}: tensor {}: stored as {}, expected F64, F32, F16 or BF16; convert the checkpoint", path_,
          in_quotes(stored.name), stored.type.name);
}

Tensor TensorFile::read(std::string_view name, DType dtype) const {
  return read(get(name), dtype);
}

void TensorFile::read_into(std::string_view name, Tensor& target) const {
  read_into(get(name), target);
}

Tensor TensorFile::read(const StoredTensor& stored, DType dtype) const {
  check_readable(stored);
  const Shape shape = tensor_shape(stored.extents);
  std::byte* from = file_->writable_bytes() + stored.begin;
  const bool aligned = reinterpret_cast<std::uintptr_t>(from) % size_of(dtype) == 0;
  if (stored.type.dtype == dtype && stored.strides.empty() && aligned && shape.size() > 0) {
    return Tensor::over(std::shared_ptr<std::byte>(file_, from), shape, dtype);
  }
  Tensor tensor(shape, dtype);
  read_into(stored, tensor);
  return tensor;
}

void TensorFile::read_into(const StoredTensor& stored, Tensor& target) const {
  check_readable(stored);
  require(target.dtype() != DType::i32, "{}: tensors are read as f32, f64, bf16 or f16, not as i32", path_);
  require(tensor_shape(stored.extents) == target.shape(), "{}: tensor {}: has shape {}, expected {}", path_,
          in_quotes(stored.name), stored.shape(), target.shape());
  const std::byte* from = file_->bytes().data() + stored.begin;
  // Where no tensor is a view of the file, nobody has written to its pages.
  const auto forget = [&](std::size_t bytes) {
    if (file_.use_count() == 1) file_->forget(stored.begin, bytes);
  };
  visit_floating(*stored.type.dtype, [&]<class From>() { read_elements<From>(from, stored, target, forget); });
}

}  // namespace mini_bert
