/* Channels and select as in actors/include/actornet/flow: detail/channel_state.hpp (send_look,
 * receive_look, close_channel), detail/waiter.hpp (win), detail/channel_wait.hpp (leave_queue, the
 * wait), select.hpp (the two looks). Each party does one operation that is chosen at random, at
 * channels of random capacity, and may be told to stop while it waits. check.py has Spin look at
 * all interleavings.
 *
 * What a party does under one lock is one step here, up to where it claims a second waiter: nobody
 * else can look in between, and a claim that fails once fails for ever (Lipton, Reduction, 1975).
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
bool finished[PARTIES];

mtype does[WAITERS];            /* 0: the party has one alternative only */
byte at[WAITERS];
bool queued[WAITERS];
bool delivered[WAITERS];
bool at_home[WAITERS];          /* the element that a sender would send; its number is w + 1 */
byte slot[WAITERS];             /* what a receiver got */
byte received[WAITERS];         /* how often each element was received */

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
  :: found != MUST_WAIT -> winner = w; delivered[w] = (found == DONE)
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
  d_step {
    do
    :: len(to_wake) > 0 ->
      to_wake?other; assert(parked[other] && !woken[other]); woken[other] = true
    :: else -> break
    od
  }
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
    :: else
    fi;
    unlock(at[one])
  }
  wake_all();
  if
  :: found != MUST_WAIT
  :: else ->
    if
    :: d_step { woken[me] -> winner = one }
    :: d_step { may_stop[me] -> may_stop[me] = false }
      leave_queue(one);
      if
      :: left
      :: else -> d_step { woken[me] -> winner = one }
      fi
    fi;
    parked[me] = false
  fi
}

inline random_order() {
  if
  :: first = one; second = one + 1
  :: first = one + 1; second = one
  fi
}

/* select_operation::look_at_each: one lock at a time. */
inline look_at_each() {
  random_order();
  d_step { lock(at[first]); look(first); unlock(at[first]) }
  wake_all();
  if
  :: found == MUST_WAIT ->
    d_step { lock(at[second]); look(second); unlock(at[second]) }
    wake_all()
  :: else
  fi
}

/* select_operation::look_and_enlist: with all locks, taken in the order of their addresses. */
inline look_and_enlist() {
  random_order();
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
    look(first);
    if
    :: found == MUST_WAIT -> look(second)
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
      winner = one + claim[me] - 1;
      leave_queue(one + 2 - claim[me])
    :: else
    fi;
    parked[me] = false
  fi
}

proctype party(byte me) {
  byte first, second, other;
  byte one = 2 * me;
  byte winner = WAITERS;        /* nobody: refused */
  mtype found;
  bool won, left;
  chan to_wake = [PARTIES] of {byte};

  if
  :: does[one] == CLOSE -> close_channel(at[one])
  :: does[one] != CLOSE && !selects[me] -> operate_alone()
  :: selects[me] -> operate_select()
  fi;
  d_step {
    first = one;
    do
    :: does[one] != CLOSE && first < one + 2 ->
      assert(!queued[first]);
      if
      :: does[first] == SEND -> /* sent and gone, or still here */
        assert(at_home[first] == !(first == winner && delivered[first]))
      :: does[first] == RECEIVE && first == winner && delivered[first] ->
        assert(slot[first] != 0);
        received[slot[first] - 1]++;
        assert(received[slot[first] - 1] == 1)
      :: does[first] == RECEIVE && !(first == winner && delivered[first]) ->
        assert(slot[first] == 0)
      :: else
      fi;
      slot[first] = 0;
      delivered[first] = false;
      first++
    :: else -> break
    od;
    finished[me] = true;
    claim[me] = 0; woken[me] = false; may_stop[me] = false;  /* fewer states */
    first = 0; second = 0; other = 0; winner = 0; found = 0; won = false; left = false
  }
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
inline check_parked() {
  d_step {
    assert(!locked[0] && !locked[1]);
    i = 0;
    do
    :: i < WAITERS ->
      assert(finished[PARTY(i)] || (parked[PARTY(i)] && !woken[PARTY(i)]));
      if
      :: parked[PARTY(i)] && !woken[PARTY(i)] && (does[i] == SEND || does[i] == RECEIVE) ->
        assert(!closed[at[i]]);
        assert(does[i] != SEND || len(buffer[at[i]]) >= capacity[at[i]]);
        assert(does[i] != RECEIVE || empty(buffer[at[i]]));
        k = 0;
        do
        :: k < WAITERS ->
          assert(PARTY(k) == PARTY(i) || !parked[PARTY(k)] || does[k] == 0 || at[k] != at[i] ||
                 does[k] == does[i]);
          k++
        :: else -> break
        od
      :: else
      fi;
      i++
    :: else -> break
    od;
    /* Each element is somewhere, once. */
    i = 0;
    do
    :: i < WAITERS ->
      if
      :: does[i] == SEND ->
        k = received[i] + at_home[i];
        if
        :: buffer[0]??[eval(i + 1)] -> k++
        :: else
        fi;
        if
        :: buffer[1]??[eval(i + 1)] -> k++
        :: else
        fi;
        assert(k == 1)
      :: else
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
    select(k : 0 .. 1); capacity[0] = k;
    select(k : 0 .. 1); capacity[1] = k;
    select(k : 0 .. PARTIES);   /* who is told to stop, if anybody */
    if
    :: k < PARTIES -> may_stop[k] = true
    :: else
    fi;
    do
    :: i < PARTIES ->
      do
      :: kind < 14 -> kind++
      :: break
      od;
      set_party(i, kind);
      i++
    :: else -> break
    od;
    for (i : 0 .. PARTIES - 1) { run party(i) }
    i = 0; k = 0; kind = 0; from = 0
  }
  timeout -> check_parked()
}
