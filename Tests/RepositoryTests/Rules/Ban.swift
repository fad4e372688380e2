import Testing

/// Something that does not belong into the code, and what to use instead.
struct Ban: Sendable, CustomTestStringConvertible {
  let name: String
  /// A regular expression, tried on each line.
  let pattern: String
  let instead: String
  /// Where it is looked for: the folders' prefixes.
  let folders: [String]
  /// Files, or folders that end with `/`, in which it may stand, each with the reason.
  var allowed: [String: String] = [:]
  /// Whether comments and string literals are looked at too.
  var inProse = false

  var testDescription: String { name }

  /// `path:line` of each fault, with what to do.
  func faults(in file: SourceFile) throws -> [String] {
    guard folders.contains(where: file.path.hasPrefix), !isAllowed(file.path) else { return [] }
    // The default boundaries are those of prose: there is none before the full stop of `A.b`.
    let regex = try Regex(pattern).wordBoundaryKind(.simple)
    let lines = inProse ? file.lines.map(String.init) : file.code
    return lines.enumerated().compactMap { index, line in
      guard line.firstMatch(of: regex) != nil else { return nil }
      return "\(file.path):\(index + 1): \(name); \(instead)"
    }
  }

  private func isAllowed(_ path: String) -> Bool {
    allowed.keys.contains { $0 == path || ($0.hasSuffix("/") && path.hasPrefix($0)) }
  }
}

extension Ban {
  private static let everywhere = ["Sources/", "Tests/", "Package.swift"]
  /// This folder names what it bans.
  private static let here = ["Tests/RepositoryTests/": "names what is banned"]

  static let all: [Ban] = [
    Ban(
      name: "a type named for a drawer",
      pattern:
        #"^(?!.*private).*\b(struct|class|enum|actor|protocol|typealias) \w*(Manager|Helper|Util|Common|Shared)"#,
      instead: "name what it is or does",
      folders: everywhere,
      allowed: [
        "Sources/Programs/Ingress/Publishing/SharedPublishes.swift":
          "requests do share its confirms; no drawer"
      ]
    ),
    Ban(
      name: "try?",
      pattern: #"\btry\?"#,
      instead: "handle the error, or say with do and catch why it does not matter",
      folders: ["Sources/"]
    ),
    Ban(
      name: "try!",
      pattern: #"\btry!"#,
      instead: "throw",
      folders: everywhere
    ),
    Ban(
      name: "print",
      pattern: #"(^|[^\w.])print\("#,
      instead: "log, or in the operator's program use Terminal",
      folders: ["Sources/"],
      allowed: ["Sources/Programs/Operator/": "speaks to a person"]
    ),
    Ban(
      name: "a library that parses arguments or speaks",
      pattern: #"\bimport ArgumentParser\b|\bTerminal\.|\bSTDOUT_FILENO\b|\bSTDERR_FILENO\b"#,
      instead: "return a value or throw a Refusal; the command line parses and prints",
      folders: ["Sources/Operations/"]
    ),
    Ban(
      name: "a statement in the command line",
      pattern: #"\bimport Postgres\b|\bSQL\b|\.pool\.(run|transaction|withConnection)\b"#,
      instead: "give Operations a use case that has it",
      folders: ["Sources/Programs/Operator/"]
    ),
    Ban(
      name: "fatalError",
      pattern: #"\bfatalError\("#,
      instead: "throw, or preconditionFailure with the rule that was broken",
      folders: everywhere
    ),
    Ban(
      name: "ProcessInfo",
      pattern: #"\bProcessInfo\b"#,
      instead: "read settings with SettingsReader",
      folders: ["Sources/"],
      allowed: [
        "Sources/Programs/Operator/Commands/Apply.swift":
          "the document names variables of the person who applies it",
        "Sources/Programs/Operator/Commands/Connect.swift":
          "the options name variables of the person who connects",
        "Sources/Programs/Operator/Commands/SettingsFile.swift":
          "says which of these variables are not set",
        "Sources/Lab/Bench/Bench.swift": "finds the records of the deploy scripts",
      ]
    ),
    Ban(
      name: "all of Foundation",
      pattern: #"\bimport Foundation\s*$"#,
      instead: "import FoundationEssentials; Foundation costs 44 MB",
      folders: ["Sources/"],
      allowed: ["Sources/Lab/Chaos/": "starts processes, and is never shipped"]
    ),
    Ban(
      name: "Foundation in an adapter of a C library",
      pattern: #"\bimport Foundation"#,
      instead: "use the standard library and Glibc",
      folders: ["Sources/Adapters/RabbitMQ/", "Sources/Adapters/Postgres/"]
    ),
    Ban(
      name: "an unchecked promise of sendability",
      pattern: #"@unchecked Sendable|nonisolated\(unsafe\)"#,
      instead: "use an actor or Mutex",
      folders: ["Sources/"],
      allowed: [
        "Sources/Adapters/Postgres/Rows.swift":
          "a result of libpq is never changed, so it may be read on any thread"
      ]
    ),
    Ban(
      name: "a C module shown to other modules",
      pattern: #"\b(public|package) import C(RabbitMQ|Postgres|Events)\b"#,
      instead: "keep C inside its adapter",
      folders: ["Sources/"]
    ),
    Ban(
      name: "a C module outside its adapter",
      pattern: #"\bimport C(RabbitMQ|Postgres|Events)\b"#,
      instead: "use RabbitMQ, Postgres or DedicatedThreads",
      folders: ["Sources/"],
      allowed: [
        "Sources/Adapters/RabbitMQ/": "is its adapter",
        "Sources/Adapters/Postgres/": "is its adapter",
        "Sources/Adapters/DedicatedThreads/": "is its adapter",
      ]
    ),
    Ban(
      name: "a stage that is named besides Flow",
      pattern:
        #"^(?!\s*case ).*(\bFlow|[=(\[:,] ?)\.(leadImporter|centralizer|opportunityCreator|rdUpdater|tagSync)\b|'(lead-importer|centralizer|opportunity-creator|rd-updater|tag-sync)'"#,
      instead: "ask Flow for what the stage takes, gives, waits for or is",
      folders: ["Sources/Core/", "Sources/Adapters/", "Sources/Operations/", "Sources/Programs/"],
      allowed: [
        "Sources/Core/Leads/Flow.swift": "is the one list",
        "Sources/Adapters/BeltStorage/Migrations/": "are as they were",
      ],
      inProse: true
    ),
    Ban(
      name: "a CRM that is asked which one it is",
      pattern: #"\b(crm|kind) *[=!]= *\.(embedded|totvs|datacrm|rdStationCRM)\b"#,
      instead: "ask its traits what it can do",
      folders: ["Sources/"],
      allowed: [
        "Sources/Adapters/SettingsDocument/Reading/CatalogueReading.swift":
          "says which kinds have a key of the document"
      ]
    ),
    Ban(
      name: "a fault that is not put around the product",
      pattern: #"\b(Saboteur|Failpoint|FaultArming)\b"#,
      instead: "put it around a queue, a stage, a handler or a permit, or let the lab set it up",
      folders: ["Sources/"],
      allowed: [
        "Sources/Adapters/Bootstrap/Faults/": "puts them around a worker",
        "Sources/Adapters/Bootstrap/WorkerProgram.swift": "is the start of every worker",
        "Sources/Programs/Ingress/Faults/": "puts them around the store of ingress",
        "Sources/Programs/Ingress/IngressProgram.swift": "is the start of ingress",
        "Sources/Lab/Chaos/": "chooses them",
      ]
    ),
    Ban(
      name: "work left for later",
      pattern: #"\b(TODO|FIXME|XXX)\b"#,
      instead: "do it, or open an issue",
      folders: everywhere,
      allowed: here,
      inProse: true
    ),
    Ban(
      name: "a path of one machine",
      pattern: #"(^|[^\w./~-])/(home|root|work|Users)/"#,
      instead: "start from the repository, or take it as a setting",
      folders: everywhere + ["deploy/", ".ci/", "README.md", "docker-compose.yml"],
      allowed: here,
      inProse: true
    ),
  ]
}
