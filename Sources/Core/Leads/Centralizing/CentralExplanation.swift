extension CentralDecision {
  /// For the journey: which keys were found, which decided, and which were not followed; kinds only,
  /// no values.
  package var explanation: String {
    var sentences = [
      "\(contactClause); \(companyClause).", unfollowed(person, with: "somebody else"),
      unfollowed(firm, with: "another company"), warning,
    ].compactMap(\.self)
    if refusesCompanyName {
      sentences.append(
        "The lead's company name is the person's own name, so no company was made of it; "
          + "lead_name_as_company with centralize_by: company would make one."
      )
    }
    if restoresZeros {
      sentences.append(
        "The tax number had lost the zeros in front, as in a spreadsheet; with them its check digits "
          + "agree, and it was read so."
      )
    }
    if case .known = contact, !contactKeys.isEmpty {
      sentences.append("From now on the contact is known by its \(words(contactKeys)) too.")
    }
    return sentences.joined(separator: " ")
  }

  private var contactClause: String {
    switch contact {
    case .known(_, let kind): "The contact was known by its \(kind.word)\(evidence(person))"
    case .new, .ofContact: "The contact is new"
    }
  }

  private var companyClause: String {
    switch company {
    case .known(_, let kind)?: "the company was known by its \(kind.word)\(evidence(firm))"
    case .ofContact?: "the company is the one that the contact has"
    case .new?: "the company is new"
    case nil: "there is no company"
    }
  }

  /// What else spoke for a match.
  private func evidence(_ match: KeyMatch) -> String {
    switch match.support {
    case .name? where match.decider == .taxID: ", which fails its check, and the name agrees"
    case .name?: ", which others may share, and the name agrees"
    case .anotherKey(let kind)?:
      ", which others may share, and the \(kind.word) agrees"
    case .noContradiction?: ", which fails its check, and no other name speaks against it"
    case nil where match.agreeing.isEmpty: ""
    case nil:
      " (\(list(match.agreeing)) \(match.agreeing.count == 1 ? "leads" : "lead") there too)"
    }
  }

  private func unfollowed(_ match: KeyMatch, with others: String) -> String? {
    guard !match.unfollowed.isEmpty else { return nil }
    let verb = match.unfollowed.count == 1 ? "was" : "were"
    return "The \(list(match.unfollowed)) \(verb) found with \(others) and not followed, "
      + "as it says too little alone."
  }

  private var warning: String? {
    guard !conflicts.isEmpty else { return nil }
    let verb = conflicts.count == 1 ? "leads" : "lead"
    return "Warning: \(list(conflicts)) \(verb) to somebody else; the stronger key was followed."
  }

  private func words(_ keys: [MatchKey]) -> String {
    list(MatchKey.Kind.allCases.filter { kind in keys.contains { $0.kind == kind } })
  }

  private func list(_ kinds: [MatchKey.Kind]) -> String {
    let words = kinds.map(\.word)
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return "\(words.dropLast().joined(separator: ", ")) and \(last)"
  }
}
