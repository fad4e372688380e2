import Leads
import TestKit
import Testing
import Belt

struct RecordOwnersTests {
  private static let team = ["bia@acme.com.br", "caio@acme.com.br"]

  private func choice(
    event: Int = 1,
    contactOwner: String? = nil,
    company: Bool = true,
    rotations: inout [String: OwnerRotation],
    _ change: (inout Settings) -> Void
  ) throws -> OpportunityDecision.Choice {
    var subject = OpportunitySubject.sample(event: event)
    subject.contactOwner = contactOwner
    subject.company = company ? Identifier(derivedFrom: "company") : nil
    let settings = Settings.sample { settings in
      settings.triggers[0].owner = .team("inbound-sp")
      change(&settings)
    }
    switch OpportunityDecision(for: subject, settings: settings, rotations: &rotations) {
    case .create(_, let choice), .recordsOnly(let choice), .revise(_, _, let choice): return choice
    case .none(let reason), .hold(let reason), .wait(let reason): throw reason
    }
  }

  private func choice(
    contactOwner: String? = nil,
    _ change: (inout Settings) -> Void = { _ in }
  ) throws -> OpportunityDecision.Choice {
    var rotations: [String: OwnerRotation] = [:]
    return try choice(contactOwner: contactOwner, rotations: &rotations, change)
  }

  @Test(.behaviour("B090"))
  func `contact, company and opportunity of one lead go to the same drawn person`() throws {
    var rotations: [String: OwnerRotation] = [:]
    for event in 0..<20 {
      let owners = try choice(event: event, rotations: &rotations) { _ in }.owners
      #expect(owners.contact?.owner == owners.opportunity?.owner)
      #expect(owners.company?.owner == owners.opportunity?.owner)
    }
  }

  @Test(.behaviour("B087", "B088"))
  func `each new set of records goes to another member of the group`() throws {
    var rotations: [String: OwnerRotation] = [:]
    var last: String?
    for event in 0..<20 {
      let owner = try choice(event: event, rotations: &rotations) { _ in }.owners.opportunity?.owner
      #expect(owner != last)
      last = owner
    }
  }

  @Test(.behaviour("B085"))
  func `records go to the default user when nobody else is named`() throws {
    let owners = try choice {
      $0.triggers[0].owner = .contactOwner
      $0.catalogue.defaultUser = "ana@acme.com.br"
    }.owners
    #expect(owners.contact?.owner == "ana@acme.com.br")
    #expect(owners.company?.owner == "ana@acme.com.br")
    #expect(owners.opportunity?.owner == "ana@acme.com.br")
  }

  @Test(.behaviour("B086", "B093"))
  func `an owner of the contact alone also holds for company and opportunity`() throws {
    let owners = try choice {
      $0.triggers[0].owner = .contactOwner
      $0.records.owners = [.contact: .user("caio@acme.com.br")]
    }.owners
    #expect(owners.contact?.owner == "caio@acme.com.br")
    #expect(owners.company?.owner == "caio@acme.com.br")
    #expect(owners.opportunity?.owner == "caio@acme.com.br")
  }

  @Test(.behaviour("B094"))
  func `an owner of a company or an opportunity overrides the contact's`() throws {
    let owners = try choice {
      $0.triggers[0].owner = .user("bia@acme.com.br")
      $0.records.owners = [
        .contact: .user("caio@acme.com.br"), .company: .user("ana@acme.com.br"),
      ]
    }.owners
    #expect(owners.contact?.owner == "caio@acme.com.br")
    #expect(owners.company?.owner == "ana@acme.com.br")
    #expect(owners.opportunity?.owner == "bia@acme.com.br")
  }

  @Test func `a record's own group has a cursor of its own`() throws {
    var rotations: [String: OwnerRotation] = [:]
    _ = try choice(rotations: &rotations) {
      $0.records.owners = [.company: .team("inbound-sp")]
    }
    #expect(Set(rotations.keys) == ["team:inbound-sp", "company/team:inbound-sp"])
  }

  @Test(.behaviour("B091", "B092"))
  func `without contacts a group gives its first member, always`() throws {
    var rotations: [String: OwnerRotation] = [:]
    for event in 0..<6 {
      let owners = try choice(event: event, rotations: &rotations) {
        $0.records.create = [.company, .opportunity]
      }.owners
      #expect(owners.opportunity?.owner == Self.team[0])
      #expect(owners.company?.owner == Self.team[0])
    }
    #expect(rotations.isEmpty)
  }

  @Test func `a contact keeps its owner, and contact_owner follows it`() throws {
    #expect(try choice(contactOwner: "ana@acme.com.br").owners.contact?.owner == "ana@acme.com.br")
    let followed = try choice(contactOwner: "ana@acme.com.br") {
      $0.triggers[0].owner = .contactOwner
    }
    #expect(followed.owners.opportunity?.owner == "ana@acme.com.br")
  }

  @Test func `a contact whose owner has left is drawn anew`() throws {
    let owner = try choice(contactOwner: "saiu@acme.com.br").owners.contact?.owner
    #expect(Self.team.contains(owner ?? ""))
  }

  @Test func `a group without members goes to the default user, else the lead waits`() throws {
    let empty: (inout Settings) -> Void = {
      $0.catalogue.teams = [.init(name: "inbound-sp", members: [])]
    }
    let served = try choice {
      empty(&$0)
      $0.catalogue.defaultUser = "ana@acme.com.br"
    }
    #expect(served.owners.opportunity?.owner == "ana@acme.com.br")
    #expect(throws: Reason.self) { try choice { empty(&$0) } }
  }

  @Test func `an owner of the lead whom the CRM does not know is warned about`() throws {
    let choice = try choice { $0.triggers[0].owner = .leadOwner }
    #expect(choice.notes.contains("the lead has no owner at RD Station, so everyone takes turns"))
  }

  @Test(
    .behaviour("B083", "B084"),
    arguments: [
      [.contact], [.contact, .company], [.contact, .opportunity], [.company, .opportunity],
      [.contact, .company, .opportunity],
    ] as [Set<RecordKind>]
  )
  func `only the chosen records are made`(records: Set<RecordKind>) throws {
    var subject = OpportunitySubject.sample()
    subject.company = Identifier(derivedFrom: "company")
    let settings = Settings.sample { $0.records.create = records }
    var rotations: [String: OwnerRotation] = [:]
    switch OpportunityDecision(for: subject, settings: settings, rotations: &rotations) {
    case .create(let draft, let choice):
      #expect(records.contains(.opportunity))
      #expect((draft.contact != nil) == records.contains(.contact))
      #expect((draft.company != nil) == records.contains(.company))
      #expect(choice.creates == records)
    case .recordsOnly(let choice):
      #expect(!records.contains(.opportunity))
      #expect(choice.creates == records)
    case let other: Issue.record("\(other)")
    }
  }
}
