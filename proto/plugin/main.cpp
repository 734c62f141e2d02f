// protoc-gen-actornet: from a .proto file's services typed servers and clients, as a header
// <file>.actornet.hpp. docs/services.md says how they are used.

#include <google/protobuf/compiler/code_generator.h>
#include <google/protobuf/compiler/plugin.h>
#include <google/protobuf/io/zero_copy_stream.h>

#include <cstdint>
#include <memory>
#include <string>

#include "rules.hpp"
#include "writer.hpp"

namespace {

class generator final : public google::protobuf::compiler::CodeGenerator {
 public:
  bool Generate(const google::protobuf::FileDescriptor* file, const std::string&,
                google::protobuf::compiler::GeneratorContext* context,
                std::string* error) const override {
    *error = actornet::plugin::flaw_of(*file);
    if (!error->empty())
      return false;
    const std::unique_ptr<google::protobuf::io::ZeroCopyOutputStream> out(
        context->Open(actornet::plugin::header_of(*file)));
    actornet::plugin::write_header(*file, *out);
    return true;
  }

  std::uint64_t GetSupportedFeatures() const override { return FEATURE_PROTO3_OPTIONAL; }
};

}  // namespace

int main(int argc, char** argv) {
  const generator made;
  return google::protobuf::compiler::PluginMain(argc, argv, &made);
}
