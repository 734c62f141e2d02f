# actornet's libraries, each with those it needs; the build and the installed package use this.
#
# net, sim (net), tls, web, auth (net, OpenSSL), proto, flow (net), runtime (flow, proto: no CAF),
# cluster (flow, proto), rooms (runtime, cluster), history_sqlite (rooms, SQLite),
# nats (cluster, libnats), history_nats (rooms, nats), actors (runtime: CAF)

# Needs come first.
set(_actornet_components net sim tls web auth proto flow runtime cluster rooms history_sqlite
  nats history_nats actors)
set(_actornet_needs_net "")
set(_actornet_needs_sim net)
set(_actornet_needs_tls net)
set(_actornet_needs_web net)
set(_actornet_needs_auth net)
set(_actornet_needs_proto "")
set(_actornet_needs_flow net)
set(_actornet_needs_runtime net proto flow)
set(_actornet_needs_cluster net proto flow)
set(_actornet_needs_rooms net proto flow runtime cluster)
set(_actornet_needs_history_sqlite net proto flow runtime cluster rooms)
set(_actornet_needs_nats net proto flow cluster)
set(_actornet_needs_history_nats net proto flow runtime cluster rooms nats)
set(_actornet_needs_actors net proto flow runtime)

# _actornet_with_needs(<variable> <component>...): these and all they need, needs first.
function(_actornet_with_needs variable)
  set(wanted ${ARGN})
  foreach(component IN LISTS ARGN)
    list(APPEND wanted ${_actornet_needs_${component}})
  endforeach()
  set(ordered "")
  foreach(component IN LISTS _actornet_components)
    if(component IN_LIST wanted)
      list(APPEND ordered ${component})
    endif()
  endforeach()
  set(${variable} ${ordered} PARENT_SCOPE)
endfunction()
