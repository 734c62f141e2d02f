#include "writer.hpp"

#include <google/protobuf/compiler/cpp/names.h>
#include <google/protobuf/io/printer.h>

#include <map>
#include <set>

#include "actornet/cluster/v1/options.pb.h"
#include "names.hpp"
#include "rules.hpp"

namespace actornet::plugin {

namespace cpp = google::protobuf::compiler::cpp;
namespace v1 = cluster::v1;
using google::protobuf::EnumDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;
using google::protobuf::io::Printer;
using words = std::map<std::string, std::string>;

namespace {

words words_of(const MethodDescriptor& method) {
  const ServiceDescriptor& service = *method.service();
  return {{"name", method.name()},
          {"call", snake_case(method.name())},
          {"methods", methods_of(service)},
          {"server", server_of(service)},
          {"request", cpp::QualifiedClassName(method.input_type())},
          {"reply", cpp::QualifiedClassName(method.output_type())},
          {"streams", method.server_streaming() ? "true" : "false"},
          {"idempotent", method.options().GetExtension(v1::idempotent) ? "true" : "false"}};
}

template <class Write>
void for_each_method(const ServiceDescriptor& service, Write write) {
  for (int i = 0; i < service.method_count(); ++i)
    write(*service.method(i));
}

void write_errors(const EnumDescriptor& errors, Printer& out) {
  out.Print(
      "inline const std::error_category& $snake$_category() noexcept {\n"
      "  static const ::actornet::cluster::enum_category made(\"$full$\", [](int value) {\n"
      "    return std::string($name$_Name(static_cast<$name$>(value)));\n"
      "  });\n"
      "  return made;\n"
      "}\n\n"
      "inline std::error_code make_error_code($name$ error) noexcept {\n"
      "  return {static_cast<int>(error), $snake$_category()};\n"
      "}\n\n",
      "snake", snake_case(errors.name()), "full", errors.full_name(), "name",
      cpp::ClassName(&errors));
}

void write_method(const MethodDescriptor& method, Printer& out) {
  words text = words_of(method);
  out.Print(text,
            "  struct $call$ {\n"
            "    using request = $request$;\n"
            "    using reply = $reply$;\n"
            "    static constexpr std::string_view name = \"$name$\";\n"
            "    static constexpr bool streams = $streams$;\n"
            "    static constexpr bool idempotent = $idempotent$;\n");
  if (const auto* const key = key_of(method)) {
    text["key"] = cpp::FieldName(key);
    out.Print(text,
              "    static std::uint64_t key(const request& asked) {\n"
              "      return ::actornet::cluster::key_hash(asked.$key$());\n"
              "    }\n");
  }
  out.Print("  };\n");
}

void write_methods(const ServiceDescriptor& service, Printer& out) {
  const EnumDescriptor* const errors = errors_of(service);
  out.Print("/// What the declaration of $full$ says.\nstruct $methods$ {\n", "full",
            service.full_name(), "methods", methods_of(service));
  for_each_method(service, [&](const MethodDescriptor& each) { write_method(each, out); });
  out.Print(
      "\n  static ::actornet::cluster::service_shape shape() noexcept {\n"
      "    return {\"$full$\", $shards$, $errors$};\n  }\n};\n\n",
      "full", service.full_name(), "shards",
      std::to_string(service.options().GetExtension(v1::shards)), "errors",
      errors ? "&" + snake_case(errors->name()) + "_category()" : "nullptr");
}

void write_server(const ServiceDescriptor& service, Printer& out) {
  out.Print(
      "/// Serves $full$: derive from it, and give it to a `service_host`.\n"
      "class $server$ : public ::actornet::cluster::service {\n public:\n",
      "full", service.full_name(), "server", server_of(service));
  for_each_method(service, [&](const MethodDescriptor& each) {
    out.Print(words_of(each),
              each.server_streaming()
                  ? "  virtual ::actornet::task<::actornet::result<void>> $call$(\n"
                    "      const $request$& request,\n"
                    "      ::actornet::cluster::reply_sink<$reply$>& items,\n"
                    "      ::actornet::cluster::call& context) = 0;\n"
                  : "  virtual ::actornet::task<::actornet::result<$reply$>> $call$(\n"
                    "      const $request$& request, ::actornet::cluster::call& context) = 0;\n");
  });
  out.Print(
      "\n  ::actornet::cluster::service_shape shape() const noexcept final {\n"
      "    return $methods$::shape();\n  }\n"
      "  std::span<const ::actornet::cluster::served_method> methods() const noexcept final {\n",
      "methods", methods_of(service));
  if (service.method_count() == 0) {
    out.Print("    return {};\n  }\n};\n\n");
    return;
  }
  out.Print("    static constexpr ::actornet::cluster::served_method all[] = {\n");
  for_each_method(service, [&](const MethodDescriptor& each) {
    out.Print(
        words_of(each),
        "        ::actornet::cluster::serves<$methods$::$call$, $server$, &$server$::$call$>(),\n");
  });
  out.Print("    };\n    return all;\n  }\n};\n\n");
}

void write_client(const ServiceDescriptor& service, Printer& out) {
  out.Print(
      "/// Asks $full$; see `actornet::cluster::service_client`.\nclass $client$ {\n public:\n"
      "  explicit $client$(::actornet::cluster::bus& over,\n"
      "      const ::actornet::cluster::client_options& options = {})\n"
      "      : caller_(over, $methods$::shape(), options) {}\n\n",
      "full", service.full_name(), "client", client_of(service), "methods", methods_of(service));
  for_each_method(service, [&](const MethodDescriptor& each) {
    words text = words_of(each);
    text["gives"] = each.server_streaming()
                        ? "::actornet::cluster::reply_stream<" + text["reply"] + ">"
                        : text["reply"];
    text["ask"] = each.server_streaming() ? "open" : "ask";
    out.Print(
        text,
        "  ::actornet::task<::actornet::cluster::answer<$gives$>> $call$(\n"
        "      const $request$& request, const ::actornet::cluster::ask_options& how = {}) {\n"
        "    return caller_.$ask$<$methods$::$call$>(request, how);\n  }\n");
  });
  out.Print(
      "\n  const ::actornet::cluster::client_statistics& statistics() const noexcept {\n"
      "    return caller_.statistics();\n  }\n\n"
      " private:\n  ::actornet::cluster::service_client caller_;\n};\n\n");
}

void write_service(const ServiceDescriptor& service, Printer& out) {
  write_methods(service, out);
  write_server(service, out);
  write_client(service, out);
}

std::set<const EnumDescriptor*> errors_in(const FileDescriptor& file) {
  std::set<const EnumDescriptor*> all;
  for (int i = 0; i < file.service_count(); ++i)
    if (const auto* const errors = errors_of(*file.service(i)))
      all.insert(errors);
  return all;
}

}  // namespace

std::string header_of(const FileDescriptor& file) {
  return cpp::StripProto(file.name()) + ".actornet.hpp";
}

void write_header(const FileDescriptor& file, google::protobuf::io::ZeroCopyOutputStream& to) {
  Printer out(&to, '$');
  const std::string space = namespace_of(file);
  out.Print(
      "// Made by protoc-gen-actornet from $file$. Do not edit.\n"
      "#pragma once\n\n"
      "#include <actornet/cluster/service.hpp>\n"
      "#include <actornet/cluster/service_client.hpp>\n"
      "#include <cstdint>\n#include <span>\n#include <string>\n#include <string_view>\n"
      "#include <system_error>\n\n"
      "#include \"$stem$.pb.h\"\n\n",
      "file", file.name(), "stem", cpp::StripProto(file.name()));
  const auto errors = errors_in(file);
  for (const EnumDescriptor* each : errors)
    out.Print("template <>\nstruct std::is_error_code_enum<$enum$> : std::true_type {};\n\n",
              "enum", cpp::QualifiedClassName(each));
  if (!space.empty())
    out.Print("namespace $space$ {\n\n", "space", space);
  for (const EnumDescriptor* each : errors)
    write_errors(*each, out);
  for (int i = 0; i < file.service_count(); ++i)
    write_service(*file.service(i), out);
  if (!space.empty())
    out.Print("}  // namespace $space$\n", "space", space);
}

}  // namespace actornet::plugin
