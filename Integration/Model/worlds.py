"""What is checked: worlds in which the product's rules hold, and rules that are broken one by one.

A world is a module, changes of the constants in its .cfg, and what is checked instead of the .cfg's invariants, if
anything. A broken rule names what it breaks; one that names nothing is not needed for what the model promises.
"""
from dataclasses import dataclass, field


@dataclass(frozen=True)
class World:
    name: str
    module: str
    constants: dict[str, str] = field(default_factory=dict)
    #: A property to check under fairness, with neither symmetry nor invariants.
    progress: str | None = None
    #: Invariants to check instead of the .cfg's.
    invariants: str | None = None
    #: Takes many minutes, so only with --deep.
    is_deep: bool = False


@dataclass(frozen=True)
class Check:
    world: World
    #: The rules that are broken; none is the product as it is.
    broken: tuple[str, ...] = ()
    #: The invariant or property that fails; None when all hold.
    fails: str | None = None
    #: Why it is in the table, where that isn't plain.
    why: str = ""


LANE = World("two aggregates on a lane", "OutboxDispatcher", {"MaxEvents": "2", "MaxTroubles": "1", "MaxDecisions": "0"})
LONG = World(
    "three events of an aggregate", "OutboxDispatcher",
    {"Aggregates": "{a}", "MaxRetries": "2", "MaxTroubles": "1", "MaxDecisions": "0"})
DECIDED = World(
    "retries and operators", "OutboxDispatcher",
    {"Aggregates": "{a}", "MaxEvents": "2", "MaxRetries": "2", "MaxTroubles": "1", "MaxDecisions": "2"})
LOST = World("lost events", "OutboxDispatcher", LONG.constants, invariants="NothingLost")
LANES = World(
    "two lanes", "OutboxDispatcher",
    {"Lanes": "{l, m}", "MaxEvents": "2", "MaxTroubles": "1", "MaxDecisions": "0"})
TOPICS = World(
    "topics that are silent", "OutboxDispatcher",
    {"Silent": "{a, b}", "MaxEvents": "2", "MaxTroubles": "1", "MaxDecisions": "0"})
TOPIC = World(
    "a topic that is silent", "OutboxDispatcher",
    {"Aggregates": "{a}", "Silent": "{a}", "MaxEvents": "2", "MaxTroubles": "1", "MaxDecisions": "0"})
DEEP_LANE = World(
    "two aggregates, more troubles", "OutboxDispatcher", {"MaxEvents": "2"}, is_deep=True)
DEEP_LONG = World(
    "three events, more troubles", "OutboxDispatcher", {"Aggregates": "{a}", "MaxRetries": "2"}, is_deep=True)
UNLEASED = World(
    "no leases", "OutboxDispatcher",
    {"Aggregates": "{a}", "Leases": "FALSE", "MaxTroubles": "1", "MaxDecisions": "1"})
STRAY = World(
    "a stray dispatcher", "OutboxDispatcher", {"Aggregates": "{a}", "MaxEvents": "2"},
    invariants="TopicOrder DiscardedInOrder")
FENCED = World(
    "a topic that strays can't reach", "OutboxDispatcher",
    {"Aggregates": "{a}", "MaxEvents": "2", "Deadline": "TRUE"}, invariants="TopicOrder DiscardedInOrder")
TO_TOPIC = World(
    "progress to the topic", "OutboxDispatcher",
    {"Aggregates": "{a}", "Lasting": "{d}", "MaxEvents": "2", "MaxTroubles": "1"}, progress="Progress")
PAST_TOPIC = World(
    "progress beside a silent topic", "OutboxDispatcher",
    {"Silent": "{b}", "Dispatchers": "{d}", "Lasting": "{d}", "MaxEvents": "2", "MaxTroubles": "1"}, progress="Progress")

PARTITION = World("a partition that moves", "IdempotentConsumer")
ORDER = World("a partition's order", "IdempotentConsumer", invariants="AppliedInOrder")
TO_MODEL = World(
    "progress to the read model", "IdempotentConsumer", {"Consumers": "{c}", "MaxRecords": "3"}, progress="Progress")

ANSWER = World("a cached answer", "QueryCache")
TO_CACHE = World(
    "progress to the cache", "QueryCache", {"Refreshers": "{r, s}", "MaxTroubles": "2"}, progress="Progress")

CHECKS = [
    # The product as it is.
    Check(LANE),
    Check(LONG),
    Check(DECIDED),
    Check(LANES),
    Check(TOPICS),
    Check(FENCED),
    Check(DEEP_LANE),
    Check(DEEP_LONG),
    Check(TO_TOPIC),
    Check(PAST_TOPIC),
    Check(PARTITION),
    Check(TO_MODEL),
    Check(ANSWER),
    Check(TO_CACHE),
    # The dispatcher's rules.
    Check(LANE, ("claim by state",), "TopicOrder", "a cursor on ids skips whoever commits late"),
    Check(LONG, ("a claim has no gaps",), "TopicOrder"),
    Check(LANE, ("skip whole lanes, not rows",), "TopicOrder"),
    Check(LONG, ("a refusal stops its aggregate",), "TopicOrder"),
    Check(
        LOST, ("a new producer's first record goes alone",), "NothingLost",
        "a broker takes any first sequence number from a producer that it does not know"),
    Check(LONG, ("a failed event holds its aggregate",), "TopicOrder"),
    Check(LONG, ("a parked event holds its aggregate",), "TopicOrder"),
    Check(LONG, ("settle after the report",), "NothingLost"),
    Check(LONG, ("writers lock their aggregate",), "TopicOrder"),
    Check(
        LONG, ("an event is due when it is written",), "TopicOrder",
        "a clock that was set back must not let later events overtake it"),
    Check(
        DECIDED, ("a retried event is due since it was written",), "TopicOrder",
        "a claim that began earlier would take it for one that is not due yet, and those behind it"),
    Check(LONG, ("a new owner raises the epoch",), "OneOwner"),
    Check(STRAY, (), "DiscardedInOrder", "a discarded event may come late, from a dispatcher that lost its lease"),
    Check(TO_TOPIC, ("leases end",), "Progress"),
    Check(PAST_TOPIC, ("a lane goes on without a topic that is silent",), "Progress"),
    # The consumer's.
    Check(PARTITION, ("the inbox tells what was applied",), "AppliedOnce"),
    Check(
        PARTITION,
        ("go on where the database says", "the database's offset decides", "commit to the database first"),
        "NothingSkipped"),
    Check(PARTITION, ("a failed event holds its aggregate",), "AppliedInOrder"),
    Check(PARTITION, ("a failed event leaves the inbox",), "NothingSkipped"),
    Check(PARTITION, ("retries keep the order",), "AppliedInOrder"),
    Check(ORDER, ("a dead letter is retried in its place",), "AppliedInOrder", "sent to the topic anew instead"),
    Check(PARTITION, ("a discarded event is in the inbox",), "DiscardedStaysOut"),
    Check(PARTITION, ("a decision raises the version of the holds",), "VersionTellsHolds"),
    # The cache's.
    Check(ANSWER, ("an older answer is not taken",), "NeverBack"),
    Check(ANSWER, ("the version is raised with the change",), "OldIsKnown"),
    Check(ANSWER, ("version and answer are of one moment",), "AnswerIsOfItsVersion"),
    Check(ANSWER, ("marked when it is stored",), "OldIsKnown"),
    Check(ANSWER, ("what was read is marked",), "OldIsKnown"),
    Check(ANSWER, ("the guard outlives late writes",), "OldIsKnown"),
    Check(TO_CACHE, ("the newest answer may still come",), "Progress"),
    Check(TO_CACHE, ("a sweep finds what is behind",), "Progress"),
    # Rules that the promise does not rest on.
    Check(UNLEASED, why="leases avoid duplicates; order and no loss rest on none"),
    Check(
        TOPIC, ("a topic is tried when nothing of it is in flight",),
        why="what is late is one more stray: it avoids duplicates"),
    Check(LONG, ("the epoch is checked",), why="what was acknowledged is settled, whoever says so"),
    Check(
        PARTITION, ("the database's offset decides",),
        why="with an inbox that forgets nothing, going back repeats work and no more"),
]
