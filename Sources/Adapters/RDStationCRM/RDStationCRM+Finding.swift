import Belt
package import Leads

extension RDStationCRM {
  package func find(_ queries: [RecordQuery]) async -> [Result<CRMRecord?, CRMError>] {
    await each(queries) { query async throws(CRMError) in
      try await making { () async throws(CallError) -> String? in
        switch query.kind {
        case .contact: return try await person(query.keys)
        case .company: return try await company(query.keys, name: nil)
        case .opportunity: return nil
        }
      }
      .map { CRMRecord(id: $0) }
    }
  }

  /// The person by the strongest key that finds somebody.
  func person(_ keys: [MatchKey]) async throws(CallError) -> String? {
    for key in keys {
      switch key.kind {
      case .crmID:
        if let person = try await api.person(key.value) { return person.id }
      case .email:
        if let person = try await person(email: key.value) { return person.id }
      case .rdUUID, .mobile, .phone, .taxID, .companyName: continue
      }
    }
    return nil
  }

  /// Two contacts may share an address: the one with an open deal, else the oldest.
  ///
  /// What is found is looked at again: a filter that the vendor does not understand gives everybody.
  private func person(email: String) async throws(CallError) -> Person? {
    let found = try await api.people(email: email)
      .filter { $0.emails.contains { $0.lowercased() == email.lowercased() } }
    return found.first(where: \.hasOpenDeal) ?? found.first
  }

  /// Who has no address is known by the number, in the three spellings that are met.
  func person(phone: String) async throws(CallError) -> Person? {
    guard let digits = PhoneNumber(phone)?.e164?.dropFirst() else { return nil }
    for spelling in ["+\(digits)", String(digits), String(digits.dropFirst(2))] {
      let found = try await api.people(phone: spelling).filter { person in
        person.phones.contains { PhoneNumber($0)?.e164?.dropFirst() == digits }
      }
      if let person = found.first { return person }
    }
    return nil
  }

  /// The company of that name, as ``CompanyName`` compares it.
  ///
  /// The search finds what contains a text, as it is written there: so it is asked for the name as it was
  /// typed, and for its longest word.
  func company(_ keys: [MatchKey], name: String?) async throws(CallError) -> String? {
    guard let key = keys.first(where: { $0.kind == .companyName })?.value else { return nil }
    let words = key.split { $0 == " " }
    let longest = words.max { $0.count < $1.count }.map { String($0) }
    var asked: Set<String> = []
    for text in [name, longest].compactMap({ $0?.nonBlank }) where asked.insert(text).inserted {
      let found = try await api.companies(named: text)
        .first { CompanyName($0.name)?.key == key }
      if let found { return found.id }
    }
    return nil
  }
}
