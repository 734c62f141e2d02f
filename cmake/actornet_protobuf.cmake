# actornet_protobuf_library(<name> PROTO_PATH <folder> FILES <file>... [LINK <target>...])
#
# Makes the static library <name> of the .proto files, named relative to <folder>: the messages
# (<file>.pb.h) and, for files with services, the servers and clients (<file>.actornet.hpp). The
# files may import "actornet/cluster/v1/options.proto", and those of what LINK names if their
# folders are the same. Needs the component cluster.
function(actornet_protobuf_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "PROTO_PATH" "FILES;LINK")
  cmake_path(ABSOLUTE_PATH arg_PROTO_PATH)
  if(NOT TARGET protobuf::protoc)  # known only in the folder that looked for it
    find_package(Protobuf 3.21 REQUIRED)
  endif()
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/${name}.generated)
  file(MAKE_DIRECTORY ${generated})
  set(sources "")
  foreach(file IN LISTS arg_FILES)
    string(REGEX REPLACE "\\.proto$" "" stem ${file})
    set(made ${generated}/${stem}.pb.cc ${generated}/${stem}.pb.h ${generated}/${stem}.actornet.hpp)
    add_custom_command(
      OUTPUT ${made}
      COMMAND protobuf::protoc --proto_path=${arg_PROTO_PATH} --proto_path=${actornet_PROTO_PATH}
        --cpp_out=${generated}
        --plugin=protoc-gen-actornet=$<TARGET_FILE:actornet::protoc-gen-actornet>
        --actornet_out=${generated} ${file}
      DEPENDS ${arg_PROTO_PATH}/${file} protobuf::protoc actornet::protoc-gen-actornet
      COMMENT "Generating ${stem}.pb.h and ${stem}.actornet.hpp" VERBATIM)
    list(APPEND sources ${made})
  endforeach()
  add_library(${name} STATIC ${sources})
  target_compile_features(${name} PUBLIC cxx_std_20)
  target_include_directories(${name} SYSTEM PUBLIC ${generated})
  target_link_libraries(${name} PUBLIC actornet::cluster ${arg_LINK})
endfunction()
