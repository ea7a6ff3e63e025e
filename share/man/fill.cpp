// Makes a manual page of its frame while svcmgr is built: reads the frame from stdin, writes scdoc(5) to stdout.

#include <iostream>
#include <iterator>
#include <string>

#include "drivers/error.h"
#include "svcmgr/command/manual.h"

int main() {
    const std::string frame(std::istreambuf_iterator<char>(std::cin), {});
    try {
        std::cout << svcmgr::fill_manual(frame) << std::flush;
    } catch (const svcmgr::Error& error) {
        std::cerr << error.message() << '\n';
        return 1;
    }
    return std::cout.good() ? 0 : 1;
}
