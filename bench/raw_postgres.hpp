// PostgreSQL by libpq, one connection that waits for each answer, as somebody would use it by hand: the baseline.
#pragma once

#include <libpq-fe.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace bench {

using postgres_result = std::unique_ptr<PGresult, decltype(&PQclear)>;

class raw_postgres {
public:
    explicit raw_postgres(const std::string& url) : handle_(PQconnectdb(url.c_str())) {
        if (PQstatus(handle_) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(handle_));
    }
    ~raw_postgres() { PQfinish(handle_); }
    raw_postgres(const raw_postgres&) = delete;
    raw_postgres& operator=(const raw_postgres&) = delete;

    void run(const std::string& sql) const { checked(PQexec(handle_, sql.c_str())); }
    void prepare(const std::string& name, const std::string& sql) const {
        checked(PQprepare(handle_, name.c_str(), sql.c_str(), 0, nullptr));
    }
    postgres_result call(const std::string& name, const std::vector<const char*>& params) const {
        return checked(
            PQexecPrepared(handle_, name.c_str(), static_cast<int>(params.size()), params.data(), nullptr, nullptr, 0));
    }

private:
    postgres_result checked(PGresult* given) const {
        postgres_result result(given, &PQclear);
        const auto status = PQresultStatus(given);
        if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) throw std::runtime_error(PQerrorMessage(handle_));
        return result;
    }
    PGconn* handle_;
};

}  // namespace bench
