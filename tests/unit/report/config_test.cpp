#include "svcmgr/report/config.h"

#include <doctest/doctest.h>

#include "svcmgr/cluster/env_shape.h"
#include "tests/unit/config/small_shapes.h"

using namespace svcmgr;

namespace {

EvaluatedConfig evaluated(const std::string& text) {
    const Document document = Document::parse(text, "web.env");
    NodeView node;
    node.nodename = "node1";
    node.service = "web";
    return {"web", "node1", "web.env", Sections::evaluate(document, node, small::shape_of)};
}

}  // namespace

// References put a secret where no name tells that it is one.
TEST_CASE("an evaluated configuration hides the values of [env] that are secret, wherever they have got to") {
    const std::string text =
        "[DEFAULT]\napp = {env.admin_password} and more\n[env]\nadmin_password = hunter2\nurl = db://{env.admin_password}/x\nimage = "
        "lab:1\n";
    const std::string hidden = evaluated_text(evaluated(text), {}, SecretValues::hidden);
    CHECK(hidden.find("hunter2") == std::string::npos);
    CHECK(hidden.find("app = *** and more") != std::string::npos);
    CHECK(hidden.find("url = db://***/x") != std::string::npos);
    CHECK(hidden.find("image = lab:1") != std::string::npos);
    CHECK(evaluated_text(evaluated(text), {}, SecretValues::shown).find("app = hunter2 and more") != std::string::npos);
    CHECK(evaluated_json({evaluated(text)}, SecretValues::hidden).find("hunter2") == std::string::npos);
}

TEST_CASE("what a section gets by default is what its own driver says") {
    const auto json = [](const std::string& type) {
        const Document document = Document::parse("[container#1]\nimage = lab:1\ntype = " + type + "\n", "web.env");
        return evaluated_json({{"web", "node1", "web.env", Sections::evaluate(document, {"node1", "web"}, env_shape)}},
                              SecretValues::shown);
    };
    CHECK(json("kvm").find("\"name\"") != std::string::npos);
    CHECK(json("docker").find("\"name\"") == std::string::npos);
}
