import Belt
import Leads
import Testing

/// What every adapter of a CRM keeps; one test a promise, the same for all of them.
package enum CRMPromise: String, Sendable, CaseIterable, CustomTestStringConvertible {
  case findsBeforeCreating =
    "a person whom the CRM knows is found by a key and put without a second record"
  case findsNobody = "a key that nobody has finds nobody"
  case putsTwice = "the same contact put twice is one record"
  case creates = "an opportunity is created with its marker and is read as it was made"
  case createsTwice = "the same create twice is one opportunity, where the traits say so"
  case readsBack = "a create whose answer was lost is found by its marker"
  case commitsLate = "a create that is carried out late is not shown before and is found after"
  case isAway = "a call that did not reach the CRM did nothing, and says so"
  case loginDead = "a dead login is told as one, and nothing is made"
  case quotaUsedUp = "a quota that is used up is told with the time to wait, and nothing is made"
  case optionGone =
    "an option that vanished is told as a matter of the settings, and nothing is made"
  case tellsByHook = "a webhook names what changed, and it is read as it stands"
  case refusesOtherBodies = "a body that is no webhook of this CRM is refused"
  case isPolled = "a poll tells each change, and not again what was told"
  case guardsTags = "tags that somebody changed meanwhile are not overwritten"
  case revises = "a revision changes its fields, and repeated it changes nothing"
  case attaches = "history attached twice changes nothing the second time"
  case putsAgain = "a contact whose put lost its answer is put again without a second record"
  case tellsFailedReads = "a read that failed is told as failed, and never as nothing there"
  case leavesOthersDone = "a bad item in the middle of a batch leaves the others done"
  case loginDiesMidway =
    "of a batch in which the login dies, what was made is told as made and the rest as not made"
  case notAsDocumented =
    "an answer to a create that is not what the documents say is of unknown outcome"
  case userLeft = "an owner who left is told as a matter of the settings, and nothing is made"
  case readsDeleted =
    "an opportunity that was deleted by hand is read as absent, and no change of it is told as done"
  case putsDeleted = "a contact that was deleted by hand is made anew"
  case putsMerged = "a contact that was merged by hand into another is put into that one"

  package var testDescription: String { rawValue }

  package func check(_ bed: any CRMBed) async throws {
    switch self {
    case .findsBeforeCreating: try await checkFinding(bed)
    case .findsNobody:
      let query = RecordQuery(.contact, keys: [MatchKey(.email, "ninguem@exemplo.com.br")])
      #expect(try await bed.crm.find([query]).map { try $0.get() } == [nil])
    case .putsTwice:
      try await bed.know([.ana])
      let first = try await bed.crm.put([.ana]).map { try $0.get() }
      #expect(try await bed.crm.put([.ana]).map { try $0.get() } == first)
      #expect(try await bed.contacts() == 1)
    case .creates:
      let record = try await created(bed)
      let state = try #require(try await bed.state(of: record))
      #expect(state.status == .open && state.stage == "Novo" && Set(state.tags) == ["feira"])
      #expect(try await bed.found(OpportunityDraft.first.marker) == record)
      #expect(try await bed.found(OpportunityDraft.second.marker) == nil)
    case .createsTwice:
      let createsOnce = await bed.crm.traits.createsOnce
      try #require(createsOnce)
      let record = try await created(bed)
      #expect(try await created(bed) == record)
      #expect(try await bed.count(of: OpportunityDraft.first.marker) == 1)
    case .readsBack:
      try await bed.strike(.answerLost)
      #expect(await bed.failure() == .outcomeUnknown)
      #expect(try await bed.found(OpportunityDraft.first.marker) != nil)
      #expect(try await bed.count(of: OpportunityDraft.first.marker) == 1)
    case .commitsLate:
      try await bed.strike(.commitLate)
      #expect(await bed.failure() == .outcomeUnknown)
      #expect(try await bed.found(OpportunityDraft.first.marker) == nil)
      try await bed.carryOutLate()
      #expect(try await bed.found(OpportunityDraft.first.marker) != nil)
    case .isAway: try await checkNothing(bed, after: .away) { $0 == .unavailable }
    case .loginDead: try await checkNothing(bed, after: .loginDead) { $0 == .loginEnded }
    case .quotaUsedUp:
      try await checkNothing(bed, after: .quotaUsedUp) { code in
        guard case .rateLimited(let wait) = code else { return false }
        return wait > .zero
      }
    case .optionGone:
      try await bed.removeOption("Varejo", of: FieldName(record: .opportunity, name: "segmento"))
      #expect(await bed.failure() == .configuration)
      #expect(try await bed.count(of: OpportunityDraft.first.marker) == 0)
    case .tellsByHook:
      let record = try await created(bed)
      let hook = try await bed.act(.win(value: "1234.50"), on: record)
      let changes = try await bed.crm.changes(in: hook)
      #expect(changes.map(\.kind) == [.opportunity])
      #expect(changes[0].record == record || changes[0].marker == OpportunityDraft.first.marker)
      let state = try #require(try await bed.state(of: record))
      #expect(state.status == .won && state.value == "1234.50")
    case .refusesOtherBodies:
      for body in ["", "{}", "[]", "null", "{\"deal\":7}"] {
        let error = await #expect(throws: CRMError.self) {
          try await bed.crm.changes(in: Array(body.utf8))
        }
        #expect(error?.code == .refused)
      }
    case .isPolled: try await checkPolling(bed)
    case .guardsTags: try await checkTags(bed)
    case .revises:
      let record = try await created(bed)
      let revision = OpportunityRevision(
        record: record,
        fields: [FieldValue(name: "origem", value: "feira")],
        history: []
      )
      let versions = try await bed.versions(of: record) {
        try await bed.crm.revise([revision]).forEach { try $0.get() }
      }
      #expect(versions[0] < versions[1] && versions[1] == versions[2])
    case .attaches:
      let record = try await created(bed)
      let item = HistoryItem(kind: .conversion, identifier: "ebook", origin: nil, at: nil)
      let versions = try await bed.versions(of: record) {
        try await bed.crm.attach([OpportunityHistory(of: record, [item])])
          .forEach { try $0.get() }
      }
      #expect(versions[0] < versions[1] && versions[1] == versions[2])
    case .putsAgain: try await checkLostPut(bed)
    case .tellsFailedReads: try await checkFailedReads(bed)
    case .leavesOthersDone: try await checkBadItem(bed)
    case .loginDiesMidway: try await checkDyingLogin(bed)
    case .notAsDocumented:
      try await bed.strike(.notAsDocumented)
      #expect(await bed.failure() == .outcomeUnknown)
    case .userLeft:
      try await bed.removeUser(OpportunityDraft.first.owner)
      #expect(await bed.failure() == .configuration)
      #expect(try await bed.count(of: OpportunityDraft.first.marker) == 0)
    case .readsDeleted: try await checkDeletedOpportunity(bed)
    case .putsDeleted: try await checkDeletedContact(bed)
    case .putsMerged: try await checkMergedContact(bed)
    }
  }

  func created(_ bed: any CRMBed) async throws -> CRMRecord {
    try #require(await bed.crm.create([.first]).first).get()
  }

  private func checkFinding(_ bed: any CRMBed) async throws {
    let known = try await bed.addPerson(RecordDraft.ana.keys)
    let query = RecordQuery(.contact, keys: RecordDraft.ana.keys)
    #expect(try await bed.crm.find([query]).map { try $0.get() } == [known])
    var ana = RecordDraft.ana
    if await bed.crm.traits.sharesOurPeople {
      ana.id = try #require(Identifier(known.id))
    }
    #expect(try await bed.crm.put([ana]).map { try $0.get() } == [known])
    #expect(try await bed.contacts() == 1)
  }

  private func checkNothing(
    _ bed: any CRMBed,
    after fault: CRMFault,
    _ isRight: (CRMError.Code) -> Bool
  ) async throws {
    try await bed.strike(fault)
    let code = try #require(await bed.failure())
    #expect(isRight(code), "\(code)")
    #expect(try await bed.count(of: OpportunityDraft.first.marker) == 0)
  }

  private func checkPolling(_ bed: any CRMBed) async throws {
    let record = try await created(bed)
    let start = try await bed.crm.changes(since: nil).next
    _ = try await bed.act(.lose(reason: "Preço"), on: record)
    let told = try await bed.crm.changes(since: start)
    #expect(told.changes.map(\.record).contains(record))
    #expect(try await bed.crm.changes(since: told.next).changes.isEmpty)
    #expect(try await bed.state(of: record)?.status == .lost)
  }

  private func checkTags(_ bed: any CRMBed) async throws {
    let record = try await created(bed)
    _ = try await bed.act(.tag(["feira", "vip"]), on: record)
    let stale = TagChange(of: record, to: ["feira", "novo"], read: ["feira"])
    #expect(try await bed.crm.setTags([stale]).map { try $0.get() } == [false])
    #expect(try await bed.state(of: record).map { Set($0.tags) } == ["feira", "vip"])
    let fresh = TagChange(of: record, to: ["feira", "novo"], read: ["vip", "feira"])
    #expect(try await bed.crm.setTags([fresh]).map { try $0.get() } == [true])
    #expect(try await bed.state(of: record).map { Set($0.tags) } == ["feira", "novo"])
  }
}
