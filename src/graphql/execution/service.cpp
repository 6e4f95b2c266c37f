#include "graphql/execution/service.hpp"

#include <algorithm>
#include <unordered_map>

#include "graphql/execution/introspection.hpp"
#include "graphql/execution/plan.hpp"
#include "graphql/execution/write.hpp"
#include "graphql/language/parser.hpp"
#include "graphql/type/coerce.hpp"
#include "graphql/type/print_schema.hpp"
#include "graphql/validation/validate.hpp"
#include "text/json_write.hpp"

namespace croft::graphql {

namespace {

/// A document that was parsed and found valid, and the plans of its operations that are the same for every request.
/// Clients send the same few over and over.
struct known_document {
    document text;
    std::vector<std::pair<const operation_definition*, std::shared_ptr<const plan>>> plans{};
};
using known_documents = std::unordered_map<std::string, std::shared_ptr<known_document>>;
constexpr std::size_t most_known = 256, longest_known = 16 * 1024, most_kept_nodes = 32;

service_answer refusal(const std::vector<graphql_error>& errors) {
    return {json::object({{"errors", to_json(errors)}}).dump(), false};
}
service_answer refusal(graphql_error error) { return refusal(std::vector{std::move(error)}); }

}  // namespace

struct service::inside {
    bound_schema bound = bind_models();
    mutable known_documents known;

    std::expected<std::shared_ptr<known_document>, std::vector<graphql_error>> prepare(const std::string& query) const {
        if (const auto at = known.find(query); at != known.end()) return at->second;
        auto parsed = parse(query);
        if (!parsed) {
            const auto& fault = parsed.error();
            return std::unexpected(std::vector<graphql_error>{
                {.message = fault.message,
                 .locations = {{static_cast<std::uint32_t>(fault.line), static_cast<std::uint32_t>(fault.column)}}}});
        }
        if (auto errors = validate(*bound.schema, *parsed); !errors.empty()) return std::unexpected(std::move(errors));
        auto made = std::make_shared<known_document>(std::move(*parsed));
        if (query.size() <= longest_known) {
            if (known.size() >= most_known) known.clear();
            known.emplace(query, made);
        }
        return made;
    }

    std::shared_ptr<const plan> plan_for(known_document& known_as, const operation_definition& operation,
                                         const json_object& variables) const {
        for (const auto& [which, kept] : known_as.plans)
            if (which == &operation) return kept;
        auto made = std::make_shared<const plan>(make_plan(bound, known_as.text, operation, variables));
        if (!made->varies && made->nodes <= most_kept_nodes) known_as.plans.emplace_back(&operation, made);
        return made;
    }
};

service::service() : inside_(std::make_unique<inside>()) {}
service::~service() = default;

bool service::has_queries() const noexcept { return inside_->bound.schema.has_value(); }

std::string service::sdl() const { return has_queries() ? print_schema(*inside_->bound.schema) : std::string(); }

namespace {

/// {"data": …} of a planned operation, root field by root field; a field that fails is null where it may be, else all
/// is.
service_answer write_answer(const schema& schema, const document& document, const plan& planned,
                            const std::vector<node_rows>& rows, const json_object& variables) {
    std::string data = "{";
    std::vector<graphql_error> errors;
    bool nothing = false;
    for (const auto& root : planned.roots) {
        if (data.size() > 1) data += ',';
        data += root.key;
        const auto before = data.size();
        try {
            if (root.bound)
                write_root(data, root, rows);
            else if (root.introspection->name.text == "__typename")
                text::append_json_string(data, schema.root(operation_type::query)->name);
            else
                write_introspection(data, schema, document, *root.introspection, root.selections, variables);
        } catch (graphql_failure& failure) {
            failure.error.locations = {document.locate(root.offset)};
            errors.push_back(std::move(failure.error));
            data.resize(before);
            data += "null";
            nothing |= root.node->many;  // a list is never null: the null goes up to "data"
        }
    }
    data = nothing ? "null" : data + '}';
    std::string body = "{";
    if (!errors.empty()) body += "\"errors\":" + to_json(errors).dump() + ",";
    return {body + "\"data\":" + data + "}", true};
}

}  // namespace

task<service_answer> service::execute(service_request request) const {
    if (!has_queries())
        co_return refusal(graphql_error{.message = "This app declares no query: it has no CROFT_GRAPHQL_QUERY."});
    auto prepared = inside_->prepare(request.query);
    if (!prepared) co_return refusal(prepared.error());
    const document& document = (*prepared)->text;
    const auto* operation = document.operation(request.operation_name);
    if (!operation)
        co_return refusal(
            graphql_error{.message = request.operation_name.empty()
                                         ? "Must provide operation name if query contains multiple operations."
                                         : "Unknown operation named \"" + request.operation_name + "\"."});
    const auto& schema = *inside_->bound.schema;
    const auto variables = coerce_variables(schema, document, *operation, request.variables);
    if (!variables) co_return refusal(variables.error());

    std::optional<service_answer> failed;
    std::shared_ptr<const plan> planned;
    std::vector<node_rows> rows;
    try {
        planned = inside_->plan_for(**prepared, *operation, *variables);
        if (planned->nodes > 0) rows = co_await fetch(planned.get(), &*variables, &db::current());
    } catch (graphql_failure& failure) {
        failed = service_answer{"{\"errors\":" + to_json(std::vector{failure.error}).dump() + ",\"data\":null}", true};
    } catch (const croft::error& e) {
        failed = service_answer{
            "{\"errors\":" + to_json(std::vector{graphql_error{.message = e.what()}}).dump() + ",\"data\":null}", true};
    }
    if (failed) co_return std::move(*failed);
    co_return write_answer(schema, document, *planned, rows, *variables);
}

}  // namespace croft::graphql
