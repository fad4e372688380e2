import Testing

/// The suites that run side by side before any server is up.
struct PureSuiteTests {
  /// Modules of the project that need a server, or a machine of their own, to be tested.
  private static let withServers = [
    "RabbitMQ", "Postgres", "WorkQueues", "BeltStorage", "Bootstrap", "Operator", "Ingress",
    "Sandbox",
  ]

  private let repository = Repository()

  private var suites: [String] {
    get throws {
      Lists.words(of: "pure_suites", inScript: try repository.text("deploy/lib/checks.bash"))
    }
  }

  @Test func `a pure suite is built from nothing that needs a server`() throws {
    let manifest = try repository.text("Package.swift")
    #expect(try suites.count >= 5)
    for suite in try suites {
      let call = try #require(manifest.firstRange(of: ".tests(\"\(suite)\""), "\(suite) is none")
      let rest = manifest[call.upperBound...]
      let end = rest.firstIndex(of: ")") ?? rest.endIndex
      for module in Self.withServers {
        #expect(!rest[..<end].contains("\"\(module)\""), "\(suite) needs \(module)")
      }
    }
  }

  @Test func `a pure suite starts no server and sleeps nowhere`() throws {
    for suite in try suites {
      // This rule has to name what it forbids.
      for file in try repository.swiftFiles(below: "Tests/\(suite)Tests")
      where !file.path.hasSuffix("/PureSuiteTests.swift") {
        for line in file.lines {
          for word in [
            "PrivatePostgres", "PrivateBroker", "ESTEIRA_TEST_", ".sleep(", "usleep(",
          ] {
            #expect(!line.contains(word), "\(file.path) has \(word)")
          }
        }
      }
    }
  }
}
