package import Leads
package import Postgres
package import Belt

/// What a salesperson does with a contact of the embedded CRM: qualifies it, makes it a client, or drops
/// it.
///
/// Repeating an action changes nothing and gives the same version, so that the announcement of the
/// change, which carries the version, has the same identifier.
package struct ContactDesk: Sendable {
  /// How a person names a contact.
  package enum Reference: Sendable, Hashable {
    /// Its own id, or that of one of its opportunities, ours or the embedded CRM's.
    case id(Identifier)
    case email(EmailAddress)
  }

  /// A contact as it stands.
  package struct Contact: Sendable, Hashable {
    package let integration: String
    package let id: Identifier
    package let name: String?
    package let email: String?
    package let phone: String?
    package let standing: ContactStanding
    /// Rises with each change of the standing.
    package let version: Int
  }

  private let pool: PostgresPool

  package init(pool: PostgresPool) { self.pool = pool }

  /// The contacts that a person may mean, each once; no integration means all.
  ///
  /// Those of an integration with an outside CRM are not ours to change, and not found. More than one is found when several integrations know the person.
  package func find(_ reference: Reference, in integration: String? = nil)
    async throws(PostgresError) -> [Contact]
  {
    let wanted: SQL
    switch reference {
    case .id(let id):
      wanted =
        """
        c.id = \(id.description)::uuid or exists (select from embedded_opportunity o
          where o.integration_id = c.integration_id and o.contact_id = c.id
            and (o.marker = \(id.description)::uuid or o.id = \(id.description)::uuid))
        """
    case .email(let email):
      wanted =
        """
        exists (select from identity d where d.integration_id = c.integration_id
          and d.subject_id = c.id and d.kind = 'email' and d.value = \(email.mailbox))
        """
    }
    let rows = try await pool.run(
      """
      select c.integration_id, c.id, c.name, c.email, c.standing, c.version, c.mobile_phone
      from contact c join integration n on n.id = c.integration_id and n.crm = 'embedded'
      where c.integration_id = coalesce(\(integration), c.integration_id) and (\(wanted))
      order by c.integration_id, c.id
      """
    )
    return try Contact.all(in: rows)
  }

  /// Contacts, newest first, at most so many; no integration means all, no standing any.
  package func contacts(
    in integration: String? = nil,
    standing: ContactStanding? = nil,
    limit: Int = 100
  ) async throws(PostgresError) -> [Contact] {
    let rows = try await pool.run(
      """
      select c.integration_id, c.id, c.name, c.email, c.standing, c.version, c.mobile_phone
      from contact c join integration n on n.id = c.integration_id and n.crm = 'embedded'
      where c.integration_id = coalesce(\(integration), c.integration_id)
        and c.standing = coalesce(\(standing?.rawValue), c.standing)
      order by c.created_at desc, c.id limit \(limit)
      """
    )
    return try Contact.all(in: rows)
  }

  /// Makes a contact this; any standing may follow any other.
  ///
  /// Answers nil when the integration holds no such contact.
  package func convert(_ contact: Identifier, to standing: ContactStanding, in integration: String)
    async throws(PostgresError) -> Contact?
  {
    let own: SQL = "c.integration_id = \(integration) and c.id = \(contact.description)::uuid"
    let rows = try await pool.run([
      """
      update contact c set standing = \(standing.rawValue), version = c.version + 1,
        client_by = null
      where \(own) and c.standing <> \(standing.rawValue)
      """,
      """
      select c.integration_id, c.id, c.name, c.email, c.standing, c.version, c.mobile_phone from contact c
      where \(own)
      """,
    ])
    return try Contact.all(in: rows[1]).first
  }

  /// The journey of the contact's newest event, on which what happens to it is told; nil when none of
  /// its events is known.
  package func journey(of contact: Identifier, in integration: String)
    async throws(PostgresError) -> Identifier?
  {
    let rows = try await pool.run(
      """
      select journey_id from conversion
      where integration_id = \(integration) and contact_id = \(contact.description)::uuid
      order by coalesce(place, 0) desc, arrived_at desc, id limit 1
      """
    )
    guard let row = rows.first else { return nil }
    return Identifier(try row.string(0))
  }
}

extension ContactDesk.Contact {
  fileprivate static func all(in rows: Rows) throws(PostgresError) -> [Self] {
    var contacts: [Self] = []
    for row in rows { contacts.append(try Self(row)) }
    return contacts
  }

  fileprivate init(_ row: Row) throws(PostgresError) {
    guard let id = Identifier(try row.string(1)) else {
      throw .decoding(column: "id", expected: "a uuid")
    }
    guard let standing = ContactStanding(rawValue: try row.string(4)) else {
      throw .decoding(column: "standing", expected: "a standing that this program knows")
    }
    self.init(
      integration: try row.string(0),
      id: id,
      name: try row.optionalString(2),
      email: try row.optionalString(3),
      phone: try row.optionalString(6),
      standing: standing,
      version: try row.int(5)
    )
  }
}
