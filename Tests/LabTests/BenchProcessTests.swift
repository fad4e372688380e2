import Testing
import Operations

@testable import Lab

@Suite struct BenchProcessTests {
  /// Field n of proc(5) is n, but for the parent, so that a wrong index shows.
  private func stat(pid: Int, name: String = "beam.smp", parent: Int) -> String {
    "\(pid) (\(name)) S \(parent) " + (5...52).map(String.init).joined(separator: " ") + "\n"
  }

  @Test(arguments: ["beam.smp", "a b", "odd) S 7 (", ""])
  func `a line of the kernel is read whatever the program is called`(_ name: String) throws {
    let entry = try #require(ProcessTable.Entry(stat: stat(pid: 10, name: name, parent: 3)))
    #expect(entry.parent == 3)
    #expect(entry.ticks == 14 + 15 + 16 + 17)
    #expect(entry.startedAt == 22)
    #expect(entry.residentPages == 24)
  }

  @Test(arguments: ["", "10", "10 (name) S 3 4"])
  func `a line of another form is none`(_ line: String) {
    #expect(ProcessTable.Entry(stat: line) == nil)
  }

  @Test func `the time of a tree is that of all its processes and of no other`() {
    let parents = [1: 0, 10: 1, 11: 10, 12: 10, 13: 11, 20: 1]
    var entries: [Int: ProcessTable.Entry] = [:]
    for (pid, parent) in parents {
      entries[pid] = ProcessTable.Entry(stat: stat(pid: pid, parent: parent))
    }
    let one = 14 + 15 + 16 + 17
    let table = ProcessTable(entries)
    #expect(table.ticks(ofTree: 10) == 4 * one)
    #expect(table.ticks(ofTree: 20) == one)
    #expect(table.ticks(ofTree: 99) == 0)
  }

  @Test func `this process is in the table of the machine, and has memory`() throws {
    let own = try #require(ProcessTable.current()[ProcessTable.own])
    #expect(own.residentPages > 0)
    #expect(own.startedAt > 0)
  }

  @Test func `a folder without records is refused with the command that makes them`() {
    let refusal = #expect(throws: Refusal.self) {
      try FleetProcesses(runDirectory: "there-is-no-such-folder")
    }
    #expect(refusal?.sentence.contains("deploy/up") == true)
  }
}
