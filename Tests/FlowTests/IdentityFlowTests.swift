import BeltStorage
import Leads
import Postgres
import StrictJSON
import TestKit
import Testing
import Belt

@Suite(.timeLimit(.minutes(2)))
struct IdentityFlowTests {
  private func lead(_ number: Int, _ members: [String: String], _ webhooks: inout Webhooks)
    -> Message
  {
    let time = "2026-03-09T14:0\(number):10.000-03:00"
    var contact: JSON.Members = JSON.Members()
    contact["uuid"] = .string("\(Identifier(derivedFrom: "person", String(number)))")
    contact["email"] = .string("pessoa\(number)@exemplo.com.br")
    for (key, value) in members where key != "company" { contact[key] = .string(value) }
    if let company = members["company"] { contact["company"] = ["name": .string(company)] }
    return webhooks.message([
      "event_type": "WEBHOOK.CONVERTED", "entity_type": "CONTACT",
      "event_identifier": "orcamento", "timestamp": .string(time),
      "event_timestamp": .string(time), "contact": .object(contact),
    ])
  }

  @Test(.behaviour("B056"), arguments: [1, 64])
  func `a mobile number of three people merges no fourth, in one batch and over many`(
    batchMax: Int
  ) async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      var webhooks = Webhooks()
      let names = ["Ana Prado", "Bia Reis", "Caio Luz", "Dora Sá", "Eva Luna", "ANA PRADO"]
      let messages = names.enumerated().map { number, name in
        lead(number, ["name": name, "mobile_phone": "(11) 8765-4321"], &webhooks)
      }
      try await belt.run(messages, batchMax: batchMax)
      let contacts = try await belt.pool.run(
        """
        select array_agg(l.profile ->> 'name' order by c.occurred_at)
        from lead l join conversion c on c.integration_id = l.integration_id and c.lead_id = l.id
        group by l.contact_id order by 1
        """
      ).map { try $0.strings(0) }
      #expect(
        contacts == [
          ["Ana Prado", "Bia Reis", "Caio Luz", "ANA PRADO"], ["Dora Sá"], ["Eva Luna"],
        ]
      )
      let bearers: SQL = """
        select cardinality(bearers) from identity where kind = 'mobile' and value = '5511987654321'
        """
      #expect(try await belt.count(bearers) == 3)
      let lines = try await belt.pool.run(
        "select sentence from journey where stage = 'centralizer' order by at, sentence"
      ).map { try $0.string(0) }
      let ignored = lines.filter { $0.contains("The mobile number was found with somebody else") }
      #expect(ignored.count == 2)
      let confirmed = lines.filter { $0.contains("others may share, and the name agrees") }
      #expect(confirmed.count == 1)
    }
  }

  @Test(.behaviour("B047", "B057"))
  func `a company is found over many batches by its tax number, else by its name`() async throws {
    try await withBelt { belt in
      try await belt.apply(.flow { $0.taxIDField = "cf_cnpj" })
      var webhooks = Webhooks()
      let messages = [
        lead(1, ["company": "Aço Prado Ltda", "cf_cnpj": "12.ABC.345/01DE-35"], &webhooks),
        lead(2, ["company": "Prado Aços", "cf_cnpj": "12abc34501de35"], &webhooks),
        lead(3, ["company": "ACO PRADO"], &webhooks),
        lead(4, ["company": "Aço Prado S.A.", "cf_cnpj": "04.252.011/0001-10"], &webhooks),
      ]
      try await belt.run(messages, batchMax: 1)
      let companies = try await belt.pool.run(
        """
        select array_agg(left(l.profile ->> 'email', 7) order by l.profile ->> 'email') from lead l
        group by l.company_id order by 1
        """
      ).map { try $0.strings(0) }
      #expect(companies == [["pessoa1", "pessoa2", "pessoa3"], ["pessoa4"]])
    }
  }
}
