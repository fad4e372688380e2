import Testing

/// What a reviewer would otherwise have to remember.
struct CodeTests {
  private let repository = Repository()

  /// Read once for all tests.
  private static let code = Result { try Repository().swiftFiles(below: "Sources", "Tests") }
  private static let rest = Result {
    let repository = Repository()
    let paths = repository.files(below: "deploy", ".ci") + ["README.md", "docker-compose.yml"]
    return try (paths + ["Package.swift"]).map {
      SourceFile(path: $0, text: try repository.text($0))
    }
  }

  private func code(below folder: String = "") throws -> [SourceFile] {
    try Self.code.get().filter { $0.path.hasPrefix(folder) }
  }

  @Test(arguments: Ban.all)
  func `what is banned does not stand in the code`(ban: Ban) throws {
    #expect(try code().count > 100)
    let faults = try (code() + Self.rest.get()).flatMap(ban.faults(in:))
    #expect(faults.isEmpty, "\(faults.joined(separator: "\n"))")
  }

  @Test func `no ban allows a file that has gone`() {
    for ban in Ban.all {
      for path in ban.allowed.keys {
        #expect(repository.exists(path), "\(ban.name): \(path)")
      }
    }
  }

  @Test func `no file is named for a drawer`() throws {
    let files = try code()
    let allowed = Set(Ban.all.flatMap(\.allowed.keys))
    let drawers = files.filter { CodeRules.isDrawer(fileName: $0.name) }.map(\.path)
    #expect(drawers.filter { !allowed.contains($0) } == [])
  }

  @Test func `no error is caught and forgotten`() throws {
    let files = try code()
    let empty = files.flatMap { file in
      CodeRules.emptyCatches(in: file).map { "\(file.path):\($0)" }
    }
    #expect(empty == [])
  }

  @Test func `the core reaches nothing outside`() throws {
    let allowed: Set = [
      "FoundationEssentials", "Crypto", "Logging", "Metrics", "StrictJSON", "Belt",
      "Synchronization",
    ]
    let strangers = try code(below: "Sources/Core/").flatMap { file in
      CodeRules.imports(of: file).filter { !allowed.contains($0) }.map { "\(file.path): \($0)" }
    }
    #expect(strangers == [])
  }

  @Test func `every type that other modules see is explained`() throws {
    let unexplained = try code(below: "Sources/").flatMap { file in
      CodeRules.unexplainedTypes(in: file).map { "\(file.path): \($0)" }
    }
    #expect(unexplained == [])
  }

  @Test func `long files are pointed out`() throws {
    for file in try code() where file.lines.count > 301 {
      Issue.record("\(file.path) has \(file.lines.count - 1) lines", severity: .warning)
    }
  }

  @Test func `migrations are numbered without gaps, and the program knows them all`() throws {
    let folder = "Sources/Adapters/BeltStorage/Migrations"
    let names = repository.names(in: folder)
    #expect(CodeRules.complaints(ofMigrations: names) == [])
    let known = try repository.text("Sources/Adapters/BeltStorage/Schema/Migration.swift")
    for name in names {
      let resource = name.split(separator: ".").joined(separator: "_")
      #expect(known.contains("PackageResources.\(resource)"), "Migration.all misses \(name)")
    }
  }
}
