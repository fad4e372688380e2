import Testing

/// What a reviewer would otherwise have to remember.
struct CodeTests {
  private let repository = Repository()

  @Test(arguments: Ban.all)
  func `what is banned does not stand in the code`(ban: Ban) throws {
    let prose = try ["Package.swift", "README.md", "docker-compose.yml"].map {
      SourceFile(path: $0, text: try repository.text($0))
    }
    let scripts = try repository.files(below: "deploy", ".ci").map {
      SourceFile(path: $0, text: try repository.text($0))
    }
    let code = try repository.swiftFiles(below: "Sources", "Tests")
    #expect(code.count > 100)
    #expect(try (code + prose + scripts).flatMap(ban.faults(in:)) == [])
  }

  @Test func `no ban allows a file that has gone`() {
    for ban in Ban.all {
      for path in ban.allowed.keys {
        #expect(repository.exists(path), "\(ban.name): \(path)")
      }
    }
  }

  @Test func `no file is named for a drawer`() throws {
    let files = try repository.swiftFiles(below: "Sources", "Tests")
    let allowed = Set(Ban.all.flatMap(\.allowed.keys))
    let drawers = files.filter { CodeRules.isDrawer(fileName: $0.name) }.map(\.path)
    #expect(drawers.filter { !allowed.contains($0) } == [])
  }

  @Test func `no error is caught and forgotten`() throws {
    let files = try repository.swiftFiles(below: "Sources", "Tests")
    let empty = files.flatMap { file in
      CodeRules.emptyCatches(in: file).map { "\(file.path):\($0)" }
    }
    #expect(empty == [])
  }

  @Test func `the core reaches nothing outside`() throws {
    let allowed: Set = [
      "FoundationEssentials", "Crypto", "Logging", "Metrics", "StrictJSON", "Workers",
      "Synchronization",
    ]
    let strangers = try repository.swiftFiles(below: "Sources/Core").flatMap { file in
      CodeRules.imports(of: file).filter { !allowed.contains($0) }.map { "\(file.path): \($0)" }
    }
    #expect(strangers == [])
  }

  @Test func `every type that other modules see is explained`() throws {
    let unexplained = try repository.swiftFiles(below: "Sources").flatMap { file in
      CodeRules.unexplainedTypes(in: file).map { "\(file.path): \($0)" }
    }
    #expect(unexplained == [])
  }

  @Test func `long files are pointed out`() throws {
    for file in try repository.swiftFiles(below: "Sources", "Tests") where file.lines.count > 301 {
      Issue.record("\(file.path) has \(file.lines.count - 1) lines", severity: .warning)
    }
  }

  @Test func `migrations are numbered without gaps, and the program knows them all`() throws {
    let folder = "Sources/Adapters/LeadStorage/Migrations"
    let names = repository.names(in: folder)
    #expect(CodeRules.complaints(ofMigrations: names) == [])
    let known = try repository.text("Sources/Adapters/LeadStorage/Operating/Migration.swift")
    for name in names {
      let resource = name.split(separator: ".").joined(separator: "_")
      #expect(known.contains("PackageResources.\(resource)"), "Migration.all misses \(name)")
    }
  }
}
