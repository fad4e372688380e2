package import Leads
package import Postgres
package import Belt

/// What the RD updater loads and commits.
package enum RDUpdateStore {
  /// A message with what it speaks of.
  package struct Request: Sendable {
    package enum Topic: Sendable {
      /// An opportunity is new in the CRM.
      case created(Identifier)
      /// A newer event brought an open opportunity up to date.
      case revised(Identifier)
      /// An opportunity as the CRM shows it now.
      case changed(Identifier, OpportunityState)
      /// The CRM spoke of an opportunity that is none of ours.
      case foreign(Identifier)
      /// A contact, whose standing is read with the rest.
      case contact(Identifier)
    }

    package let message: Message
    package let topic: Topic

    package init(message: Message, topic: Topic) {
      self.message = message
      self.topic = topic
    }

    /// The opportunity or the contact.
    package var subject: Identifier {
      switch topic {
      case .created(let id), .revised(let id), .changed(let id, _), .foreign(let id),
        .contact(let id):
        id
      }
    }

    package var key: IntegrationKey { IntegrationKey(message.integration, subject) }

    fileprivate var isOfChange: Bool {
      if case .changed = topic { return true }
      return false
    }

    fileprivate var isOfContact: Bool {
      if case .contact = topic { return true }
      return false
    }
  }

  /// An opportunity with its lead, as far as RD Station is concerned.
  package struct Opportunity: Sendable {
    package var toldVersion: Int
    package var toldStatus: String
    package let byMark: Bool
    package let firstImport: Bool
    package let person: RDPerson
    /// Whether RD Station was last told of another opportunity of the lead as lost.
    package let hasLostSibling: Bool

    package var earlierLoss: RDUpdateDecision.EarlierLoss {
      if toldStatus == OpportunityState.Status.lost.rawValue { return .ofThis }
      return hasLostSibling ? .ofAnother : .never
    }
  }

  /// A contact with its leads, as far as RD Station is concerned.
  package struct Contact: Sendable {
    package let standing: ContactStanding
    package let version: Int
    package var toldVersion: Int
    /// Whether a sale made it a client.
    package let isClientBySale: Bool
    /// The leads that are this person, oldest first.
    package var people: [RDPerson]
  }

  /// What is known of the subjects of a batch; a subject that is not known is absent.
  package struct Knowledge: Sendable {
    package var opportunities: [IntegrationKey: Opportunity]
    package var contacts: [IntegrationKey: Contact]
    /// What earlier attempts at these messages intended.
    package let effects: [Identifier: Effects.Found]
    /// The messages whose opportunity has an earlier change that RD Station is still being told of.
    package let waiting: Set<Identifier>
  }

  /// What RD Station is about to be told, claimed before it is told.
  package struct Claims: Sendable {
    package var opportunities: [(key: IntegrationKey, state: OpportunityState)] = []
    package var contacts: [(key: IntegrationKey, version: Int)] = []

    package init() {}
  }

  /// Where the CRM keeps each opportunity; nil for one that is not known to be created yet, absent for
  /// one that is not ours.
  package static func records(of opportunities: [IntegrationKey], in database: LeadDatabase)
    async throws -> [IntegrationKey: CRMRecord?]
  {
    guard !opportunities.isEmpty else { return [:] }
    let rows = try await database.pool.run(
      """
      select o.integration_id, o.id, o.crm_id
      from unnest(\(opportunities.map(\.integration))::text[],
        \(opportunities.map(\.id))::uuid[]) as k (i, o)
      join opportunity o on o.integration_id = k.i and o.id = k.o
      """
    )
    var records: [IntegrationKey: CRMRecord?] = [:]
    for row in rows {
      let key = IntegrationKey(try row.string(0), try row.identifier(1))
      records.updateValue(try row.optionalString(2).map { CRMRecord(id: $0) }, forKey: key)
    }
    return records
  }

  /// The first round trip: locks what the messages speak of, then reads it.
  package static func loading(_ requests: [Request]) -> [SQL] {
    let opportunities = requests.filter { !$0.isOfContact }.map(\.key)
    let contacts = requests.filter(\.isOfContact).map(\.key)
    return [
      Lock.taking(
        opportunities.map { "opportunity:\($0.integration):\($0.id)" }
          + contacts.map { "contact:\($0.integration):\($0.id)" }
      ),
      """
      select o.integration_id, o.id, o.told_version, o.told_status, c.kind, c.first_import,
        l.rd_uuid, l.profile ->> 'email',
        exists (select from opportunity s where s.integration_id = o.integration_id
          and s.lead_id = o.lead_id and s.id <> o.id and s.told_status = 'lost' offset 0)
      from (select distinct i, o from unnest(\(opportunities.map(\.integration))::text[],
        \(opportunities.map(\.id))::uuid[]) as u (i, o)) as k
      join opportunity o on o.integration_id = k.i and o.id = k.o
      join conversion c on c.integration_id = o.integration_id and c.id = o.event_id
      join lead l on l.integration_id = o.integration_id and l.id = o.lead_id
      """,
      """
      select c.integration_id, c.id, c.standing, c.version, c.told_version,
        l.rd_uuid, l.profile ->> 'email', c.client_by is not null
      from (select distinct i, c from unnest(\(contacts.map(\.integration))::text[],
        \(contacts.map(\.id))::uuid[]) as u (i, c)) as k
      join contact c on c.integration_id = k.i and c.id = k.c
      join lead l on l.integration_id = c.integration_id and l.contact_id = c.id
      order by l.created_at, l.id
      """,
      Effects.reading(requests.map(\.message)),
      EarlierChanges.reading(requests.filter(\.isOfChange)),
    ]
  }

  package static func knowledge(in rows: [Rows]) throws -> Knowledge {
    var opportunities: [IntegrationKey: Opportunity] = [:]
    for row in rows[1] {
      let key = IntegrationKey(try row.string(0), try row.identifier(1))
      opportunities[key] = Opportunity(
        toldVersion: try row.int(2),
        toldStatus: try row.string(3),
        byMark: try row.string(4) == LeadEvent.Kind.opportunityMark.rawValue,
        firstImport: try row.bool(5),
        person: RDPerson(uuid: try row.optionalString(6), email: try row.optionalString(7)),
        hasLostSibling: try row.bool(8)
      )
    }
    var contacts: [IntegrationKey: Contact] = [:]
    for row in rows[2] {
      let key = IntegrationKey(try row.string(0), try row.identifier(1))
      guard let standing = ContactStanding(rawValue: try row.string(2)) else { continue }
      let known = Contact(
        standing: standing,
        version: try row.int(3),
        toldVersion: try row.int(4),
        isClientBySale: try row.bool(7),
        people: []
      )
      contacts[key, default: known].people.append(
        RDPerson(uuid: try row.optionalString(5), email: try row.optionalString(6))
      )
    }
    return Knowledge(
      opportunities: opportunities,
      contacts: contacts,
      effects: try Effects.found(in: rows[3]),
      waiting: try EarlierChanges.waiting(in: rows[4])
    )
  }

  /// Keeps the claims, so that two messages about one change are one event.
  package static func telling(_ claims: Claims) -> [SQL] {
    var writes: [SQL] = []
    if !claims.opportunities.isEmpty {
      let states = claims.opportunities.map(\.state)
      writes.append(
        """
        update opportunity o set told_version = k.v, told_status = k.s, stage = k.g
        from (select distinct on (i, o) i, o, v, s, g from unnest(
          \(claims.opportunities.map(\.key.integration))::text[],
          \(claims.opportunities.map(\.key.id))::uuid[],
          \(states.map(\.version))::int[], \(states.map(\.status.rawValue))::text[],
          \(states.map(\.stage))::text[]) as u (i, o, v, s, g) order by i, o, v desc) as k
        where o.integration_id = k.i and o.id = k.o and o.told_version < k.v
        """
      )
    }
    if !claims.contacts.isEmpty {
      writes.append(
        """
        update contact c set told_version = k.v
        from (select i, c, max(v) as v from unnest(
          \(claims.contacts.map(\.key.integration))::text[],
          \(claims.contacts.map(\.key.id))::uuid[], \(claims.contacts.map(\.version))::int[])
          as u (i, c, v) group by i, c) as k
        where c.integration_id = k.i and c.id = k.c and c.told_version < k.v
        """
      )
    }
    return writes
  }
}
