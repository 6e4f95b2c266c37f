#include "graphql/execution/write.hpp"

#include "model/rows.hpp"
#include "text/json_write.hpp"

namespace croft::graphql {

namespace {

class writer {
public:
    writer(std::string& out, const std::vector<node_rows>& rows) : out_(out), rows_(rows) {}

    void write_root_rows(const plan_node& node) {
        const auto& rows = rows_[node.index].rows();
        if (!node.many) return rows.empty() ? void(out_ += "null") : write_object(node, 0);
        out_ += '[';
        for (std::uint32_t i = 0; i < rows.size(); ++i) {
            if (i) out_ += ',';
            write_object(node, i);
        }
        out_ += ']';
    }

private:
    void write_object(const plan_node& node, std::uint32_t row) {
        std::shared_ptr<void> object;
        out_ += '{';
        bool first = true;
        for (const auto& field : node.fields) {
            if (!std::exchange(first, false)) out_ += ',';
            out_ += field.key;
            switch (field.what) {
                case plan_field::kind::type_name:
                    text::append_json_string(out_, node.type->name);
                    break;
                case plan_field::kind::column:
                    write_cell(node, field, rows_[node.index].rows().at(row, field.slot));
                    break;
                case plan_field::kind::single:
                    write_single(node, field, row);
                    break;
                case plan_field::kind::list:
                case plan_field::kind::linked:
                    write_list(node, field, row);
                    break;
                case plan_field::kind::computed:
                    if (!object) object = make_object(node, row);
                    write_computed(node, field, object.get());
            }
        }
        out_ += '}';
    }

    [[noreturn]] static void missing(const plan_node& node, const plan_field& field) {
        std::vector<path_step> path{std::string(field.key, 1, field.key.size() - 3)};
        for (const auto* at = &node; at; at = at->parent) path.insert(path.begin(), at->name);
        throw graphql_failure{{.message = "Cannot return null for non-nullable field " + node.type->name + "." +
                                          std::get<std::string>(path.back()) + ".",
                               .path = std::move(path)}};
    }

    void write_cell(const plan_node& node, const plan_field& field, const db::cell_view& cell) {
        if (cell.is_null()) {
            if (field.required) missing(node, field);
            out_ += "null";
            return;
        }
        switch (field.column->type) {
            case field_type::boolean:
                out_ += cell.integer() ? "true" : "false";
                break;
            case field_type::real:
                text::append_json_number(out_, cell.real());
                break;
            case field_type::text:
            case field_type::timestamp:
            case field_type::date:
            case field_type::uuid:
            case field_type::enumeration:
                text::append_json_string(out_, cell.text());
                break;
            case field_type::duration:
            case field_type::decimal:
                write_value(cell_value(*node.type->model, *field.column, cell));
                break;
            case field_type::json:
                out_ += cell.text();
                break;
            case field_type::bytes:
                out_ += "null";
                break;
            default:
                if (field.id) out_ += '"';
                text::append_json_integer(out_, cell.integer());
                if (field.id) out_ += '"';
        }
    }

    void write_single(const plan_node& node, const plan_field& field, std::uint32_t row) {
        const auto at = rows_[field.child->index].first(rows_[node.index].rows().at(row, field.slot));
        if (at != node_rows::none) return write_object(*field.child, at);
        if (field.required) missing(node, field);
        out_ += "null";
    }

    void write_list(const plan_node& node, const plan_field& field, std::uint32_t row) {
        const auto& found = rows_[field.child->index];
        out_ += '[';
        bool first = true;
        for (auto one = found.first(rows_[node.index].rows().at(row, field.slot)); one != node_rows::none;
             one = found.after(one)) {
            const auto* shown = field.child;
            auto at = one;
            if (field.what == plan_field::kind::linked) {
                shown = field.child->children.front().get();
                at = rows_[shown->index].first(found.rows().at(one, shown->parent_slot));
                if (at == node_rows::none) continue;  // gone since the pairs were read
            }
            if (!std::exchange(first, false)) out_ += ',';
            write_object(*shown, at);
        }
        out_ += ']';
    }

    std::shared_ptr<void> make_object(const plan_node& node, std::uint32_t row) {
        auto object = node.type->shown->make();
        const auto& model = *node.type->model;
        for (std::size_t i = 0; i < node.columns.size(); ++i) {
            const auto& field = model.fields[node.columns[i]];
            read_member(model, field, rows_[node.index].rows().at(row, i), object.get());
        }
        return object;
    }

    void write_computed(const plan_node& node, const plan_field& field, const void* object) {
        croft::value answer;
        try {
            answer = field.computed->compute(object);
        } catch (const std::exception& e) {
            throw graphql_failure{
                {.message = node.type->name + "." + field.computed->name + ": " + e.what(), .path = {node.name}}};
        }
        write_value(answer);
    }

    void write_value(const croft::value& v) {
        struct visitor {
            std::string& out;
            void operator()(std::monostate) const { out += "null"; }
            void operator()(bool b) const { out += b ? "true" : "false"; }
            void operator()(std::int64_t i) const { text::append_json_integer(out, i); }
            void operator()(double d) const { text::append_json_number(out, d); }
            void operator()(const std::string& s) const { text::append_json_string(out, s); }
            void operator()(const bytes&) const { out += "null"; }
            void operator()(time_point t) const { text::append_json_string(out, to_text(t)); }
            void operator()(date d) const { text::append_json_string(out, to_text(d)); }
            void operator()(duration d) const { text::append_json_string(out, to_iso_text(d)); }
            void operator()(decimal_value d) const { text::append_json_string(out, to_text(d)); }
            void operator()(const uuid& id) const { text::append_json_string(out, to_text(id)); }
            void operator()(const json_text& j) const { out += j.text; }
        };
        std::visit(visitor{out_}, v);
    }

    std::string& out_;
    const std::vector<node_rows>& rows_;
};

}  // namespace

void write_root(std::string& out, const plan_root& root, const std::vector<node_rows>& rows) {
    writer(out, rows).write_root_rows(*root.node);
}

}  // namespace croft::graphql
