import Leads

/// Assumed: what a record has besides its custom fields is mapped by the name that the vendor's screen
/// shows (B151: segments and campaign may be mapped).
enum NativeField: String, Sendable, CaseIterable {
  case campaign = "Campanha"
  case source = "Fonte"
  case value = "Valor"
  case expectedClose = "Previsão de fechamento"
  case title = "Cargo"
  case url = "Site"
  case about = "Resumo"
  case address = "Endereço"
  case segments = "Segmentos"

  init?(_ name: String, of record: RecordKind) {
    guard let field = Self(rawValue: name), field.record == record else { return nil }
    self = field
  }

  var record: RecordKind {
    switch self {
    case .campaign, .source, .value, .expectedClose: .opportunity
    case .title: .contact
    case .url, .about, .address, .segments: .company
    }
  }

  /// As the settings' mapping sees it; a name that is not there yet is made, also a segment.
  var catalogued: CRMCatalogue.Field {
    switch self {
    case .value: .init(record: record, name: rawValue, type: .money)
    case .expectedClose: .init(record: record, name: rawValue, type: .date)
    case .about: .init(record: record, name: rawValue, type: .textArea)
    case .url: .init(record: record, name: rawValue, type: .url)
    default: .init(record: record, name: rawValue, type: .text)
    }
  }
}
