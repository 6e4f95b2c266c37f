// Names that are words of SQL or hold quotes; and what looks harmless and isn't the same on both engines.
#include "croft/link.hpp"
#include "croft/pages.hpp"
#include "croft/related.hpp"
#include "croft/select.hpp"
#include "model/shop.hpp"

using namespace croft;
using shop::message_of;
using testing::HasSubstr;

namespace awkward {

struct User {
    std::int64_t id = 0;
    std::string name;
    std::optional<std::string> where;
    std::optional<std::int32_t> limit;
};
CROFT_MODEL(User, table("user"), unique<&User::name>, unique<&User::where>.where("\"limit\" > 0"),
            indexed<descending<&User::limit>, &User::name>, check("limit", "\"limit\" >= 0"), history());

struct Group {
    std::int64_t id = 0;
    std::string select = "it's", from;
    std::optional<ref<Group, "children", on_delete::restrict>> table;
    std::optional<ref<User, "owned", on_delete::set_null>> user;
    many<User, "groups"> members;
};
CROFT_MODEL(Group, table("my \"group\"; --"), unique<&Group::select, &Group::from>, column<&Group::from>("fr\"om'"),
            column<&Group::select>("Select me"), history());

struct Node {
    std::int64_t id = 0;
    std::string name;
    std::optional<ref<Node, "children", on_delete::cascade>> parent;
};
CROFT_MODEL(Node, table("awkward_node"), unique<&Node::parent, &Node::name>, history());

}  // namespace awkward

namespace {

using namespace awkward;

struct awkward_test : shop::each_engine {
    awkward_test() : each_engine({&model<User>(), &model<Group>(), &model<Node>()}) {
        models.push_back(&model<Group>().links[0].through());
    }
};
CROFT_ON_EACH_ENGINE(awkward_test);

}  // namespace

TEST_P(awkward_test, words_of_sql_and_quotes_are_names_like_any_other) {
    in_database([&]() -> task<> {
        EXPECT_TRUE((co_await migrations::make_tables(base, models)).stages.empty());
        const auto anna = co_await create(User{.name = "anna", .limit = 3});
        const auto bob = co_await create(User{.name = "bob", .where = "x", .limit = 1});
        const auto all = co_await create(Group{.select = "all", .from = "here", .user = anna});
        auto some = co_await create(Group{.select = "some", .from = "'; DROP TABLE \"user\"; --", .table = all});
        co_await set_links<&Group::members>(all, {anna, bob});
        some.from = "there";
        co_await save(some);
        EXPECT_EQ((co_await query<Group>().where(f<&Group::table, &Group::select> == "all").one()).from, "there");
        EXPECT_EQ(co_await query<User>().where(any<back<&Group::members>>(f<&Group::select> == "all")).count(), 2);
        const auto ordered = query<Group>().order_by(f<&Group::from>.descending());
        EXPECT_EQ((co_await ordered.with<&Group::members>().list())[1].related<&Group::members>().size(), 2u);
        const auto page = co_await ordered.page(1);
        EXPECT_EQ((co_await ordered.page(1, page.next)).rows[0].select, "all");
        EXPECT_EQ((co_await query<Group>().group_by(f<&Group::from>).select(count()).having(count() > 0).list()).size(),
                  2u);
        co_await query<Group>().where(f<&Group::from>.contains("here")).update(set<&Group::from>("now'here"));
        EXPECT_EQ((co_await history_of<Group>(all.id)).size(), 2u);
        const auto done =
            co_await upsert_all(std::vector<Group>{{.select = "all", .from = "now'here"}, {.select = "new"}});
        EXPECT_EQ(done, (write_counts{.inserted = 1, .updated = 1}));
    });
}

TEST_P(awkward_test, partial_and_checked_columns_and_restricted_rows_are_refused_by_name) {
    in_database([&]() -> task<> {
        co_await create(User{.name = "bob", .where = "x", .limit = 1});
        co_await create(User{.name = "anna", .where = "x", .limit = 0});  // no row of the partial constraint
        EXPECT_THAT(
            co_await message_of([&]() -> task<> { co_await create(User{.name = "c", .where = "x", .limit = 2}); }),
            HasSubstr("where"));
        EXPECT_THAT(co_await message_of([&]() -> task<> { co_await create(User{.name = "d", .limit = -2}); }),
                    HasSubstr("user_limit"));
        const auto all = co_await create(Group{.select = "all"});
        co_await create(Group{.select = "some", .table = all});
        EXPECT_THAT(co_await message_of([&]() -> task<> { co_await remove(all); }), HasSubstr("my \"\"group\"\"; --"));
        EXPECT_EQ(co_await query<Group>().count(), 2);
    });
}

TEST_P(awkward_test, rows_that_are_their_own_parents_go_with_their_circle) {
    in_database([&]() -> task<> {
        auto root = co_await create(Node{.name = "root"});
        root.parent = co_await create(Node{.name = "child", .parent = root});
        co_await save(root);
        auto self = co_await create(Node{.name = "self"});
        self.parent = self;
        co_await save(self);
        EXPECT_TRUE(co_await remove(self));
        EXPECT_TRUE(co_await remove(root));
        EXPECT_EQ(co_await query<Node>().count(), 0);
        EXPECT_EQ(co_await cell("SELECT count(*) FROM awkward_node_history WHERE history_to IS NULL"), "0");
    });
}

TEST_P(awkward_test, a_key_with_a_null_identifies_no_row_and_is_refused_where_it_would_be_one_more_each_time) {
    in_database([&]() -> task<> {
        EXPECT_EQ(co_await message_of([]() -> task<> {
                      co_await update_or_create<Node>({key<&Node::parent>(std::nullopt), key<&Node::name>("n")});
                  }),
                  "update_or_create of Node: parent is null, and a key with a null identifies no row");
        EXPECT_EQ(co_await message_of([]() -> task<> { co_await upsert_all(std::vector<Node>{{.name = "n"}}); }),
                  "upsert_all of Node: parent is null, and a key with a null identifies no row");
        const auto report = co_await load<Node>(json::parse(R"([{"name": "n", "parent": null}])"));
        EXPECT_THAT(report.describe(), HasSubstr("1 rejected (row 1, \"parent\": is empty, but required)"));
        EXPECT_EQ(co_await query<Node>().count(), 0);
        for (int i = 0; i < 2; ++i)  // which finds it
            co_await get_or_create<Node>({key<&Node::parent>(std::nullopt), key<&Node::name>("n")});
        EXPECT_EQ(co_await query<Node>().count(), 1);
    });
}

TEST_P(awkward_test, a_negative_number_of_rows_and_a_field_set_twice_are_refused) {
    in_database([&]() -> task<> {
        EXPECT_EQ(co_await message_of([]() -> task<> { co_await query<Node>().limit(-1).list(); }),
                  "Node: a limit or an offset is 0 or more, not -1");
        EXPECT_EQ(co_await message_of([]() -> task<> { co_await query<Node>().limit(1).offset(-2).list(); }),
                  "Node: a limit or an offset is 0 or more, not -2");
        EXPECT_EQ(co_await message_of(
                      []() -> task<> { co_await query<Node>().update(set<&Node::name>("a"), set<&Node::name>("b")); }),
                  "update() of Node sets name twice");
        EXPECT_TRUE((co_await query<Node>().limit(0).list()).empty());
    });
}
