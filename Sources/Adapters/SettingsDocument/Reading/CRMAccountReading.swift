import Leads

/// Reads where the account of an outside CRM is, and where its login is to be found.
struct CRMAccountReading {
  private(set) var references: CRMReferences?
  /// As far as the document alone tells it.
  private(set) var account = CRMAccount()

  init(_ section: Section, of kind: CRMKind) {
    let (address, login) = (section["address"], section["login"])
    guard !kind.traits.doors.isEmpty else {
      for field in [address, login] where field.isFilled {
        field.problem("only a CRM outside has one, and \(kind.rawValue) needs none")
      }
      return
    }
    let (place, opened) = (Self.address(in: address, of: kind), Self.login(in: login, of: kind))
    if case .plain(let text)? = place { account.address = text }
    account.version = opened?.door.version ?? ""
    references = CRMReferences(address: place, login: opened)
  }

  private static func address(in field: Field, of kind: CRMKind) -> CRMReferences.Address? {
    guard field.isFilled else {
      if kind.traits.doors.contains(where: { $0.address == nil }) {
        field.problem("is missing; each account of a \(kind.rawValue) has an address of its own")
      }
      return nil
    }
    guard let text = field.text() else { return nil }
    if let reference = SecretReference(text) { return .reference(reference) }
    guard text.hasPrefix("https://") || text.hasPrefix("http://") else {
      field.problem("must begin with https://, or say where it is, env:NAME or file:PATH")
      return nil
    }
    return .plain(text)
  }

  private static func login(in field: Field, of kind: CRMKind) -> CRMReferences.Login? {
    guard field.isFilled else {
      field.warning(
        "is missing: the CRM is opened by a login that was stored before, and not at all where none was"
      )
      return nil
    }
    let section = Section(field, .crmLogin)
    let filled = KeyTable.crmLogin.names.filter { section[$0].isFilled }
    let doors = kind.traits.doors
    let forms = doors.map { $0.keys.joined(separator: ", ") }.joined(separator: "; or ")
    guard
      let door = doors.max(by: {
        filled.count(where: $0.keys.contains) < filled.count(where: $1.keys.contains)
      }), filled.contains(where: door.keys.contains)
    else {
      field.problem("must hold \(forms)")
      return nil
    }
    for key in filled where !door.keys.contains(key) {
      section[key].problem("does not belong to such a login; a \(kind.rawValue) takes \(forms)")
    }
    let found = door.keys.map { ($0, section[$0].requiredReference()) }
    let secrets = found.compactMap { key, reference in reference.map { (key, $0) } }
    guard secrets.count == found.count else { return nil }
    return CRMReferences.Login(door: door, secrets: Dictionary(secrets) { $1 })
  }
}
