#include "drivers/hypervisor/xen/config_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <optional>

#include "drivers/numbers.h"
#include "drivers/options.h"

namespace svcmgr::xen {

namespace {

/// The assignments of an xl.cfg: NAME = VALUE, where a value is a text in quotes, a number, or a list in brackets that may go over several
/// lines. A value is the list of the texts and numbers in it.
class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    /// Why the text is no configuration; empty when it is one.
    std::string read() {
        for (skip_space(Lines::skipped); !rest_.empty(); skip_space(Lines::skipped)) {
            if (take(';')) continue;
            const auto key = word();
            if (key.empty()) return problem(fmt::format("'{}' is no name of a setting", rest_.front()));
            skip_space(Lines::kept);
            const bool adds = take('+');
            if (!take('=')) return problem(fmt::format("'=' is missing after {}", key));
            skip_space(Lines::kept);
            if (!adds) values[key].clear();
            if (auto wrong = value(values[key]); !wrong.empty()) return wrong;
        }
        return {};
    }

    std::map<std::string, std::vector<std::string>, std::less<>> values;

    /// The first one that has a value; empty when none has.
    std::string first(std::initializer_list<std::string_view> keys) const {
        for (const std::string_view key : keys)
            if (const auto found = values.find(key); found != values.end() && !found->second.empty()) return found->second.front();
        return {};
    }
    std::vector<std::string> all(std::string_view key) const {
        const auto found = values.find(key);
        return found == values.end() ? std::vector<std::string>() : found->second;
    }

private:
    enum class Lines { skipped, kept };

    std::string problem(const std::string& what) const { return fmt::format("line {}: {}", line_, what); }

    char next() const { return rest_.empty() ? '\0' : rest_.front(); }
    void advance() {
        line_ += rest_.front() == '\n' ? 1 : 0;
        rest_.remove_prefix(1);
    }
    bool take(char wanted) {
        if (rest_.empty() || next() != wanted) return false;
        advance();
        return true;
    }
    void skip_space(Lines lines) {
        while (!rest_.empty()) {
            if (next() == '#')
                rest_.remove_prefix(std::min(rest_.size(), rest_.find('\n')));
            else if (next() == ' ' || next() == '\t' || next() == '\r' || (next() == '\n' && lines == Lines::skipped))
                advance();
            else
                return;
        }
    }

    static bool in_word(char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') || letter == '_' ||
               letter == '.' || letter == '-';
    }
    std::string word() {
        std::string text;
        for (; in_word(next()); advance()) text += next();
        return text;
    }

    /// Reads a value into `into`; returns what is wrong with it.
    std::string value(std::vector<std::string>& into) {
        if (take('[')) return list(into);
        if (next() == '"' || next() == '\'') return quoted(into);
        auto number = word();
        if (number.empty()) return problem("a value is missing");
        into.push_back(std::move(number));
        return {};
    }
    std::string quoted(std::vector<std::string>& into) {
        const char quote = next();
        advance();
        std::string text;
        for (; next() != quote; advance()) {
            if (rest_.empty() || next() == '\n') return problem("a quote is not closed");
            if (next() == '\\' && rest_.size() > 1) advance();
            text += next();
        }
        advance();
        into.push_back(std::move(text));
        return {};
    }
    /// Lists in lists are read as one.
    std::string list(std::vector<std::string>& into) {
        for (int depth = 1; depth > 0;) {
            skip_space(Lines::skipped);
            if (rest_.empty()) return problem("a list is not closed");
            if (take(',')) continue;
            if (take('['))
                ++depth;
            else if (take(']'))
                --depth;
            else if (auto wrong = value(into); !wrong.empty())
                return wrong;
        }
        return {};
    }

    std::string_view rest_;
    int line_ = 1;
};

/// Takes the prefixes off by which older versions told format and backend; returns whether there was one.
bool take_prefixes(std::string_view& target) {
    bool found = false;
    for (bool again = true; again;) {
        again = false;
        for (const std::string_view prefix :
             {"phy:", "file:", "tap:", "tap2:", "aio:", "raw:", "qcow:", "qcow2:", "vhd:", "ioemu:", "tapdisk:"})
            if (target.starts_with(prefix)) {
                target.remove_prefix(prefix.size());
                found = again = true;
            }
    }
    return found;
}

void set_target(GuestDisk& disk, std::string_view target) {
    disk.source = target;
    disk.kind = target.empty()                ? GuestDisk::Kind::other
                : target.starts_with("/dev/") ? GuestDisk::Kind::block
                : target.front() == '/'       ? GuestDisk::Kind::file
                                              : GuestDisk::Kind::other;
}

void set_vdev(GuestDisk& disk, std::string_view vdev) {
    const auto colon = vdev.find(':');
    disk.target = vdev.substr(0, colon);
    if (colon != std::string_view::npos && vdev.substr(colon + 1) == "cdrom") disk.device = "cdrom";
    disk.bus = disk.target.starts_with("hd") ? "ide" : disk.target.starts_with("sd") ? "scsi" : "xen";
}

void set_access(GuestDisk& disk, std::string_view access) {
    disk.readonly = access == "r" || access == "ro";
}

/// "mac=00:16:3e:00:00:01, bridge=br0, script=vif-route"
GuestConfig::Vif parse_vif(std::string_view spec) {
    GuestConfig::Vif vif;
    for (const std::string_view part : split(spec, ',')) {
        const auto setting = trimmed(part);
        const auto equals = setting.find('=');
        if (equals == std::string_view::npos) continue;
        const auto key = trimmed(setting.substr(0, equals)), value = trimmed(setting.substr(equals + 1));
        if (key == "bridge") vif.bridge = value;
        if (key == "script") vif.script = value;
        if (key == "backend") vif.backend = value;
    }
    return vif;
}

}  // namespace

GuestDisk parse_disk(std::string_view spec) {
    GuestDisk disk;
    disk.device = "disk";
    disk.bus = "xen";
    int position = 0;
    while (!spec.empty()) {
        // The last of the named ones may have commas in it.
        const auto whole = trimmed(spec);
        if (whole.starts_with("target=")) {
            set_target(disk, whole.substr(7));
            break;
        }
        const auto part = trimmed(spec.substr(0, spec.find(',')));
        spec.remove_prefix(std::min(spec.size(), spec.find(',') == std::string_view::npos ? spec.size() : spec.find(',') + 1));
        const auto equals = part.find('=');
        if (equals != std::string_view::npos && !part.starts_with('/')) {
            if (part.substr(0, equals) == "vdev") set_vdev(disk, part.substr(equals + 1));
            if (part.substr(0, equals) == "access") set_access(disk, part.substr(equals + 1));
            if (part == "devtype=cdrom") disk.device = "cdrom";
        } else if (part == "cdrom") {
            disk.device = "cdrom";
        } else {
            auto word = part;
            // Who says the format in front of the target does not say it behind.
            if (position == 0 && take_prefixes(word)) {
                set_target(disk, word);
                position = 2;
                continue;
            }
            if (position == 0) set_target(disk, word);
            if (position == 2) set_vdev(disk, word);
            if (position == 3) set_access(disk, word);
            ++position;
        }
    }
    return disk;
}

tl::expected<GuestConfig, std::string> parse_config(std::string_view text) {
    Reader reader(text);
    if (auto problem = reader.read(); !problem.empty()) return tl::unexpected(std::move(problem));
    GuestConfig config;
    config.name = reader.first({"name"});
    config.uuid = lower_case(reader.first({"uuid"}));
    for (const auto& spec : reader.all("disk")) config.disks.push_back(parse_disk(spec));
    for (const auto& spec : reader.all("vif")) config.vifs.push_back(parse_vif(spec));
    config.memory_mib = parse_number<std::uint64_t>(reader.first({"memory"}));
    config.vcpus = parse_number<std::uint64_t>(reader.first({"maxvcpus", "vcpus"})).value_or(1);
    config.cpus = reader.all("cpus");
    return config;
}

tl::expected<XlSettings, std::string> parse_xl_settings(std::string_view text) {
    Reader reader(text);
    if (auto problem = reader.read(); !problem.empty()) return tl::unexpected(std::move(problem));
    XlSettings settings;
    if (const auto word = reader.first({"autoballoon"}); word == "on" || word == "1")
        settings.ballooning = XlSettings::Ballooning::on;
    else if (word == "off" || word == "0")
        settings.ballooning = XlSettings::Ballooning::off;
    // Each has an older name.
    settings.vif.bridge = reader.first({"vif.default.bridge", "defaultbridge"});
    settings.vif.script = reader.first({"vif.default.script", "vifscript"});
    settings.vif.backend = reader.first({"vif.default.backend"});
    return settings;
}

}  // namespace svcmgr::xen
