import Testing

/// What the README tells people to type and to open is there.
struct ReadmeTests {
  private let repository = Repository()

  @Test func `every subcommand that the README names exists`() throws {
    let sources = try repository.swiftFiles(below: "Sources/Programs/Operator")
    let existing = sources.reduce(into: Set<String>()) { names, file in
      names.formUnion(Subcommands.names(in: file.lines.joined(separator: "\n")))
    }
    let named = ReadmeReading.subcommands(in: try repository.text("README.md"))
    #expect(named.count > 5)
    #expect(named.subtracting(existing) == [])
  }

  @Test func `every file that the README names exists`() throws {
    let paths = ReadmeReading.paths(in: try repository.text("README.md"))
    #expect(paths.count > 5)
    #expect(paths.filter { !repository.exists($0) } == [])
  }

  @Test func `commands and paths are read from code, not from prose`() {
    let page = """
      Esteira and esteira words, deploy/prose. See [it](Sources/X.md) or [us](https://x.example/).
      `esteira explain ana` and `deploy/up --replicas N`, `esteira-sandbox`
      ```bash
      x | esteira apply -f -   # esteira later
      ```
      """
    #expect(ReadmeReading.subcommands(in: page) == ["explain", "apply"])
    #expect(ReadmeReading.paths(in: page) == ["Sources/X.md", "deploy/up"])
  }

  @Test func `subcommands are read with and without a name of their own`() {
    let code = """
      struct Explain: AsyncParsableCommand {
      struct HookURL: AsyncParsableCommand {
        commandName: "hook-url",
      """
    #expect(Subcommands.names(in: code) == ["explain", "hookurl", "hook-url"])
  }
}
