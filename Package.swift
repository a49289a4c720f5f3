// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

// A folder may import only what stands above it in this list.
let package = Package(
    name: "swift-outbox",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Outbox", targets: ["Outbox", "LibPQ"]),
        .library(name: "OutboxDispatcher", targets: ["OutboxDispatcher", "LibPQ"]),
        .library(name: "IdempotentConsumer", targets: ["IdempotentConsumer", "LibPQ"]),
        .library(name: "QueryCache", targets: ["QueryCache", "LibPQ"]),
        .library(name: "QueryCacheRedis", targets: ["QueryCacheRedis", "QueryCache"]),
        .library(name: "OutboxTelemetry", targets: ["OutboxTelemetry"]),
        .executable(name: "outbox", targets: ["OutboxTool"]),
        .executable(name: "workforce", targets: ["WorkforceTool"]),
    ],
    targets: [
        // C libraries, found by pkg-config
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CLibRDKafka", pkgConfig: "rdkafka", providers: [.apt(["librdkafka-dev"])]),
        .systemLibrary(name: "CCJose", pkgConfig: "cjose", providers: [.apt(["libcjose-dev", "libjansson-dev"])]),
        .systemLibrary(name: "CMicroHTTPD", pkgConfig: "libmicrohttpd", providers: [.apt(["libmicrohttpd-dev"])]),
        // Without pkg-config: SwiftPM would warn of a -D in Debian's hiredis.pc in every build.
        .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"]), .brew(["hiredis"])]),

        // Libraries
        .target(name: "LibPQ", dependencies: ["CLibPQ"], swiftSettings: settings),
        .target(name: "LibRDKafka", dependencies: ["CLibRDKafka"], swiftSettings: settings),
        .target(name: "OutboxTelemetry", swiftSettings: settings),
        .target(
            name: "Outbox", dependencies: ["LibPQ", "OutboxTelemetry"], resources: [.embedInCode("Migrations")],
            swiftSettings: settings),
        .target(
            name: "OutboxDispatcher", dependencies: ["Outbox", "LibPQ", "LibRDKafka", "OutboxTelemetry"],
            swiftSettings: settings),
        .target(
            name: "QueryCache", dependencies: ["LibPQ", "OutboxTelemetry"], resources: [.embedInCode("Migrations")],
            swiftSettings: settings),
        .target(
            name: "QueryCacheRedis", dependencies: ["CHiredis", "QueryCache"], resources: [.embedInCode("Scripts")],
            swiftSettings: settings),
        .target(
            name: "IdempotentConsumer",
            dependencies: ["LibPQ", "LibRDKafka", "OutboxTelemetry", "Outbox", "QueryCache"],
            resources: [.embedInCode("Migrations")], swiftSettings: settings),
        .target(
            name: "OutboxVerify",
            dependencies: ["LibPQ", "LibRDKafka", "Outbox", "IdempotentConsumer"], swiftSettings: settings),
        .target(
            name: "OutboxDoctor",
            dependencies: ["LibPQ", "LibRDKafka", "Outbox", "OutboxDispatcher", "OutboxCommandLine"],
            swiftSettings: settings),
        .target(name: "OutboxHTTP", dependencies: ["CMicroHTTPD", "OutboxTelemetry"], swiftSettings: settings),
        .target(
            name: "OutboxConsole",
            dependencies: [
                "LibPQ", "OutboxTelemetry", "Outbox", "OutboxDispatcher", "IdempotentConsumer", "OutboxHTTP",
                "OutboxDoctor",
            ],
            resources: [.embedInCode("Page")], swiftSettings: settings),
        .target(name: "OutboxGraphQL", swiftSettings: settings),
        .target(name: "OutboxJWT", dependencies: ["CCJose", "OutboxTelemetry"], swiftSettings: settings),
        .target(
            name: "OutboxCommandLine",
            dependencies: ["OutboxTelemetry", "Outbox", "OutboxDispatcher", "OutboxHTTP", "LibPQ", "LibRDKafka"],
            swiftSettings: settings),
        .target(
            name: "Workforce",
            dependencies: [
                "Outbox", "IdempotentConsumer", "QueryCache", "LibPQ", "OutboxTelemetry", "OutboxHTTP", "OutboxJWT",
                "OutboxCommandLine", "OutboxGraphQL",
            ],
            resources: [
                .embedInCode("Events/Schemas"), .embedInCode("Command/Migrations"),
                .embedInCode("Command/REST/openapi.json"), .embedInCode("Query/Migrations"),
                .embedInCode("Query/GraphQL/Page"),
            ], swiftSettings: settings),

        // Executables
        .executableTarget(
            name: "OutboxTool",
            dependencies: [
                "OutboxDispatcher", "IdempotentConsumer", "OutboxVerify", "OutboxDoctor", "OutboxHTTP", "OutboxConsole",
                "OutboxCommandLine", "OutboxTelemetry", "Outbox", "LibPQ", "LibRDKafka",
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "WorkforceTool",
            dependencies: [
                "Workforce", "IdempotentConsumer", "OutboxHTTP", "OutboxJWT", "OutboxCommandLine", "Outbox",
                "OutboxTelemetry", "QueryCache", "QueryCacheRedis", "LibPQ", "LibRDKafka",
            ],
            swiftSettings: settings),

        // Unit tests: no server needed
        .testTarget(name: "LibPQTests", dependencies: ["LibPQ", "CLibPQ"], swiftSettings: settings),
        .testTarget(name: "LibRDKafkaTests", dependencies: ["LibRDKafka"], swiftSettings: settings),
        .testTarget(name: "OutboxTelemetryTests", dependencies: ["OutboxTelemetry"], swiftSettings: settings),
        .testTarget(name: "OutboxTests", dependencies: ["Outbox", "LibPQ"], swiftSettings: settings),
        .testTarget(name: "OutboxDispatcherTests", dependencies: ["OutboxDispatcher"], swiftSettings: settings),
        .testTarget(
            name: "QueryCacheTests", dependencies: ["QueryCache", "OutboxTelemetry"], swiftSettings: settings),
        .testTarget(name: "QueryCacheRedisTests", dependencies: ["QueryCacheRedis"], swiftSettings: settings),
        .testTarget(
            name: "IdempotentConsumerTests", dependencies: ["IdempotentConsumer", "LibPQ", "OutboxTelemetry"],
            swiftSettings: settings),
        .testTarget(name: "OutboxVerifyTests", dependencies: ["OutboxVerify", "LibRDKafka"], swiftSettings: settings),
        .testTarget(name: "OutboxDoctorTests", dependencies: ["OutboxDoctor", "Outbox"], swiftSettings: settings),
        .testTarget(
            name: "OutboxHTTPTests", dependencies: ["OutboxHTTP", "OutboxTelemetry"], swiftSettings: settings),
        .testTarget(
            name: "OutboxConsoleTests",
            dependencies: [
                "OutboxConsole", "OutboxDispatcher", "OutboxDoctor", "OutboxHTTP", "OutboxTelemetry", "Outbox", "LibPQ",
            ],
            swiftSettings: settings),
        .testTarget(
            name: "OutboxGraphQLTests", dependencies: ["OutboxGraphQL", "LibrarySchema"], exclude: ["Corpus"],
            swiftSettings: settings),
        .testTarget(name: "OutboxJWTTests", dependencies: ["OutboxJWT", "OutboxTelemetry"], swiftSettings: settings),
        .testTarget(name: "OutboxCommandLineTests", dependencies: ["OutboxCommandLine"], swiftSettings: settings),
        .testTarget(
            name: "WorkforceTests",
            dependencies: [
                "Workforce", "IdempotentConsumer", "LibPQ", "Outbox", "OutboxHTTP", "OutboxJWT", "OutboxTelemetry",
            ],
            swiftSettings: settings),

        .testTarget(
            name: "FaultsTests", dependencies: ["Faults", "Servers"], swiftSettings: settings),

        .target(
            name: "LibrarySchema", dependencies: ["OutboxGraphQL"], path: "Integration/LibrarySchema",
            swiftSettings: settings),

        // Real servers: started on loopback, stopped by process id
        .target(
            name: "Servers", dependencies: ["LibPQ", "LibRDKafka", "OutboxTelemetry"], path: "Integration/Servers",
            swiftSettings: settings),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "Servers", "LibPQ", "LibRDKafka", "Outbox", "OutboxDispatcher", "IdempotentConsumer", "QueryCache",
                "QueryCacheRedis", "OutboxHTTP", "OutboxJWT", "OutboxCommandLine", "OutboxTelemetry", "Workforce",
                "OutboxTool", "OutboxVerify", "OutboxDoctor", "OutboxConsole", "WorkforceTool", "Runbook", "Faults",
                "OutboxGraphQL", "LibrarySchema",
            ],
            path: "Integration/Tests",
            exclude: ["Console/console_browser.py", "Console/legibility.py", "Console/Screenshots"],
            swiftSettings: settings),
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "Servers", "LibPQ", "LibRDKafka", "Outbox", "OutboxCommandLine", "OutboxTelemetry",
                "IdempotentConsumer", "QueryCache", "Workforce",
            ],
            path: "Integration/Benchmarks", exclude: ["BareLoop"], swiftSettings: settings),
        .executableTarget(
            name: "BareLoop", dependencies: ["CLibPQ", "CLibRDKafka"], path: "Integration/Benchmarks/BareLoop"),
        .executableTarget(
            name: "Faults",
            dependencies: [
                "Servers", "LibPQ", "LibRDKafka", "Outbox", "OutboxCommandLine", "OutboxTelemetry",
                "IdempotentConsumer", "QueryCache",
            ],
            path: "Integration/Faults", exclude: ["Mutations"], swiftSettings: settings),
        .executableTarget(
            name: "Runbook",
            dependencies: ["Servers", "LibPQ", "Outbox", "OutboxCommandLine", "OutboxTelemetry", "Workforce"],
            path: "Integration/Runbook", resources: [.embedInCode("Scenarios/scenarios.json")],
            swiftSettings: settings),
        .executableTarget(
            name: "Demo",
            dependencies: [
                "Servers", "LibPQ", "LibRDKafka", "Outbox", "OutboxCommandLine", "IdempotentConsumer", "QueryCache",
                "Workforce",
            ],
            path: "Integration/Demo", swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)

// libFuzzer brings the main function, so this is a program in a build for it only: see Integration/Setup/fuzz.sh.
if Context.environment["OUTBOX_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "FuzzGraphQL", dependencies: ["OutboxGraphQL", "LibrarySchema"], path: "Integration/Fuzz",
            exclude: ["graphql.dict"], swiftSettings: settings))
}
