/// What is written back to RD Station; everything is on unless switched off.
package struct RDUpdates: Sendable, Hashable {
  /// The mark "opportunity" when one is created (B117).
  package var opportunityMark: Bool
  /// The standard conversions, such as `Oportunidade gerada pelo CRM` (B128–B134).
  package var standardConversions: Bool
  /// Sale with value, loss with reason (B108).
  package var outcomes: Bool
  /// The lifecycle stage: `Client` after a sale, `Qualified Lead` for a prospect, `Lead` for one that was
  /// disqualified (B103–B107).
  package var lifecycleStage: Bool
  /// `Venda gerada pelo CRM` also when the opportunity was lost (R32); off unless switched on.
  package var saleConversionOnAnyClose: Bool
  /// Tags that RD Station adds to a lead with each conversion of ours (B135).
  package var tags: [String]

  package init(
    opportunityMark: Bool = true,
    standardConversions: Bool = true,
    outcomes: Bool = true,
    lifecycleStage: Bool = true,
    saleConversionOnAnyClose: Bool = false,
    tags: [String] = []
  ) {
    self.opportunityMark = opportunityMark
    self.standardConversions = standardConversions
    self.outcomes = outcomes
    self.lifecycleStage = lifecycleStage
    self.saleConversionOnAnyClose = saleConversionOnAnyClose
    self.tags = tags
  }
}
