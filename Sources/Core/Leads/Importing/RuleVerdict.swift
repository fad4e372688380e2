package import Belt

/// What one import rule says of one event.
package struct RuleVerdict: Sendable, Hashable {
  package enum Result: Sendable, Hashable {
    /// The rule is empty (B013).
    case off
    /// The rule is not about events of this kind.
    case notConcerned
    case passed
    case refused(Reason)

    static func refused(_ code: String, _ sentence: String) -> Result {
      .refused(Reason(code, sentence))
    }
  }

  /// As the settings name it, such as `job_titles`.
  package let rule: String
  package let result: Result
}

extension ImportRules {
  /// Why the rules keep an event out; nil lets it in.
  ///
  /// All non-empty rules must agree (B014); the first that does not is the reason.
  package func refusal(of event: LeadEvent) -> Reason? {
    verdicts(on: event).lazy.compactMap { verdict in
      guard case .refused(let reason) = verdict.result else { return nil }
      return reason
    }.first
  }

  /// What every rule says, in the order in which they are asked.
  package func verdicts(on event: LeadEvent) -> [RuleVerdict] {
    [
      RuleVerdict(rule: "own_conversions", result: ownConversion(event)),
      RuleVerdict(rule: "crm_activity", result: activity(event)),
      RuleVerdict(rule: "marks_only", result: marksOnly(event)),
      RuleVerdict(rule: "conversions", result: conversion(event)),
      RuleVerdict(rule: "ignored_email_domains", result: domain(event)),
      RuleVerdict(rule: "job_titles", result: title(event)),
      RuleVerdict(rule: "lead_scoring", result: scoring(event)),
    ]
  }

  /// R31: whatever the lists say.
  private func ownConversion(_ event: LeadEvent) -> RuleVerdict.Result {
    guard event.kind == .conversion else { return .notConcerned }
    guard StandardConversion(matching: event.identifier) != nil else { return .passed }
    return .refused(
      "own_conversion",
      "The conversion is one that Esteira itself wrote to RD Station, so it is not imported again."
    )
  }

  private func activity(_ event: LeadEvent) -> RuleVerdict.Result {
    guard event.kind == .conversion else { return .notConcerned }
    guard let name = event.crmActivity, !crmActivity else { return .passed }
    return .refused(
      "crm_activity",
      "“\(name)” is activity that RD Station CRM wrote into RD Station Marketing, and no conversion; "
        + "import.crm_activity: true would let it in."
    )
  }

  /// B017.
  private func marksOnly(_ event: LeadEvent) -> RuleVerdict.Result {
    guard marksOnly else { return .off }
    guard event.kind == .conversion else { return .passed }
    return .refused(
      "not_marked",
      "Only leads that were marked as opportunity enter, and this is a conversion."
    )
  }

  /// B008, R01: compared trimmed and without case; a mark is not concerned.
  private func conversion(_ event: LeadEvent) -> RuleVerdict.Result {
    guard !conversions.isEmpty else { return .off }
    guard event.kind == .conversion else { return .notConcerned }
    let identifier = (event.identifier ?? "").trimmed.lowercased()
    guard !conversions.contains(where: { $0.trimmed.lowercased() == identifier }) else {
      return .passed
    }
    return .refused(
      "conversion_not_listed",
      "The conversion “\(event.identifier ?? "without a name")” is not among the imported conversions."
    )
  }

  /// B009, R02: the domain and everything under it; a lead without e-mail is not concerned.
  private func domain(_ event: LeadEvent) -> RuleVerdict.Result {
    guard !ignoredEmailDomains.isEmpty else { return .off }
    guard let domain = event.lead.email?.address?.domain else {
      return .notConcerned
    }
    for ignored in ignoredEmailDomains {
      let name = ignored.trimmed.lowercased().drop { $0 == "@" }
      guard domain == name || domain.hasSuffix(".\(name)") else { continue }
      return .refused("email_domain_ignored", "The e-mail's domain is under the ignored \(name).")
    }
    return .passed
  }

  /// B010, B011, R03: the whole title, case ignored, accents counted.
  private func title(_ event: LeadEvent) -> RuleVerdict.Result {
    guard !jobTitles.isEmpty else { return .off }
    guard let title = event.lead.jobTitle?.nonBlank else {
      return .refused("job_title_missing", "The lead has no job title, and only listed ones enter.")
    }
    guard !jobTitles.contains(where: { $0.trimmed.lowercased() == title.lowercased() }) else {
      return .passed
    }
    return .refused(
      "job_title_not_listed",
      "The job title “\(title)” is not among the imported ones."
    )
  }

  /// B012, R04: RD's profile letter.
  private func scoring(_ event: LeadEvent) -> RuleVerdict.Result {
    guard !leadScoring.isEmpty else { return .off }
    guard let letter = event.lead.fitLetter else {
      return .refused(
        "lead_scoring_missing",
        "The lead has no profile letter, and only listed ones enter."
      )
    }
    guard !leadScoring.contains(where: { $0.trimmed.uppercased() == letter }) else {
      return .passed
    }
    return .refused(
      "lead_scoring_not_listed",
      "The profile letter \(letter) is not among the imported ones."
    )
  }
}
