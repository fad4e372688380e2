import Belt
import DataCRM
import Leads
import SandboxLeads
import StrictJSON
import Synchronization
import Testing

@testable import Sandbox

/// What has changed at DataCRM, by poll and by call.
@Suite(.timeLimit(.minutes(1)))
struct DataCRMChangeTests {
  /// Deals that were all changed in one second.
  private func change(_ count: Int, at time: SandboxLeads.Timestamp, _ running: RunningDataCRM) {
    running.account.state.withLock { state in
      guard let module = state.modules["Potentials"] else { return }
      for number in 0..<count {
        let values = ["potentialname": "\(number)", "sales_stage": "Nuevo"]
        _ = state.add(values, to: module, by: "19x7", at: time)
      }
    }
  }

  private func told(_ running: RunningDataCRM, _ cursor: inout CRMCursor) async throws
    -> [CRMChange]
  {
    let read = try await running.crm.changes(since: cursor)
    cursor = read.next
    return read.changes
  }

  @Test func `a mass change of one second is told whole, page after page, and once`() async throws {
    try await withDataCRM { running async throws in
      var cursor = try await running.crm.changes(since: nil).next
      change(250, at: running.clock.now, running)
      let first = try await told(running, &cursor)
      let second = try await told(running, &cursor)
      #expect(Set(first).count == 250 && second.isEmpty)
    }
  }

  @Test func `what does not fit into one call comes with the next ones`() async throws {
    try await withDataCRM { running async throws in
      var cursor = try await running.crm.changes(since: nil).next
      change(1100, at: running.clock.now, running)
      var seen: Set<CRMChange> = []
      for _ in 0..<3 { seen.formUnion(try await told(running, &cursor)) }
      #expect(seen.count == 1100)
    }
  }

  @Test func `a second change within one second is told as well`() async throws {
    try await withDataCRM { running async throws in
      let time = running.clock.now
      change(1, at: time, running)
      var cursor = try await running.crm.changes(since: nil).next
      running.account.state.withLock { state in
        for (id, var deal) in state.records {
          deal.become(deal.values.merging(["sales_stage": "Closed Lost"]) { $1 }, at: time)
          state.records[id] = deal
        }
      }
      let second = try await told(running, &cursor)
      #expect(second.count == 1)
    }
  }

  @Test func `a change that is shown late is told late`() async throws {
    try await withDataCRM { running async throws in
      change(1, at: running.clock.now, running)
      var cursor = try await running.crm.changes(since: nil).next
      try running.set(
        faults:
          #"[{"route":"GET *operation=query","kind":"search_lag","milliseconds":90000,"times":3}]"#
      )
      change(1, at: running.clock.now, running)
      let early = try await told(running, &cursor)
      let late = try await told(running, &cursor)
      #expect(early.isEmpty && late.count == 1)
    }
  }

  @Test func `a contact that wants no mail, and its deals, are kept from RD Station`() async throws
  {
    try await withDataCRM { running async throws in
      var cursor = try await running.crm.changes(since: nil).next
      for (name, refuses) in [("Ana", "1"), ("Luis", "0")] {
        let made = try await running.post(
          "screen/records/add",
          [
            "module": "Contacts",
            "values": ["lastname": .string(name), "emailoptout": .string(refuses)],
          ]
        )
        try await running.post(
          "screen/records/add",
          [
            "module": "Potentials",
            "values": [
              "potentialname": .string(name), "contact_id": .string(made["id"]?.string ?? ""),
            ],
          ]
        )
      }
      let names = try await told(running, &cursor).map { change in
        running.account.state.withLock { state in
          state.records[change.record.id].map { $0["lastname"] + $0["potentialname"] }
        }
      }
      #expect(names == ["Luis", "Luis"])
    }
  }

  @Test(arguments: [
    (#"{"id":"13x7"}"#, RecordKind.opportunity, "13x7"), ("id=12x7&module=Leads", .contact, "12x7"),
    ("module=Accounts&id=7", .company, "11x7"),
    (#"{"module":"Potentials","id":7}"#, .opportunity, "13x7"),
  ])
  func `a call of an automatic task names a record`(body: String, kind: RecordKind, id: String)
    async throws
  {
    try await withDataCRM { running async throws in
      let changes = try running.crm.changes(in: Array(body.utf8))
      #expect(changes == [CRMChange(kind, CRMRecord(id: id))])
    }
  }

  @Test(arguments: ["id=", "id=14x7", "id=7", #"{"id":null}"#, "id=13x7'", "module=Accounts"])
  func `what names no record of ours is refused`(body: String) async throws {
    try await withDataCRM { running async throws in
      #expect(throws: CRMError.self) { try running.crm.changes(in: Array(body.utf8)) }
    }
  }

  @Test func `a cursor that is not ours is refused, and read from no other place`() async throws {
    try await withDataCRM { running async throws in
      for text in ["", "{}", "7", #"{"Contacts":{"from":"ayer","offset":0,"told":{}}}"#] {
        await #expect(throws: CRMError.self) {
          try await running.crm.changes(since: CRMCursor(text))
        }
      }
    }
  }
}
