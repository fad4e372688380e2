import Leads

/// What a CRM has and no row can fill, whatever its field is called.
enum ReservedField {
  case owner, leadSource

  /// Nil for any other field; case, accents, `cf_` and the sign between the words do not count.
  init?(_ name: String) {
    let words = String(name.folded.map { "_-".contains($0) ? " " : $0 })
    switch (words.hasPrefix("cf ") ? String(words.dropFirst(3)) : words).trimmed {
    case "asignado a", "asignado", "assigned to", "assigned user", "assigned user id",
      "responsavel",
      "responsable", "owner", "lead owner", "proprietario", "propietario", "dono", "dono do lead":
      self = .owner
    case "origem do lead", "origem lead", "origem de lead", "origen del lead", "origen lead",
      "origen de lead", "lead source", "leadsource", "source of lead", "lead origin",
      "fonte do lead",
      "fuente del lead":
      self = .leadSource
    default: return nil
    }
  }

  var refusal: String {
    switch self {
    case .owner:
      "the owner is taken from no field of RD Station; say who it is in the trigger's owner or in "
        + "records.owners"
    case .leadSource: "the lead source (Origem do lead) cannot be mapped"
    }
  }
}
