// TLS to PostgreSQL: really there, and refused with one line where it can't be trusted.
#include "support.hpp"
#include "support/own_server.hpp"

namespace croft::db {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

struct postgres_tls : postgres_test {
    /// The test server's URL by TCP and name.
    static std::string by_name(const std::string& options,
                               std::string url = test::environment("CROFT_TEST_POSTGRES_TCP")) {
        url.replace(url.find("127.0.0.1"), 9, "localhost");
        return url + "?" + options;
    }
    static std::string root() { return "sslrootcert=" + test::environment("CROFT_TEST_POSTGRES_ROOT"); }
    static std::string failure(const std::string& url) {
        auto opening = [](std::string url) -> task<> { (void)co_await database::open(std::move(url)); };
        return croft::run(failure_of<storage_error>(opening(url)));
    }
    void SetUp() override {
        postgres_test::SetUp();
        if (!IsSkipped() && test::environment("CROFT_TEST_POSTGRES_ROOT").empty())
            GTEST_SKIP() << "the server was started without scripts/with-postgres: its certificate isn't known";
    }
};

task<bool> encrypted(database* base) {
    const auto rows = co_await base->read({"SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"});
    co_return rows.at(0, 0).integer() != 0;
}

TEST_F(postgres_tls, is_there_when_it_is_required_and_not_when_it_is_disabled) {
    with_url(by_name("sslmode=require"), [](database& base) -> task<> {
        EXPECT_TRUE(co_await encrypted(&base));
        const auto rows = co_await base.read({"SELECT repeat('x', 3000000), 'last'"});  // many TLS records
        EXPECT_EQ(rows.at(0, 0).text().size(), 3'000'000u);
        EXPECT_EQ(rows.at(0, 1).text(), "last");
    });
    with_url(by_name("sslmode=disable"), [](database& base) -> task<> { EXPECT_FALSE(co_await encrypted(&base)); });
}

TEST_F(postgres_tls, verifies_the_servers_name_and_certificate) {
    with_url(by_name("sslmode=verify-full&" + root()),
             [](database& base) -> task<> { EXPECT_TRUE(co_await encrypted(&base)); });
}

TEST_F(postgres_tls, that_can_not_be_trusted_or_had_is_refused_in_one_line) {
    if (!test::own_server::possible()) GTEST_SKIP() << test::no_server;
    const test::own_server other;
    const auto wrong = failure(by_name("sslmode=verify-full&sslrootcert=" + other.root));
    EXPECT_THAT(wrong, AllOf(HasSubstr("certificate verify failed"), HasSubstr("localhost"), Not(HasSubstr("\n"))));
    const auto missing = failure(by_name("sslmode=verify-full&sslrootcert=/no/such/file"));
    EXPECT_THAT(missing, AllOf(HasSubstr("/no/such/file"), Not(HasSubstr("\n"))));
    other.configure("ssl = off");
    other.run("stop");
    other.run("start");
    const auto plain = failure(by_name("sslmode=require", other.tcp_url));
    EXPECT_THAT(plain, AllOf(HasSubstr("server does not support SSL, but SSL was required"), Not(HasSubstr("\n"))));
}

}  // namespace
}  // namespace croft::db
