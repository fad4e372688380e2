import Testing

/// What the README and the pages of deploy/docs tell people to type, to open and to look up is there.
struct PageTests {
  private let repository = Repository()

  /// The pages with their folders.
  private func pages() throws -> [(path: String, folder: String, text: String)] {
    let paths = ["README.md"] + repository.files(below: "deploy/docs", ending: ".md")
    return try paths.map { path in
      let folder = path.split(separator: "/").dropLast().joined(separator: "/")
      return (path, folder, try repository.text(path))
    }
  }

  @Test func `every subcommand that a page names exists`() throws {
    let sources = try repository.swiftFiles(below: "Sources/Programs/Operator")
    let existing = sources.reduce(into: Set<String>()) { names, file in
      names.formUnion(Subcommands.names(in: file.lines.joined(separator: "\n")))
    }
    let named = try pages().reduce(into: Set<String>()) { named, page in
      named.formUnion(PageReading.subcommands(in: page.text))
    }
    #expect(named.count > 20)
    #expect(named.subtracting(existing) == [])
  }

  @Test func `every file that a page names exists`() throws {
    let named = try pages().flatMap { page in
      PageReading.paths(in: page.text, of: page.folder).map { (page: page.path, path: $0) }
    }
    #expect(named.count > 20)
    let missing = named.filter { !repository.exists($0.path) }.map { "\($0.page): \($0.path)" }
    #expect(missing == [])
  }

  @Test func `the README leads to every page and stays short`() throws {
    let text = try repository.text("README.md")
    let linked = PageReading.paths(in: text)
    let pages = repository.names(in: "deploy/docs").filter { $0.hasSuffix(".md") }
    #expect(pages.filter { !linked.contains("deploy/docs/\($0)") } == [])
    #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count <= 150)
  }

  @Test
  func `every resolution and every section of a reference that the code names is written down`()
    throws
  {
    let folder = "deploy/docs/reference"
    let written = try repository.names(in: folder).reduce(into: Set<String>()) { written, name in
      written.formUnion(References.written(in: try repository.text("\(folder)/\(name)"), of: name))
    }
    let files = try repository.swiftFiles(below: "Sources", "Tests").filter {
      // This rule's own examples.
      !$0.path.hasPrefix("Tests/RepositoryTests/")
    }
    var named = 0
    for file in files {
      let references = References.named(in: file.lines.joined(separator: "\n"))
      named += references.count
      let unknown = references.subtracting(written).sorted()
      #expect(unknown == [], "\(file.path)")
    }
    #expect(named > 40)
  }

  @Test func `commands and paths are read from code, not from prose`() {
    let page = """
      Esteira and esteira words, deploy/prose. See [it](Sources/X.md) or [us](https://x.example/).
      `esteira explain ana` and `deploy/up --replicas N`, `esteira-sandbox`
      ```bash
      x | esteira apply -f -   # esteira later
      ```
      """
    #expect(PageReading.subcommands(in: page) == ["explain", "apply"])
    #expect(PageReading.paths(in: page) == ["Sources/X.md", "deploy/up"])
    #expect(
      PageReading.paths(in: "[a](b.md#c) [d](../e/f) `Tests/g.swift`", of: "deploy/docs")
        == ["deploy/docs/b.md", "deploy/e/f", "Tests/g.swift"]
    )
  }

  @Test func `subcommands are read with and without a name of their own`() {
    let code = """
      struct Explain: AsyncParsableCommand {
      struct HookURL: AsyncParsableCommand {
        commandName: "hook-url",
      """
    #expect(Subcommands.names(in: code) == ["explain", "hookurl", "hook-url"])
  }

  @Test func `references are read where code names them, and where they are written down`() {
    let code = """
      // As RD sends it (rd-x.md 3.1, 10), R07, then (totvs.md 7, steps 6 and 7).
      /// B048, R11; README.md 5; R2D2 and RD1
      /// (totvs.md
      /// 6.5).
      """
    #expect(
      References.named(in: code) == [
        "rd-x.md 3.1", "rd-x.md 10", "R07", "totvs.md 7", "R11", "totvs.md 6.5",
      ]
    )
    #expect(References.written(in: "| R07 | a |\n| x | R08 |\n", of: "r.md") == ["R07"])
    #expect(
      References.written(in: "# T\n## 3.1 Words\ntext 4\n## 7 More\n", of: "rd-x.md")
        == ["rd-x.md 3.1", "rd-x.md 7"]
    )
  }
}
