// argv in, exit code out.

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <clocale>
#include <cstdio>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "drivers/module.h"
#include "drivers/process/foreground.h"
#include "drivers/real_world.h"
#include "svcmgr/cluster/node.h"
#include "svcmgr/command/command.h"
#include "svcmgr/config/document.h"
#include "svcmgr/report/error_text.h"

namespace {

using namespace svcmgr;

Terminal::Size size_of(int descriptor) {
    winsize size{};
    if (ioctl(descriptor, TIOCGWINSZ, &size) != 0) return {};
    return {size.ws_col, size.ws_row};
}

/// systemd.exec(5): JOURNAL_STREAM has device and inode of the stream that a unit's output goes to.
bool is_journal(int descriptor, const Host& host) {
    struct stat facts {};
    return fstat(descriptor, &facts) == 0 && host.environment("JOURNAL_STREAM") == fmt::format("{}:{}", facts.st_dev, facts.st_ino);
}

bool confirm(const std::string& question) {
    if (isatty(STDIN_FILENO) == 0) return false;
    std::cerr << question << " [y/N] " << std::flush;
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "y" || answer == "Y" || answer == "yes";
}

std::string read_standard_input() {
    constexpr std::size_t most = Document::largest_file + 1;  // what is larger need not be read to be refused
    std::string text(most, '\0');
    std::cin.read(text.data(), most);
    text.resize(static_cast<std::size_t>(std::cin.gcount()));
    return text;
}

/// $VISUAL or $EDITOR, which may have arguments, else what Debian calls `editor`.
std::string edit(const Host& host, const std::string& file) {
    const std::string words = host.environment("VISUAL").value_or(host.environment("EDITOR").value_or("editor"));
    Argv argv = split_command(words).value_or(Argv{});
    if (argv.empty()) return "VISUAL or EDITOR names no program";
    argv.push_back(file);
    return run_in_foreground(argv);
}

Terminal terminal_of(const Host& host) {
    Terminal terminal{std::cout, std::cerr};
    terminal.out_is_terminal = isatty(STDOUT_FILENO) != 0;
    terminal.err_is_terminal = isatty(STDERR_FILENO) != 0;
    terminal.err_is_journal = is_journal(STDERR_FILENO, host);
    terminal.dumb = host.environment("TERM").value_or("dumb") == "dumb";
    terminal.no_color = !host.environment("NO_COLOR").value_or("").empty() || host.environment("TERM") == "dumb";
    terminal.measure = [] { return size_of(STDOUT_FILENO); };
    const int columns = size_of(terminal.out_is_terminal ? STDOUT_FILENO : STDERR_FILENO).columns;
    terminal.width = columns > 0 ? columns : 80;
    const std::string locale =
        host.environment("LC_ALL").value_or(host.environment("LC_CTYPE").value_or(host.environment("LANG").value_or("")));
    terminal.utf8 = locale.find("UTF-8") != std::string::npos || locale.find("utf8") != std::string::npos;
    terminal.confirm = confirm;
    terminal.read_input = read_standard_input;
    terminal.hand_over = run_in_foreground;
    terminal.edit = [&host](const std::string& file) { return edit(host, file); };
    return terminal;
}

SshSettings ssh_settings(const Node& node, const Paths& paths) {
    const Options section = node.section("ssh");
    SshSettings settings;
    settings.known_hosts = paths.known_hosts;
    settings.own_key = paths.own_key;
    settings.identities = section.list("identity");
    settings.connect_timeout = section.duration("connect_timeout");
    return settings;
}

/// Everything, with a World that is gone afterwards: hypervisors are told good-bye, or their logs fill with clients that vanished.
int run(const std::vector<std::string>& arguments) {
    RealWorld real(module_directory(SVCMGR_MODULE_DIRECTORY));
    const World world = real.world();
    const Paths paths(world.host.environment("SVCMGR_ROOT").value_or(""));
    Terminal terminal = terminal_of(world.host);
    const auto configure = [&](const Node& node) {
        real.configure(ssh_settings(node, paths), [node](std::string_view type) { return node.section(type); });
    };
    const int code = run_command(world, paths, terminal, arguments, configure);
    std::cout.flush();
    const bool lost = !std::cout.good();  // what could not be printed must not look done
    return lost && code == 0 ? 1 : code;
}

/// What even the World can't be made without (descriptors, memory) ends here.
int run_or_say_why(const std::vector<std::string>& arguments) {
    try {
        return run(arguments);
    } catch (const Error& error) {
        std::cerr << error_text(error);
        return exit_code(error);
    } catch (const std::exception& exception) {
        std::cerr << "svcmgr: " << exception.what() << '\n';
        return 1;
    }
}

}  // namespace

int main(int argc, char** argv) {
    const int code = run_or_say_why({argv + 1, argv + argc});
    // Threads that hang in a hypervisor's library were abandoned at their deadline: nothing may wait for them now.
    _exit(code);
}
