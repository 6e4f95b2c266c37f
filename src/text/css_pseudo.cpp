#include "text/css_pseudo.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace croft::text::css {
namespace {

// HTML standard 4.16.3 (pseudo-classes), and the names that jQuery gave to form fields.
constexpr std::pair<std::string_view, std::string_view> shorthands[] = {
    {"first-child", ":nth-child(1)"},
    {"last-child", ":nth-last-child(1)"},
    {"only-child", ":nth-child(1):nth-last-child(1)"},
    {"first-of-type", ":nth-of-type(1)"},
    {"last-of-type", ":nth-last-of-type(1)"},
    {"only-of-type", ":nth-of-type(1):nth-last-of-type(1)"},
    {"any-link", ":is(a, area)[href]"},
    {"link", ":is(a, area)[href]"},
    {"parent", ":not(:empty)"},
    {"header", ":is(h1, h2, h3, h4, h5, h6)"},
    {"input", ":is(input, textarea, select, button)"},
    {"button", ":is(button, input[type=button])"},
    {"text", "input:is([type=text], :not([type]))"},
    {"checkbox", "input[type=checkbox]"},
    {"radio", "input[type=radio]"},
    {"file", "input[type=file]"},
    {"password", "input[type=password]"},
    {"reset", ":is(input, button)[type=reset]"},
    {"submit", ":is(input, button)[type=submit]"},
    {"image", "input[type=image]"},
    {"required", ":is(input, select, textarea)[required]"},
    {"optional", ":is(input, select, textarea):not([required])"},
    {"checked", ":is(input:is([type=checkbox], [type=radio])[checked], :selected)"},
    // Without a choice a list that isn't `multiple` shows its first option.
    {"selected", "option:is([selected], select:not([multiple], :has(option[selected])) > option:first-of-type)"},
    {"disabled",
     ":is(:is(button, input, select, textarea, optgroup, option, fieldset)[disabled], optgroup[disabled] > option, "
     "fieldset[disabled] :is(button, input, select, textarea, fieldset):not(fieldset[disabled] > legend:first-of-type "
     "*))"},
    {"enabled", ":is(button, input, select, textarea, optgroup, option, fieldset):not(:disabled)"},
};

constexpr std::string_view of_a_browser[] = {"hover",         "active",  "focus",  "focus-within",
                                             "focus-visible", "visited", "target", "target-within"};

}  // namespace

std::string_view shorthand(std::string_view name) {
    const auto* found =
        std::find_if(std::begin(shorthands), std::end(shorthands), [&](auto& s) { return s.first == name; });
    return found == std::end(shorthands) ? std::string_view() : found->second;
}

bool needs_a_browser(std::string_view name) {
    return std::find(std::begin(of_a_browser), std::end(of_a_browser), name) != std::end(of_a_browser);
}

}  // namespace croft::text::css
