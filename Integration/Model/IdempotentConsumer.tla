---- MODULE IdempotentConsumer ----
(* From the topic to the read model: Sources/IdempotentConsumer.

   One partition that moves between consumers, with several aggregates on it. Of the topic only that is assumed what
   OutboxDispatcher.tla shows: an aggregate's events come in order by first occurrence, and any of them may come
   again. Event <<a, n>> is the n-th of aggregate a.

   Any consumer may own the partition at any time, also several at once: one that has lost it need not know it. A
   transaction locks the partition's row, so it is one step here. A projection may fail on any event at any time. *)
EXTENDS Naturals, Sequences, FiniteSets, TLC

CONSTANTS
    Aggregates, Consumers,
    MaxEvents,      \* of an aggregate
    MaxRecords, BatchSize, MaxAttempts, MaxTroubles, MaxDecisions,
    Break           \* names of broken rules; {} is the product
VARIABLES
    log,            \* the partition's records
    position,       \* outbox_consumer_offsets.next_offset, as a number of records
    inbox,          \* outbox_inbox
    applied,        \* aggregate -> the events that took effect in the read model, in order
    discarded,      \* what operators gave up
    holds,          \* outbox_consumer_holds: aggregate -> attempts; Free, or Dead: an operator has to decide
    held,           \* outbox_consumer_held_events: aggregate -> waiting events, in order
    holdsVersion,   \* outbox_consumer_offsets.holds_version
    kafkaOffset,    \* what is committed to the group
    consumers,      \* what each has in memory
    troubles, decisions
database == <<position, inbox, applied, discarded, holds, held, holdsVersion>>
vars == <<log, database, kafkaOffset, consumers, troubles, decisions>>

Broken(rule) == rule \in Break
Free == 0
Dead == MaxAttempts + 1
Away == [owns |-> FALSE, next |-> 0, version |-> 0, holds |-> {}]
Range(s) == {s[k] : k \in DOMAIN s}
Agg(e) == e[1]
Trouble == troubles < MaxTroubles /\ troubles' = troubles + 1
Decision == decisions < MaxDecisions /\ decisions' = decisions + 1

Init ==
    /\ log = <<>> /\ position = 0 /\ inbox = {} /\ discarded = {}
    /\ applied = [a \in Aggregates |-> <<>>]
    /\ holds = [a \in Aggregates |-> Free] /\ held = [a \in Aggregates |-> <<>>]
    /\ holdsVersion = 1 /\ kafkaOffset = 0
    /\ consumers = [c \in Consumers |-> Away]
    /\ troubles = 0 /\ decisions = 0

---- (* The topic *)
Known(a) == Cardinality({n \in 1..MaxEvents : <<a, n>> \in Range(log)})
Produce(e) ==
    /\ Len(log) < MaxRecords
    /\ e \in Range(log) \/ e[2] = Known(Agg(e)) + 1
    /\ log' = Append(log, e)
    /\ UNCHANGED <<database, kafkaOffset, consumers, troubles, decisions>>

---- (* The group *)
Assigned(c) ==
    /\ ~consumers[c].owns
    /\ consumers' = [consumers EXCEPT ![c] =
        [Away EXCEPT !.owns = TRUE, !.next = IF Broken("go on where the database says") THEN kafkaOffset ELSE position]]
    /\ UNCHANGED <<log, database, kafkaOffset, troubles, decisions>>
(* Given up, lost, or crashed. *)
Revoked(c) ==
    /\ consumers[c].owns
    /\ Trouble
    /\ consumers' = [consumers EXCEPT ![c] = Away]
    /\ UNCHANGED <<log, database, kafkaOffset, decisions>>
(* Read by nobody while it is the database that says where to go on, so there is none in that world. *)
CommitOffset(c) ==
    /\ Broken("go on where the database says")
    /\ consumers[c].owns
    /\ LET next == consumers[c].next
       IN kafkaOffset' = IF Broken("commit to the database first") /\ next < Len(log) THEN next + 1 ELSE next
    /\ kafkaOffset' # kafkaOffset
    /\ UNCHANGED <<log, database, consumers, troubles, decisions>>

---- (* Transactions. Each begins with the partition's lock, and with the holds if they have changed. *)
HeldNow == {a \in Aggregates : holds[a] # Free}
KnownHolds(c) == IF consumers[c].version = holdsVersion THEN consumers[c].holds ELSE HeldNow
IsNew(e, done) == Broken("the inbox tells what was applied") \/ e \notin done

(* What a batch of records does, event by event, when the projection fails on those in `fails`. State `s` has inbox,
   applied, holds, held and the aggregates known to be on hold. *)
Keep(s, e) ==
    IF e \in s.inbox \/ e \in Range(s.held[Agg(e)]) THEN s ELSE [s EXCEPT !.held[Agg(e)] = Append(@, e)]
ApplyOne(s, e, fails) ==
    LET a == Agg(e) IN
    CASE a \in s.known /\ ~Broken("a failed event holds its aggregate") -> Keep(s, e)
      [] ~IsNew(e, s.inbox) -> s
      [] e \in fails ->
            LET failed == [s EXCEPT !.holds[a] = 1, !.known = @ \cup {a}, !.held[a] = Append(@, e)]
            IN IF Broken("a failed event leaves the inbox")
               THEN [failed EXCEPT !.inbox = @ \cup {e}, !.held[a] = s.held[a]] ELSE failed
      [] OTHER -> [s EXCEPT !.inbox = @ \cup {e}, !.applied[a] = Append(@, e)]
RECURSIVE ApplyAll(_, _, _)
ApplyAll(s, events, fails) ==
    IF events = <<>> THEN s ELSE ApplyAll(ApplyOne(s, Head(events), fails), Tail(events), fails)
Now(known) == [inbox |-> inbox, applied |-> applied, holds |-> holds, held |-> held, known |-> known]

Apply(c, count) ==
    LET me == consumers[c]
        end == me.next + count
        first == IF Broken("the database's offset decides") THEN me.next ELSE position
        known == KnownHolds(c)
    IN
    /\ me.owns /\ end <= Len(log)
    /\ IF first < me.next \* overtaken: go on where the database says
       THEN consumers' = [consumers EXCEPT ![c].next = position] /\ UNCHANGED <<database>>
       ELSE LET batch == SubSeq(log, first + 1, end) IN \E fails \in SUBSET Range(batch) :
            LET s == ApplyAll(Now(known), batch, fails)
                version == IF s.holds # holds THEN holdsVersion + 1 ELSE holdsVersion
            IN /\ inbox' = s.inbox /\ applied' = s.applied /\ holds' = s.holds /\ held' = s.held
               /\ holdsVersion' = version
               /\ position' = IF Broken("the database's offset decides") \/ end > position THEN end ELSE position
               /\ consumers' = [consumers EXCEPT ![c] =
                    [@ EXCEPT !.next = position', !.version = version, !.holds = s.known]]
               /\ UNCHANGED discarded
    /\ UNCHANGED <<log, kafkaOffset, troubles, decisions>>

(* The waiting events of an aggregate, in order, up to the first that fails; once its attempts are used up, it is a
   dead letter. *)
RetryHolds(c, a) ==
    LET me == consumers[c]
        waiting == held[a]
        isUsedUp == holds[a] = MaxAttempts
    IN
    /\ me.owns /\ a \in KnownHolds(c) /\ holds[a] \notin {Free, Dead}
    /\ \E done \in IF isUsedUp THEN {0} ELSE 0..Len(waiting) :
        LET new == SelectSeq(SubSeq(waiting, 1, done), LAMBDA e : IsNew(e, inbox))
            rest == IF Broken("retries keep the order") /\ done < Len(waiting)
                    THEN Append(SubSeq(waiting, done + 2, Len(waiting)), waiting[done + 1])
                    ELSE SubSeq(waiting, done + 1, Len(waiting))
            state == CASE isUsedUp -> Dead
                       [] rest = <<>> -> Free
                       [] OTHER -> IF done = 0 THEN holds[a] + 1 ELSE 1
        IN /\ inbox' = inbox \cup Range(new)
           /\ applied' = [applied EXCEPT ![a] = @ \o new]
           /\ held' = [held EXCEPT ![a] = rest]
           /\ holds' = [holds EXCEPT ![a] = state]
           /\ consumers' = [consumers EXCEPT ![c] = [@ EXCEPT
                !.version = holdsVersion + 1,
                !.holds = IF state = Free THEN KnownHolds(c) \ {a} ELSE KnownHolds(c)]]
    /\ holdsVersion' = holdsVersion + 1
    /\ UNCHANGED <<log, position, discarded, kafkaOffset, troubles, decisions>>

---- (* Operators *)
Decided == holdsVersion' = IF Broken("a decision raises the version of the holds") THEN holdsVersion ELSE holdsVersion + 1
Retry(a) ==
    /\ holds[a] = Dead /\ Decision
    /\ IF Broken("a dead letter is retried in its place") /\ Len(log) < MaxRecords
       THEN \* sent to the topic once more, and the aggregate goes on without it
            /\ log' = Append(log, Head(held[a]))
            /\ held' = [held EXCEPT ![a] = Tail(@)]
            /\ holds' = [holds EXCEPT ![a] = IF held'[a] = <<>> THEN Free ELSE 1]
       ELSE holds' = [holds EXCEPT ![a] = 1] /\ UNCHANGED <<log, held>>
    /\ Decided
    /\ UNCHANGED <<position, inbox, applied, discarded, kafkaOffset, consumers, troubles>>
Discard(a) ==
    /\ holds[a] = Dead /\ Decision
    /\ held' = [held EXCEPT ![a] = Tail(@)]
    /\ holds' = [holds EXCEPT ![a] = IF Len(held[a]) = 1 THEN Free ELSE 1]
    /\ inbox' = IF Broken("a discarded event is in the inbox") THEN inbox ELSE inbox \cup {Head(held[a])}
    /\ discarded' = discarded \cup {Head(held[a])}
    /\ Decided
    /\ UNCHANGED <<log, position, applied, kafkaOffset, consumers, troubles>>

Next ==
    \/ \E a \in Aggregates, n \in 1..MaxEvents : Produce(<<a, n>>)
    \/ \E c \in Consumers :
        \/ Assigned(c) \/ Revoked(c) \/ CommitOffset(c)
        \/ \E count \in 1..BatchSize : Apply(c, count)
        \/ \E a \in Aggregates : RetryHolds(c, a)
    \/ \E a \in Aggregates : Retry(a) \/ Discard(a)
Spec == Init /\ [][Next]_vars
Fairness == \A c \in Consumers :
    /\ WF_vars(Assigned(c)) /\ WF_vars(\E count \in 1..BatchSize : Apply(c, count))
    /\ \A a \in Aggregates : WF_vars(RetryHolds(c, a))
FairSpec == Spec /\ Fairness
Symmetry == Permutations(Aggregates) \cup Permutations(Consumers)
(* Only whether a consumer's copy of the holds is the newest matters, not by how much it is older. *)
View == <<log, position, inbox, applied, discarded, holds, held, kafkaOffset, troubles, decisions,
    [c \in Consumers |-> [consumers[c] EXCEPT !.version =
        IF @ = holdsVersion THEN 1 ELSE 0, !.holds = IF consumers[c].version = holdsVersion THEN @ ELSE {}]]>>

---- (* What must hold *)
IsSettled(e) == e \in Range(applied[Agg(e)]) \cup discarded
AppliedOnce == \A a \in Aggregates : \A j, k \in DOMAIN applied[a] : j # k => applied[a][j] # applied[a][k]
AppliedInOrder == \A a \in Aggregates : \A k \in DOMAIN applied[a] : \A n \in 1..(applied[a][k][2] - 1) :
    <<a, n>> \in discarded \cup {applied[a][j] : j \in 1..(k - 1)}
DiscardedStaysOut == \A e \in discarded : e \notin Range(applied[Agg(e)])
NothingSkipped == \A k \in 1..(IF kafkaOffset > position THEN kafkaOffset ELSE position) :
    IsSettled(log[k]) \/ log[k] \in Range(held[Agg(log[k])])
WaitingHasHold == \A a \in Aggregates : held[a] # <<>> <=> holds[a] # Free
VersionTellsHolds == \A c \in Consumers : consumers[c].version = holdsVersion => consumers[c].holds = HeldNow
(* Whatever is on the topic takes effect, unless an operator has to decide. *)
Progress == \A a \in Aggregates, n \in 1..MaxEvents :
    (<<a, n>> \in Range(log)) ~> (IsSettled(<<a, n>>) \/ holds[a] = Dead)
====
