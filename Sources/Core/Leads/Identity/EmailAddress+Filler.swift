extension EmailAddress {
  /// Whether it was typed only because a form wants an address, such as `teste@teste.com`: many
  /// strangers have it in common.
  ///
  /// Never by a part of the address: `teste.silva@` and `suporte@teste.com` may be somebody's.
  package var isFiller: Bool {
    let local = String(address.prefix { $0 != "@" }).folded.filter { $0.isLetter || $0.isNumber }
    let host = String(domain.prefix { $0 != "." }).folded.filter { $0.isLetter || $0.isNumber }
    if nobodies.contains(local) || nobodies.contains(local + host) { return true }
    guard local == host, let first = local.first else { return false }
    return words.contains(local) || "xa".contains(first) && local.allSatisfy { $0 == first }
  }
}

/// Before the `@`, or on both sides of it, they say that there is no address.
private let nobodies: Set<String> = [
  "naotem", "naotenho", "naopossui", "naopossuo", "naotememail", "naotenhoemail", "naopossuiemail",
  "naopossuoemail", "naoinformado", "naoinformada", "sememail", "notiene", "notengo",
  "noposee", "sincorreo", "sinemail", "noemail", "nomail",
]

/// On both sides of the `@`.
private let words: Set<String> = [
  "teste", "testes", "testando", "test", "testing", "prueba", "pruebas", "asdf", "asdfg", "qwerty",
  "null", "none", "undefined", "nenhum", "ninguno", "nada", "email", "mail", "correo", "nao", "no",
  "exemplo", "ejemplo", "example", "fulano", "aaa",
]
