// All of Croft, and the guide to it: each header's head says what it is for and shows it at work. A file compiles
// faster with the few that it needs.
#pragma once

// What an app is made of
#include "croft/app.hpp"      // croft::main: the whole main() of a program, with its commands
#include "croft/events.hpp"   // CROFT_ON: being told of failures
#include "croft/every.hpp"    // CROFT_CRON, CROFT_EVERY: tasks that run by themselves, on a schedule
#include "croft/graphql.hpp"  // CROFT_GRAPHQL: what the API shows, filters and orders
#include "croft/job.hpp"      // CROFT_JOB, enqueue: durable jobs
#include "croft/model.hpp"    // CROFT_MODEL: structs that are stored

// Getting data
#include "croft/cursor.hpp"  // cursor: how far a source has been read
#include "croft/html.hpp"    // html::document: pages, and what a CSS selector finds in them
#include "croft/http.hpp"    // http::site: other people's sites and APIs, asked politely
#include "croft/json.hpp"    // json: parsed, built, printed
#include "croft/load.hpp"    // serializer, load: rows checked and stored in bulk, only where they changed
#include "croft/rules.hpp"   // rules of a serializer: from, numbers, dates, in_range, check …

// Using it
#include "croft/history.hpp"      // history_of, as_of, change_note: what every row was, when, and who changed it
#include "croft/link.hpp"         // link, unlink, set_links: pairs of many-to-many members
#include "croft/pages.hpp"        // page, stream: pages by cursor, and all rows in bounded memory
#include "croft/query.hpp"        // query, get, save, update_or_create: the database, typed
#include "croft/related.hpp"      // with: rows that belong to a query's rows, fetched along
#include "croft/rollup.hpp"       // CROFT_ROLLUP: aggregates that are right at all times
#include "croft/select.hpp"       // select, group_by: some columns, groups, count, sum, avg, min, max
#include "croft/sql.hpp"          // sql: SQL by hand, with bound values
#include "croft/transaction.hpp"  // transaction: all of it is stored, or nothing

// Running it
#include "croft/clock.hpp"   // now, virtual_clock: the time of the running app
#include "croft/error.hpp"   // error and what derives from it
#include "croft/format.hpp"  // format: a text with values in it
#include "croft/log.hpp"     // log::info and the like: lines for the operator
#include "croft/retry.hpp"   // retry_later: a failure that knows when to try again
#include "croft/stream.hpp"  // stream and its stages: many values, one after the other, with back-pressure
#include "croft/task.hpp"    // task, sleep, all, group, with_timeout, offload: coroutines
#include "croft/time.hpp"    // time_point, duration: UTC as text and back

// Seldom named: they come with those above
#include "croft/callback.hpp"      // a function kept to be called later
#include "croft/condition.hpp"     // conditions and orders as values, by names
#include "croft/db_error.hpp"      // what a database can refuse
#include "croft/expression.hpp"    // fields, arithmetic and aggregates as values
#include "croft/field.hpp"         // f<&Item::name>, any, none, every, set, key
#include "croft/http_error.hpp"    // what can go wrong with a request
#include "croft/http_message.hpp"  // requests and responses as plain values
#include "croft/model_info.hpp"    // what is known of a model at run time
#include "croft/save.hpp"          // get, save, create, update_or_create, get_or_create, create_all, upsert_all
#include "croft/value.hpp"         // a value whose type is known at run time only
