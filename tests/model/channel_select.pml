/* Channels and select as in actors/include/actornet/flow: detail/channel_state.hpp (send_look,
 * receive_look, close_channel), detail/waiter.hpp (win), detail/channel_wait.hpp (leave_queue, the
 * wait), select.hpp (the two looks). Each party does one operation that is chosen at random, at
 * channels of random capacity. check.py has Spin look at all interleavings.
 *
 * What a party does under one lock is one step here, up to where it claims a second waiter: nobody
 * else can look in between, and a claim that fails once fails for ever (Lipton, Reduction, 1975).
 *
 * With STOPS, the task of one party is told to stop if it waits. With ONLY_SELECTS there are only
 * selects, at rendezvous channels.
 *
 * A planted bug is chosen by one of these macros:
 *   CLOSE_WAKES_ONE     close wakes one waiter only
 *   TAKE_BEFORE_CLAIM   the element is moved before the select of the waiter was won
 *   LOSER_KEEPS         a send that waits takes the element along, and does not give it back
 *   NO_SECOND_LOOK      a select enters the queues without looking again under all locks
 */

#define PARTIES 3
#define CHANNELS 2
#define CAPACITY_MAX 1
#define WAITERS 6               /* two alternatives for each party */
#define PARTY(w) ((w) / 2)
#define WITHDRAWN 3             /* else a claim is 0 (nobody's), or 1 + the alternative that won */

mtype = {SEND, RECEIVE, CLOSE, DONE, CLOSED, MUST_WAIT};

bool locked[CHANNELS];
bool closed[CHANNELS];
byte capacity[CHANNELS];
chan buffer[CHANNELS] = [CAPACITY_MAX] of {byte};
chan senders[CHANNELS] = [WAITERS] of {byte};
chan receivers[CHANNELS] = [WAITERS] of {byte};

byte claim[PARTIES];
bool selects[PARTIES];          /* a wait that is not a select's needs no claim */
bool parked[PARTIES];
bool woken[PARTIES];
bool may_stop[PARTIES];         /* its task is told to stop while it waits */
byte winner[PARTIES];           /* the waiter that was served; WAITERS: none */
bool finished[PARTIES];

mtype does[WAITERS];            /* 0: the party has one alternative only */
byte at[WAITERS];
bool queued[WAITERS];
bool delivered[WAITERS];
bool at_home[WAITERS];          /* the element that a sender would send; its number is w + 1 */
byte slot[WAITERS];             /* what a receiver got */

inline lock(c) { !locked[c] -> locked[c] = true }
inline unlock(c) { locked[c] = false }

/* waiter::win */
inline win(w) {
  if
  :: !selects[PARTY(w)] -> won = true
  :: selects[PARTY(w)] && claim[PARTY(w)] == 0 -> claim[PARTY(w)] = w % 2 + 1; won = true
  :: else -> won = false
  fi
}

/* Moves the element of sender s to receiver r. */
inline hand_over(s, r) { slot[r] = s + 1; at_home[s] = false }

/* Waiter w has been won and is served: it will be woken. */
inline delivered_to(w) { delivered[w] = true; to_wake!PARTY(w); found = DONE }

/* channel_state::send by waiter w, with the lock. */
inline send_look(c, w) {
  found = MUST_WAIT;
  if
  :: closed[c] -> found = CLOSED
  :: else ->
    do
    :: found == MUST_WAIT && len(receivers[c]) > 0 ->
      receivers[c]?other;
      queued[other] = false;
#ifdef TAKE_BEFORE_CLAIM
      hand_over(w, other);
#endif
      win(other);
      if
      :: won -> hand_over(w, other); delivered_to(other)
      :: else
      fi
    :: else -> break
    od;
    if
    :: found == MUST_WAIT && len(buffer[c]) < capacity[c] ->
      buffer[c]!w + 1; at_home[w] = false; found = DONE
    :: else
    fi
  fi
}

/* channel_state::receive by waiter w, with the lock. */
inline receive_look(c, w) {
  found = MUST_WAIT;
  if
  :: len(buffer[c]) > 0 ->
    buffer[c]?slot[w];
    do                          /* admit_senders */
    :: len(senders[c]) > 0 && len(buffer[c]) < capacity[c] ->
      senders[c]?other;
      queued[other] = false;
      win(other);
      if
      :: won -> buffer[c]!other + 1; at_home[other] = false; delivered_to(other)
      :: else
      fi
    :: else -> break
    od;
    found = DONE
  :: else ->
    do
    :: found == MUST_WAIT && len(senders[c]) > 0 ->
      senders[c]?other;
      queued[other] = false;
#ifdef TAKE_BEFORE_CLAIM
      hand_over(other, w);
#endif
      win(other);
      if
      :: won -> hand_over(other, w); delivered_to(other)
      :: else
      fi
    :: else -> break
    od;
    if
    :: found == MUST_WAIT && closed[c] -> found = CLOSED
    :: else
    fi
  fi
}

inline look(w) {
  if
  :: does[w] == SEND -> send_look(at[w], w)
  :: does[w] == RECEIVE -> receive_look(at[w], w)
  :: else -> found = MUST_WAIT
  fi;
  if
  :: found != MUST_WAIT -> winner[me] = w; delivered[w] = (found == DONE)
  :: else
  fi
}

inline enlist(w) {
  if
  :: does[w] == SEND -> senders[at[w]]!w; queued[w] = true
  :: does[w] == RECEIVE -> receivers[at[w]]!w; queued[w] = true
  :: else
  fi;
#ifdef LOSER_KEEPS
  at_home[w] = false
#endif
}

/* wake_list::wake_all, without locks. Nobody is woken who does not wait, or twice. */
inline wake_all() {
  if
  :: len(to_wake) > 0 ->
    d_step {
      do
      :: len(to_wake) > 0 ->
        to_wake?other; assert(parked[other] && !woken[other]); woken[other] = true
      :: else -> break
      od
    }
  :: else
  fi
}

/* withdraw_alternative; a wait's part of abandon. */
inline leave_queue(w) {
  d_step {
    does[w] == 0 || !locked[at[w]] ->
    left = false;
    if
    :: does[w] != 0 ->
      if
      :: queued[w] && does[w] == SEND -> senders[at[w]]??eval(w); left = true
      :: queued[w] && does[w] == RECEIVE -> receivers[at[w]]??eval(w); left = true
      :: else
      fi;
      queued[w] = false
    :: else
    fi
  }
}

inline close_channel(c) {
  atomic { lock(c) }
  if
  :: !closed[c] ->
    closed[c] = true;
    do
    :: d_step {
        len(receivers[c]) + len(senders[c]) > 0 ->
        if
        :: len(receivers[c]) > 0 -> receivers[c]?other
        :: len(receivers[c]) == 0 -> senders[c]?other
        fi;
        queued[other] = false;
        win(other);
        if
        :: won -> to_wake!PARTY(other)
        :: else
        fi
      }
#ifdef CLOSE_WAKES_ONE
      if
      :: won -> break
      :: else
      fi
#endif
    :: len(receivers[c]) + len(senders[c]) == 0 -> break
    od
  :: else
  fi;
  unlock(c);
  wake_all()
}

/* channel_wait: one look, and without unlocking into the queue. */
inline operate_alone() {
  d_step {
    lock(at[one]);
    look(one);
    if
    :: found == MUST_WAIT -> enlist(one); parked[me] = true
    :: else -> finished[me] = true
    fi;
    unlock(at[one])
  }
  wake_all();
  if
  :: found != MUST_WAIT
  :: else ->
    if
    :: d_step { woken[me] -> winner[me] = one; finished[me] = true }
    :: d_step { may_stop[me] -> may_stop[me] = false }
      leave_queue(one);
      if
      :: left -> finished[me] = true
      :: else -> d_step { woken[me] -> winner[me] = one; finished[me] = true }
      fi
    fi
  fi
}

/* select_operation::look_at_each: one lock at a time. (The order is random there; here each pair of
 * alternatives comes in both orders, at channels of both capacities.) */
inline look_at_each() {
  d_step { lock(at[one]); look(one); unlock(at[one]) }
  wake_all();
  if
  :: found == MUST_WAIT ->
    d_step { lock(at[one + 1]); look(one + 1); unlock(at[one + 1]) }
    wake_all()
  :: else
  fi
}

/* select_operation::look_and_enlist: with all locks, taken in the order of their addresses. */
inline look_and_enlist() {
  if
  :: at[one] < at[one + 1] -> atomic { lock(at[one]) }
  :: at[one] > at[one + 1] -> atomic { lock(at[one + 1]) }
  :: else
  fi;
  d_step {
    (at[one] < at[one + 1] && !locked[at[one + 1]]) || (at[one] >= at[one + 1] && !locked[at[one]]) ->
    locked[at[one]] = true;
    locked[at[one + 1]] = true;
#ifndef NO_SECOND_LOOK
    look(one);
    if
    :: found == MUST_WAIT -> look(one + 1)
    :: else
    fi;
#endif
    if
    :: found == MUST_WAIT -> enlist(one); enlist(one + 1); parked[me] = true
    :: else
    fi;
    unlock(at[one]);
    unlock(at[one + 1])
  }
  wake_all()
}

inline operate_select() {
  look_at_each();
  if
  :: found == MUST_WAIT -> look_and_enlist()
  :: else
  fi;
  if
  :: found != MUST_WAIT
  :: else ->
    if
    :: woken[me]
    :: d_step { may_stop[me] -> /* abandon */
        may_stop[me] = false;
        if
        :: claim[me] == 0 -> claim[me] = WITHDRAWN
        :: else
        fi
      }
      if
      :: claim[me] == WITHDRAWN -> leave_queue(one); leave_queue(one + 1)
      :: else -> woken[me]
      fi
    fi;
    if
    :: claim[me] != WITHDRAWN ->
      winner[me] = one + claim[me] - 1;
      leave_queue(one + 2 - claim[me])
    :: else
    fi
  fi;
  finished[me] = true
}

proctype party(byte me) {
  byte other;
  byte one = 2 * me;
  mtype found;
  bool won, left;
  chan to_wake = [PARTIES] of {byte};

  if
  :: does[one] == CLOSE -> close_channel(at[one]); finished[me] = true
  :: does[one] != CLOSE && !selects[me] -> operate_alone()
  :: selects[me] -> operate_select()
  fi
}

/* Alternative w becomes number `kind` of these four. */
inline set_alternative(w, kind) {
  at[w] = kind % 2;
  if
  :: kind < 2 -> does[w] = SEND; at_home[w] = true
  :: else -> does[w] = RECEIVE
  fi
}

/* Party p becomes number `kind` of 15: 4 sends and receives, 10 selects, a close. */
inline set_party(p, kind) {
  if
  :: kind < 4 -> set_alternative(2 * p, kind)
  :: kind >= 4 && kind < 14 ->
    selects[p] = true;
    k = kind - 4; from = 0;
    do                          /* pairs (from, to) with from <= to */
    :: k >= 4 - from -> k = k - (4 - from); from++
    :: else -> break
    od;
    set_alternative(2 * p, from);
    k = from + k;
    set_alternative(2 * p + 1, k)
  :: else -> does[2 * p] = CLOSE
  fi
}

/* When nothing moves any more, nobody waits who could go on. */
inline check_parked(w) {
  assert(!closed[at[w]]);
  assert(does[w] != SEND || len(buffer[at[w]]) >= capacity[at[w]]);
  assert(does[w] != RECEIVE || len(buffer[at[w]]) == 0);
  k = 0;
  do
  :: k < WAITERS ->
    assert(PARTY(k) == PARTY(w) || finished[PARTY(k)] || does[k] == 0 || at[k] != at[w] ||
           does[k] == does[w]);
    k++
  :: else -> break
  od
}

/* Who waits no more is in no queue; its element went away if and only if it was sent, and it has
 * got one if and only if it has received. */
inline check_finished(w) {
  assert(!queued[w]);
  k = (winner[PARTY(w)] == w && delivered[w]);
  if
  :: does[w] == SEND -> assert(at_home[w] == !k)
  :: else -> assert((slot[w] != 0) == k)
  fi
}

/* Each element is with its sender, in a channel or with a receiver, and only there. */
inline check_element(w) {
  k = at_home[w];
  if
  :: buffer[0]??[eval(w + 1)] -> k++
  :: else
  fi;
  if
  :: buffer[1]??[eval(w + 1)] -> k++
  :: else
  fi;
  from = 0;
  do
  :: from < WAITERS -> k = k + (slot[from] == w + 1); from++
  :: else -> break
  od;
  assert(k == 1)
}

inline check_all() {
  d_step {
    assert(!locked[0] && !locked[1]);
    i = 0;
    do
    :: i < WAITERS ->
      assert(finished[PARTY(i)] || (parked[PARTY(i)] && !woken[PARTY(i)]));
      if
      :: does[i] != SEND && does[i] != RECEIVE
      :: else ->
        if
        :: finished[PARTY(i)] -> check_finished(i)
        :: else -> check_parked(i)
        fi;
        if
        :: does[i] == SEND -> check_element(i)
        :: else
        fi
      fi;
      i++
    :: else -> break
    od
  }
}

/* Parties and capacities; which party comes first does not matter, so their kinds ascend. */
init {
  byte i, k, kind, from;
  atomic {
#ifdef ONLY_SELECTS
    kind = 4;
#else
    select(k : 0 .. 1); capacity[0] = k;
#endif
#ifdef STOPS
    select(k : 0 .. PARTIES - 1); may_stop[k] = true;
#elif !defined(ONLY_SELECTS)
    select(k : 0 .. 1); capacity[1] = k;
#endif
    do
    :: i < PARTIES ->
      do
      :: kind < 14 -> kind++
      :: break
      od;
#ifdef STOPS                    /* not three selects, to have fewer states */
      !(i == PARTIES - 1 && kind < 14 && selects[0]) ->
#endif
#ifdef ONLY_SELECTS
      kind < 14 ->
#endif
      set_party(i, kind);
      winner[i] = WAITERS;
      i++
    :: else -> break
    od;
    for (i : 0 .. PARTIES - 1) { run party(i) }
    i = 0; k = 0; kind = 0; from = 0
  }
  timeout -> check_all()
}
