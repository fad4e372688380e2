import Belt
import Leads
import OutsideCalls
import StrictJSON

extension V1 {
  func people(email: String) async throws(CallError) -> [Person] {
    try await people(["email": email])
  }

  func people(phone: String) async throws(CallError) -> [Person] {
    try await people(["phone": phone])
  }

  /// One page is enough: more than 200 of one address or number nobody can tell apart.
  private func people(_ filter: [String: String]) async throws(CallError) -> [Person] {
    var filter = filter
    filter["order"] = "created_at"
    filter["direction"] = "asc"
    return try await page(V1Routes.people, filter, 1).items
  }

  func person(_ id: String) async throws(CallError) -> Person? {
    try await ask(V1Routes.person.call(percentEncoded(id)))
  }

  func add(_ person: PersonChange) async throws(CallError) -> Person {
    try await ask(V1Routes.addPerson.call(body: person.bodyV1))
  }

  func change(person id: String, _ change: PersonChange) async throws(CallError) {
    _ = try await ask(V1Routes.changePerson.call(percentEncoded(id), body: change.bodyV1))
  }

  /// `contacts` in a new deal would always make new ones, so the contact is told of its deals afterwards.
  var tiesApart: Bool { true }

  /// Assumed (reference 2.6): a contact's deals are written as a whole list, which two workers may do at
  /// once; so it is read again until the deal is in it.
  ///
  /// - Throws: ``CallError`` of cause `.notFound` for a contact that is not there.
  func tie(deal: String, to person: String) async throws(CallError) {
    for _ in 0..<3 {
      guard let known = try await self.person(person) else {
        throw V1Routes.person.call(person).error(.notFound, at: caller.system)
      }
      guard !known.dealIDs.contains(deal) else { return }
      try await change(person: person, PersonChange(dealIDs: known.dealIDs + [deal]))
    }
  }
}
