import ArgumentParser
import Foundation
import Testing

@testable import Operator
@testable import CommandLineInterface

/// What any text of ours tells people to type is there.
@Suite struct NamedCommandTests {
  private static let root: URL = {
    // Tests/OperatorTests/NamedCommandTests.swift
    var folder = URL(filePath: #filePath).resolvingSymlinksInPath()
    for _ in 0..<3 { folder.deleteLastPathComponent() }
    return folder
  }()

  /// Paths below a folder or a file, relative to the root.
  private func files(_ place: String) throws -> [String] {
    let url = Self.root.appending(path: place)
    guard try url.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true else {
      return [place]
    }
    return try FileManager.default.contentsOfDirectory(atPath: url.path)
      .filter { !$0.hasPrefix(".") }.flatMap { try files("\(place)/\($0)") }
  }

  @Test func `every command line that a text names can be typed`() throws {
    var count = 0
    for path in try ["Sources", "deploy", "README.md"].flatMap(files) {
      let data = try Data(contentsOf: Self.root.appending(path: path))
      let text = try #require(String(data: data, encoding: .utf8), "\(path)")
      let lines =
        path.hasSuffix(".swift")
        ? NamedCommands.lines(inSwift: text) : NamedCommands.lines(inProse: text)
      for words in lines {
        count += 1
        let fault = NamedCommands.fault(of: words)
        #expect(fault == nil, "\(path): esteira \(words.joined(separator: " "))")
      }
    }
    // Otherwise the reading is wrong, and not the texts right.
    #expect(count > 100)
  }

  @Test(arguments: [
    #""run: esteira topology apply""#: ["topology apply"],
    "\"has 1. Run: esteira settings \"\n   + \"ls \\(name)\"": ["settings ls …"],
    #""Later: esteira held release \(a.map { f($0) }), or esteira ledger.""#: [
      "held release …", "ledger",
    ],
    "/// Type `esteira\n  /// doctor` then.": ["doctor"],
    "/// Type `esteira doctor` then.": ["doctor"],
    #"let esteira = "esteira_x""#: [],
  ])
  func `command lines are read from literals and comments`(_ code: String, lines: [String]) {
    #expect(NamedCommands.lines(inSwift: code).map { $0.joined(separator: " ") } == lines)
  }

  @Test(arguments: [
    "x | esteira apply -f - <a.yaml": ["apply -f -"],
    "`esteira dead-letters discard ID --reason \"a test\"`, or": [
      "dead-letters discard ID --reason …"
    ],
    "for p in esteira esteira-ingress": [], "with esteira doctor. Then": ["doctor"],
  ])
  func `command lines are read from prose`(_ prose: String, lines: [String]) {
    #expect(NamedCommands.lines(inProse: prose).map { $0.joined(separator: " ") } == lines)
  }

  @Test(arguments: [
    ("hooks", false), ("topology mend", false), ("ledger --all", false), ("topology", true),
    ("operations run does it later", true), ("dead-letters retry ID --not-there", true),
    ("dead-letters discard …", true), ("explain", true), ("diff acme 3 7", true),
    ("settings schema --wide", false),
  ])
  func `a line can be typed when its command and its options exist`(_ line: String, _ can: Bool) {
    let words = line.split(separator: " ").map(String.init)
    #expect((NamedCommands.fault(of: words) == nil) == can)
  }

  @Test
  func `help says how many of what, names what it lists, and gives examples of the main commands`()
  {
    for (path, type) in leaves(of: Esteira.self) {
      let help = Esteira.helpMessage(for: type, columns: 200)
      #expect(!help.contains("At most so many."), "esteira \(path)")
      #expect(!help.contains(/OVERVIEW: \w+ (them|one)[, ](with|and|after|newest)/), "\(path)")
      #expect(type.configuration.abstract.split(separator: " ").count > 3, "esteira \(path)")
    }
    for command in [
      "explain", "apply", "plan", "simulate", "ledger", "dead-letters ls", "dead-letters retry",
      "hook-url", "doctor", "ignored ls",
    ] {
      let type = leaves(of: Esteira.self).first { $0.path == command }?.type
      let discussion = type?.configuration.discussion ?? ""
      #expect(discussion.contains("esteira \(command) "), "esteira \(command)")
    }
  }

  @Test(arguments: [
    ("explian a@b.c", "esteira has no command explian; did you mean “explain”?"),
    ("dead-leters ls", "esteira has no command dead-leters; did you mean “dead-letters”?"),
    ("dead-letters lst", "esteira dead-letters has no command lst; did you mean “ls”?"),
    ("topology xyzzy", "esteira topology has no command xyzzy; there are “apply” and “verify”."),
  ])
  func `a mistyped command is told the nearest one`(_ line: String, _ sentence: String) {
    let words = line.split(separator: " ").map(String.init)
    #expect(MistypedCommand(in: words, of: Esteira.self)?.sentence.hasPrefix(sentence) == true)
  }

  @Test(arguments: ["", "ledger --all", "explain a b", "--version", "help explian", "dead-letters"])
  func `what leads to a command is not mistyped`(_ line: String) {
    #expect(
      MistypedCommand(in: line.split(separator: " ").map(String.init), of: Esteira.self) == nil
    )
  }

  @Test func `every command takes --json and has something to say of itself`() {
    let commands = leaves(of: Esteira.self)
    #expect(commands.count > 30)
    for (path, type) in commands {
      let help = Esteira.helpMessage(for: type)
      #expect(help.contains("--json"), "esteira \(path)")
      #expect(!type.configuration.abstract.isEmpty, "esteira \(path)")
    }
  }
}
