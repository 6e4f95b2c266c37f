#include "graphql/language/parser.hpp"

#include <fmt/format.h>

#include "graphql/language/parser_core.hpp"

namespace croft::graphql {

parser_core::parser_core(std::string_view text, arena& memory, const parse_options& options)
    : lexer_(text, memory), memory_(memory), options_(options) {
    if (text.size() > options.max_bytes)
        throw syntax_fault{fmt::format("Document is larger than {} bytes. Parsing aborted.", options.max_bytes), 0};
    advance();
}

void parser_core::fill(document& target, const parse_options& options) {
    parser_core parser(target.inside_->text, target.inside_->memory, options);
    target.inside_->definitions = parser.definitions();
}

token parser_core::read_token() {
    auto read = lexer_.next();
    if (!read) throw syntax_fault{std::move(read.error().message), read.error().offset};
    if (read->kind != token_kind::end && ++tokens_ > options_.max_tokens)
        throw syntax_fault{fmt::format("Document contains more than {} tokens. Parsing aborted.", options_.max_tokens),
                           read->offset};
    return *read;
}

void parser_core::advance() {
    token_ = has_ahead_ ? ahead_ : read_token();
    has_ahead_ = false;
}

const token& parser_core::look_ahead() {
    if (!has_ahead_) ahead_ = read_token();
    has_ahead_ = true;
    return ahead_;
}

bool parser_core::skip(token_kind kind) {
    if (!at(kind)) return false;
    advance();
    return true;
}

bool parser_core::skip_keyword(std::string_view word) {
    if (!at_keyword(word)) return false;
    advance();
    return true;
}

token parser_core::expect(token_kind kind) {
    if (!at(kind))
        throw syntax_fault{fmt::format("Expected {}, found {}.", to_string(kind), token_.describe()), token_.offset};
    const token found = token_;
    advance();
    return found;
}

void parser_core::expect_keyword(std::string_view word) {
    if (!skip_keyword(word))
        throw syntax_fault{fmt::format("Expected \"{}\", found {}.", word, token_.describe()), token_.offset};
}

void parser_core::unexpected(const token& found) const {
    throw syntax_fault{fmt::format("Unexpected {}.", found.describe()), found.offset};
}

parser_core::nesting::nesting(parser_core& parser) : parser_(parser) {
    if (parser_.depth_ >= parser_.options_.max_depth)
        throw syntax_fault{
            fmt::format("Document is nested deeper than {} levels. Parsing aborted.", parser_.options_.max_depth),
            parser_.token_.offset};
    ++parser_.depth_;
}

const value* parser_core::only_value() {
    const value* found = memory_.make(read_value(true));
    expect(token_kind::end);
    return found;
}

const type_ref* parser_core::only_type() {
    const type_ref* found = type_reference();
    expect(token_kind::end);
    return found;
}

namespace {

template <class Parse>
auto located(std::string_view text, Parse parse) -> parsed<decltype(parse())> {
    try {
        return parse();
    } catch (const syntax_fault& fault) {
        const location place = line_index(text).locate(fault.offset);
        return std::unexpected(parse_failure{"Syntax Error: " + fault.message, place.line, place.column});
    }
}

}  // namespace

parsed<document> parse(std::string text, const parse_options& options) {
    document target(std::move(text));
    auto filled = located(target.text(), [&] {
        parser_core::fill(target, options);
        return true;
    });
    if (!filled) return std::unexpected(std::move(filled.error()));
    return target;
}

parsed<const value*> parse_value(std::string_view text, arena& memory, const parse_options& options) {
    return located(text, [&] { return parser_core(text, memory, options).only_value(); });
}

parsed<const type_ref*> parse_type(std::string_view text, arena& memory, const parse_options& options) {
    return located(text, [&] { return parser_core(text, memory, options).only_type(); });
}

}  // namespace croft::graphql
