import SandboxLeads
import StrictJSON
import Testing

struct LeadScriptTests {
  private func json(_ bytes: [UInt8]) throws -> JSON { try JSON(parsing: bytes) }

  @Test func `the same seed makes the same bytes and another seed other people`() {
    let one = (0..<50).map(LeadScript(seed: 3, markPercent: 50, people: 50).lead)
    let two = (0..<50).map(LeadScript(seed: 3, markPercent: 50, people: 50).lead)
    #expect(
      one.flatMap { $0.deliveries.map { $0.body() } }
        == two.flatMap { $0.deliveries.map { $0.body() } }
    )
    let other = (0..<50).map(LeadScript(seed: 4, people: 50).lead)
    #expect(
      Set(one.map(\.facts.email)).isDisjoint(with: other.map(\.facts.email))
    )
    #expect(Set(one.map(\.facts.uuid)).isDisjoint(with: other.map(\.facts.uuid)))
  }

  @Test func `people have addresses of their own and share companies`() {
    let facts = (0..<3000).map(LeadScript(seed: 1, people: 3000).lead).map(\.facts)
    #expect(Set(facts.map(\.email)).count == 3000)
    #expect(Set(facts.map(\.uuid)).count == 3000)
    #expect(Set(facts.map { $0.lastConversion?.eventUUID }).count == 3000)
    let companies = Set(facts.compactMap(\.company))
    #expect(companies.count > 600 && companies.count < 1100)
    #expect(Set(facts.map(\.fitLetter)) == ["a", "b", "c", "d"])
    #expect(Set(facts.compactMap(\.country)) == ["Brasil", "Colombia"])
    #expect(facts.allSatisfy { $0.tags.allSatisfy { $0 == $0.lowercased() } })
  }

  @Test func `no two people of the seeds of one chaos run have a telephone in common`() {
    // The tests of a run are a thousand apart, the rounds of a test a million and three.
    let seeds = (1...18 as ClosedRange<UInt64>).flatMap { test in
      (0..<12 as Range<UInt64>).map { 607_381 + test * 1_000 + $0 * 1_000_003 }
    }
    let people = seeds.flatMap { (0..<200).map(LeadScript(seed: $0, people: 200).lead) }
    for line in [\LeadFacts.mobilePhone, \.personalPhone] {
      let numbers = people.compactMap { $0.facts[keyPath: line]?.filter(\.isNumber).suffix(8) }
      #expect(numbers.count > people.count / 10)
      #expect(Set(numbers).count == numbers.count)
    }
  }

  @Test func `few people convert again and again, counted`() {
    let script = LeadScript(seed: 9, people: 4)
    let leads = (0..<12).map(script.lead)
    let first = leads.filter { $0.facts.uuid == leads[0].facts.uuid }
    #expect(first.map(\.facts.conversionCount) == [1, 2, 3])
    #expect(Set(first.map(\.facts.firstConversion)).count == 1)
    #expect(Set(first.map { $0.facts.lastConversion?.eventUUID }).count == 3)
  }

  @Test func `the legacy body has texts where RD has texts`() throws {
    let script = LeadScript(seed: 2, shape: .legacy, markPercent: 100, people: 1)
    let deliveries = script.lead(0).deliveries
    #expect(deliveries.map(\.kind) == [.conversion, .mark])
    let conversion = try #require(json(deliveries[0].body())["leads"]?.array?.first)
    let names = conversion.members?.map(\.key)
    #expect(
      names == [
        "id", "uuid", "email", "name", "company", "job_title", "bio", "public_url", "created_at",
        "opportunity", "number_conversions", "user", "first_conversion", "last_conversion",
        "custom_fields", "website", "personal_phone", "mobile_phone", "phone", "city", "state",
        "tags", "lead_stage", "last_marked_opportunity_date", "fit_score", "interest",
      ]
    )
    #expect(conversion["opportunity"] == "false")
    #expect(conversion["number_conversions"] == "1")
    #expect(conversion["created_at"] == "2026-03-02T09:00:00.000-03:00")
    #expect(conversion["last_marked_opportunity_date"] == .null)
    let content = try #require(conversion["last_conversion"]?["content"])
    #expect(content["event_timestamp"] == "2026-03-02T12:00:00Z")
    #expect(content["traffic_source"]?.string?.hasPrefix("encoded_") == true)
    #expect(content["conversion_payload"]?.string?.hasPrefix(#"{"cf_volume_mensal":"#) == true)
    #expect(
      content["__cdp__original_event"]?.members?.map(\.key) == [
        "event_uuid", "event_batch_uuid", "event_batch_index", "event_identifier", "event_type",
        "event_family", "event_timestamp", "payload",
      ]
    )
    let mark = try #require(json(deliveries[1].body())["leads"]?.array?.first)
    #expect(mark["opportunity"] == "true")
    #expect(mark["last_marked_opportunity_date"] == "2026-03-02T09:01:30.000-03:00")
    #expect(mark["last_conversion"] == conversion["last_conversion"])
  }

  @Test func `the current body names the event and the contact`() throws {
    let script = LeadScript(seed: 2, shape: .current, markPercent: 100, people: 1)
    let deliveries = script.lead(0).deliveries
    let conversion = try json(deliveries[0].body())
    #expect(conversion["event_type"] == "WEBHOOK.CONVERTED")
    #expect(
      conversion["event_identifier"] == .optional(script.lead(0).facts.lastConversion?.identifier)
    )
    #expect(conversion["event_timestamp"] == "2026-03-02T09:00:00.000-03:00")
    #expect(conversion["contact"]?["funnel"]?["opportunity"] == false)
    let mark = try json(deliveries[1].body())
    #expect(mark["event_type"] == "WEBHOOK.MARKED_OPPORTUNITY")
    #expect(mark["event_identifier"] == "default")
    #expect(mark["contact"]?["funnel"]?["opportunity"] == true)
  }

  @Test func `a repetition is the same, except for the time of sending`() throws {
    let legacy = LeadScript(seed: 2, shape: .legacy, people: 1).lead(0).deliveries[0]
    #expect(legacy.body() == legacy.body(repetition: 1))
    let current = LeadScript(seed: 2, shape: .current, people: 1).lead(0).deliveries[0]
    var (first, second) = (try json(current.body()), try json(current.body(repetition: 1)))
    #expect(first["timestamp"] != second["timestamp"])
    if case .object(var members) = first {
      members["timestamp"] = nil
      first = .object(members)
    }
    if case .object(var members) = second {
      members["timestamp"] = nil
      second = .object(members)
    }
    #expect(first == second)
  }

  @Test func `tax numbers have valid check digits`() {
    let facts = (0..<300).map(LeadScript(seed: 7, people: 300).lead).map(\.facts)
    let numbers = facts.flatMap(\.customFields).filter { $0.identifier == "cf_cnpj" }
      .compactMap(\.value.string)
    #expect(numbers.count > 50)
    for number in numbers {
      let digits = number.compactMap(\.wholeNumberValue)
      #expect(digits.count == 14)
      for length in [12, 13] {
        let weights = (0..<length).map { (length - 1 - $0) % 8 + 2 }
        let rest = zip(digits, weights).map { $0 * $1 }.reduce(0, +) % 11
        #expect(digits[length] == (rest < 2 ? 0 : 11 - rest))
      }
    }
  }

  @Test(arguments: [
    (0, "1970-01-01T00:00:00Z"), (951_782_400_000, "2000-02-29T00:00:00Z"),
    (1_772_452_799_999, "2026-03-02T11:59:59Z"), (-1000, "1969-12-31T23:59:59Z"),
  ])
  func `times are written in the Gregorian calendar`(milliseconds: Int64, text: String) {
    #expect(Timestamp(milliseconds: milliseconds).utc == text)
  }
}
