import Leads
import NIOHTTP1
import StrictJSON
import Synchronization
import Testing

@testable import Sandbox

/// The simulator is as strict as the reference, and as treacherous.
@Suite(.timeLimit(.minutes(1)))
struct TenantSimulatorTests {
  private static let lead: JSON = [
    "externalId": "x:1", "name": "Maria", "website": "https://acme.example",
    "emails": [
      ["email": "maria@acme.example", "emailTypeId": "7391c70e-aeb8-4c68-bd5c-7b5d30cf4d1d"]
    ],
    "customFields": ["rdStationId": "rd-1"],
  ]

  private func created(_ running: RunningTenant) async throws -> String {
    let answer = try await running.integration(.POST, .leads, action: "create", Self.lead)
    #expect(answer.status == 200)
    return try #require(answer.json["id"]?.string)
  }

  @Test func `an update changes what it sends, and an upsert loses what it does not send`()
    async throws
  {
    try await withTenant { running async throws in
      let id = try await created(running)
      let filter = "{id->eq->\(id)}"
      let update: JSON = ["name": "Maria S.", "customFields": ["rdStationId": "rd-2"]]
      _ = try await running.integration(.POST, .leads, action: "update", filter: filter, update)
      var row = try #require(running.records(.leads).first)
      #expect(row["name"] == "Maria S." && row["website"] == "https://acme.example")
      #expect(row["version"] == 2)
      let upsert: JSON = ["name": "Só o nome"]
      _ = try await running.integration(.POST, .leads, action: "upsert", filter: filter, upsert)
      row = try #require(running.records(.leads).first)
      #expect(row["id"]?.string == id && row["name"] == "Só o nome")
      #expect(row["website"] == nil && row["emails"] == nil && row["customFields"] == nil)
    }
  }

  @Test func `a second create with one externalId makes a second record`() async throws {
    try await withTenant { running async throws in
      #expect(try await created(running) != created(running))
      #expect(running.records(.leads).count == 2)
    }
  }

  @Test(
    arguments: [
      ("create", "{id->eq->1}"), ("update", nil), ("upsert", nil), ("delete", "{id->eq->1}"),
      ("replace", "{id->eq->1}"), (nil, nil),
    ] as [(String?, String?)]
  )
  func `headers that do not fit each other are refused`(action: String?, filter: String?)
    async throws
  {
    try await withTenant { running async throws in
      let answer = try await running.integration(
        .POST,
        .leads,
        action: action,
        filter: filter,
        Self.lead
      )
      #expect(answer.status == 400)
      #expect(running.records(.leads).isEmpty)
    }
  }

  @Test(arguments: [
    ("{name->eq->Maria}", 1), ("{name->eq->maria}", 0), ("{name->ieq->maria}", 1),
    ("{name->neq->Maria}", 0), ("{name->like->ari}", 1), ("{name->ilike->ARI}", 1),
    ("{code->gt->0}", 1), ("{code->ge->1}", 1), ("{code->lt->1}", 0), ("{code->le->1}", 1),
    ("{code->in->1,2}", 1), ("{code->nin->1,2}", 0), ("{jobTitle->isNull}", 1),
    ("{jobTitle->isNnull}", 0), ("{code->btw->1,3}", 1),
    ("{emails.email->ieq->MARIA@acme.example}", 1), ("{customFields.rdStationId->eq->rd-1}", 1),
    ("{name->eq->Maria}{code->eq->2}", 0), ("{name->eq->Maria}&&{code->eq->1}", 1),
    ("{name->eq->Ana}||{code->eq->1}", 1),
  ])
  func `a filter means what RestQuery says`(filter: String, count: Int) async throws {
    try await withTenant { running async throws in
      _ = try await created(running)
      let answer = try await running.integration(.GET, .leads, filter: filter)
      #expect(answer.status == 200)
      #expect(answer.json.array?.count == count)
    }
  }

  @Test(arguments: [
    "name==Maria", "{name->eq}", "{name->is->x}", "{->eq->x}", "{name->eq->x", "{name->eq->x},",
    "{name->eq->x}||", "{name->isNull->x}", "{colour->eq->x}", "{customFields.other->eq->x}", "{}",
  ])
  func `what is no filter of the table is refused`(filter: String) async throws {
    try await withTenant { running async throws in
      #expect(try await running.integration(.GET, .leads, filter: filter).status == 400)
    }
  }

  @Test(
    arguments: [
      (["name": ""], 422, "name"), (["name": "x", "colour": "red"], 400, "colour"),
      (["name": "x", "leadOriginId": "1"], 422, "leadOriginId"),
      (["name": "x", "customFields": ["other": "1"]], 422, "customFields.other"),
      (["name": "x", "emails": [["email": "no address"]]], 422, "emails.0.email"),
      (["name": .string(String(repeating: "a", count: 256))], 422, "name"),
    ] as [(JSON, Int, String)]
  )
  func `a body that is no lead is refused, with the member's name`(
    body: JSON,
    status: Int,
    field: String
  ) async throws {
    try await withTenant { running async throws in
      let answer = try await running.integration(.POST, .leads, action: "create", body)
      #expect(answer.status == status)
      #expect(answer.json["details"]?.array?.first?["field"]?.string == field)
      #expect(running.records(.leads).isEmpty)
    }
  }

  @Test func `a user without a role keeps a lead out`() async throws {
    try await withTenant { running async throws in
      let user = running.records(.users).first { $0["email"] == "sem.papel@acme.com.br" }
      let body: JSON = ["name": "x", "professionalId": user?["id"] ?? .null]
      let answer = try await running.integration(.POST, .leads, action: "create", body)
      #expect(answer.status == 400 && answer.json["code"] == "userWithoutRole")
    }
  }

  @Test func `a wrong password and an unknown tenant are two answers, and five lock the user`()
    async throws
  {
    try await withTenant { running async throws in
      func status(_ password: String, _ tenant: String) async throws -> String {
        let body: JSON = [
          "username": "integracao@acme.example", "password": .string(password),
          "tenant": .string(tenant),
        ]
        let answer = try await running.call(.POST, "/api/login", body)
        return "\(answer.status) \(answer.json["code"]?.string ?? "")"
      }
      #expect(try await status("sandbox-secret", "unknown") == "400 tenantNotFound")
      for _ in 1..<TenantLogin.failuresMax {
        #expect(try await status("wrong", "acme") == "401 invalidCredentials")
      }
      #expect(try await status("wrong", "acme") == "401 userLocked")
      #expect(try await status("sandbox-secret", "acme") == "401 userLocked")
    }
  }

  @Test func `a record is read by the address that its webhook names`() async throws {
    try await withTenant { running async throws in
      let id = try await created(running)
      let cookie = try await running.cookie()
      let path = "/api/v11/customer/leads/\(id)"
      #expect(try await running.call(.GET, path).status == 401)
      let answer = try await running.call(.GET, path, headers: ["Cookie": cookie])
      #expect(answer.status == 200 && answer.json["name"] == "Maria")
    }
  }
}
