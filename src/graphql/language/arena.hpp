// Memory of one document: nodes are placed one behind the other and freed all at once, so parsing a query costs a
// handful of allocations. Nodes must be trivially destructible. One thread while parsing; read-only afterwards.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory_resource>
#include <string_view>
#include <type_traits>
#include <utility>

namespace croft::graphql {

/// Some nodes in a row, in an arena: a pointer and a count.
template <class T>
struct list {
    const T* first = nullptr;
    std::uint32_t count = 0;

    const T* begin() const { return first; }
    const T* end() const { return first + count; }
    std::uint32_t size() const { return count; }
    bool empty() const { return count == 0; }
    const T& operator[](std::uint32_t index) const { return first[index]; }
    const T& front() const { return first[0]; }
    const T& back() const { return first[count - 1]; }
};

class arena {
public:
    explicit arena(std::size_t first_block) : memory_(first_block) {}

    template <class T>
    T* make(T node) {
        static_assert(std::is_trivially_destructible_v<T>);
        return new (memory_.allocate(sizeof(T), alignof(T))) T(std::move(node));
    }
    template <class T>
    T* array(std::size_t count) {
        static_assert(std::is_trivially_destructible_v<T>);
        return static_cast<T*>(memory_.allocate(sizeof(T) * count, alignof(T)));
    }
    std::string_view text(std::string_view characters) {
        if (characters.empty()) return {};
        char* copy = array<char>(characters.size());
        std::memcpy(copy, characters.data(), characters.size());
        return {copy, characters.size()};
    }

private:
    std::pmr::monotonic_buffer_resource memory_;
};

/// Collects a list whose length isn't known yet, in the arena itself; it doubles, so at most half is waste.
template <class T>
class list_builder {
public:
    explicit list_builder(arena& memory) : memory_(&memory) {}
    void push(const T& item) {
        if (count_ == capacity_) grow();
        new (items_ + count_++) T(item);
    }
    list<T> done() const { return {items_, count_}; }

private:
    void grow() {
        capacity_ = capacity_ ? capacity_ * 2 : 4;
        T* larger = memory_->array<T>(capacity_);
        std::uninitialized_copy(items_, items_ + count_, larger);
        items_ = larger;
    }
    arena* memory_;
    T* items_ = nullptr;
    std::uint32_t count_ = 0;
    std::uint32_t capacity_ = 0;
};

}  // namespace croft::graphql
