import Leads

/// Reads `import:`, which leads enter.
struct ImportReading {
  /// RD Station's profile letters.
  static let scores = ["A", "B", "C", "D"]

  let rules: ImportRules

  init(_ field: Field, crm: CRMKind) {
    let section = Section(field, .importRules)
    for item in section["lead_scoring"].items() {
      guard let text = item.requiredText(), !Self.scores.contains(text) else { continue }
      item.problem(
        "there is no score “\(text)”"
          + NearestNames.hint(for: text, among: Self.scores, listing: "there are")
      )
    }
    for item in section["ignored_email_domains"].items() {
      guard let text = item.requiredText() else { continue }
      if let sentence = EmailDomain.fault(of: text) { item.problem(sentence) }
    }
    rules = ImportRules(
      conversions: section["conversions"].texts(),
      ignoredEmailDomains: section["ignored_email_domains"].texts(),
      jobTitles: section["job_titles"].texts(),
      leadScoring: section["lead_scoring"].texts(),
      marksOnly: section["marks_only"].flag(default: false)
    )
    if crm.takesMarksOnly, section["marks_only"].isFilled, !rules.marksOnly {
      section["marks_only"].problem("a \(crm.rawValue) takes only leads marked as opportunity")
    }
    if rules.marksOnly || crm.takesMarksOnly, !rules.conversions.isEmpty {
      section["conversions"].warning("has no effect: only leads marked as opportunity enter")
    }
  }
}
