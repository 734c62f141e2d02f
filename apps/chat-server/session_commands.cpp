// What a session does with each command.

#include "actornet/net/text_rules.hpp"
#include "session.hpp"

namespace actornet::chat {

namespace {

using request_handle = in_flight<connection_ref<v1::Event>>;

// An answer must not be missing among others.
void reply_to(const request_handle& from, const v1::Event& event) {
  if (!from->send(event))
    from->close(errc::slow_consumer);
}

refusal of_error(std::error_code error) {
  const auto code = [&] {
    if (error == errc::not_allowed)
      return v1::FAILURE_CODE_NOT_ALLOWED;
    if (error == errc::name_invalid)
      return v1::FAILURE_CODE_BAD_NAME;
    if (error == errc::message_too_large)
      return v1::FAILURE_CODE_BAD_TEXT;
    if (error == errc::members_exhausted || error == errc::rooms_exhausted ||
        error == errc::channels_exhausted)
      return v1::FAILURE_CODE_TOO_MANY;
    return v1::FAILURE_CODE_UNAVAILABLE;
  }();
  return {code, error.message()};
}

// Not in the turn in which a room gives all others their messages: they are sent at its end, and to
// close a thousand members takes long.
void close_soon(net::loop& home, const connection_ref<v1::Event>& slow) {
  using reference = connection_ref<v1::Event>;
  home.enqueue({[](void* context) {
                  const std::unique_ptr<reference> to(static_cast<reference*>(context));
                  to->close(errc::slow_consumer);
                },
                new reference(slow)});
}

// Of a Who or a ReadHistory.
const std::string& room_of(const v1::Command& command) {
  return command.has_who() ? command.who().room() : command.history().room();
}

// The newest of the page whose texts fit.
v1::Event to_event(std::uint32_t request, const std::string& room, const rooms::history_page& page,
                   std::size_t bytes_max) {
  auto first = page.messages.end();
  for (std::size_t bytes = 0; first != page.messages.begin(); --first) {
    bytes += (*std::prev(first))->bytes();
    if (bytes > bytes_max && first != page.messages.end())
      break;
  }
  v1::Event event;
  event.set_request(request);
  v1::HistoryPage& filled = *event.mutable_page();
  filled.set_room(room);
  filled.set_more(first != page.messages.end() && (*first)->at().offset > page.first_kept);
  for (; first != page.messages.end(); ++first)
    fill(*filled.add_messages(), room, **first);
  return event;
}

}  // namespace

session::reply session::refuse(std::uint32_t request, const refusal& why, bool last) {
  service::counts& counted = of_.counted_here();
  (why.code == v1::FAILURE_CODE_RATE_LIMITED ? counted.rate_limited : counted.commands_refused)
      .add();
  return {to_event(request, why), last};
}

session::reply session::answer(const v1::Command& command) {
  if (welcomed() == command.has_hello())
    return refuse(
        command.request(),
        {v1::FAILURE_CODE_BAD_COMMAND, welcomed() ? "a second Hello" : "Hello comes first"}, true);
  if (command.has_hello())
    return greet(command);
  if (const auto why = too_often(command))
    return refuse(command.request(), *why);
  switch (command.kind_case()) {
    case v1::Command::kJoin:
      return join(command);
    case v1::Command::kLeave:
      return leave(command);
    case v1::Command::kTyping:
      return typing(command);
    case v1::Command::kRefresh:
      return refresh(command);
    case v1::Command::kPing: {
      v1::Event event;
      event.set_request(command.request());
      event.mutable_pong();
      return {event};
    }
    default:
      return refuse(command.request(), {v1::FAILURE_CODE_BAD_COMMAND, "not a command"});
  }
}

// -- limits and permissions -----------------------------------------------------------------------

std::optional<refusal> session::too_often(const v1::Command& command) {
  const net::time_point now = home_->now();
  auto free = commands_.take(now);
  if (free && command.has_publish())
    free = of_.by_user().take(who_->user, now);
  if (free && command.has_publish())
    free = of_.by_address().take(address_, now);
  if (free)
    return std::nullopt;
  return refusal{v1::FAILURE_CODE_RATE_LIMITED, "too many at a time", free.wait};
}

std::optional<refusal> session::refusal_of_room(const std::string& room) const {
  const net::text_fault fault = net::check_name(room, of_.limits().name);
  if (fault != net::text_fault::none)
    return refusal{v1::FAILURE_CODE_BAD_NAME, std::string("the room's name is ") + describe(fault)};
  if (!who_->may_join(room))
    return refusal{v1::FAILURE_CODE_NOT_ALLOWED, "the token does not name this room"};
  return std::nullopt;
}

std::optional<refusal> session::refusal_of(const v1::Publish& wanted) const {
  if (!seats_.contains(wanted.room()))
    return refusal{v1::FAILURE_CODE_NOT_JOINED, "join the room first"};
  if (wanted.id().size() > of_.limits().id_bytes_max)
    return refusal{v1::FAILURE_CODE_BAD_COMMAND, "the message's id is too long"};
  const net::text_fault fault = net::check_message_text(wanted.text(), of_.limits().text_bytes_max);
  if (fault != net::text_fault::none)
    return refusal{v1::FAILURE_CODE_BAD_TEXT, std::string("the text is ") + describe(fault)};
  return std::nullopt;
}

bool session::is_deferred(const v1::Command& command) noexcept {
  return command.has_publish() || command.has_who() || command.has_history();
}

std::optional<refusal> session::refusal_of_deferred(const v1::Command& command) {
  if (auto why = too_often(command))
    return why;
  return command.has_publish() ? refusal_of(command.publish()) : refusal_of_room(room_of(command));
}

// -- rooms ----------------------------------------------------------------------------------------

session::reply session::join(const v1::Command& command) {
  const v1::Join& wanted = command.join();
  if (const auto why = refusal_of_room(wanted.room()))
    return refuse(command.request(), *why);
  if (seats_.contains(wanted.room()))
    return refuse(command.request(), {v1::FAILURE_CODE_BAD_COMMAND, "joined already"});
  if (seats_.size() >= of_.limits().rooms_max)
    return refuse(command.request(), {v1::FAILURE_CODE_TOO_MANY, "leave another room first"});
  rooms::join_request how;
  how.user = who_->user;
  if (wanted.has_after())
    how.after = position_of(wanted.after());
  how.history = std::min(wanted.history(), of_.limits().replay_messages_max);
  auto taken = std::make_unique<seat>(static_cast<seat_owner&>(*this), out_, wanted.room(),
                                      command.request());
  seat& mine = *seats_.emplace(wanted.room(), std::move(taken)).first->second;
  if (const auto done = mine.take(of_.rooms(), std::move(how)); !done) {
    seats_.erase(wanted.room());
    return refuse(command.request(), of_error(done.error()));
  }
  return {};  // the room says Joined
}

void session::on_seat_closed(const std::string& room, std::uint32_t request,
                             std::error_code reason) {
  if (reason == errc::slow_consumer)
    return close_soon(*home_, out_);
  (void)out_.send(*refuse(request, of_error(reason)).event);
  seats_.erase(seats_.find(room));  // `room` with it
}

session::reply session::leave(const v1::Command& command) {
  const std::string& room = command.leave().room();
  const auto found = seats_.find(room);
  if (found == seats_.end())
    return refuse(command.request(), {v1::FAILURE_CODE_NOT_JOINED, "not in this room"});
  found->second->leave();
  seats_.erase(found);
  v1::Event event;
  event.set_request(command.request());
  event.mutable_left()->set_room(room);
  return {event};
}

session::reply session::typing(const v1::Command& command) {
  const auto found = seats_.find(command.typing().room());
  if (found == seats_.end())
    return refuse(command.request(), {v1::FAILURE_CODE_NOT_JOINED, "not in this room"});
  found->second->typing(command.typing().active());
  return {};
}

// -- what the history answers ---------------------------------------------------------------------

void session::begin(const v1::Command& command, request_handle from) {
  if (command.has_publish())
    publish(command, std::move(from));
  else if (command.has_who())
    who(command, std::move(from));
  else
    read_history(command, std::move(from));
}

void session::publish(const v1::Command& command, request_handle from) {
  const v1::Publish& wanted = command.publish();
  auto done = [from = std::move(from), request = command.request(), room = wanted.room(),
               id = wanted.id()](result<rooms::appended> outcome) {
    if (!outcome)
      return reply_to(from, to_event(request, of_error(outcome.error())));
    if (request == 0)
      return;
    v1::Event event;
    event.set_request(request);
    v1::Published& published = *event.mutable_published();
    published.set_room(room);
    published.set_id(id);
    fill(*published.mutable_position(), outcome->at);
    published.set_again(outcome->again);
    reply_to(from, event);
  };
  const auto text = std::as_bytes(std::span(wanted.text()));
  of_.rooms()
      .publish(wanted.room(), {who_->user, wanted.id(), net::shared_bytes::copy_of(text)},
               std::move(done))
      .detach();
}

void session::who(const v1::Command& command, request_handle from) {
  const std::string& room = command.who().room();
  auto done = [from = std::move(from), request = command.request(),
               room](result<rooms::members_list> there) {
    if (!there)
      return reply_to(from, to_event(request, of_error(there.error())));
    v1::Event event;
    event.set_request(request);
    fill(*event.mutable_members(), room, *there);
    reply_to(from, event);
  };
  of_.rooms().who(room, who_->user, std::move(done)).detach();
}

void session::read_history(const v1::Command& command, request_handle from) {
  const v1::ReadHistory& wanted = command.history();
  auto done = [from = std::move(from), request = command.request(), room = wanted.room(),
               bytes_max = of_.limits().page_bytes_max](result<rooms::history_page> page) {
    reply_to(from, page ? to_event(request, room, *page, bytes_max)
                        : to_event(request, of_error(page.error())));
  };
  std::optional<rooms::position> before;
  if (wanted.has_before())
    before = position_of(wanted.before());
  const std::size_t count = std::min(wanted.count(), of_.limits().replay_messages_max);
  of_.rooms().page(wanted.room(), who_->user, before, count, std::move(done)).detach();
}

}  // namespace actornet::chat
