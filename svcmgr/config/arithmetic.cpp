#include "svcmgr/config/arithmetic.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>

#include "drivers/options.h"

namespace svcmgr {

namespace {

constexpr double largest_exact = 9007199254740992.0;  // 2^53: beyond it a double skips whole numbers
constexpr int deepest = 50;

using Number = tl::expected<double, std::string>;

bool is_whole(double x) {
    return std::floor(x) == x;
}

Number checked(double x) {
    if (!std::isfinite(x) || std::fabs(x) > largest_exact) return tl::unexpected<std::string>("its result is too large");
    return x;
}

/// "1.5", "1e-05"; what only looks like an exponent is left.
std::string_view number_at_front(std::string_view text) {
    constexpr std::string_view digits = "0123456789";
    const std::size_t size = std::min(text.find_first_not_of("0123456789."), text.size());
    if (size == text.size() || (text[size] != 'e' && text[size] != 'E')) return text.substr(0, size);
    std::size_t exponent = size + 1;
    if (exponent < text.size() && (text[exponent] == '-' || text[exponent] == '+')) ++exponent;
    const std::size_t end = std::min(text.find_first_not_of(digits, exponent), text.size());
    return text.substr(0, end == exponent ? size : end);
}

class Calculator {
public:
    explicit Calculator(std::string_view text) : text_(text) {}

    Number calculate() {
        const Number result = exclusive_or();
        if (result && !peek().empty()) return unexpected_text();
        return result;
    }

private:
    Number exclusive_or() {
        Number left = sum();
        while (left && take("^")) {
            const Number right = sum();
            if (!right) return right;
            if (!is_whole(*left) || !is_whole(*right)) return tl::unexpected<std::string>("'^' needs whole numbers");
            left = checked(static_cast<double>(static_cast<std::int64_t>(*left) ^ static_cast<std::int64_t>(*right)));
        }
        return left;
    }

    Number sum() {
        Number left = product();
        while (left) {
            const bool plus = take("+");
            if (!plus && !take("-")) break;
            const Number right = product();
            if (!right) return right;
            left = checked(plus ? *left + *right : *left - *right);
        }
        return left;
    }

    Number product() {
        Number left = signed_power();
        while (left) {
            const std::string_view op = take_product_operator();
            if (op.empty()) break;
            const Number right = signed_power();
            if (!right) return right;
            if (op != "*" && *right == 0) return tl::unexpected<std::string>("it divides by zero");
            left = multiply_or_divide(op, *left, *right);
        }
        return left;
    }

    static Number multiply_or_divide(std::string_view op, double left, double right) {
        if (op == "*") return checked(left * right);
        if (op == "/") return checked(left / right);
        if (op == "//") return checked(std::floor(left / right));
        const double rest = std::fmod(left, right);
        return checked(rest != 0 && (rest < 0) != (right < 0) ? rest + right : rest);
    }

    Number signed_power() {
        if (++depth_ > deepest) return tl::unexpected<std::string>("it is nested too deeply");
        Number result = 0;
        if (take("-")) {
            result = signed_power();
            if (result) result = -*result;
        } else if (take("+")) {
            result = signed_power();
        } else {
            result = power();
        }
        --depth_;
        return result;
    }

    Number power() {
        const Number base = operand();
        if (!base || !take("**")) return base;
        const Number exponent = signed_power();
        if (!exponent) return exponent;
        if (*base == 0 && *exponent < 0) return tl::unexpected<std::string>("it divides by zero");
        return checked(std::pow(*base, *exponent));
    }

    Number operand() {
        if (take("(")) {
            const Number inside = exclusive_or();
            if (inside && !take(")")) return tl::unexpected<std::string>("a '(' has no ')'");
            return inside;
        }
        const std::string_view word = number_at_front(peek());
        double number = 0;
        const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
        if (word.empty() || error != std::errc() || end != word.data() + word.size()) return unexpected_text();
        text_.remove_prefix(word.size());
        return checked(number);
    }

    std::string_view take_product_operator() {
        if (peek().substr(0, 2) == "**") return {};
        for (const std::string_view op : {"//", "/", "*", "%"})
            if (take(op)) return op;
        return {};
    }

    std::string_view peek() {
        text_ = trimmed(text_);
        return text_;
    }

    bool take(std::string_view word) {
        if (peek().substr(0, word.size()) != word) return false;
        text_.remove_prefix(word.size());
        return true;
    }

    Number unexpected_text() {
        if (peek().empty()) return tl::unexpected<std::string>("a number is missing at its end");
        return tl::unexpected<std::string>(fmt::format("'{}' is no number or operator", peek().substr(0, 20)));
    }

    std::string_view text_;
    int depth_ = 0;
};

}  // namespace

tl::expected<std::string, std::string> calculate(std::string_view expression) {
    const Number result = Calculator(expression).calculate();
    if (!result) return tl::unexpected(result.error());
    // From 10^15 on, 15 digits have no room for a fraction.
    if (is_whole(*result) || std::fabs(*result) >= 999999999999999.5) return fmt::format("{}", std::llround(*result));
    return fmt::format("{:.15g}", *result);
}

}  // namespace svcmgr
