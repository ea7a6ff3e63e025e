#pragma once

#include <map>
#include <string>
#include <vector>

namespace svcmgr::conformance {

/// What became of a case on a technology.
struct Result {
    std::string word;    ///< pass, replayed, n/a, skip or fail
    std::string reason;  ///< of n/a and skip
};

/// Case x technology.
struct ResultTable {
    std::vector<std::string> cases;
    std::vector<std::string> technologies;
    std::map<std::string, std::map<std::string, Result>> by_technology;  ///< technology -> case -> result
};

/// Reads the files of results in a directory, one for each technology. One that has no file there is not in the table.
ResultTable read_results(const std::string& directory, const std::vector<std::string>& technologies);

/// For a terminal: the table, and below it each reason once.
std::string to_text(const ResultTable& table);

/// For share/doc/conformance.md.
std::string to_markdown(const ResultTable& table);
/// The table of such a document; an empty one when there is none in it.
ResultTable from_markdown(const std::string& text);

enum class AfterComparing { leave, replace };
/// Whether a document says the same of the technologies that ran. What could not be tried on this machine (skip) is taken from the
/// document.
bool same_as_document(const ResultTable& table, const std::string& path, AfterComparing after);

}  // namespace svcmgr::conformance
