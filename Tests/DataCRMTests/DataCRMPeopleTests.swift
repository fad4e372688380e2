import Belt
import DataCRM
import Leads
import StrictJSON
import Testing

@testable import Sandbox

/// Contacts and clients: found as people write them, and never made twice.
@Suite(.timeLimit(.minutes(1)))
struct DataCRMPeopleTests {
  private func contact(_ name: String = "Ana Prado", _ keys: MatchKey..., phone: String? = nil)
    -> RecordDraft
  {
    RecordDraft(
      .contact,
      id: Identifier(derivedFrom: "contact", name),
      name: name,
      email: keys.first { $0.kind == .email }?.value,
      phone: phone,
      keys: keys,
      owner: "bia@acme.com.br"
    )
  }

  private func client(_ name: String?, _ keys: MatchKey...) -> RecordDraft {
    RecordDraft(
      .company,
      id: Identifier(derivedFrom: "company", name ?? ""),
      name: name,
      keys: keys,
      owner: "bia@acme.com.br"
    )
  }

  private func add(_ module: String, _ values: JSON, _ running: RunningDataCRM) async throws
    -> CRMRecord
  {
    let made = try await running.post(
      "screen/records/add",
      ["module": .string(module), "values": values]
    )
    return CRMRecord(id: try #require(made["id"]?.string))
  }

  @Test(arguments: [
    "3001234567", "573001234567", "+573001234567", "300 123 4567", "+57 300 123 4567",
    "300-123-4567",
  ])
  func `a mobile number is found however it was written`(written: String) async throws {
    try await withDataCRM { running async throws in
      let known = try await add(
        "Contacts",
        ["lastname": "Ana", "mobile": .string(written)],
        running
      )
      let query = RecordQuery(.contact, keys: [MatchKey(.mobile, "573001234567")])
      #expect(try await running.crm.find([query]).map { try $0.get() } == [known])
    }
  }

  @Test(arguments: ["900123456", "900123456-8", "900.123.456-8", "900.123.456"])
  func `a NIT is found with and without points and check digit`(written: String) async throws {
    try await withDataCRM { running async throws in
      let known = try await add(
        "Accounts",
        ["accountname": "Acme", "siccode": .string(written)],
        running
      )
      _ = try await add("Accounts", ["accountname": "Otra", "siccode": "9001234567"], running)
      let query = RecordQuery(.company, keys: [MatchKey(.taxID, "nit:900123456")])
      #expect(try await running.crm.find([query]).map { try $0.get() } == [known])
    }
  }

  @Test func `a hit that only the database takes for equal is none`() async throws {
    try await withDataCRM { running async throws in
      _ = try await add("Contacts", ["lastname": "José", "email": "josé@ejemplo.co"], running)
      let query = RecordQuery(.contact, keys: [MatchKey(.email, "jose@ejemplo.co")])
      #expect(try await running.crm.find([query]).map { try $0.get() } == [nil])
    }
  }

  @Test func `the strongest key decides, and of several records the oldest`() async throws {
    try await withDataCRM { running async throws in
      _ = try await add("Contacts", ["lastname": "Luis", "mobile": "3001234567"], running)
      let oldest = try await add("Contacts", ["lastname": "Ana", "email": "a@ejemplo.co"], running)
      _ = try await add("Contacts", ["lastname": "Ana", "email": "A@ejemplo.co"], running)
      let keys = [MatchKey(.email, "a@ejemplo.co"), MatchKey(.mobile, "573001234567")]
      let query = RecordQuery(.contact, keys: keys)
      #expect(try await running.crm.find([query]).map { try $0.get() } == [oldest])
    }
  }

  @Test func `a quote in a name or an address stays one`() async throws {
    try await withDataCRM { running async throws in
      let draft = contact("Ana O'Hara' OR email LIKE '%", MatchKey(.email, "o'hara@ejemplo.co"))
      let first = try await running.crm.put([draft]).map { try $0.get() }
      #expect(try await running.crm.put([draft]).map { try $0.get() } == first)
      #expect(running.records(of: "Contacts").map { $0["lastname"] } == [draft.name])
    }
  }

  @Test func `what people wrote stays, and what they left empty is filled`() async throws {
    try await withDataCRM { running async throws in
      let known = try await add(
        "Contacts",
        ["lastname": "Doña Ana", "email": "a@ejemplo.co"],
        running
      )
      let draft = contact("Ana", MatchKey(.email, "a@ejemplo.co"), phone: "3001234567")
      #expect(try await running.crm.put([draft]).map { try $0.get() } == [known])
      let record = try #require(running.records(of: "Contacts").first)
      #expect(record["lastname"] == "Doña Ana" && record["mobile"] == "3001234567")
      #expect(record["assigned_user_id"] == "19x7")
      #expect(try running.effects() == ["revise Contacts"])
      _ = try await running.crm.put([draft]).map { try $0.get() }
      #expect(try running.effects() == ["revise Contacts"])
    }
  }

  @Test func `a duplicate that is refused is looked for again and used`() async throws {
    try await withDataCRM { running async throws in
      running.set { $0.allowsDuplicates = false }
      let known = try await add("Contacts", ["lastname": "Ana", "mobile": "3001234567"], running)
      try running.set(
        faults:
          #"[{"route":"GET *operation=query","kind":"search_lag","milliseconds":900000,"times":3}]"#
      )
      let draft = contact("Ana", MatchKey(.mobile, "573001234567"), phone: "3001234567")
      #expect(try await running.crm.put([draft]).map { try $0.get() } == [known])
      #expect(running.records(of: "Contacts").count == 1)
    }
  }

  @Test(arguments: [false, true])
  func `a mobile number that is another contact's is left out`(inSpanish: Bool) async throws {
    try await withDataCRM { running async throws in
      running.set {
        $0.allowsDuplicates = false
        $0.speaksSpanish = inSpanish
      }
      _ = try await add("Contacts", ["lastname": "Luis", "mobile": "3001234567"], running)
      let known = try await add("Contacts", ["lastname": "Ana", "email": "a@ejemplo.co"], running)
      let draft = contact("Ana", MatchKey(.email, "a@ejemplo.co"), phone: "3001234567")
      #expect(try await running.crm.put([draft]).map { try $0.get() } == [known])
      #expect(running.records(of: "Contacts").map { $0["mobile"] }.sorted() == ["", "3001234567"])
    }
  }

  @Test func `a client without NIT is made once, and a namesake with one is not taken for it`()
    async throws
  {
    try await withDataCRM { running async throws in
      _ = try await add("Accounts", ["accountname": "Acme", "siccode": "900123456"], running)
      let first = try await running.crm.put([client("Acme")]).map { try $0.get() }
      #expect(try await running.crm.put([client("Acme")]).map { try $0.get() } == first)
      #expect(running.records(of: "Accounts").count == 2)
    }
  }

  @Test func `nothing is created again while a create may still be carried out`() async throws {
    try await withDataCRM { running async throws in
      try running.set(
        faults: #"[{"route":"POST *operation=create","kind":"drop_before","times":1}]"#
      )
      let draft = contact("Ana", MatchKey(.email, "a@ejemplo.co"))
      var codes: [CRMError.Code] = []
      for _ in 0..<2 {
        guard case .failure(let error)? = await running.crm.put([draft]).first else { continue }
        codes.append(error.code)
      }
      #expect(codes == [.outcomeUnknown, .rateLimited(after: .seconds(30))])
      #expect(running.records(of: "Contacts").isEmpty)
    }
  }

  @Test func `of two drafts with one key in a batch one record is made`() async throws {
    try await withDataCRM { running async throws in
      let key = MatchKey(.email, "a@ejemplo.co")
      let records = try await running.crm.put([contact("Ana", key), contact("Ana Prado", key)])
        .map { try $0.get() }
      #expect(Set(records).count == 1 && running.records(of: "Contacts").count == 1)
    }
  }

  @Test func `a record that was merged into another is found by its keys`() async throws {
    try await withDataCRM { running async throws in
      var draft = contact("Ana", MatchKey(.email, "a@ejemplo.co"))
      let gone = try #require(await running.crm.put([draft]).first).get()
      let kept = try await add("Contacts", ["lastname": "Ana P."], running)
      try await running.post(
        "screen/records/merge",
        ["id": .string(gone.id), "into": .string(kept.id)]
      )
      draft.record = gone
      #expect(try await running.crm.put([draft]).map { try $0.get() } == [kept])
    }
  }

  @Test func `a name is cut to its column, and an address that does not fit is refused`()
    async throws
  {
    try await withDataCRM { running async throws in
      running.set { $0.cutsLongTexts = false }
      let long = String(repeating: "é", count: 200)
      _ = try await running.crm.put([contact(long, MatchKey(.email, "a@ejemplo.co"))])
        .map { try $0.get() }
      #expect(running.records(of: "Contacts").map { $0["lastname"].count } == [80])
      let draft = contact("Luis", MatchKey(.email, "\(String(repeating: "a", count: 100))@b.co"))
      guard case .failure(let error)? = await running.crm.put([draft]).first else { return }
      #expect(error.reason.code == "datacrm_key_too_long")
    }
  }
}
