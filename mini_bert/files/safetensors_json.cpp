#include "mini_bert/files/safetensors_json.h"

#include <unordered_set>
#include <utility>

#include <nlohmann/json.hpp>

#include "mini_bert/base/file_error.h"
#include "mini_bert/base/json_position.h"

namespace mini_bert::safetensors {
namespace {

using nlohmann::json;

// Reads the header's JSON event by event. A generic parser would keep the last of two equal keys and build a tree many
// times the size of the text. This one accepts only the shape that the format allows.
class HeaderReader : public nlohmann::json_sax<json> {
 public:
  HeaderReader(const std::string& path, std::string_view text) : path_(path), text_(text) {}

  SafetensorsHeader header;

  bool start_object(std::size_t) override {
    switch (place_) {
      case Place::top:
        place_ = Place::names;
        return true;
      case Place::name_value:
        place_ = Place::fields;
        return true;
      case Place::metadata_value:
        place_ = Place::metadata;
        return true;
      default:
        unexpected("an object");
    }
  }

  bool key(std::string& name) override {
    if (place_ == Place::names) {
      require(names_.insert(name).second, "{}: key {} occurs twice, expected once; {}", path_, in_quotes(name), remedy);
      if (name == "__metadata__") {
        place_ = Place::metadata_value;
      } else {
        tensor_ = StoredTensor{.name = name, .type = {}, .extents = {}};
        has_type_ = has_shape_ = has_offsets_ = false;
        place_ = Place::name_value;
      }
    } else if (place_ == Place::metadata) {
      metadata_key_ = name;
      require(!header.metadata.contains(name), "{}: __metadata__: key {} occurs twice, expected once; {}", path_,
              in_quotes(name), remedy);
    } else if (name == "dtype") {
      begin_field(has_type_, name, Place::type);
    } else if (name == "shape") {
      begin_field(has_shape_, name, Place::shape_start);
    } else if (name == "data_offsets") {
      begin_field(has_offsets_, name, Place::offsets_start);
    } else {
      fail("{}: tensor {}: field {}, expected only dtype, shape and data_offsets; {}", path_, in_quotes(tensor_.name),
           in_quotes(name), remedy);
    }
    return true;
  }

  bool end_object() override {
    switch (place_) {
      case Place::fields:
        end_tensor();
        return true;
      case Place::metadata:
        place_ = Place::names;
        return true;
      default:
        place_ = Place::end;
        return true;
    }
  }

  bool start_array(std::size_t) override {
    if (place_ == Place::shape_start) {
      place_ = Place::shape;
    } else if (place_ == Place::offsets_start) {
      place_ = Place::offsets;
      offsets_.clear();
    } else {
      unexpected("an array");
    }
    return true;
  }

  bool end_array() override {
    if (place_ == Place::offsets) {
      require(offsets_.size() == 2, "{}: tensor {}: data_offsets has {} numbers, expected 2; {}", path_,
              in_quotes(tensor_.name), offsets_.size(), remedy);
    }
    place_ = Place::fields;
    return true;
  }

  bool number_unsigned(json::number_unsigned_t value) override {
    if (place_ == Place::shape) {
      require(tensor_.extents.size() < most_extents, "{}: tensor {}: shape has more than {} extents; {}", path_,
              in_quotes(tensor_.name), most_extents, remedy);
      require(std::in_range<Index>(value), "{}: tensor {}: extent {} of its shape is too large; {}", path_,
              in_quotes(tensor_.name), value, remedy);
      tensor_.extents.push_back(static_cast<Index>(value));
    } else if (place_ == Place::offsets) {
      require(offsets_.size() < 2, "{}: tensor {}: data_offsets has more than 2 numbers; {}", path_,
              in_quotes(tensor_.name), remedy);
      offsets_.push_back(value);
    } else {
      unexpected(fmt::format("the number {}", value));
    }
    return true;
  }

  bool string(std::string& value) override {
    if (place_ == Place::type) {
      const StoredType* type = find_stored_type(&StoredType::name, value);
      require(type != nullptr && !value.starts_with("torch."),
              "{}: tensor {}: unknown dtype {}, expected F32, F16, BF16 or the like; {}", path_,
              in_quotes(tensor_.name), in_quotes(value), remedy);
      tensor_.type = *type;
      place_ = Place::fields;
    } else if (place_ == Place::metadata) {
      require(header.metadata.size() < most_tensors, "{}: more than {} texts in __metadata__, expected fewer; {}",
              path_, most_tensors, remedy);
      header.metadata.emplace(metadata_key_, std::move(value));
    } else {
      unexpected(fmt::format("the text {}", in_quotes(value)));
    }
    return true;
  }

  bool null() override { unexpected("null"); }
  bool boolean(bool value) override { unexpected(value ? "true" : "false"); }
  bool number_integer(json::number_integer_t value) override { unexpected(fmt::format("the number {}", value)); }
  bool number_float(json::number_float_t, const std::string& text) override {
    unexpected(fmt::format("the number {}", in_quotes(text)));
  }
  bool binary(json::binary_t&) override { unexpected("binary data"); }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& error) override {
    fail("{}: the header is not JSON, {}: {}; {}", path_, to_string(locate(text_, position)), json_reason(error.what()),
         remedy);
  }

 private:
  // Where in the text the next event lies.
  enum class Place {
    top,             // nothing read yet
    names,           // in the outermost object
    name_value,      // behind a tensor's name
    fields,          // in a tensor's object
    type,            // behind "dtype"
    shape_start,     // behind "shape"
    shape,           // in its array
    offsets_start,   // behind "data_offsets"
    offsets,         // in its array
    metadata_value,  // behind "__metadata__"
    metadata,        // in its object
    end
  };

  void begin_field(bool& seen, const std::string& name, Place place) {
    require(!seen, "{}: tensor {}: {} occurs twice, expected once; {}", path_, in_quotes(tensor_.name), name, remedy);
    seen = true;
    place_ = place;
  }

  void end_tensor() {
    for (const auto& [seen, field] :
         {std::pair(has_type_, "dtype"), std::pair(has_shape_, "shape"), std::pair(has_offsets_, "data_offsets")}) {
      require(seen, "{}: tensor {}: has no {}; {}", path_, in_quotes(tensor_.name), field, remedy);
    }
    tensor_.begin = offsets_[0];
    tensor_.end = offsets_[1];
    require(header.tensors.size() < most_tensors, "{}: more than {} tensors, expected fewer; {}", path_, most_tensors,
            remedy);
    header.tensors.push_back(std::move(tensor_));
    place_ = Place::names;
  }

  [[noreturn]] void unexpected(std::string_view found) {
    std::string_view expected;
    std::string where = fmt::format("tensor {}", in_quotes(tensor_.name));
    switch (place_) {
      case Place::type:
        expected = "dtype as a text like \"F32\"";
        break;
      case Place::shape_start:
        expected = "shape as an array of numbers";
        break;
      case Place::shape:
        expected = "whole numbers from 0 in shape";
        break;
      case Place::offsets_start:
        expected = "data_offsets as an array of two numbers";
        break;
      case Place::offsets:
        expected = "whole numbers from 0 in data_offsets";
        break;
      case Place::name_value:
        expected = "an object with dtype, shape and data_offsets";
        break;
      case Place::metadata_value:
        where = "__metadata__";
        expected = "an object";
        break;
      case Place::metadata:
        where = fmt::format("__metadata__: {}", in_quotes(metadata_key_));
        expected = "a text";
        break;
      default:
        where = "header";
        expected = "an object";
        break;
    }
    fail("{}: {}: found {}, expected {}; {}", path_, where, found, expected, remedy);
  }

  const std::string& path_;
  std::string_view text_;
  Place place_ = Place::top;
  std::unordered_set<std::string> names_;
  StoredTensor tensor_;
  bool has_type_ = false;
  bool has_shape_ = false;
  bool has_offsets_ = false;
  std::vector<std::uint64_t> offsets_;
  std::string metadata_key_;
};

}  // namespace

SafetensorsHeader read_header_json(std::string_view text, const std::string& path) {
  refuse_zero_bytes(text, path);
  HeaderReader reader(path, text);
  json::sax_parse(text.begin(), text.end(), &reader);
  return std::move(reader.header);
}

}  // namespace mini_bert::safetensors
