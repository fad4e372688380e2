import Leads
import StrictJSON

extension AccountLists.Pipeline {
  /// The stages come in no order.
  static func list(_ json: JSON) -> [Self]? {
    json.each { pipeline in
      guard let named = pipeline.named,
        let stages = pipeline["deal_stages"]?.each({ stage -> (order: Int, stage: Named)? in
          stage.named.map { (stage["order"]?.int ?? 0, $0) }
        })
      else { return nil }
      return Self(
        id: named.id,
        name: named.name,
        stages: stages.sorted { $0.order < $1.order }
          .map { AccountLists.Stage(id: $0.stage.id, name: $0.stage.name) }
      )
    }
  }
}

extension AccountLists.User {
  init?(v1 json: JSON) {
    guard let id = json.recordID, let email = json["email"]?.string else { return nil }
    self.init(id: id, email: email, isActive: json["active"]?.bool ?? true)
  }
}

extension AccountLists.Field {
  /// Nil is no field; a product's field is one that nobody here asks for.
  static func known(v1 json: JSON) -> Self?? {
    guard let id = json.recordID, let label = json["label"]?.string,
      let type = json["type"]?.string, let entity = json["for"]?.string
    else { return nil }
    guard let record = RecordKind(vendor: entity) else { return .some(nil) }
    return Self(
      record: record,
      key: id,
      label: label,
      type: FieldType(vendor: type),
      options: json["opts"]?.array?.compactMap(\.string) ?? [],
      isRequired: json["required"]?.bool ?? false,
      takesNewOptions: json["allow_new"]?.bool ?? false
    )
  }
}

extension RecordKind {
  init?(vendor entity: String) {
    switch entity {
    case "deal": self = .opportunity
    case "contact": self = .contact
    case "organization": self = .company
    default: return nil
    }
  }
}

extension FieldType {
  /// There is no type of numbers.
  init(vendor type: String) {
    switch type {
    case "option": self = .choice
    case "multiple_choice": self = .multipleChoice
    case "date": self = .date
    default: self = .text
    }
  }
}
