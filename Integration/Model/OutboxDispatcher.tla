---- MODULE OutboxDispatcher ----
(* From writers' transactions to the topic: Sources/OutboxDispatcher, Sources/Outbox.

   Any number of dispatchers work side by side. One whose lease has ended need not know it: it goes on sending what
   it has claimed, for as long as it likes. So it stands for a paused process, for a batch in a client's queue, and
   for requests of a dead process that are still on their way. The broker takes an event or refuses it, at one time
   so and at another so. The topic is modelled aggregate by aggregate: between aggregates there is no order to keep, and
   each may have a topic of its own.

   What goes wrong without being an event's fault (crashes, purges, lost reports, lost leases) is counted against
   MaxTroubles, and what operators do against MaxDecisions; that alone makes the world finite.

   Not modelled: time (a hold or a lease may end at any moment), events that their writers schedule for later, and
   partitions added to a topic, which move keys. *)
EXTENDS Naturals, Sequences, FiniteSets, TLC

CONSTANTS
    Aggregates, Lanes, Dispatchers,
    MaxEvents, BatchSize, MaxRetries, MaxTroubles, MaxDecisions,
    Lasting,    \* dispatchers that go on; another one may end for good at any moment
    Silent,     \* aggregates whose topic may leave records unanswered, for a while or for good
    Leases,     \* FALSE: every dispatcher claims every lane at all times
    Deadline,   \* TRUE: nothing of a batch reaches the topic once its lane has a new owner
    Break       \* names of broken rules; {} is the product
VARIABLES
    nextId,     \* the sequence, which hands ids out before their transactions commit
    open,       \* transactions that are under way: one event each
    rows,       \* outbox_events: id -> aggregate, state, tries (retry_count)
    lanes,      \* outbox_lanes: lane -> owner, epoch
    believed,   \* dispatcher -> lane -> the epoch under which it believes to own the lane; 0: it doesn't
    batches,    \* dispatcher -> flight -> its batch: a lane's one, or what it no longer waits for
    topicHolds, \* dispatcher -> aggregates whose topic takes nothing, for all that it knows
    topic,      \* aggregate -> the ids that the broker has taken, in order
    cursors,    \* dispatcher -> the last id it claimed; only a broken claim looks at it
    troubles, decisions
vars == <<nextId, open, rows, lanes, believed, batches, topicHolds, topic, cursors, troubles, decisions>>

Broken(rule) == rule \in Break
NoBatch == [phase |-> "idle", epoch |-> 0, todo |-> {}, acked |-> {}, failed |-> {}]
Nobody == "nobody"
Flights == Lanes \X IF Silent = {} THEN {"lane"} ELSE {"lane", "late"}
OfLane(l) == <<l, "lane">>
LaneOf == CHOOSE f \in [Aggregates -> Lanes] : \A l \in Lanes : \E a \in Aggregates : f[a] = l
Least(S) == CHOOSE x \in S : \A y \in S : x <= y
Range(s) == {s[k] : k \in DOMAIN s}

Ids == DOMAIN rows
Agg(i) == rows[i].agg
LaneOfEvent(i) == LaneOf[Agg(i)]
Trouble == troubles < MaxTroubles /\ troubles' = troubles + 1
Decision == decisions < MaxDecisions /\ decisions' = decisions + 1

Init ==
    /\ nextId = 1 /\ open = {} /\ rows = <<>>
    /\ lanes = [l \in Lanes |-> [owner |-> Nobody, epoch |-> 1]]
    /\ believed = [d \in Dispatchers |-> [l \in Lanes |-> 0]]
    /\ batches = [d \in Dispatchers |-> [f \in Flights |-> NoBatch]]
    /\ topicHolds = [d \in Dispatchers |-> {}]
    /\ topic = [a \in Aggregates |-> <<>>]
    /\ cursors = [d \in Dispatchers |-> 0]
    /\ troubles = 0 /\ decisions = 0

---- (* Writers lock their aggregate, draw an id, and commit; one that never does leaves a gap, as if it had rolled back. *)
Begin(a) ==
    /\ nextId <= MaxEvents
    /\ Broken("writers lock their aggregate") \/ \A t \in open : t.agg # a
    /\ open' = open \cup {[id |-> nextId, agg |-> a]}
    /\ nextId' = nextId + 1
    /\ UNCHANGED <<rows, lanes, believed, batches, topic, topicHolds, cursors, troubles, decisions>>
(* Due is what nobody scheduled, from the moment that it is written, by whatever clock that was: while a clock says that
   it is not due, it is neither claimed nor does it keep anything from being claimed. *)
Commit(t) ==
    /\ open' = open \ {t}
    /\ rows' = rows @@ (t.id :> [agg |-> t.agg, tries |-> 0, state |->
        IF Broken("an event is due when it is written") THEN "early" ELSE "pending"])
    /\ UNCHANGED <<nextId, lanes, believed, batches, topic, topicHolds, cursors, troubles, decisions>>

---- (* Leases, by the database's clock. *)
(* What renewLeases does with one lane. A lease may be over at any moment: at once if nobody renews it, since its owner
   is gone or believes to have lost it; otherwise by a pause or an outage. *)
RenewLeases(d, l) ==
    /\ Leases
    /\ LET owner == lanes[l].owner
           IsAttended == owner \in Lasting \cup {d} /\ believed[owner][l] = lanes[l].epoch
           epoch == IF Broken("a new owner raises the epoch") THEN lanes[l].epoch ELSE lanes[l].epoch + 1
           Take == /\ lanes' = [lanes EXCEPT ![l] = [owner |-> d, epoch |-> epoch]]
                   /\ believed' = [believed EXCEPT ![d][l] = epoch]
           Learn == /\ believed' = [believed EXCEPT ![d][l] = IF owner = d THEN lanes[l].epoch ELSE 0]
                    /\ UNCHANGED lanes
       IN  \/ owner # Nobody /\ Learn /\ UNCHANGED troubles
           \/ IsAttended /\ Take /\ Trouble
           \/ ~IsAttended /\ Take /\ UNCHANGED troubles /\ (Broken("leases end") => owner = Nobody)
    /\ UNCHANGED <<nextId, open, rows, batches, topic, topicHolds, cursors, decisions>>
(* By its own clock its leases are over: it believes in none. What it has in flight it has abandoned, but that may
   have reached the topic, or still reach it. *)
LeaseLost(d) ==
    /\ \E l \in Lanes : believed[d][l] # 0
    /\ Trouble
    /\ believed' = [believed EXCEPT ![d] = [l \in Lanes |-> 0]]
    /\ UNCHANGED <<nextId, open, rows, lanes, batches, topic, topicHolds, cursors, decisions>>
(* A graceful stop, when nothing is in flight that lanes wait for. *)
ReleaseLeases(d) ==
    /\ \E l \in Lanes : lanes[l].owner = d
    /\ \A l \in Lanes : batches[d][OfLane(l)] = NoBatch
    /\ Trouble
    /\ lanes' = [l \in Lanes |->
        IF lanes[l].owner = d THEN [lanes[l] EXCEPT !.owner = Nobody] ELSE lanes[l]]
    /\ believed' = [believed EXCEPT ![d] = [l \in Lanes |-> 0]]
    /\ UNCHANGED <<nextId, open, rows, batches, topic, topicHolds, cursors, decisions>>
Crash(d) ==
    /\ (\E l \in Lanes : believed[d][l] # 0) \/ (\E f \in Flights : batches[d][f] # NoBatch)
    /\ Trouble
    /\ batches' = [batches EXCEPT ![d] = [f \in Flights |-> NoBatch]]
    /\ believed' = [believed EXCEPT ![d] = [l \in Lanes |-> 0]]
    /\ topicHolds' = [topicHolds EXCEPT ![d] = {}]
    /\ UNCHANGED <<nextId, open, rows, lanes, topic, cursors, decisions>>

Epoch(d, l) == IF Leases THEN believed[d][l] ELSE 1
IsOwners(d, f) == LET lane == lanes[f[1]] IN lane.owner = d /\ lane.epoch = batches[d][f].epoch
Fence(d, f) == ~Leases \/ Broken("the epoch is checked") \/ IsOwners(d, f)

---- (* Claim, publish, settle *)
HoldsBack(i) == \* what keeps the rest of i's aggregate from being claimed
    CASE rows[i].state = "held" -> ~Broken("a failed event holds its aggregate")
      [] rows[i].state = "parked" -> ~Broken("a parked event holds its aggregate")
      [] OTHER -> FALSE
InFlight == UNION {batches[d][f].todo : d \in Dispatchers, f \in Flights}
Claimable(d, l) == {i \in Ids :
    /\ LaneOfEvent(i) = l /\ rows[i].state = "pending" /\ Agg(i) \notin topicHolds[d]
    /\ ~\E j \in Ids : Agg(j) = Agg(i) /\ HoldsBack(j)
    /\ Broken("claim by state") => i > cursors[d]
    /\ Broken("skip whole lanes, not rows") => i \notin InFlight}
RECURSIVE Head_(_, _)
Head_(S, n) == IF S = {} \/ n = 0 THEN {} ELSE LET m == Least(S) IN {m} \cup Head_(S \ {m}, n - 1)
Claims(d, l) == \* what a claim may bring
    IF Broken("a claim has no gaps") THEN SUBSET Claimable(d, l) ELSE {Head_(Claimable(d, l), BatchSize)}
Claim(d, l) ==
    /\ Epoch(d, l) # 0 /\ batches[d][OfLane(l)] = NoBatch
    /\ \E events \in Claims(d, l) :
        /\ events # {}
        /\ batches' = [batches EXCEPT ![d][OfLane(l)] =
            [NoBatch EXCEPT !.phase = "publishing", !.epoch = Epoch(d, l), !.todo = events]]
        /\ cursors' = IF Broken("claim by state")
            THEN [cursors EXCEPT ![d] = CHOOSE i \in events : \A j \in events : i >= j] ELSE cursors
        /\ rows' = IF Broken("settle after the report")
            THEN [i \in Ids |-> IF i \in events THEN [rows[i] EXCEPT !.state = "settled"] ELSE rows[i]] ELSE rows
    /\ UNCHANGED <<nextId, open, lanes, believed, topic, topicHolds, troubles, decisions>>

(* The next event of its aggregate in the batch. *)
IsNext(d, f, i) ==
    /\ i \in batches[d][f].todo
    /\ \A j \in batches[d][f].todo : Agg(j) = Agg(i) => i <= j
Send(d, f, i) ==
    /\ IsNext(d, f, i)
    /\ Deadline => IsOwners(d, f)
    /\ topic' = [topic EXCEPT ![Agg(i)] = Append(@, i)]
    /\ \/ /\ batches' = [batches EXCEPT ![d][f].todo = @ \ {i}, ![d][f].acked = @ \cup {i}]
          /\ UNCHANGED troubles
       \/ /\ Trouble \* the report is lost
          /\ batches' = [batches EXCEPT ![d][f].todo = @ \ {i}]
    /\ UNCHANGED <<nextId, open, rows, lanes, believed, topicHolds, cursors, decisions>>
(* Found before it is sent, or said by the broker: nothing of the aggregate follows. When the broker says it the
   producer dies, so that nothing else need follow; and with several events in a batch of records nobody may be to
   blame yet, until they are sent one by one. *)
Refuse(d, f, i) ==
    /\ IsNext(d, f, i)
    /\ LET behind == IF Broken("a refusal stops its aggregate")
                     THEN {i} ELSE {j \in batches[d][f].todo : Agg(j) = Agg(i)}
       IN \E gone \in {behind, batches[d][f].todo} :
            \/ /\ batches' = [batches EXCEPT ![d][f].todo = @ \ gone, ![d][f].failed = @ \cup {i}]
               /\ UNCHANGED troubles
            \/ /\ batches' = [batches EXCEPT ![d][f].todo = @ \ gone]
               /\ Trouble
    /\ UNCHANGED <<nextId, open, rows, lanes, believed, topic, topicHolds, cursors, decisions>>
(* A broker takes any first sequence number from a producer that it does not know on a partition. Were the first record
   not sent alone, one that has to be tried again could be overtaken by those that are on their way behind it; and then
   it counts as acknowledged with them, and is not tried again. *)
Overtake(d, f, i) ==
    /\ Broken("a new producer's first record goes alone")
    /\ i \in batches[d][f].todo /\ ~IsNext(d, f, i)
    /\ LET upTo == {j \in batches[d][f].todo : Agg(j) = Agg(i) /\ j <= i}
       IN batches' = [batches EXCEPT ![d][f].todo = @ \ upTo, ![d][f].acked = @ \cup upTo]
    /\ topic' = [topic EXCEPT ![Agg(i)] = Append(@, i)]
    /\ UNCHANGED <<nextId, open, rows, lanes, believed, topicHolds, cursors, troubles, decisions>>
(* The producer was given up: what was not sent comes back. *)
Abandon(d, f) ==
    /\ batches[d][f].todo # {}
    /\ Trouble
    /\ batches' = [batches EXCEPT ![d][f].todo = {}]
    /\ UNCHANGED <<nextId, open, rows, lanes, believed, topic, topicHolds, cursors, decisions>>

(* Topics. A lane goes on without the part of its batch whose topic answers nothing; that topic's events are left out of
   claims until all of such parts have come back and the topic takes events again. *)
Detach(d, l, a) ==
    LET lane == batches[d][OfLane(l)]
        late == <<l, "late">>
        Part(events) == {i \in events : Agg(i) = a}
    IN
    /\ ~Broken("a lane goes on without a topic that is silent")
    /\ a \in Silent /\ Part(lane.todo) # {} /\ batches[d][late] = NoBatch
    /\ batches' = [batches EXCEPT
        ![d][late] = [lane EXCEPT !.todo = Part(@), !.acked = Part(@), !.failed = {}],
        ![d][OfLane(l)] = [lane EXCEPT !.todo = @ \ Part(@), !.acked = @ \ Part(@)]]
    /\ topicHolds' = [topicHolds EXCEPT ![d] = @ \cup {a}]
    /\ UNCHANGED <<nextId, open, rows, lanes, believed, topic, cursors, troubles, decisions>>
TopicHoldEnds(d, a) ==
    /\ a \in topicHolds[d]
    /\ \/ Broken("a topic is tried when nothing of it is in flight")
       \/ batches[d][<<LaneOf[a], "late">>] = NoBatch
    /\ topicHolds' = [topicHolds EXCEPT ![d] = @ \ {a}]
    /\ UNCHANGED <<nextId, open, rows, lanes, believed, batches, topic, cursors, troubles, decisions>>

IsBack(d, f) == batches[d][f].phase = "publishing" /\ batches[d][f].todo = {}
(* What comes back after the lease has changed is forgotten: the dispatcher knows of it, or is told. *)
Settle(d, f) ==
    /\ IsBack(d, f)
    /\ IF Epoch(d, f[1]) = batches[d][f].epoch /\ Fence(d, f)
       THEN /\ rows' = [i \in Ids |-> IF i \in batches[d][f].acked /\ rows[i].state # "discarded"
                                      THEN [rows[i] EXCEPT !.state = "settled"] ELSE rows[i]]
            /\ batches' = [batches EXCEPT ![d][f] =
                IF @.failed = {} THEN NoBatch ELSE [@ EXCEPT !.phase = "failing", !.acked = {}]]
            /\ UNCHANGED troubles
       ELSE /\ batches' = [batches EXCEPT ![d][f] = NoBatch] /\ UNCHANGED rows
            /\ IF Epoch(d, f[1]) = batches[d][f].epoch THEN Trouble ELSE UNCHANGED troubles
    /\ UNCHANGED <<nextId, open, lanes, believed, topic, topicHolds, cursors, decisions>>
(* Holds the aggregate, or parks the event when its retries are used up. *)
Fail(d, f) ==
    /\ batches[d][f].phase = "failing"
    /\ rows' = [i \in Ids |->
        IF Fence(d, f) /\ i \in batches[d][f].failed /\ rows[i].state \in {"pending", "held"}
        THEN [rows[i] EXCEPT !.tries = @ + 1, !.state = IF rows[i].tries + 1 >= MaxRetries THEN "parked" ELSE "held"]
        ELSE rows[i]]
    /\ batches' = [batches EXCEPT ![d][f] = NoBatch]
    /\ UNCHANGED <<nextId, open, lanes, believed, topic, topicHolds, cursors, troubles, decisions>>

---- (* Holds and operators *)
(* Its time has come, or an operator released it. *)
HoldEnds(i) ==
    /\ rows[i].state \in {"held", "early"}
    /\ rows' = [rows EXCEPT ![i].state = "pending"]
    /\ UNCHANGED <<nextId, open, lanes, believed, batches, topic, topicHolds, cursors, troubles, decisions>>
(* It counts as never failed, so it holds nobody: it has to be due at once, also for claims that have begun already. *)
Retry(i) ==
    /\ rows[i].state = "parked" /\ Decision
    /\ rows' = [rows EXCEPT ![i].tries = 0, ![i].state =
        IF Broken("a retried event is due since it was written") THEN "early" ELSE "pending"]
    /\ UNCHANGED <<nextId, open, lanes, believed, batches, topic, topicHolds, cursors, troubles>>
(* By hand, whatever it waits for, also while a dispatcher has it in flight. *)
Park(i) ==
    /\ rows[i].state \in {"pending", "held"} /\ Decision
    /\ rows' = [rows EXCEPT ![i].state = "parked", ![i].tries = IF @ = 0 THEN 1 ELSE @]
    /\ UNCHANGED <<nextId, open, lanes, believed, batches, topic, topicHolds, cursors, troubles>>
Discard(i) ==
    /\ rows[i].state = "parked" /\ Decision
    /\ rows' = [rows EXCEPT ![i].state = "discarded"]
    /\ UNCHANGED <<nextId, open, lanes, believed, batches, topic, topicHolds, cursors, troubles>>

Next ==
    \/ \E a \in Aggregates : Begin(a)
    \/ \E t \in open : Commit(t)
    \/ \E d \in Dispatchers : LeaseLost(d) \/ ReleaseLeases(d) \/ Crash(d)
    \/ \E d \in Dispatchers, l \in Lanes : RenewLeases(d, l) \/ Claim(d, l) \/ \E a \in Silent : Detach(d, l, a)
    \/ \E d \in Dispatchers, a \in Silent : TopicHoldEnds(d, a)
    \/ \E d \in Dispatchers, f \in Flights :
        \/ Abandon(d, f) \/ Settle(d, f) \/ Fail(d, f)
        \/ \E i \in batches[d][f].todo : Send(d, f, i) \/ Refuse(d, f, i) \/ Overtake(d, f, i)
    \/ \E i \in Ids : HoldEnds(i) \/ Retry(i) \/ Park(i) \/ Discard(i)
Spec == Init /\ [][Next]_vars
(* What goes on if nothing keeps it from going on. *)
Fairness ==
    /\ \A d \in Lasting, l \in Lanes :
        /\ WF_vars(RenewLeases(d, l)) /\ WF_vars(Claim(d, l)) /\ WF_vars(\E a \in Silent : Detach(d, l, a))
    /\ \A d \in Lasting, f \in Flights :
        /\ WF_vars(Settle(d, f)) /\ WF_vars(Fail(d, f))
        /\ WF_vars(\E i \in batches[d][f].todo : Agg(i) \notin Silent /\ Send(d, f, i))
    /\ \A i \in 1..MaxEvents : WF_vars(i \in Ids /\ HoldEnds(i))
FairSpec == Spec /\ Fairness
Symmetry == Permutations(Aggregates) \cup Permutations(Dispatchers)
(* Which epochs are the same and which are newer matters, not how large they are. *)
View ==
    LET Used(l) == {lanes[l].epoch} \cup {believed[d][l] : d \in Dispatchers} \cup
            {batches[d][f].epoch : d \in Dispatchers, f \in {g \in Flights : g[1] = l}}
        Rank(l, epoch) == IF epoch = 0 THEN 0 ELSE Cardinality({e \in Used(l) : 0 < e /\ e <= epoch})
    IN  <<nextId, open, rows, topic, topicHolds, cursors, troubles, decisions,
            [l \in Lanes |-> [lanes[l] EXCEPT !.epoch = Rank(l, @)]],
            [d \in Dispatchers |-> [l \in Lanes |-> Rank(l, believed[d][l])]],
            [d \in Dispatchers |-> [f \in Flights |-> [batches[d][f] EXCEPT !.epoch = Rank(f[1], @)]]]>>

---- (* What must hold *)
OnTopic(i) == i \in Range(topic[Agg(i)])
OnlyCommitted == \A a \in Aggregates : Range(topic[a]) \subseteq Ids
NothingLost == \A i \in Ids : rows[i].state = "settled" => OnTopic(i)
InOrder(isExcused(_)) == \* by first occurrence
    \A a \in Aggregates : \A k \in DOMAIN topic[a] : \A i \in Ids :
        Agg(i) = a /\ i < topic[a][k] => isExcused(i) \/ \E m \in 1..(k - 1) : topic[a][m] = i
IsDiscarded(i) == rows[i].state = "discarded"
TopicOrder == InOrder(IsDiscarded)
(* A discarded event that is on the topic after all (its report had been lost) is not there out of order. *)
DiscardedInOrder == InOrder(LAMBDA i : IsDiscarded(i) /\ ~OnTopic(i))
(* An epoch belongs to one dispatcher. *)
OneOwner == \A l \in Lanes : \A c, d \in Dispatchers :
    c # d /\ believed[c][l] = believed[d][l] => believed[c][l] = 0

IsDone(i) == i \in Ids /\
    \/ rows[i].state \in {"settled", "discarded"}
    \/ \E j \in Ids : Agg(j) = Agg(i) /\ rows[j].state = "parked"
(* Whatever is committed reaches the topic, unless that takes nothing or an operator has to decide. *)
Progress == \A i \in 1..MaxEvents : (i \in Ids /\ Agg(i) \notin Silent) ~> IsDone(i)
====
