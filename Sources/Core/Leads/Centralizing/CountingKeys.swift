/// Which keys find somebody, by the CRM (R13, R14); the RD Station id always, where it is known.
extension CRMKind {
  var personKeys: Set<MatchKey.Kind> {
    switch self {
    case .embedded, .datacrm: [.rdUUID, .crmID, .email, .mobile, .phone]
    case .totvs, .rdStationCRM: [.rdUUID, .crmID, .email]
    }
  }

  /// DataCRM knows a client by its NIT alone; without one the contact's company is taken.
  var companyKeys: Set<MatchKey.Kind> {
    switch self {
    case .datacrm: [.taxID]
    case .embedded, .totvs, .rdStationCRM: [.taxID, .companyName]
    }
  }

  /// Where a number without a country code is from, unless the lead says otherwise: DataCRM is a
  /// Colombian product, the others are Brazilian.
  var country: Country { self == .datacrm ? .colombia : .brazil }
}
