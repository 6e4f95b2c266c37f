// libpq, opened when the first postgresql:// URL asks for it: a program that stays with SQLite carries neither it nor
// the Kerberos, LDAP and TLS libraries that it brings along.
//
//     load_libpq();                        // once; throws config_error naming Debian's package
//     pq().PQfinish(handle);               // PostgreSQL's own names, so that its documentation applies
#pragma once

#include <libpq-fe.h>

#include <memory>

namespace croft::db::postgres {

// clang-format off
#define CROFT_LIBPQ(each) \
    each(PQconninfoParse) each(PQconninfoFree) each(PQfreemem) \
    each(PQconnectStartParams) each(PQconnectPoll) each(PQfinish) each(PQsocket) each(PQstatus) \
    each(PQtransactionStatus) each(PQserverVersion) each(PQerrorMessage) each(PQsetnonblocking) \
    each(PQsetNoticeReceiver) each(PQenterPipelineMode) each(PQexitPipelineMode) each(PQpipelineSync) \
    each(PQsendQuery) each(PQsendQueryParams) each(PQsendPrepare) each(PQsendQueryPrepared) each(PQflush) each(PQconsumeInput) \
    each(PQisBusy) each(PQgetResult) each(PQclear) each(PQresultStatus) each(PQresultErrorField) \
    each(PQresultErrorMessage) each(PQcmdStatus) each(PQcmdTuples) each(PQntuples) each(PQnfields) \
    each(PQfname) each(PQftype) each(PQgetvalue) each(PQgetlength) each(PQgetisnull) each(PQnotifies) \
    each(PQgetCancel) each(PQfreeCancel) each(PQcancel)
// clang-format on

struct libpq {
#define CROFT_DECLARE(name) decltype(&::name) name = nullptr;
    CROFT_LIBPQ(CROFT_DECLARE)
#undef CROFT_DECLARE
};

namespace detail {
extern const libpq* loaded;
}

/// Opens the library where that hasn't been done. Throws config_error.
void load_libpq();
/// After load_libpq().
inline const libpq& pq() noexcept { return *detail::loaded; }

struct closing {
    void operator()(PGconn* handle) const noexcept { pq().PQfinish(handle); }
    void operator()(PGresult* result) const noexcept { pq().PQclear(result); }
    void operator()(PGcancel* request) const noexcept { pq().PQfreeCancel(request); }
    void operator()(PQconninfoOption* options) const noexcept { pq().PQconninfoFree(options); }
    void operator()(PGnotify* message) const noexcept { pq().PQfreemem(message); }
};
template <class T>
using owned = std::unique_ptr<T, closing>;

}  // namespace croft::db::postgres
