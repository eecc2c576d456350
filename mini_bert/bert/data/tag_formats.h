#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mini_bert/bert/data/record_reader.h"
#include "mini_bert/bert/data/tagged_texts.h"

// The formats of read_tagged_texts(). `path` appears in messages.
namespace mini_bert {

// What becomes of a text that cannot be read: it is counted, or it is kept in its place with its problem.
enum class Faults { counted, kept };
void note_bad_text(const Error& error, std::size_t line, Faults faults, TaggedFile& file);

// A table with a word per line, or texts of word/TAG, one per line. Throws Error when the columns of the lines show
// that the file has another form.
TaggedFile read_tag_lines(std::string_view text, const std::string& path, Faults faults = Faults::counted);

// Lines of a text, a tab and its tags: the words and the tags have blanks or bytes 02 between them, or the words are
// the characters of a text without blanks. nullopt when the file has another form.
std::optional<TaggedFile> read_tag_sentences(std::string_view text, const std::string& path,
                                             Faults faults = Faults::counted);

// The words in a text, or the tags in a text of tags, between blanks or bytes 02. If there is but one word and `count`
// is greater, the characters of the text.
std::vector<std::string> split_words(std::string_view text, std::size_t count);

// Whether a first line names the columns, as in "word<TAB>tag".
bool is_tag_header(std::string_view word, std::string_view tag);

// Whether a text is one of `labels`, or a tag of BIO or a similar scheme.
bool is_tag(std::string_view text, const std::vector<std::string>& labels);

// Whether almost every line of a text is a word and a tag in the sense of is_tag().
bool holds_tag_lines(std::string_view text, const std::vector<std::string>& labels);

// Label Studio's whole export, {"data": {"text"}, "annotations": [{"result": [{"value": {"start", "end",
// "labels"}}]}]}, becomes a record with a text and its spans. Other records are left alone.
void unpack_annotations(Record& record, const std::string& path);

// The columns of words and tags in a record, if it has both. Throws Error if it has not.
TagColumns decide_tag_columns(const Record& record, const TagColumns& named, const std::string& path);

// A record with an array of words and an array of tags, or with a text and its spans, in the decided columns. Throws
// Error for any other.
TaggedText read_tag_record(const Record& record, const TagColumns& columns, const std::string& path);

// The column of a record that holds an array of words: `named` or, without a name and without a text in the record, a
// usual one. Empty when there is none.
std::string words_column(const Record& record, const std::string& named);

// The array of words in a column of a record.
std::vector<std::string> words_of_record(const Record& record, const std::string& column, const std::string& path);

}  // namespace mini_bert
