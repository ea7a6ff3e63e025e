#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "svcmgr/cluster/replication/service_files.h"

namespace svcmgr {

/// What one node tells another of a service's files: `svcmgr.replica/1`, question and answer of `svcmgr peer compare`. Keys are added,
/// never changed.
struct FileList {
    std::string node;
    std::string host_mode;
    FileStates files;
};

std::string to_json(const FileList& list);
/// Foreign bytes: anything that is not such a list is a sentence that says what is wrong with it. What is read has names that
/// kind_of_file() knows, digests that are some, and at most a thousand files.
tl::expected<FileList, std::string> parse_file_list(std::string_view text);

}  // namespace svcmgr
