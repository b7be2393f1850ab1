// As much of JSON Schema as docs/websocket.schema.json uses: $ref into $defs, type, const, enum, properties, required,
// additionalProperties: false, items, minItems, maxItems, minLength, maxLength, pattern, minimum, maximum, oneOf,
// anyOf. Any other keyword is a complaint about the schema, so that nothing in it goes unchecked.
#pragma once

#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <utility>

namespace parley::test {

class JsonSchema {
 public:
  explicit JsonSchema(nlohmann::json root) : root_(std::move(root)) {}

  // Empty if `value` is valid against #/$defs/<name>; else where and why not.
  std::string complaint(const std::string& name, const nlohmann::json& value) const {
    return check(root_.at("$defs").at(name), value, name);
  }

 private:
  using Json = nlohmann::json;

  std::string check(const Json& schema, const Json& value, const std::string& at) const {
    for (const auto& [keyword, argument] : schema.items()) {
      const std::string wrong = check_keyword(keyword, argument, schema, value, at);
      if (!wrong.empty()) return wrong;
    }
    return {};
  }

  std::string check_keyword(const std::string& keyword, const Json& argument, const Json& schema, const Json& value,
                            const std::string& at) const {
    const auto bad = [&](const std::string& why) { return at + " " + why + ": " + value.dump().substr(0, 200); };
    if (keyword == "description" || keyword == "title") return {};
    if (keyword == "$ref") return check(root_.at(Json::json_pointer(argument.get<std::string>().substr(1))), value, at);
    if (keyword == "type") return has_type(argument, value) ? "" : bad("is not of type " + argument.dump());
    if (keyword == "const") return value == argument ? "" : bad("is not " + argument.dump());
    if (keyword == "enum") {
      return std::find(argument.begin(), argument.end(), value) != argument.end()
                 ? ""
                 : bad("is none of " + argument.dump());
    }
    if (keyword == "minLength")
      return value.is_string() && length(value) < argument.get<std::size_t>() ? bad("is too short") : "";
    if (keyword == "maxLength")
      return value.is_string() && length(value) > argument.get<std::size_t>() ? bad("is too long") : "";
    if (keyword == "pattern")
      return !value.is_string() || std::regex_search(value.get<std::string>(), std::regex(argument.get<std::string>()))
                 ? ""
                 : bad("does not match " + argument.dump());
    if (keyword == "minItems")
      return value.is_array() && value.size() < argument.get<std::size_t>() ? bad("has too few") : "";
    if (keyword == "maxItems")
      return value.is_array() && value.size() > argument.get<std::size_t>() ? bad("has too many") : "";
    if (keyword == "minimum") return value.is_number() && value < argument ? bad("is too small") : "";
    if (keyword == "maximum") return value.is_number() && value > argument ? bad("is too large") : "";
    if (keyword == "required") {
      for (const Json& name : argument) {
        if (value.is_object() && !value.contains(name.get<std::string>())) return bad("lacks " + name.dump());
      }
      return {};
    }
    if (keyword == "properties") {
      for (const auto& [name, each] : argument.items()) {
        if (!value.is_object() || !value.contains(name)) continue;
        const std::string wrong = check(each, value.at(name), at + "." + name);
        if (!wrong.empty()) return wrong;
      }
      return {};
    }
    if (keyword == "additionalProperties" && argument == false) {
      for (const auto& [name, each] : value.items()) {
        if (!schema.at("properties").contains(name)) return bad("has a field more, " + name);
      }
      return {};
    }
    if (keyword == "items") {
      for (std::size_t i = 0; value.is_array() && i < value.size(); ++i) {
        const std::string wrong = check(argument, value[i], at + "[" + std::to_string(i) + "]");
        if (!wrong.empty()) return wrong;
      }
      return {};
    }
    if (keyword == "oneOf" || keyword == "anyOf") {
      std::size_t matches = 0;
      std::string last;
      for (const Json& each : argument) {
        const std::string wrong = check(each, value, at);
        if (wrong.empty()) ++matches;
        if (!wrong.empty()) last += "\n  " + wrong;
      }
      return matches == 1 || (matches > 0 && keyword == "anyOf") ? ""
                                                                 : bad("matches " + std::to_string(matches) + last);
    }
    return at + ": this validator does not know the keyword " + keyword;
  }

  static bool has_type(const Json& type, const Json& value) {
    if (type.is_array()) {
      return std::any_of(type.begin(), type.end(), [&](const Json& each) { return has_type(each, value); });
    }
    const std::string name = type.get<std::string>();
    return (name == "string" && value.is_string()) || (name == "object" && value.is_object()) ||
           (name == "array" && value.is_array()) || (name == "boolean" && value.is_boolean()) ||
           (name == "integer" && value.is_number_integer()) || (name == "null" && value.is_null());
  }

  // In code points, as the standard counts.
  static std::size_t length(const Json& value) {
    const auto& text = value.get_ref<const std::string&>();
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
  }

  Json root_;
};

}  // namespace parley::test
