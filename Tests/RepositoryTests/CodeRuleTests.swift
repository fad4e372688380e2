import Testing

/// Each rule finds the fault that it is for, and nothing else.
struct CodeRuleTests {
  /// A line for each ban, in a file where it counts.
  private static let faults: [String: (path: String, line: String)] = [
    "a type named for a drawer": ("Sources/X.swift", "final class RetryHelper {"),
    "try?": ("Sources/X.swift", "let a = try? b()"),
    "try!": ("Tests/X.swift", "let a = try! b()"),
    "print": ("Sources/X.swift", "  print(secret)"),
    "a library that parses arguments or speaks": (
      "Sources/Operations/X.swift", "package import ArgumentParser"
    ),
    "a statement in the command line": (
      "Sources/Programs/Operator/X.swift", "try await fleet.pool.run(statement)"
    ),
    "fatalError": ("Sources/X.swift", "fatalError(\"no\")"),
    "ProcessInfo": ("Sources/X.swift", "ProcessInfo.processInfo.environment"),
    "all of Foundation": ("Sources/X.swift", "private import Foundation"),
    "Foundation in an adapter of a C library": (
      "Sources/Adapters/Postgres/X.swift", "import FoundationEssentials"
    ),
    "an unchecked promise of sendability": ("Sources/X.swift", "class X: @unchecked Sendable {}"),
    "a C module shown to other modules": (
      "Sources/Adapters/Postgres/X.swift", "package import CPostgres"
    ),
    "a C module outside its adapter": ("Sources/Programs/X.swift", "private import CRabbitMQ"),
    "a stage that is named besides Flow": ("Sources/Core/X.swift", "let next = Flow.tagSync"),
    "a CRM that is asked which one it is": (
      "Sources/Operations/X.swift", "if settings.crm == .embedded {"
    ),
    "a fault that is not put around the product": (
      "Sources/Core/X.swift", "if Saboteur.turnsOff.isOn { return [:] }"
    ),
    "work left for later": ("Sources/X.swift", "// TODO: later"),
    "a path of one machine": ("deploy/x", "cd /home/ana/esteira"),
  ]

  @Test(arguments: Ban.all)
  func `each ban finds its fault`(ban: Ban) throws {
    let (path, line) = try #require(Self.faults[ban.name])
    #expect(try ban.faults(in: SourceFile(path: path, text: line)).count == 1)
    #expect(try ban.faults(in: SourceFile(path: "Other/X.swift", text: line)) == [])
  }

  @Test(arguments: Ban.all.filter { !$0.allowed.isEmpty })
  func `a ban leaves the allowed places alone`(ban: Ban) throws {
    let line = try #require(Self.faults[ban.name]).line
    for place in ban.allowed.keys {
      let path = place.hasSuffix("/") ? "\(place)X.swift" : place
      #expect(try ban.faults(in: SourceFile(path: path, text: line)) == [])
    }
  }

  @Test(arguments: [
    "// try? would hide it", "let a = \"try? print(\"", "fingerprint(x)", "link.print(x)",
    "retry?.now", "import FoundationEssentials", "let retryHelper = 1", "private struct Shared {",
    "FileManager.default",
  ])
  func `what only looks like a fault is none`(line: String) throws {
    let file = SourceFile(path: "Sources/X.swift", text: line)
    #expect(try Ban.all.flatMap { try $0.faults(in: file) } == [])
  }

  @Test func `code is what is left without comments and strings`() {
    let file = SourceFile(
      path: "X.swift",
      text: """
        a("b // c \\" d") // e
        let t = \"""
          f
          \"""
        g
        """
    )
    #expect(file.code == ["a() ", "let t = ", "", "", "g"])
  }

  @Test func `an empty catch is found, on one line and on several`() {
    let file = SourceFile(
      path: "X.swift",
      text: """
        do { try a() } catch {}
        do { try a() } catch { log(error) }
        do {
          try a()
        } catch let error as B {

        }
        do {
          try a()
        } catch {
          // Words alone do not handle it.
        }
        do {
          try a()
        } catch {
          b()
        }
        """
    )
    #expect(CodeRules.emptyCatches(in: file) == [1, 5, 10])
  }

  @Test func `imports are read with all their words`() {
    let file = SourceFile(
      path: "X.swift",
      text: "import A\nprivate import B\n@testable import C\nimport struct D.E\n// import F\n"
    )
    #expect(CodeRules.imports(of: file) == ["A", "B", "C", "D"])
  }

  @Test func `a type without a comment is found, also behind an attribute`() {
    let file = SourceFile(
      path: "X.swift",
      text: """
        /// Words.
        @available(*, deprecated)
        package struct A {}

        @frozen
        package enum B {}

        package final class C {}
        struct D {}
        """
    )
    #expect(CodeRules.unexplainedTypes(in: file) == ["B", "C"])
  }

  @Test func `a gap, a double and a misnamed migration are found`() {
    #expect(CodeRules.complaints(ofMigrations: ["m0001_a.sql", "m0002_b_c.sql"]) == [])
    #expect(
      CodeRules.complaints(ofMigrations: ["m0001_a.sql", "m0003_b.sql"])
        == ["m0003_b.sql should have the number 2"]
    )
    #expect(
      CodeRules.complaints(ofMigrations: ["m0001_a.sql", "m0001_b.sql"])
        == ["m0001_b.sql should have the number 2"]
    )
    #expect(
      CodeRules.complaints(ofMigrations: ["1.sql"]) == ["1.sql is not of the form m0001_name.sql"]
    )
  }

  @Test(arguments: ["RetryHelpers.swift", "CommonTypes.swift", "StringUtils.swift"])
  func `a file named for a drawer is found`(name: String) {
    #expect(CodeRules.isDrawer(fileName: name[...]))
    #expect(!CodeRules.isDrawer(fileName: "RetryPolicy.swift"))
  }
}
