#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace svcmgr {

/// What stands where a secret was.
inline constexpr std::string_view secret_mark = "***";

/// Whether what has this name is not for everybody's eyes: a password, a passphrase, a secret, a token, a key or credentials; also where
/// `pass` or `pwd` is one of its words. PWD alone is a directory.
bool sounds_secret(std::string_view name);

/// A keyword's value with `***` in the place of what is secret in it: of NAME=value words, of `--password value`, of user:password@ in a
/// URL, and of the whole value in the free section [env] when its keyword sounds so. Files that hold secrets are named, not hidden.
std::string without_secrets(std::string_view section, std::string_view keyword, std::string_view value);

/// The same of the text of an env file: whatever else is in it stays, byte for byte.
std::string without_secrets(std::string_view env_file);

/// The same of a command's words, which are put together with blanks between them.
std::string without_secrets(const std::vector<std::string>& argv);

/// Whether a keyword's value, or an env file, has something to hide.
bool holds_secret(std::string_view section, std::string_view keyword, std::string_view value);
bool holds_secrets(std::string_view env_file);

}  // namespace svcmgr
