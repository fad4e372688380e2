package import Workers

/// What importing one event of one lead changes.
package enum ImportDecision: Sendable, Hashable {
  /// The event enters; `first` when the lead was not known before (B059).
  case accept(first: Bool)
  /// A rule of the settings keeps it out (B015): nothing is created, and the reason is kept.
  case ignore(Reason)
  /// This very event was stored before; a webhook may be delivered several times.
  case duplicate

  package init(for event: LeadEvent, rules: ImportRules, isKnownEvent: Bool, isKnownLead: Bool) {
    if isKnownEvent {
      self = .duplicate
    } else if let refusal = rules.refusal(of: event) {
      self = .ignore(refusal)
    } else {
      self = .accept(first: !isKnownLead)
    }
  }
}

extension ImportRules {
  /// Why the rules keep an event out; nil lets it in.
  ///
  /// All non-empty rules must agree (B014).
  package func refusal(of event: LeadEvent) -> Reason? {
    if event.kind == .conversion, StandardConversion(matching: event.identifier) != nil {
      return Reason(
        "own_conversion",
        "The conversion is one that Esteira itself wrote to RD Station, so it is not imported again."
      )
    }
    return conversionRefusal(of: event) ?? domainRefusal(of: event) ?? titleRefusal(of: event)
      ?? scoringRefusal(of: event)
  }

  /// B008, R01: compared trimmed and without case; a mark is not concerned.
  private func conversionRefusal(of event: LeadEvent) -> Reason? {
    guard !conversions.isEmpty, event.kind == .conversion else { return nil }
    let identifier = (event.identifier ?? "").trimmed.lowercased()
    guard !conversions.contains(where: { $0.trimmed.lowercased() == identifier }) else {
      return nil
    }
    return Reason(
      "conversion_not_listed",
      "The conversion “\(event.identifier ?? "without a name")” is not among the imported conversions."
    )
  }

  /// B009, R02: the domain and everything under it; a lead without e-mail is not concerned.
  private func domainRefusal(of event: LeadEvent) -> Reason? {
    guard let domain = event.lead.email.flatMap(EmailAddress.init)?.domain else { return nil }
    for ignored in ignoredEmailDomains {
      let name = ignored.trimmed.lowercased().drop { $0 == "@" }
      guard domain == name || domain.hasSuffix(".\(name)") else { continue }
      return Reason("email_domain_ignored", "The e-mail's domain is under the ignored \(name).")
    }
    return nil
  }

  /// B010, B011, R03: the whole title, case ignored, accents counted.
  private func titleRefusal(of event: LeadEvent) -> Reason? {
    guard !jobTitles.isEmpty else { return nil }
    guard let title = event.lead.jobTitle?.nonBlank else {
      return Reason("job_title_missing", "The lead has no job title, and only listed ones enter.")
    }
    guard !jobTitles.contains(where: { $0.trimmed.lowercased() == title.lowercased() }) else {
      return nil
    }
    return Reason(
      "job_title_not_listed",
      "The job title “\(title)” is not among the imported ones."
    )
  }

  /// B012, R04: RD's profile letter.
  private func scoringRefusal(of event: LeadEvent) -> Reason? {
    guard !leadScoring.isEmpty else { return nil }
    guard let letter = event.lead.fitLetter else {
      return Reason(
        "lead_scoring_missing",
        "The lead has no profile letter, and only listed ones enter."
      )
    }
    guard !leadScoring.contains(where: { $0.trimmed.uppercased() == letter }) else { return nil }
    return Reason(
      "lead_scoring_not_listed",
      "The profile letter \(letter) is not among the imported ones."
    )
  }
}
