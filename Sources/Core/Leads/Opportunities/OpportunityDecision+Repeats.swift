import Belt

/// What an open opportunity of the lead means for its next event.
extension OpportunityDecision {
  /// The open opportunity that the event brings up to date.
  static func reused(by trigger: Trigger, _ subject: OpportunitySubject)
    -> OpenOpportunity?
  {
    guard trigger.onRepeat == .reuseOpen else { return nil }
    return subject.open.first { $0.pipeline == trigger.pipeline }
  }

  /// Why an open opportunity keeps the lead from another one (R08, R10).
  static func suppression(
    of subject: OpportunitySubject,
    by trigger: Trigger,
    _ settings: Settings
  ) -> Reason? {
    guard !subject.open.isEmpty, Self.reused(by: trigger, subject) == nil else { return nil }
    if settings.oneOpenDealPerLead {
      return Reason(
        "open_deal_exists",
        "The lead has an open opportunity, and the settings allow one at a time."
      )
    }
    guard trigger.onRepeat == .onlyIfClosed else { return nil }
    return Reason(
      "last_deal_open",
      "The lead's last opportunity is open, and the trigger makes another only when it is closed."
    )
  }
}
