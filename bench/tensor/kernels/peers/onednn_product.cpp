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

std::function<void()> onednn_product(const Problem& p, LayoutOfB layout) {
  using Tag = dnnl::memory::format_tag;
  const auto engine = std::make_shared<dnnl::engine>(dnnl::engine::kind::cpu, 0);
  const auto stream = std::make_shared<dnnl::stream>(*engine);
  const auto a = matrix(p.m, p.k, p.a_transposed ? Tag::ba : Tag::ab);
  const auto b = matrix(p.k, p.n, p.b_transposed ? Tag::ba : Tag::ab);
  const auto c = matrix(p.m, p.n, Tag::ab);
  const auto wanted_b = layout == LayoutOfB::given ? b : matrix(p.k, p.n, Tag::any);
#if DNNL_VERSION_MAJOR >= 3
  const dnnl::matmul::primitive_desc primitive(*engine, a, wanted_b, c);
#else
  const dnnl::matmul::primitive_desc primitive(dnnl::matmul::desc(a, wanted_b, c), *engine);
#endif

  const dnnl::memory a_memory(a, *engine, const_cast<float*>(p.a)), c_memory(c, *engine, p.c);
  const dnnl::memory b_given(b, *engine, const_cast<float*>(p.b));
  const bool converts = primitive.weights_desc() != b;
  const dnnl::memory b_wanted = converts ? dnnl::memory(primitive.weights_desc(), *engine) : b_given;
  const auto convert = [=] {
    dnnl::memory from = b_given, to = b_wanted;  // handles of the same memory
    if (converts) dnnl::reorder(from, to).execute(*stream, from, to);
  };
  if (layout == LayoutOfB::converted_before) convert();
  const dnnl::matmul product(primitive);
  return [=] {
    if (layout == LayoutOfB::converted) convert();
    product.execute(*stream, {{DNNL_ARG_SRC, a_memory}, {DNNL_ARG_WEIGHTS, b_wanted}, {DNNL_ARG_DST, c_memory}});
    stream->wait();
  };
}

}  // namespace mini_bert::bench

#else

namespace mini_bert::bench {

std::function<void()> onednn_product(const Problem&, LayoutOfB) {
  return {};
}

}  // namespace mini_bert::bench

#endif
