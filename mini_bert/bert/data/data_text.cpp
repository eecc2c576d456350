#include "mini_bert/bert/data/data_text.h"

#include <algorithm>

#include "mini_bert/base/error.h"
#include "mini_bert/base/utf8.h"

namespace mini_bert {
namespace {

// The text of UTF-16 bytes behind a byte order mark. Empty when they are ill-formed.
std::string from_utf16(std::string_view bytes, bool big_endian) {
  const auto unit = [&](std::size_t at) {
    const auto first = static_cast<unsigned char>(bytes[at]), second = static_cast<unsigned char>(bytes[at + 1]);
    return static_cast<char32_t>(big_endian ? first << 8 | second : second << 8 | first);
  };
  std::string text;
  if (bytes.size() % 2 != 0) return {};
  for (std::size_t at = 2; at < bytes.size(); at += 2) {
    char32_t c = unit(at);
    if (0xDC00 <= c && c <= 0xDFFF) return {};
    if (0xD800 <= c && c <= 0xDBFF) {
      at += 2;
      const char32_t low = at < bytes.size() ? unit(at) : 0;
      if (low < 0xDC00 || low > 0xDFFF) return {};
      c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
    }
    append_utf8(text, c);
  }
  return text;
}

// Whether UTF-16 without a byte order mark: its ASCII characters, among them line ends, have a zero in every second
// byte. In mostly ASCII text that is nearly every second byte; in Chinese text few are, but the bytes are no UTF-8.
bool looks_like_utf16(std::string_view bytes) {
  constexpr std::size_t looked_at = 1000;
  std::size_t zeros[2] = {0, 0};
  const std::size_t size = std::min(bytes.size(), looked_at);
  for (std::size_t i = 0; i < size; ++i) zeros[i % 2] += bytes[i] == '\0';
  const std::size_t more = std::max(zeros[0], zeros[1]), less = std::min(zeros[0], zeros[1]);
  if (size < 4) return false;
  return (more * 10 > size * 3 && less * 10 < size) ||
         (more * 50 > size && less * 4 <= more && find_ill_formed(bytes) != std::string_view::npos);
}

// Refuses files of other kinds by their first bytes.
void refuse_other_files(std::string_view bytes, const std::string& name) {
  struct Kind {
    std::string_view beginning, found, remedy;
  };
  using namespace std::string_view_literals;
  constexpr Kind kinds[] = {
      {"PK\x03\x04", "an Excel workbook or another zip archive",
       "save the table as CSV in UTF-8, or unpack the archive"},
      {"\xd0\xcf\x11\xe0", "an old Excel or Word file", "save it as CSV or text in UTF-8"},
      {"\x1f\x8b", "compressed with gzip", "unpack it with gunzip"},
      {"PAR1", "a Parquet file",
       "write it as .jsonl: pandas.read_parquet(…).to_json(…, orient=\"records\", lines=True)"},
      {"\xff\xfe\0\0"sv, "UTF-32", "convert it: iconv -f UTF-32 -t UTF-8"},
      {"version https://git-lfs", "a Git LFS pointer in place of the file", "fetch the file with git lfs pull"}};
  for (const Kind& kind : kinds) {
    require(!bytes.starts_with(kind.beginning), "{}: this is {}, expected text in UTF-8; {}", name, kind.found,
            kind.remedy);
  }
}

// "GBK" if all bytes beyond ASCII are pairs of GBK: 81 … FE, then 40 … FE without 7F. Text in most other encodings
// fails soon. Big5 does not, but its first bytes are A1 … C6 for frequent characters, and in GBK a third of them are
// greater. Empty: neither.
std::string_view double_byte_encoding(std::string_view bytes) {
  std::size_t pairs = 0, low = 0;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (byte(i) < 0x80) continue;
    const bool leads = 0x81 <= byte(i) && byte(i) <= 0xFE && i + 1 < bytes.size();
    if (!leads || byte(i + 1) < 0x40 || byte(i + 1) == 0x7F || byte(i + 1) == 0xFF) return {};
    ++pairs;
    low += 0xA1 <= byte(i) && byte(i) <= 0xC6;
    ++i;
  }
  return pairs >= 10 && 20 * low >= 19 * pairs ? "Big5" : "GBK";
}

bool has_lone_cr(std::string_view text) {
  for (std::size_t at = text.find('\r'); at != std::string_view::npos; at = text.find('\r', at + 1)) {
    if (at + 1 == text.size() || text[at + 1] != '\n') return true;
  }
  return false;
}

std::string with_line_feeds(std::string_view text) {
  std::string result(text);
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (result[i] == '\r' && (i + 1 == result.size() || result[i + 1] != '\n')) result[i] = '\n';
  }
  return result;
}

}  // namespace

DataText::DataText(const DataSource& source, IllFormed ill_formed) : source_(source) {
  const std::string& name = source.name();
  if (source.text() == nullptr) file_.emplace(name);
  const std::string_view bytes = file_ ? file_->text() : std::string_view(*source.text());
  refuse_other_files(bytes, name);
  const bool little = bytes.starts_with("\xff\xfe"), big = bytes.starts_with("\xfe\xff");
  if (little || big) converted_ = from_utf16(bytes, big);
  require(little || big || !looks_like_utf16(bytes),
          "{}: looks like UTF-16 without a byte order mark, expected UTF-8; convert it: iconv -f {} -t UTF-8", name,
          bytes.find('\0') % 2 == 0 ? "UTF-16BE" : "UTF-16LE");
  const bool is_utf8 = little || big || find_ill_formed(bytes) == std::string_view::npos;
  const std::string_view encoding = is_utf8 ? "" : double_byte_encoding(bytes);
  require(encoding.empty(), "{0}: looks like {2}, expected UTF-8; convert it: iconv -f {3} -t UTF-8 {0} > {1}", name,
          std::filesystem::path(name).stem().string() + "-utf8" + source.extension(), encoding,
          encoding == "GBK" ? "GB18030" : "BIG5");
  text_ = converted_.empty() ? bytes : std::string_view(converted_);
  if (ill_formed == IllFormed::refused || little || big) {
    text_ = require_utf8(text_, name);
  } else if (text_.starts_with("\xef\xbb\xbf")) {
    text_.remove_prefix(3);
  }
  if (has_lone_cr(text_)) {
    converted_ = with_line_feeds(text_);
    text_ = converted_;
  }
}

}  // namespace mini_bert
