#include "bench/tensor/kernels/peers/peers.h"

#ifdef MINI_BERT_HAVE_ONEDNN

#include <memory>
#include <oneapi/dnnl/dnnl.hpp>

namespace mini_bert::bench {
namespace {

dnnl::memory::desc matrix(Index rows, Index cols, dnnl::memory::format_tag tag) {
  return {{rows, cols}, dnnl::memory::data_type::f32, tag};
}

}  // namespace

std::function<void()> onednn_product(const Problem& p) {
  using Tag = dnnl::memory::format_tag;
  const auto engine = std::make_shared<dnnl::engine>(dnnl::engine::kind::cpu, 0);
  const auto stream = std::make_shared<dnnl::stream>(*engine);
  const auto a = matrix(p.m, p.k, p.a_transposed ? Tag::ba : Tag::ab);
  const auto b = matrix(p.k, p.n, p.b_transposed ? Tag::ba : Tag::ab);
  const auto c = matrix(p.m, p.n, Tag::ab);
  const auto wanted_b = p.b_is_weight ? matrix(p.k, p.n, Tag::any) : b;
#if DNNL_VERSION_MAJOR >= 3
  const dnnl::matmul::primitive_desc primitive(*engine, a, wanted_b, c);
#else
  const dnnl::matmul::primitive_desc primitive(dnnl::matmul::desc(a, wanted_b, c), *engine);
#endif

  const dnnl::memory a_memory(a, *engine, const_cast<float*>(p.a)), c_memory(c, *engine, p.c);
  dnnl::memory b_memory(b, *engine, const_cast<float*>(p.b));
  if (primitive.weights_desc() != b) {
    dnnl::memory packed(primitive.weights_desc(), *engine);
    dnnl::reorder(b_memory, packed).execute(*stream, b_memory, packed);
    stream->wait();
    b_memory = packed;
  }
  const dnnl::matmul product(primitive);
  return [=] {
    product.execute(*stream, {{DNNL_ARG_SRC, a_memory}, {DNNL_ARG_WEIGHTS, b_memory}, {DNNL_ARG_DST, c_memory}});
    stream->wait();
  };
}

}  // namespace mini_bert::bench

#else

namespace mini_bert::bench {

std::function<void()> onednn_product(const Problem&) {
  return {};
}

}  // namespace mini_bert::bench

#endif
