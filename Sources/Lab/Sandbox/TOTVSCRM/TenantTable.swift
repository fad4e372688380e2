/// What the one endpoint serves, by the headers that name it; only customers are documented.
enum TenantTable: String, Sendable, CaseIterable {
  case customers, leads, opportunities, pipelines, stages, users
  case opportunityTypes = "opportunity-types"
  case lossReasons = "loss-reasons"
  case opportunityFields, leadFields
  case leadSituations = "lead-situations"
  case leadOrigins = "lead-origins"
  case emailTypes = "email-types"
  case phoneTypes = "phone-types"
  case addressTypes = "address-types"
  case personTypes = "customer-person-types"

  init?(service: String, resource: String) {
    let known = Self.allCases.first { $0.service == service && $0.resource == resource }
    guard let known else { return nil }
    self = known
  }

  var service: String {
    switch self {
    case .opportunities, .pipelines, .stages, .opportunityTypes, .lossReasons, .opportunityFields:
      "opportunity"
    case .users: "user"
    default: "customer"
    }
  }

  var resource: String {
    switch self {
    case .opportunityFields, .leadFields: "custom-fields-integration"
    default: "\(rawValue)-integration"
    }
  }

  /// The newest version of the contract, which shows custom fields.
  var version: Int { self == .customers ? 4 : 1 }

  /// What changes through the API; the rest is set up at the screen.
  var isWritable: Bool { [.customers, .leads, .opportunities].contains(self) }

  /// In the ledger; nil for what is not written there.
  var effect: String? {
    switch self {
    case .customers: "customer"
    case .leads: "lead"
    case .opportunities: "opportunity"
    default: nil
    }
  }

  /// The table that defines its custom fields.
  var fields: TenantTable? {
    switch self {
    case .leads: .leadFields
    case .opportunities: .opportunityFields
    default: nil
    }
  }
}
