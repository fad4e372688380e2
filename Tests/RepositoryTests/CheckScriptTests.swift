import Testing

/// What the scripts of deploy/ share for their checks, run as they are.
struct CheckScriptTests {
  private static let passed = "✔ Test run with 10 tests in 2 suites passed after 1.5 seconds."

  private func bash(_ line: String, files: [String: String] = [:]) throws -> (
    status: Int32, output: String
  ) {
    try Bash(libraries: ["deploy/lib/checks.bash"]).run(line, files: files)
  }

  @Test func `the closing line sums what passed, coloured or not`() throws {
    let coloured = "\u{1B}[92m✔\u{1B}[0m Test run with 1 test in 1 suite passed after 0.5 seconds."
    #expect(
      try bash("closing_line a b", files: ["a": Self.passed, "b": coloured]).output
        == "Test run with 11 tests in 3 suites passed after 2.000 seconds.\n"
    )
  }

  @Test(arguments: ["", "◇ Test started.\nFatal error: index out of range\n"])
  func `a suite whose log has no end counts as failed, and is named`(log: String) throws {
    #expect(
      try bash("closing_line a b", files: ["a": Self.passed, "b": log]).output
        == "No end of the tests in b.\n"
        + "Test run with 10 tests in 2 suites failed after 1.500 seconds.\n"
    )
  }

  @Test func `what failed with servers of its own leaves none, even killed`() throws {
    let files = ["deploy/down": "#!/bin/bash\necho \"down in $ESTEIRA_STATE\"\n"]
    let killed = try bash("with_servers own 60 bash -c 'kill -KILL $$'", files: files)
    #expect(killed.output == "down in own\n")
    #expect(killed.status == 137)
    let sound = try bash("with_servers own 60 true", files: files)
    #expect(sound.output.isEmpty && sound.status == 0)
  }
}
