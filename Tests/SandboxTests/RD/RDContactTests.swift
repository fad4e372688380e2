import NIOHTTP1
@testable import Sandbox
import StrictJSON
import Testing

@Suite(.timeLimit(.minutes(1)))
struct RDContactTests {
  @Test func `a contact is created once, and read without its company`() async throws {
    try await withSandbox { rd async throws in
      let token = try await rd.token()
      let body: JSON = ["email": "ana@exemplo.com.br", "name": "Ana", "cf_cnpj": "1"]
      let created = try await rd.call(.POST, "/rd/platform/contacts", body, token: token)
      #expect(created.status == 200)
      let again = try await rd.call(.POST, "/rd/platform/contacts/", body, token: token)
      #expect(again.status == 400)
      #expect(try again.errorType == "EMAIL_ALREADY_IN_USE")
      let uuid = try created.json["uuid"]?.string ?? ""
      for path in ["email:ANA%40exemplo.com.br", "email:ana@exemplo.com.br", "uuid:\(uuid)", uuid] {
        let read = try await rd.call(.GET, "/rd/platform/contacts/\(path)", token: token)
        #expect(try read.json == created.json)
      }
      #expect(try created.json["company"] == nil)
      #expect(try created.json["tags"] == [])
      #expect(try created.json["city"] == nil)
    }
  }

  @Test func `patching creates by address and is not found by uuid`() async throws {
    try await withSandbox { rd async throws in
      let token = try await rd.token()
      let byEmail = try await rd.call(
        .PATCH,
        "/rd/platform/contacts/email:ana@exemplo.com.br",
        ["name": "Ana"],
        token: token
      )
      #expect(byEmail.status == 200)
      let byUUID = try await rd.call(
        .PATCH,
        "/rd/platform/contacts/uuid:none",
        ["name": "Ana"],
        token: token
      )
      #expect(byUUID.status == 404)
      #expect(try byUUID.errorType == "RESOURCE_NOT_FOUND")
      let conflicting = try await rd.call(
        .PATCH,
        "/rd/platform/contacts/email:ana@exemplo.com.br",
        ["email": "ana@exemplo.com.br"],
        token: token
      )
      #expect(try conflicting.errorType == "CONFLICTING_FIELD")
    }
  }

  @Test func `patching replaces tags and the tag route adds them`() async throws {
    try await withSandbox { rd async throws in
      let token = try await rd.token()
      let path = "/rd/platform/contacts/email:ana@exemplo.com.br"
      _ = try await rd.call(.PATCH, path, ["tags": ["a", "b"]], token: token)
      _ = try await rd.call(.PATCH, path, ["tags": ["c"]], token: token)
      let added = try await rd.call(.POST, "\(path)/tag", ["tags": ["d"]], token: token)
      #expect(try added.json["tags"] == ["c", "d"])
      let duplicate = try await rd.call(.POST, "\(path)/tag", ["tags": ["e", "d"]], token: token)
      #expect(duplicate.status == 400)
      #expect(try duplicate.errorType == "VALUES_MUST_BE_UNIQUE")
      let read = try await rd.call(.GET, path, token: token)
      #expect(try read.json["tags"] == ["c", "d"])
    }
  }

  struct Refused: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let body: JSON
    let type: String
  }

  @Test(arguments: [
    Refused(
      testDescription: "capital letters",
      body: ["tags": ["Feira"]],
      type: "VALUES_MUST_BE_LOWERCASE"
    ),
    Refused(testDescription: "tags as text", body: ["tags": "a"], type: "MUST_BE_STRING_ARRAY"),
    Refused(testDescription: "a name that is a number", body: ["name": 1], type: "MUST_BE_STRING"),
    Refused(testDescription: "an unknown field", body: ["apelido": "x"], type: "INVALID_FIELDS"),
    Refused(
      testDescription: "a field that RD keeps",
      body: ["available_for_mailing": true],
      type: "INVALID_FIELDS"
    ),
    Refused(
      testDescription: "too long a text",
      body: ["name": .string(String(repeating: "x", count: 256))],
      type: "TOO_LONG"
    ),
    Refused(testDescription: "no object", body: [], type: "BAD_REQUEST"),
  ])
  func `a body that RD refuses changes nothing`(refused: Refused) async throws {
    try await withSandbox { rd async throws in
      let token = try await rd.token()
      let path = "/rd/platform/contacts/email:ana@exemplo.com.br"
      let answer = try await rd.call(.PATCH, path, refused.body, token: token)
      #expect(answer.status == 400)
      #expect(try answer.errorType == refused.type)
      #expect(try await rd.call(.GET, path, token: token).status == 404)
    }
  }

  @Test func `a deleted contact is gone`() async throws {
    try await withSandbox { rd async throws in
      let token = try await rd.token()
      let path = "/rd/platform/contacts/email:ana@exemplo.com.br"
      _ = try await rd.call(.PATCH, path, ["name": "Ana"], token: token)
      #expect(try await rd.call(.DELETE, path, token: token).status == 204)
      #expect(try await rd.call(.DELETE, path, token: token).status == 404)
    }
  }

  @Test func `the funnel refuses what its fields cannot be`() async throws {
    try await withSandbox { rd async throws in
      let token = try await rd.token()
      _ = try await rd.call(.PUT, "/rd/settings", ["users": ["vendas@exemplo.com.br"]])
      let contact = "/rd/platform/contacts/email:ana@exemplo.com.br"
      let path = "\(contact)/funnels/default"
      _ = try await rd.call(.PATCH, contact, ["name": "Ana"], token: token)
      let refused: [(JSON, String)] = [
        (["lifecycle_stage": "Prospect"], "MUST_BE_VALID_OPTION"),
        (["opportunity": "true"], "MUST_BE_BOOLEAN"),
        (["contact_owner_email": "outro@exemplo.com.br"], "INVALID_USER"),
        (["contact_owner_email": "x"], "INVALID_EMAIL_FORMAT"),
      ]
      for (body, type) in refused {
        #expect(try await rd.call(.PUT, path, body, token: token).errorType == type)
      }
      let changed = try await rd.call(
        .PUT,
        path,
        ["lifecycle_stage": "Client", "contact_owner_email": "vendas@exemplo.com.br"],
        token: token
      )
      #expect(try changed.json["lifecycle_stage"] == "Client")
      let cleared = try await rd.call(.PUT, path, ["contact_owner_email": nil], token: token)
      #expect(try cleared.json["contact_owner_email"] == .null)
    }
  }

  @Test func `custom fields are made, used and deleted`() async throws {
    try await withSandbox { rd async throws in
      let token = try await rd.token()
      let path = "/rd/platform/contacts/fields"
      let options: JSON = ["valid_options": [["value": "Tubos"], ["value": "Perfis"]]]
      let made = try await rd.call(
        .POST,
        path,
        [
          "api_identifier": "cf_linhas", "data_type": "STRING[]",
          "presentation_type": "MULTIPLE_CHOICE", "label": ["pt-BR": "Linhas"],
          "validation_rules": options,
        ],
        token: token
      )
      #expect(made.status == 201)
      let contact = "/rd/platform/contacts/email:ana@exemplo.com.br"
      let good = try await rd.call(.PATCH, contact, ["cf_linhas": ["Tubos"]], token: token)
      #expect(try good.json["cf_linhas"] == ["Tubos"])
      let bad = try await rd.call(.PATCH, contact, ["cf_linhas": ["tubos"]], token: token)
      #expect(try bad.errorType == "MUST_BE_VALID_OPTION")
      let blank = try await rd.call(
        .POST,
        path,
        ["api_identifier": "cf_x", "data_type": "STRING", "label": ["pt-BR": ""]],
        token: token
      )
      #expect(try blank.json["errors"]?["label"]?["pt-BR"] != nil)
      let uuid = try made.json["uuid"]?.string ?? ""
      #expect(try await rd.call(.DELETE, "\(path)/\(uuid)", token: token).status == 204)
      let gone = try await rd.call(.PATCH, contact, ["cf_linhas": ["Tubos"]], token: token)
      #expect(try gone.errorType == "INVALID_FIELDS")
    }
  }
}
