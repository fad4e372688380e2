import Belt
import Leads
import Testing

/// What is kept when calls fail, and when people work in the CRM behind our back.
extension CRMPromise {
  func checkLostPut(_ bed: any CRMBed) async throws {
    try await bed.strike(.answerLost, at: .put)
    // An adapter may find out by itself, and answer with the record.
    let first = try #require(await bed.crm.put([.ana]).first)
    let second = try #require(await bed.crm.put([.ana]).first).get()
    if case .success(let record) = first { #expect(record == second) }
    #expect(try await bed.contacts() == 1)
  }

  func checkFailedReads(_ bed: any CRMBed) async throws {
    let record = try await created(bed)
    let person = try await bed.addPerson(RecordDraft.ana.keys)
    let query = RecordQuery(.contact, keys: RecordDraft.ana.keys)
    // Last the one after which nothing works.
    for fault in [CRMFault.away, .quotaUsedUp, .notAsDocumented, .loginDead]
    where bed.faults.contains(fault) {
      try await bed.strike(fault, at: .find)
      let found = try #require(await bed.crm.find([query]).first)
      expect(found.map { $0 == person }, metBy: fault)
      try await bed.strike(fault, at: .findMarkers)
      let marked = try #require(
        await bed.crm.find(markers: [OpportunityDraft.first.marker]).first
      )
      expect(marked.map { $0 == record }, metBy: fault)
      try await bed.strike(fault, at: .read)
      let state = try #require(await bed.crm.read([record]).first)
      expect(state.map { $0 != nil }, metBy: fault)
    }
  }

  /// An answer, if the adapter got one all the same, is the right one.
  private func expect(_ isRight: Result<Bool, CRMError>, metBy fault: CRMFault) {
    switch (isRight, fault) {
    case (.success(let isRight), _): #expect(isRight, "\(fault)")
    case (.failure(let error), .quotaUsedUp):
      guard case .rateLimited(let wait) = error.code, wait > .zero else {
        Issue.record("\(fault): \(error)")
        return
      }
    case (.failure(let error), .loginDead): #expect(error.code == .loginEnded)
    case (.failure(let error), _): #expect(error.code == .unavailable, "\(fault)")
    }
  }

  func checkBadItem(_ bed: any CRMBed) async throws {
    let results = await bed.crm.create([.first, .unfit, .third])
    try #require(results.count == 3)
    for (draft, result) in zip([OpportunityDraft.first, .third], [results[0], results[2]]) {
      #expect(try await bed.found(draft.marker) == result.get())
      #expect(try await bed.count(of: draft.marker) == 1)
    }
    let error = #expect(throws: CRMError.self) { try results[1].get() }
    #expect(error?.code == .configuration)
    #expect(try await bed.count(of: OpportunityDraft.unfit.marker) == 0)
  }

  func checkDyingLogin(_ bed: any CRMBed) async throws {
    try await bed.strike(.loginDead, at: .create, after: 1)
    let drafts: [OpportunityDraft] = [.first, .second, .third]
    var made = 0
    for (draft, result) in zip(drafts, await bed.crm.create(drafts)) {
      switch result {
      case .success:
        made += 1
        #expect(try await bed.count(of: draft.marker) == 1)
      case .failure(let error):
        #expect(error.code == .loginEnded)
        #expect(try await bed.count(of: draft.marker) == 0)
      }
    }
    #expect(made == 1)
  }

  func checkDeletedOpportunity(_ bed: any CRMBed) async throws {
    let record = try await created(bed)
    try await bed.delete(.opportunity, record)
    #expect(try await bed.state(of: record) == nil)
    #expect(try await bed.found(OpportunityDraft.first.marker) == nil)
    let field = FieldValue(name: "origem", value: "feira")
    let revision = OpportunityRevision(record: record, fields: [field], history: [])
    expectRefusal(await bed.crm.revise([revision]))
    let item = HistoryItem(kind: .conversion, identifier: "ebook", origin: nil, at: nil)
    expectRefusal(await bed.crm.attach([OpportunityHistory(of: record, [item])]))
    let change = TagChange(of: record, to: ["vip"], read: ["feira"])
    if case .success(true)? = await bed.crm.setTags([change]).first {
      Issue.record("tags of a deleted opportunity were told as set")
    }
  }

  private func expectRefusal(_ results: [Result<Void, CRMError>]) {
    let error = #expect(throws: CRMError.self) { try results.forEach { try $0.get() } }
    #expect(error?.code == .refused)
  }

  func checkDeletedContact(_ bed: any CRMBed) async throws {
    var ana = RecordDraft.ana
    let first = try #require(await bed.crm.put([ana]).first).get()
    try await bed.delete(.contact, first)
    ana.record = first
    let second = try #require(await bed.crm.put([ana]).first).get()
    #expect(second != first)
    let query = RecordQuery(.contact, keys: ana.keys)
    #expect(try await bed.crm.find([query]).map { try $0.get() } == [second])
    #expect(try await bed.contacts() == 1)
  }

  func checkMergedContact(_ bed: any CRMBed) async throws {
    var ana = RecordDraft.ana
    let first = try #require(await bed.crm.put([ana]).first).get()
    let other = try await bed.addPerson([MatchKey(.email, "ana.prado@exemplo.com.br")])
    try await bed.merge(first, into: other)
    ana.record = first
    #expect(try await bed.crm.put([ana]).map { try $0.get() } == [other])
    #expect(try await bed.contacts() == 1)
  }
}
