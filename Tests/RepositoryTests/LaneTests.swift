import Testing

/// In which lanes deploy/test runs the tests.
struct LaneTests {
  private static let lanes = ["pure", "flow", "outside", "rest", "timed"]

  private let bash = Bash(libraries: ["deploy/lib/checks.bash"])

  /// Whether tests of the suite run in a lane with these options.
  private func chooses(_ options: [String], _ suite: String) throws -> Bool {
    let place = try #require(options.firstIndex { $0 == "--filter" || $0 == "--skip" })
    let pattern = try Regex(options[place + 1])
    let matches = "\(suite)Tests.SomeTests/`a sentence`()".firstMatch(of: pattern) != nil
    return matches == (options[place] == "--filter")
  }

  @Test func `each suite runs in one lane`() throws {
    let manifest = try Repository().text("Package.swift")
    let suites = manifest.matches(of: /\.tests\(\s*"(\w+)"/).map { String($0.1) }
    #expect(suites.count > 15)
    let script = try Repository().text("deploy/test")
    #expect(script.contains(#"lanes "${shared_lanes[@]}""#) && script.contains("lanes timed"))
    let shared = Lists.words(
      of: "shared_lanes",
      inScript: try Repository().text("deploy/lib/checks.bash")
    )
    #expect(["pure"] + shared + ["timed"] == Self.lanes)
    let options = try Self.lanes.map { lane in
      try bash.run("lane_options \(lane)").output.split(separator: "\n").map(String.init)
    }
    for suite in suites {
      #expect(try options.filter { try chooses($0, suite) }.count == 1, "\(suite)")
    }
  }

  @Test func `only what is pure runs test beside test`() throws {
    for lane in Self.lanes {
      let output = try bash.run("lane_options \(lane)").output
      #expect(output.contains("--no-parallel") == (lane != "pure"), "\(lane)")
    }
  }

  @Test(arguments: [("true", "true", 0), ("false", "true", 1), ("true", "false", 1)])
  func `lanes fail when one of them fails`(first: String, second: String, status: Int32) throws {
    let line = """
      run_tests() { case $1 in */flow.log) \(first) ;; *) \(second) ;; esac; }
      run_lanes logs flow rest
      """
    #expect(try bash.run(line).status == status)
  }
}
