import Leads

/// Reads `import:`, which leads enter.
struct ImportReading {
  /// RD Station's profile letters.
  static let scores = ["A", "B", "C", "D"]

  let rules: ImportRules
  let reading: ReadingRules

  init(_ field: Field, crm: CRMKind) {
    let section = Section(field, .importRules)
    for item in section["lead_scoring"].items() {
      guard let text = item.requiredText(), !Self.scores.contains(text) else { continue }
      item.problem("there is no score “\(text)”", near: text, among: Self.scores)
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
      marksOnly: section["marks_only"].flag(default: false),
      crmActivity: section["crm_activity"].flag(default: false)
    )
    reading = ReadingRules(
      fillers: Fillers(added: section["fillers"].texts(), kept: section["values"].texts()),
      fitLetters: Self.letters(in: section["fit_letters"])
    )
    if !rules.leadScoring.isEmpty, reading.fitLetters == nil {
      section["lead_scoring"].warning(
        "webhooks made through the API carry the number fit in place of the letter, and RD Station "
          + "publishes no table: read as \(FitLetters.ours.words), which is our own reading; "
          + "import.fit_letters sets your own"
      )
    }
    if crm.traits.takesMarksOnly, section["marks_only"].isFilled, !rules.marksOnly {
      section["marks_only"].problem("a \(crm.rawValue) takes only leads marked as opportunity")
    }
    if rules.marksOnly || crm.traits.takesMarksOnly, !rules.conversions.isEmpty {
      section["conversions"].warning("has no effect: only leads marked as opportunity enter")
    }
  }

  /// Nil when nothing, or nothing right, is said.
  private static func letters(in field: Field) -> FitLetters? {
    guard field.isFilled else { return nil }
    let section = Section(field, .fitLetters)
    let starts = ["A", "B", "C"].map { letter -> Int? in
      if !section[letter].isFilled { section[letter].problem("is missing") }
      return section[letter].count()
    }
    guard let a = starts[0], let b = starts[1], let c = starts[2] else { return nil }
    guard a > b, b > c else {
      field.problem("A must begin above B, and B above C")
      return nil
    }
    return FitLetters(a: a, b: b, c: c)
  }
}
