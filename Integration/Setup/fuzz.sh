#!/bin/sh
# Fuzzes the GraphQL parser, validator and executor with libFuzzer for FUZZ_SECONDS (300), beginning with the documents
# of the unit tests. What it finds is kept in .build/fuzz/found and makes this fail.
set -eu
cd "$(dirname "$0")/../.."

seconds=${FUZZ_SECONDS:-300}
folder=.build/fuzz
mkdir -p "$folder/seeds" "$folder/corpus" "$folder/found"

# Coverage is what guides the fuzzer: everything is built for it, apart from all other builds.
OUTBOX_FUZZ=1 swift build -c release --sanitize fuzzer --scratch-path "$folder/build" --product FuzzGraphQL

python3 - "$folder/seeds" <<'SEEDS'
import json
import sys

with open("Tests/OutboxGraphQLTests/Corpus/documents.jsonl", encoding="utf-8") as lines:
    for number, line in enumerate(lines):
        with open(f"{sys.argv[1]}/{number}", "w", encoding="utf-8", newline="") as seed:
            seed.write(json.loads(line)["document"])
SEEDS

"$folder/build/release/FuzzGraphQL" -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=2048 \
    -print_final_stats=1 -dict=Integration/Fuzz/graphql.dict -artifact_prefix="$folder/found/" \
    "$folder/corpus" "$folder/seeds"
