/// Which leads enter; an empty rule is off (B013).
package struct ImportRules: Sendable, Hashable {
  package var conversions: [String]
  package var ignoredEmailDomains: [String]
  package var jobTitles: [String]
  /// RD's profile letters, A to D.
  package var leadScoring: [String]
  /// Only leads that were marked as opportunity enter, as DataCRM wants it (B017).
  package var marksOnly: Bool
  /// Deals and tasks of RD Station CRM enter like conversions.
  package var crmActivity: Bool

  package init(
    conversions: [String] = [],
    ignoredEmailDomains: [String] = [],
    jobTitles: [String] = [],
    leadScoring: [String] = [],
    marksOnly: Bool = false,
    crmActivity: Bool = false
  ) {
    self.conversions = conversions
    self.ignoredEmailDomains = ignoredEmailDomains
    self.jobTitles = jobTitles
    self.leadScoring = leadScoring
    self.marksOnly = marksOnly
    self.crmActivity = crmActivity
  }
}
