"""The product, broken on purpose: what `make faults` must notice.

An edit is a file, a text that stands in it exactly once, and what takes its place.
"""
from dataclasses import dataclass


@dataclass(frozen=True)
class Edit:
    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Mutation:
    name: str
    summary: str
    edits: tuple[Edit, ...]
    #: What the harness is told beyond seed and duration: which faults bring it out.
    arguments: tuple[str, ...] = ()


DISPATCHER = "Sources/OutboxDispatcher/"
CONSUMER = "Sources/IdempotentConsumer/"
CLAIM = DISPATCHER + "Store/OutboxStore+Claim.swift"

MUTATIONS = [
    Mutation(
        "claim-by-cursor", "claims only behind the last id that was settled in the lane",
        (Edit(
            CLAIM,
            "WHERE \\(lane) BETWEEN l.lane AND l.lane AND NOT published AND parked_at IS NULL\n",
            "WHERE \\(lane) BETWEEN l.lane AND l.lane AND NOT published AND parked_at IS NULL\n"
            "            AND p.id > coalesce((\n"
            "                SELECT s.id FROM outbox_events s WHERE s.published AND l.lane = outbox_lane(\n"
            "                    s.aggregate_type, s.aggregate_id, \\(lanes))\n"
            "                ORDER BY s.id DESC LIMIT 1), 0)\n"),)),
    Mutation(
        "skip-rows", "every dispatcher claims from every lane, past the rows that another one has",
        (
            Edit(
                CLAIM,
                "narrowClaim(lanes, limit, filter)\n",
                "narrowClaim(lanes, limit, filter)\n"
                '        statement.sql = "WITH c AS MATERIALIZED (" + statement.sql + """\n'
                "            ), mine AS (\n"
                "                UPDATE outbox_events o SET available_at = now() + interval '5 seconds'\n"
                "                WHERE id IN (\n"
                "                    SELECT id FROM outbox_events WHERE id IN (SELECT id FROM c)\n"
                "                        AND NOT published AND available_at <= greatest(created_at, now())\n"
                "                    FOR UPDATE SKIP LOCKED)\n"
                "                RETURNING id\n"
                "            )\n"
                "            SELECT c.* FROM c JOIN mine USING (id) ORDER BY c.lane, c.id\n"
                '            """\n'),
            Edit(
                DISPATCHER + "Store/OutboxStore+Leases.swift",
                "            return epochs\n",
                "            return Dictionary(uniqueKeysWithValues: (0..<lanes).map { ($0, Int64(epochs.count * 0 + 1)) })\n"),
            Edit(
                DISPATCHER + "Store/OutboxStore+Settle.swift",
                "SELECT count(*) = cardinality($2::int[]) AS all_lanes",
                "SELECT count(*) >= least(0, cardinality($2::int[])) AS all_lanes"),
        )),
    Mutation(
        "overtake", "goes on with an aggregate's later events after one of them failed",
        (Edit(
            DISPATCHER + "Publish/LanePublication.swift",
            "        failed.insert(aggregate)\n", ""),),
        ("--kinds", "poison-size")),
    Mutation(
        "hold-event", "backs off the failed event, but not its aggregate",
        (Edit(
            CLAIM,
            "AND f.aggregate_type = o.aggregate_type\n",
            "AND f.aggregate_type = o.aggregate_type AND f.id = o.id\n"),),
        ("--kinds", "poison-")),
    Mutation(
        "settle-early", "settles what was sent before the broker has reported it",
        (Edit(
            DISPATCHER + "Publish/TopicPart.swift",
            "        let reports = await pending.all()\n"
            "        var outcome = LaneOutcome(lane: lane, epoch: epoch)\n"
            "        var typeCounts = Array(repeating: 0, count: eventTypes.count)\n",
            "        var outcome = LaneOutcome(lane: lane, epoch: epoch)\n"
            "        var typeCounts = Array(repeating: 0, count: eventTypes.count)\n"
            # Without the reports of a partition's first records it would never get to its next ones.
            "        if opened == nil {\n"
            "            for record in records { settle(record, &outcome, &typeCounts) }\n"
            "            if !outcome.settled.isEmpty { return outcome }\n"
            "        }\n"
            "        let reports = await pending.all()\n"),),
        ("--kinds", "dispatcher-kill,broker-kill,broker-pause,network-stall,network-cut")),
    Mutation(
        "kafka-first", "commits Kafka's offset before the database, and goes on there",
        (
            Edit(
                CONSUMER + "Run/PartitionPlacement.swift",
                "        guard let known else {\n", "        guard let known, known.nextOffset < 0 else {\n"),
            Edit(
                CONSUMER + "Run/PartitionPlacement.swift",
                "            switch start {\n", "            switch known == nil ? start : .committed {\n"),
            Edit(
                CONSUMER + "Run/PartitionPlacement.swift",
                "to: offset, replacing: nil)", "to: offset, replacing: known?.nextOffset)"),
            Edit(
                CONSUMER + "Run/PartitionProcessor.swift",
                "        var outcome = try await context.applier.apply(\n",
                "        context.committer.note(id, nextOffset: batch.nextOffset)\n"
                "        await context.committer.flush()\n"
                "        var outcome = try await context.applier.apply(\n"),
        ),
        ("--kinds", "consumer-kill,consumer-pause,postgres-")),
    Mutation(
        "no-inbox", "applies an event whether it was applied before or not",
        (Edit(
            CONSUMER + "Store/ConsumerStore+Inbox.swift",
            "        if result.rowCount == events.count { return events }\n",
            "        if result.rowCount <= events.count { return events }\n"),),
        ("--kinds", "dispatcher-kill,dispatcher-pause,postgres-crash")),
    Mutation(
        "no-guard", "refreshes the cache whether the answer there is newer or not",
        (
            Edit(
                "Sources/QueryCache/PostgresQueryCache.swift",
                "            WHERE cached.version < excluded.version\n",
                "            WHERE TRUE OR cached.version < excluded.version\n"),
            # A cache that answers slowly, as one on another continent.
            Edit(
                CONSUMER + "Cache/CacheRefresher.swift",
                "        if !entries.isEmpty { _ = try await cache.store(entries) }\n",
                "        try await Task.sleep(for: .milliseconds(200))\n"
                "        if !entries.isEmpty { _ = try await cache.store(entries) }\n"),
        ),
        ("--kinds", "consumer-pause,consumer-kill")),
]
