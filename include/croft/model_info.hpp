// What Croft knows of a model at run time: a table of its fields. CROFT_MODEL (model.hpp) builds one a model; queries,
// migrations, history, the loader, GraphQL and the admin page are ordinary code over it. App authors rarely need it.
//
//     for (const auto& field : croft::model<Item>().fields) std::puts(field.name.c_str());
//
// Immutable once built; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "croft/value.hpp"

namespace croft {

namespace db {
class cell_view;
}

enum class field_type : std::uint8_t {
    boolean,
    integer16,
    integer32,
    integer64,
    real,
    text,
    bytes,
    timestamp,
    date,
    duration,
    decimal,
    uuid,
    json,
    enumeration,  // stored as the text of its name
    reference     // stored as the key of the row it points to
};

/// What happens to a row when the row it refers to is deleted.
enum class on_delete : std::uint8_t { cascade, set_null, restrict };

/// Fields that Croft fills in by itself.
enum class field_role : std::uint8_t { plain, created_at, modified_at };

struct model_info;

/// Names a model before it is complete: by its declaration or, where it has none (a table of an earlier migration), by
/// its description, which must outlive this.
class model_link {
public:
    model_link() = default;
    model_link(const model_info& (*declared)()) : declared_(declared) {}
    explicit model_link(const model_info& described) : described_(&described) {}
    explicit operator bool() const noexcept { return described_ || declared_; }
    const model_info& operator()() const { return described_ ? *described_ : declared_(); }

private:
    const model_info& (*declared_)() = nullptr;
    const model_info* described_ = nullptr;
};

struct field_info {
    field_info();
    field_info(const field_info& other);
    field_info(field_info&& other) noexcept;
    field_info& operator=(const field_info& other);
    field_info& operator=(field_info&& other) noexcept;
    ~field_info();

    std::string name;                       // of the struct's member
    std::string column;                     // in the database: the same unless column<…>("…") says otherwise
    std::vector<std::string> renamed_from;  // what the column was called in earlier versions of the program
    field_type type = field_type::integer64;
    field_role role = field_role::plain;
    bool nullable = false;
    value initial;           // what the struct's initialiser says: the column's default
    std::size_t offset = 0;  // in the struct; not meaningful for models without one
    value (*get)(const void* member) = nullptr;
    void (*set)(void* member, value) = nullptr;                  // throws croft::error when the value doesn't fit
    void (*read)(void* member, const db::cell_view&) = nullptr;  // the same of what the database holds

    std::size_t max_length = 0;            // of a text, in characters; 0: any
    int scale = 0;                         // digits after a decimal's point
    std::string enum_name;                 // "rarity": the enum's type
    std::vector<std::string> enumerators;  // its names, in the order of their numbers

    model_link target;                      // references only
    std::size_t (*key_offset)() = nullptr;  // of ref_to: of the other model's member that it names
    std::string reverse;                    // the way back's name; empty: none
    on_delete rule = on_delete::cascade;

    /// How it is stored: of a reference, the key field of the row it points to; else the field itself.
    const field_info& stored_as() const;
};

/// CHECK (sql), as constraint <table>_<name>.
struct check_info {
    std::string name;
    std::string sql;
};

struct index_info {
    struct part {
        std::size_t field = 0;
        bool descending = false;
        friend bool operator==(const part&, const part&) = default;
    };
    std::vector<part> parts;
    bool unique = false;  // only with `where`: a constraint without one is among model_info::uniques
    std::string where;    // SQL; empty: all rows
    friend bool operator==(const index_info&, const index_info&) = default;
};

/// A many-to-many member: croft::many<Tag, "items"> tags. It is no column but a table of pairs, which is a model too:
/// through() gives it, with references to the owner (field 0) and to the target (field 1), its primary key.
struct link_info {
    std::string name;  // of the struct's member
    std::size_t offset = 0;
    const model_info& (*owner)() = nullptr;
    const model_info& (*target)() = nullptr;
    std::string reverse;                    // the way back's name in the target; empty: none
    std::string table;                      // "item_tags"
    std::vector<std::string> renamed_from;  // what the member, or the table, was called earlier

    const model_info& through() const;
};

/// Which old versions a model's history may lose; zero: that rule isn't there. The version of today always stays.
struct history_retention {
    duration keep_for{0};                // versions that ended longer ago go …
    std::int64_t keep_at_most = 0;       // … and all but this many of each row …
    duration thin_after{0}, thin_to{0};  // … and of updates longer ago, all but the last in each such span …
    std::int64_t keep_last = 0;          // … but never the last so many of a row
    bool any() const noexcept { return keep_for > duration{0} || keep_at_most > 0 || thin_after > duration{0}; }
};

struct model_info {
    model_info();
    model_info(const model_info& other);
    model_info(model_info&& other) noexcept;
    model_info& operator=(const model_info& other);
    model_info& operator=(model_info&& other) noexcept;
    ~model_info();

    std::string name;                       // "RecipeItem"
    std::string table;                      // "recipe_item"
    std::vector<std::string> renamed_from;  // what the struct, or the table, was called earlier
    std::string file;                       // where it was declared
    int line = 0;
    std::vector<field_info> fields;
    std::vector<link_info> links;
    std::vector<std::size_t> keys;                  // field indexes of the primary key
    std::size_t id = 0;                             // keys.front(): the whole key of almost every model
    std::vector<std::vector<std::size_t>> uniques;  // field indexes; the first one is the natural key
    std::vector<index_info> indexes;
    std::vector<check_info> checks;
    bool has_history = false;
    std::vector<std::size_t> history_except;
    history_retention retention;

    /// Index of the field, or nothing.
    std::optional<std::size_t> find(std::string_view field) const noexcept;
    /// Index of the field. Throws croft::error naming model, field and the nearest name that exists.
    std::size_t index_of(std::string_view field) const;
    /// The fields that identify a row in the outside world: the first unique constraint, else the primary key.
    std::vector<std::size_t> natural_key() const;
    /// Whether the database gives a new row its key: a primary key of one std::int64_t.
    bool assigns_key() const noexcept;
    /// Whether no two rows share the field's value: the primary key, or unique<> of this field alone.
    bool is_unique(std::size_t field) const noexcept;
};

/// Every model declared in this program, in the order of their names. Declarations in headers count once.
const std::vector<const model_info*>& all_models();
/// By struct or table name. Throws croft::error naming the nearest that exists.
const model_info& model_named(std::string_view name);

/// A value as text for messages: null, true, 42, "text", 2026-03-01T00:00:00.000000Z.
std::string to_text(const value& v);

}  // namespace croft
