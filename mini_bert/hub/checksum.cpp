#include "mini_bert/hub/checksum.h"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>
#include <span>

#include "mini_bert/base/error.h"
#include "mini_bert/files/mapped_file.h"

namespace mini_bert::hub {
namespace {

constexpr std::size_t sha256_digits = 64, git_digits = 40;

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

std::string digest(const EVP_MD* algorithm, std::string_view before, std::span<const std::byte> bytes) {
  const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  unsigned char result[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  const bool done = context && EVP_DigestInit_ex(context.get(), algorithm, nullptr) == 1 &&
                    EVP_DigestUpdate(context.get(), before.data(), before.size()) == 1 &&
                    EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) == 1 &&
                    EVP_DigestFinal_ex(context.get(), result, &length) == 1;
  require(done, "libcrypto cannot compute {} on this machine", EVP_MD_get0_name(algorithm));
  std::string digits;
  for (unsigned i = 0; i < length; ++i) digits += fmt::format("{:02x}", result[i]);
  return digits;
}

}  // namespace

bool is_content_name(std::string_view name) {
  return (name.size() == sha256_digits || name.size() == git_digits) &&
         std::ranges::all_of(name, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::string content_name(const std::filesystem::path& path, std::string_view like) {
  const MappedFile file(path);
  if (like.size() == sha256_digits) return digest(EVP_sha256(), "", file.bytes());
  return digest(EVP_sha1(), fmt::format("blob {}", file.bytes().size()) + '\0', file.bytes());
}

}  // namespace mini_bert::hub
