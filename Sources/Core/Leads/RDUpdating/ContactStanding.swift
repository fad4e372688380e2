/// How far a contact has come in the CRM: the life of a record.
package enum ContactStanding: String, Sendable, CaseIterable {
  /// What every contact is at first.
  case lead
  /// Qualified: worth a salesperson's time.
  case prospect
  case client
  /// Not worth pursuing.
  case disqualified

  /// Where RD Station's funnel has a contact of this standing (B103–B107, R24).
  package var lifecycleStage: LifecycleStage {
    switch self {
    case .lead, .disqualified: .lead
    case .prospect: .qualifiedLead
    case .client: .client
    }
  }

  /// What RD Station is told when a contact becomes this; nil where it is told nothing by a conversion
  /// (B128, B129).
  package var conversion: StandardConversion? {
    switch self {
    case .prospect: .prospect
    case .client: .client
    case .lead, .disqualified: nil
    }
  }
}
