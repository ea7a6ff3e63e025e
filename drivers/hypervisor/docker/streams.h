#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace svcmgr::docker {

/// The two outputs of a container as the Engine sends them: frames of eight bytes (stream, three zeros, length in big endian) and that many
/// bytes. Of a container with a terminal there are no frames. Keeps at most `limit` bytes of each.
class OutputFrames {
public:
    enum class Shape { frames, plain };
    explicit OutputFrames(Shape shape, std::size_t limit) : shape_(shape), limit_(limit) {}

    /// Takes the next bytes, wherever they are cut. Returns false for what is no such stream; nothing is taken then.
    bool take(std::string_view bytes);
    /// Whether all that was announced has come.
    bool complete() const { return header_.empty() && missing_ == 0; }

    std::string out, err;
    /// Both, in the order in which they came.
    std::string all;
    bool truncated = false;

private:
    void keep(std::string_view bytes);

    Shape shape_;
    std::size_t limit_;
    std::string header_;
    std::size_t missing_ = 0;
    bool is_error_ = false;
};

/// The lines of a text: without their ends, without bytes that steer terminals, each of at most 1000 bytes; the last `most` of them.
std::vector<std::string> last_lines(std::string_view text, std::size_t most);

/// What `POST /images/create` tells while an image is loaded: a line of JSON for each event of each layer. Tells people a line when
/// something worth it has happened, and not a thousand.
class PullProgress {
public:
    explicit PullProgress(std::function<void(const std::string&)> tell) : tell_(std::move(tell)) {}

    void take(std::string_view bytes);
    /// To be called when the stream has ended.
    void end();
    /// Why it failed, in the Engine's words; empty when it did not.
    const std::string& problem() const { return problem_; }

private:
    struct Layer {
        std::string status;
        double current = 0, total = 0;
    };
    void take_line(std::string_view line);
    void tell_of_layers();

    std::function<void(const std::string&)> tell_;
    std::string line_;
    std::map<std::string, Layer> layers_;
    std::string told_;
    int tenths_told_ = -1;
    std::string problem_;
};

}  // namespace svcmgr::docker
