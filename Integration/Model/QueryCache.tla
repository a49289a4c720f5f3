---- MODULE QueryCache ----
(* One cached answer and those who refresh it: Sources/QueryCache, Sources/IdempotentConsumer/Cache.

   The read model's content is counted in changes, and an answer is the content that it was made from. Several
   refreshes run side by side, each of them may be lost at any step, and a write to the cache that was given up may
   still be done, at any time later. *)
EXTENDS Integers, FiniteSets, TLC

CONSTANTS
    Refreshers, MaxChanges, MaxTroubles,
    Break       \* names of broken rules; {} is the product
VARIABLES
    content,    \* the read model
    version,    \* outbox_cache_keys.version
    refreshed,  \* outbox_cache_keys.refreshed_version
    cache,      \* version, and answer: a content, or Gone (a tombstone), Over (its time is over), or Unknown
    refreshes,  \* refresher -> what it read, and its step
    touched,    \* a batch has handed the key in
    late,       \* writes that nobody waits for any more
    troubles
vars == <<content, version, refreshed, cache, refreshes, touched, late, troubles>>

Broken(rule) == rule \in Break
Gone == -1
Over == -2
Unknown == -3
Resting == [step |-> "resting", version |-> 0, answer |-> 0]
Trouble == troubles < MaxTroubles /\ troubles' = troubles + 1
IsAnswer(a) == a >= 0

Init ==
    /\ content = 0 /\ version = 0 /\ refreshed = 0 /\ troubles = 0
    /\ cache = [version |-> 0, answer |-> Unknown]
    /\ refreshes = [r \in Refreshers |-> Resting] /\ touched = FALSE /\ late = {}

(* The transaction that changes the read model raises the version. *)
Apply ==
    /\ content < MaxChanges
    /\ content' = content + 1
    /\ IF Broken("the version is raised with the change") THEN UNCHANGED version ELSE version' = version + 1
    /\ touched' = TRUE
    /\ UNCHANGED <<refreshed, cache, refreshes, late, troubles>>
RaiseVersion ==
    /\ Broken("the version is raised with the change") /\ version < content
    /\ version' = content
    /\ UNCHANGED <<touched, content, refreshed, cache, refreshes, late, troubles>>

(* Version and answer, read in one snapshot; for a key that a batch touched, or that the sweep found. *)
Refresh(r) ==
    /\ refreshes[r] = Resting
    /\ touched \/ (refreshed < version /\ ~Broken("a sweep finds what is behind"))
    /\ touched' = FALSE
    /\ IF Broken("version and answer are of one moment")
       THEN refreshes' = [refreshes EXCEPT ![r] = [step |-> "answered", version |-> 0, answer |-> content]]
       ELSE refreshes' = [refreshes EXCEPT ![r] = [step |-> "read", version |-> version, answer |-> content]]
    /\ UNCHANGED <<content, version, refreshed, cache, late, troubles>>
ReadVersion(r) ==
    /\ refreshes[r].step = "answered"
    /\ refreshes' = [refreshes EXCEPT ![r].step = "read", ![r].version = version]
    /\ UNCHANGED <<touched, content, version, refreshed, cache, late, troubles>>

(* The guard: an answer is taken if it is newer, or of the same version as one whose time is over. *)
Stored(entry) ==
    IF \/ Broken("an older answer is not taken")
       \/ entry.version > cache.version \/ cache.answer = Unknown
       \/ entry.version = cache.version /\ cache.answer = Over
    THEN entry ELSE cache
Entry(r) == [version |-> refreshes[r].version, answer |-> refreshes[r].answer]
Store(r) ==
    /\ refreshes[r].step = "read"
    /\ cache' = Stored(Entry(r))
    /\ refreshes' = [refreshes EXCEPT ![r].step = "stored"]
    /\ IF Broken("marked when it is stored") THEN refreshed' = refreshes[r].version ELSE UNCHANGED refreshed
    /\ UNCHANGED <<touched, content, version, late, troubles>>
MarkRefreshed(r) ==
    /\ refreshes[r].step = "stored"
    /\ LET marked == IF Broken("what was read is marked") THEN version ELSE refreshes[r].version
       IN refreshed' = IF marked > refreshed THEN marked ELSE refreshed
    /\ refreshes' = [refreshes EXCEPT ![r] = Resting]
    /\ UNCHANGED <<touched, content, version, cache, late, troubles>>

(* A call that failed or took too long; its write may be done later. *)
StoreFails(r) ==
    /\ refreshes[r].step = "read" /\ Trouble
    /\ late' \in {late, late \cup {Entry(r)}}
    /\ refreshes' = [refreshes EXCEPT ![r].step = "failed"]
    /\ IF Broken("marked when it is stored") THEN refreshed' = refreshes[r].version ELSE UNCHANGED refreshed
    /\ UNCHANGED <<touched, content, version, cache>>
(* Better no answer than an old one; up to the version before, since this one's is still to come. *)
Invalidate(r) ==
    /\ refreshes[r].step = "failed"
    /\ LET upTo == IF Broken("the newest answer may still come") THEN version ELSE version - 1
       IN cache' = IF cache.version <= upTo THEN [version |-> upTo, answer |-> Gone] ELSE cache
    /\ refreshes' = [refreshes EXCEPT ![r] = Resting]
    /\ UNCHANGED <<touched, content, version, refreshed, late, troubles>>
(* The process ends, at any step. *)
Crash(r) ==
    /\ refreshes[r] # Resting /\ Trouble
    /\ refreshes' = [refreshes EXCEPT ![r] = Resting]
    /\ UNCHANGED <<touched, content, version, refreshed, cache, late>>
WriteLate(entry) ==
    /\ late' = late \ {entry}
    /\ cache' = Stored(entry)
    /\ UNCHANGED <<touched, content, version, refreshed, refreshes, troubles>>

Expire ==
    /\ IsAnswer(cache.answer) /\ Trouble
    /\ cache' = [cache EXCEPT !.answer = Over]
    /\ UNCHANGED <<touched, content, version, refreshed, refreshes, late>>
(* The row and its version go when no writer can be late any more. *)
Purge ==
    /\ cache.answer \in {Gone, Over} \/ Broken("the guard outlives late writes")
    /\ Broken("the guard outlives late writes") \/ (late = {} /\ \A r \in Refreshers : refreshes[r] = Resting)
    /\ cache.answer # Unknown /\ Trouble
    /\ cache' = [version |-> 0, answer |-> Unknown]
    /\ UNCHANGED <<touched, content, version, refreshed, refreshes, late>>

Next ==
    \/ Apply \/ RaiseVersion \/ Expire \/ Purge
    \/ \E r \in Refreshers :
        Refresh(r) \/ ReadVersion(r) \/ Store(r) \/ MarkRefreshed(r) \/ StoreFails(r) \/ Invalidate(r) \/ Crash(r)
    \/ \E entry \in late : WriteLate(entry)
Spec == Init /\ [][Next]_vars
FairSpec == Spec /\ \A r \in Refreshers :
    /\ WF_vars(Refresh(r)) /\ WF_vars(ReadVersion(r)) /\ WF_vars(Store(r)) /\ WF_vars(MarkRefreshed(r))
    /\ WF_vars(Invalidate(r))
Symmetry == Permutations(Refreshers)

---- (* What must hold *)
AnswerIsOfItsVersion == IsAnswer(cache.answer) => cache.answer >= cache.version
(* Of every answer that is old it is known: the sweep will find it. *)
OldIsKnown == IsAnswer(cache.answer) /\ cache.answer < content => refreshed < version
(* An older answer never takes a newer one's place. *)
NeverBack == [][IsAnswer(cache.answer) /\ IsAnswer(cache'.answer) => cache'.answer >= cache.answer]_vars
(* In the end the newest answer is there, or its time was over, or its row was purged. *)
Progress == <>[](cache.answer \in {content, Over, Unknown})
====
