// swift-tools-version: 6.2
import PackageDescription

/// The targets stand in the order of the dependency rule: Programs → Bootstrap → Adapters → Core.
let package = Package(
  name: "esteira",
  products: [
    .executable(name: "esteira-ingress", targets: ["Ingress"]),
    .executable(name: "esteira-lead-importer", targets: ["LeadImporterProgram"]),
    .executable(name: "esteira-centralizer", targets: ["CentralizerProgram"]),
    .executable(name: "esteira-opportunity-creator", targets: ["OpportunityCreatorProgram"]),
    .executable(name: "esteira-rd-updater", targets: ["RDUpdaterProgram"]),
    .executable(name: "esteira-tag-sync", targets: ["TagSyncProgram"]),
    .executable(name: "esteira", targets: ["Operator"]),
    .executable(name: "esteira-sandbox", targets: ["Sandbox"]),
    .executable(name: "esteira-lab", targets: ["Lab"]),
    .executable(name: "esteira-chaos", targets: ["Chaos"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
    .package(
      url: "https://github.com/apple/swift-configuration.git",
      from: "1.4.0",
      traits: []
    ),
    .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-system.git", from: "1.8.1"),
    // Without its traits: each brings in all of Foundation, 8 MB resident in every process.
    .package(
      url: "https://github.com/hummingbird-project/hummingbird.git",
      from: "2.28.1",
      traits: []
    ),
    .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
  ],
  targets: [
    .core("StrictJSON"),
    .core("Belt", [.crypto, .logging, .metrics]),
    .core("Leads", ["StrictJSON", "Belt", .crypto]),

    .c("CEvents"),
    .c("CRabbitMQ", library: "librabbitmq", package: "librabbitmq-dev"),
    .c("CPostgres", library: "libpq", package: "libpq-dev"),
    .adapter("DedicatedThreads", ["CEvents"]),
    .adapter("RabbitMQ", ["CRabbitMQ", "DedicatedThreads", .logging]),
    .adapter("Postgres", ["CPostgres", "DedicatedThreads", .logging, .metrics]),
    .adapter(
      "WorkQueues",
      [
        "RabbitMQ", "Belt", "Leads", "StrictJSON", .httpClient, .logging, .nioCore, .nioHTTP1,
        .nioPosix,
      ]
    ),
    .adapter(
      "OutsideCalls",
      [
        "Leads", "Belt", "StrictJSON", "Postgres", .crypto, .httpClient, .logging, .nioCore,
        .nioHTTP1,
      ]
    ),
    .adapter(
      "RDStation",
      ["OutsideCalls", "Leads", "StrictJSON", "Belt", .httpClient, .logging]
    ),
    .adapter(
      "DataCRM",
      ["OutsideCalls", "Leads", "StrictJSON", "Belt", .crypto, .httpClient]
    ),
    .adapter(
      "RDStationCRM",
      ["OutsideCalls", "Leads", "StrictJSON", "Belt", .crypto, .httpClient]
    ),
    .adapter(
      "BeltStorage",
      ["Leads", "Belt", "StrictJSON", "Postgres", .crypto],
      resources: [.embedInCode("Migrations")]
    ),
    .adapter("EmbeddedCRM", ["BeltStorage", "Leads", "Belt", "StrictJSON", "Postgres"]),
    .adapter("TOTVSCRM", ["OutsideCalls", "Leads", "StrictJSON", "Belt", .httpClient]),
    .adapter("SettingsDocument", ["Leads", "Belt", "StrictJSON", .yams]),
    .adapter(
      "Observability",
      [
        "StrictJSON", .hummingbird, .httpTypes, .lifecycle, .logging, .coreMetrics, .nioCore,
        .nioPosix,
      ]
    ),
    .adapter(
      "Bootstrap",
      [
        "Leads", "Belt", "RabbitMQ", "Postgres", "WorkQueues", "BeltStorage", "EmbeddedCRM",
        "RDStationCRM", "TOTVSCRM", "DataCRM", "RDStation", "OutsideCalls", "Observability",
        .configuration, .systemPackage,
        .lifecycle, .unixSignals,
        .httpClient, .logging, .nioPosix,
      ]
    ),

    // Everything that a person does with a fleet, for the command line, the console and tests alike.
    .target(
      name: "Operations",
      dependencies: [
        "Leads", "Belt", "BeltStorage", "Bootstrap", "StrictJSON", "Postgres", "RabbitMQ",
        "WorkQueues", "EmbeddedCRM", "OutsideCalls", "RDStation", "SettingsDocument",
        .httpClient, .logging, .nioCore, .nioHTTP1,
      ],
      swiftSettings: .strict
    ),

    .program(
      "Ingress",
      [
        "StrictJSON", "DedicatedThreads", "RabbitMQ", "WorkQueues", "Observability", .hummingbird,
        .httpTypes, .lifecycle, .logging, .metrics, .nioCore, .systemPackage,
      ]
    ),
    .stage("LeadImporter", ["Postgres", "StrictJSON"]),
    .stage("Centralizer", ["Postgres"]),
    .stage("OpportunityCreator", ["Postgres", "StrictJSON"]),
    .stage("RDUpdater", ["RDStation", "Postgres", "StrictJSON"]),
    .stage("TagSync", ["RDStation", "Postgres", "StrictJSON"]),

    .main("LeadImporter"),
    .main("Centralizer"),
    .main("OpportunityCreator"),
    .main("RDUpdater"),
    .main("TagSync"),
    // How a command speaks to a terminal and ends, for the operator's program and the lab's.
    .target(
      name: "CommandLineInterface",
      dependencies: [
        "Operations", "Belt", "BeltStorage", "SettingsDocument", "StrictJSON", "WorkQueues",
        .argumentParser,
      ],
      path: "Sources/Programs/CommandLineInterface",
      swiftSettings: .strict
    ),
    .program(
      "Operator",
      [
        "CommandLineInterface", "Operations", "StrictJSON", "Postgres", "RabbitMQ", "WorkQueues",
        "EmbeddedCRM", "OutsideCalls", "RDStation", "SettingsDocument", "Observability",
        .argumentParser, .httpClient, .logging, .nioCore, .nioHTTP1, .nioPosix,
      ]
    ),
    // Beside the sandbox, never shipped: the demo and the bench.
    .executableTarget(
      name: "Lab",
      dependencies: [
        "CommandLineInterface", "Operations", "LabBooks", "SandboxLeads", "Leads", "Belt",
        "BeltStorage", "Bootstrap", "StrictJSON", "Postgres", "RabbitMQ", "WorkQueues",
        "EmbeddedCRM", "OutsideCalls", "RDStation", .argumentParser, .httpClient, .logging,
        .nioCore, .nioHTTP1, .nioPosix,
      ],
      path: "Sources/Lab",
      exclude: ["Chaos", "LabBooks", "Sandbox", "SandboxLeads"],
      swiftSettings: .strict
    ),
    // What a fleet owes people, and what it holds of them, for the demo and the chaos harness.
    .target(
      name: "LabBooks",
      dependencies: [
        "Leads", "Belt", "BeltStorage", "EmbeddedCRM", "Operations", "StrictJSON", "Postgres",
        "RabbitMQ", "WorkQueues",
      ],
      path: "Sources/Lab/LabBooks",
      swiftSettings: .strict
    ),
    .target(
      name: "SandboxLeads",
      dependencies: ["StrictJSON"],
      path: "Sources/Lab/SandboxLeads",
      swiftSettings: .strict
    ),
    .executableTarget(
      name: "Sandbox",
      dependencies: [
        "StrictJSON", "SandboxLeads", .crypto, .hummingbird, .httpTypes, .httpClient, .lifecycle,
        .unixSignals, .logging, .nioCore, .nioHTTP1,
      ],
      path: "Sources/Lab/Sandbox",
      swiftSettings: .strict
    ),

    // Only for tests: it starts, strikes and judges a whole fleet of debug builds.
    .executableTarget(
      name: "Chaos",
      dependencies: [
        "TestKit", "Leads", "Belt", "BeltStorage", "Bootstrap", "Operations", "WorkQueues",
        "RabbitMQ", "StrictJSON", "Postgres", "LabBooks", "SandboxLeads", .argumentParser,
        .httpClient, .logging, .nioCore, .nioHTTP1, .nioPosix,
      ],
      path: "Sources/Lab/Chaos",
      swiftSettings: .strict
    ),
    .target(
      name: "TestKit",
      dependencies: ["Belt", .hummingbird, .lifecycle, .logging],
      path: "Tests/TestKit",
      swiftSettings: .strict
    ),
    // A database with the schema, and what tests put into it.
    .target(
      name: "Samples",
      dependencies: ["Belt", "BeltStorage", "Leads", "Postgres", "TestKit", .logging],
      path: "Tests/Samples",
      swiftSettings: .strict
    ),
    // The port of the CRMs, in memory, and what every adapter keeps.
    .target(
      name: "CRMConformance",
      dependencies: ["Leads", "Belt", "StrictJSON"],
      path: "Tests/CRMConformance",
      swiftSettings: .strict
    ),
    .tests("Repository", ["Leads"]),
    .tests("StrictJSON", ["StrictJSON"]),
    .tests("Belt", ["Belt", .logging]),
    .tests("Leads", ["Leads", "Belt", "StrictJSON", "SandboxLeads", "CRMConformance"]),
    .tests("RabbitMQ", ["RabbitMQ", "DedicatedThreads", .logging]),
    .tests("Postgres", ["Postgres", .logging]),
    .tests("OutsideCalls", ["OutsideCalls", "Belt"]),
    .tests(
      "RDStation",
      [
        "RDStation", "OutsideCalls", "Leads", "Belt", "Sandbox", "SandboxLeads", "StrictJSON",
        .httpClient, .httpTypes, .hummingbird,
        .lifecycle, .logging, .nioCore, .nioHTTP1,
      ]
    ),
    .tests(
      "DataCRM",
      [
        "DataCRM", "OutsideCalls", "BeltStorage", "Postgres", "Leads", "Belt", "Sandbox",
        "SandboxLeads", "StrictJSON", "CRMConformance", .httpClient, .hummingbird, .logging,
        .nioCore,
        .nioHTTP1,
      ]
    ),
    .tests(
      "TOTVSCRM",
      [
        "TOTVSCRM", "OutsideCalls", "Leads", "Belt", "Sandbox", "StrictJSON", "CRMConformance",
        .httpClient, .hummingbird, .logging, .nioCore, .nioHTTP1,
      ]
    ),
    .tests(
      "RDStationCRM",
      [
        "RDStationCRM", "OutsideCalls", "Leads", "Belt", "Sandbox", "SandboxLeads", "StrictJSON",
        "CRMConformance", .httpClient, .httpTypes, .hummingbird, .logging, .nioCore, .nioHTTP1,
      ]
    ),
    .tests(
      "Sandbox",
      [
        "RDStation", "OutsideCalls", "Sandbox", "SandboxLeads", "StrictJSON", .httpClient,
        .httpTypes, .hummingbird,
        .lifecycle, .logging, .nioCore, .nioHTTP1,
      ]
    ),
    .tests(
      "BeltStorage",
      [
        "BeltStorage", "EmbeddedCRM", "RDStation", "OutsideCalls", "Leads", "Belt", "StrictJSON",
        "Postgres", "CRMConformance", "Samples", .httpClient, .hummingbird, .lifecycle, .logging,
      ]
    ),
    .tests(
      "Chaos",
      [
        "Chaos", "LabBooks", "Operations", "BeltStorage", "Bootstrap", "Leads", "StrictJSON",
        "Belt",
      ]
    ),
    .tests(
      "Operations",
      [
        "Operations", "SettingsDocument", "BeltStorage", "Leads", "Belt", "Postgres", "StrictJSON",
        "RabbitMQ", "WorkQueues", "Bootstrap", "OutsideCalls", "RDStation", "EmbeddedCRM",
        "Samples", .logging,
      ]
    ),
    .tests("SettingsDocument", ["SettingsDocument", "Leads", "StrictJSON"]),
    .tests(
      "Lab",
      [
        "Lab", "LabBooks", "CommandLineInterface", "Operations", "BeltStorage", "Leads", "Belt",
        "StrictJSON", .argumentParser,
      ]
    ),
    .tests(
      "Operator",
      [
        "Operator", "CommandLineInterface", "Operations", "SettingsDocument", "BeltStorage",
        "Leads", "Belt", "Postgres",
        "StrictJSON",
        "RabbitMQ",
        "WorkQueues", "Bootstrap", "OutsideCalls", "RDStation", "EmbeddedCRM", .argumentParser,
        .logging,
      ]
    ),
    .tests(
      "Flow",
      [
        "LeadImporter", "Centralizer", "OpportunityCreator", "RDUpdater", "TagSync", "Sandbox",
        "Operations", "SettingsDocument", "Bootstrap", "BeltStorage", "EmbeddedCRM", "RDStation",
        "OutsideCalls", "Leads", "Belt", "StrictJSON", "Postgres", "CRMConformance", "Samples",
        .httpClient, .hummingbird, .lifecycle, .logging, .nioCore, .nioHTTP1,
      ]
    ),
    .tests(
      "Security",
      [
        "Operator", "CommandLineInterface", "LeadImporter", "Centralizer", "OpportunityCreator",
        "RDUpdater", "TagSync",
        "Sandbox", "Operations", "BeltStorage", "EmbeddedCRM", "RDStation", "OutsideCalls",
        "Observability",
        "WorkQueues", "RabbitMQ", "Leads", "Belt", "StrictJSON", "Postgres", "Samples",
        .coreMetrics, .httpClient, .hummingbird, .lifecycle, .logging, .nioCore,
      ]
    ),
    .tests(
      "WorkQueues",
      [
        "WorkQueues", "RabbitMQ", "Belt", "Leads", "BeltStorage", "Postgres", "StrictJSON",
        .httpClient, .logging, .nioCore, .nioHTTP1,
      ]
    ),
    .tests(
      "Observability",
      ["Observability", .coreMetrics, .httpClient, .logging, .nioCore, .nioHTTP1]
    ),
    .tests(
      "Ingress",
      [
        "Ingress", "WorkQueues", "RabbitMQ", "Leads", "Belt", "StrictJSON", "Bootstrap",
        "BeltStorage", "Observability", .httpClient, .lifecycle, .logging, .nioCore, .nioHTTP1,
        .systemPackage,
      ]
    ),
  ]
)

extension Target {
  /// No input or output: the standard library, FoundationEssentials and cryptography only.
  static func core(_ name: String, _ dependencies: [Dependency] = []) -> Target {
    .target(
      name: name,
      dependencies: dependencies,
      path: "Sources/Core/\(name)",
      swiftSettings: .strict
    )
  }

  /// One outside thing each.
  static func adapter(
    _ name: String,
    _ dependencies: [Dependency],
    resources: [Resource]? = nil
  ) -> Target {
    .target(
      name: name,
      dependencies: dependencies,
      path: "Sources/Adapters/\(name)",
      resources: resources,
      swiftSettings: .strict
    )
  }

  /// A module map and a shim header, nothing else.
  static func c(_ name: String, library: String? = nil, package: String? = nil) -> Target {
    .systemLibrary(
      name: name,
      path: "Sources/Adapters/\(name)",
      pkgConfig: library,
      providers: package.map { [.apt([$0])] }
    )
  }

  /// What one stage does: its statements, its decision's use, its calls.
  static func stage(_ name: String, _ extra: [Dependency]) -> Target {
    .target(
      name: name,
      dependencies: ["Leads", "Belt", "BeltStorage"] + extra,
      path: "Sources/Stages/\(name)",
      swiftSettings: .strict
    )
  }

  /// The program that runs one stage.
  static func main(_ stage: String, _ extra: [Dependency] = []) -> Target {
    .executableTarget(
      name: "\(stage)Program",
      dependencies: ["Leads", "BeltStorage", "Bootstrap", .target(name: stage)] + extra,
      path: "Sources/Programs/\(stage)",
      swiftSettings: .strict
    )
  }

  /// One executable a folder.
  static func program(_ name: String, _ extra: [Dependency] = []) -> Target {
    .executableTarget(
      name: name,
      dependencies: ["Leads", "Belt", "BeltStorage", "Bootstrap"] + extra,
      path: "Sources/Programs/\(name)",
      swiftSettings: .strict
    )
  }

  static func tests(_ name: String, _ dependencies: [Dependency]) -> Target {
    .testTarget(
      name: "\(name)Tests",
      dependencies: dependencies + ["TestKit"],
      path: "Tests/\(name)Tests",
      swiftSettings: .strict
    )
  }
}

extension Target.Dependency {
  static var argumentParser: Self {
    .product(name: "ArgumentParser", package: "swift-argument-parser")
  }
  static var configuration: Self { .product(name: "Configuration", package: "swift-configuration") }
  static var coreMetrics: Self { .product(name: "CoreMetrics", package: "swift-metrics") }
  static var crypto: Self { .product(name: "Crypto", package: "swift-crypto") }
  static var httpClient: Self { .product(name: "AsyncHTTPClient", package: "async-http-client") }
  static var httpTypes: Self { .product(name: "HTTPTypes", package: "swift-http-types") }
  static var hummingbird: Self { .product(name: "Hummingbird", package: "hummingbird") }
  static var lifecycle: Self {
    .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
  }
  static var logging: Self { .product(name: "Logging", package: "swift-log") }
  static var metrics: Self { .product(name: "Metrics", package: "swift-metrics") }
  static var nioCore: Self { .product(name: "NIOCore", package: "swift-nio") }
  static var nioHTTP1: Self { .product(name: "NIOHTTP1", package: "swift-nio") }
  static var nioPosix: Self { .product(name: "NIOPosix", package: "swift-nio") }
  static var systemPackage: Self { .product(name: "SystemPackage", package: "swift-system") }
  static var unixSignals: Self {
    .product(name: "UnixSignals", package: "swift-service-lifecycle")
  }
  static var yams: Self { .product(name: "Yams", package: "Yams") }
}

extension [SwiftSetting] {
  static var strict: Self {
    [
      .swiftLanguageMode(.v6),
      .enableUpcomingFeature("ExistentialAny"),
      .enableUpcomingFeature("InternalImportsByDefault"),
      .enableUpcomingFeature("MemberImportVisibility"),
      .treatAllWarnings(as: .error),
    ]
  }
}
