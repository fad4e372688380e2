/// The eleven fields that the standard model carries, by the names that people see (B165,
/// totvs-crm.md 6.5).
package enum TOTVSField: String, Sendable, CaseIterable {
  case name = "Nome"
  case email = "E-mail"
  case company = "Empresa"
  case jobTitle = "Cargo"
  case phone = "Telefone"
  case mobile = "Celular"
  case city = "Cidade"
  case state = "Estado"
  case website = "Website"
  case facebook = "Facebook"
  case linkedin = "Linkedin"

  /// Those that every lead brings along; the others come only where the settings map them.
  var isAutomatic: Bool { [.name, .email, .company].contains(self) }
}
