// Parses what it is given; what was accepted is printed, read again and printed again: the texts must agree. Then it is
// validated, as a query on a fixed schema and as SDL, and its first operation's variables are coerced.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "graphql/language/parser.hpp"
#include "graphql/language/printer.hpp"
#include "graphql/type/build_schema.hpp"
#include "graphql/type/coerce.hpp"
#include "graphql/type/print_schema.hpp"
#include "graphql/validation/validate.hpp"
#include "graphql/validation/validate_schema.hpp"

using namespace croft;

namespace {

const graphql::schema& fixed_schema() {
    static const auto schema = graphql::build_schema(R"(
        type Query implements N { a(x: Int = 1, i: I, l: [E!]): Query! b: [U] c: String n: N }
        interface N { c: String } type T implements N { c: String d(f: Float!, id: ID): E }
        union U = Query | T enum E { A B } input I { e: E = A i: I r: Int! } input O @oneOf { a: Int b: String }
        type Subscription { s(o: O): T } directive @d(x: Int!) repeatable on FIELD | QUERY)");
    return *schema;
}

void use_as_sdl(const graphql::document& document) {
    graphql::validate_sdl(document);
    graphql::validate_sdl(document, &fixed_schema());
    const auto schema = graphql::build_schema(document);
    if (!schema) return;
    if (!graphql::validate_schema(*schema).empty()) return;  // e.g. a union without members can't be said in SDL
    const std::string sdl = graphql::print_schema(*schema);
    const auto again = graphql::build_schema(sdl);
    if (!again || graphql::print_schema(*again) != sdl) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto document = graphql::parse(text);
    if (!document) return 0;
    const std::string printed = graphql::print(*document);
    const auto again = graphql::parse(printed);
    if (!again || graphql::print(*again) != printed) std::abort();
    graphql::validate(fixed_schema(), *document);
    if (const auto* operation = document->operation())
        (void)graphql::coerce_variables(fixed_schema(), *document, *operation, json::object({{"a", 1}, {"b", "x"}}));
    use_as_sdl(*document);
    return 0;
}
