import Leads

/// A field of the CRM as the document names it: `opportunity.segmento`; a bare name is the
/// opportunity's.
struct CRMFieldReference: CustomStringConvertible {
  let record: RecordKind
  let name: String

  /// Nil for a name without any letter.
  init?(_ text: String) {
    var (record, name) = (RecordKind.opportunity, text[...])
    for kind in RecordKind.allCases where text.hasPrefix("\(kind.rawValue).") {
      (record, name) = (kind, text.dropFirst(kind.rawValue.count + 1))
    }
    guard !name.isEmpty else { return nil }
    self.init(FieldName(record: record, name: String(name)))
  }

  init(_ name: FieldName) {
    record = name.record
    self.name = name.name
  }

  var description: String { "\(record.rawValue).\(name)" }
}

extension CatalogueReading {
  /// The field that is meant; one that the CRM does not have is reported with what to add (B148).
  func field(_ reference: CRMFieldReference, at place: Field) -> CRMCatalogue.Field? {
    if let source = AutomaticPair.source(of: reference.name, reference.record) {
      place.problem("\(reference) needs no row: RD Station's \(source) fills it by itself")
      return nil
    }
    let fields = catalogue.fields.filter { $0.record == reference.record }
    if let known = fields.first(where: { $0.name == reference.name }) { return known }
    guard knowsNames else {
      return CRMCatalogue.Field(record: reference.record, name: reference.name)
    }
    let typed =
      " and then told in crm.fields.\(reference.record.rawValue), such as \(reference.name): text"
    place.problem(
      "the CRM has no field \(reference)"
        + NearestNames.hint(for: reference.name, among: fields.map(\.name), listing: "there are")
        + "; a new one is created in the CRM first" + (references == nil ? typed : "")
    )
    return nil
  }
}
