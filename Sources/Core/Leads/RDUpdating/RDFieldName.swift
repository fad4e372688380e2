/// The API identifier of a custom field of RD Station.
package enum RDFieldName {
  /// `Motivo de perda no CRM` → `cf_motivo_de_perda_no_crm`, as RD itself makes it; an identifier that
  /// begins with `cf_` is taken as it is.
  package static func identifier(of name: String) -> String {
    name.hasPrefix("cf_") ? name : "cf_" + name.foldedWords(joinedBy: "_")
  }
}
