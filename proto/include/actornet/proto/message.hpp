#pragma once

// libprotobuf's base class of all messages, for layers that must not know libprotobuf itself.

#include <google/protobuf/message_lite.h>  // IWYU pragma: export
