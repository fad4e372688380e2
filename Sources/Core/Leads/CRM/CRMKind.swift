/// Which CRM an integration writes to, and what the seeds say each does by itself.
package enum CRMKind: String, Sendable, CaseIterable {
  case embedded, totvs, datacrm
  case rdStationCRM = "rd_station_crm"

  /// What becomes of a lead with a value that a field does not take, unless the field's row says
  /// otherwise (R35).
  package var mismatchPolicy: FieldPolicy {
    switch self {
    case .rdStationCRM: .refuse
    case .datacrm, .totvs, .embedded: .blank
    }
  }

  /// What becomes of a lead that leaves a required field empty (B150, R35).
  package var missingPolicy: FieldPolicy {
    switch self {
    case .rdStationCRM, .datacrm: .refuse
    case .totvs, .embedded: .hold
    }
  }

  /// Whether only leads that were marked as opportunity enter (B017).
  package var takesMarksOnly: Bool { self == .datacrm }

  /// How many tags a record can hold; nil is without bound (B142–B144).
  package func tagMax(of record: RecordKind) -> Int? {
    self == .datacrm && record != .opportunity ? 1 : nil
  }
}

/// A kind of record in a CRM.
package enum RecordKind: String, Sendable, CaseIterable {
  case contact, company, opportunity
}
