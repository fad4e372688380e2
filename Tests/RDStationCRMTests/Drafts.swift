import Belt
import Leads

extension Identifier {
  static func marker(_ name: String) -> Identifier { Identifier(derivedFrom: "rdcrm", name) }
}

extension OpportunityDraft {
  static func draft(_ name: String, contact: CRMRecord? = nil) -> OpportunityDraft {
    OpportunityDraft(
      marker: .marker(name),
      title: "Ana Prado",
      contact: contact,
      company: nil,
      pipeline: "Vendas",
      stage: "Novo",
      owner: "bia@acme.com.br",
      rating: 4,
      tags: ["feira"],
      fields: [],
      history: []
    )
  }
}

extension RecordDraft {
  static func person(_ email: String) -> RecordDraft {
    RecordDraft(
      .contact,
      id: Identifier(derivedFrom: "person", email),
      name: "Ana Prado",
      email: email,
      keys: [MatchKey(.email, email)]
    )
  }

  static func company(_ name: String) -> RecordDraft {
    RecordDraft(
      .company,
      id: Identifier(derivedFrom: "company", name),
      name: name,
      keys: [MatchKey(.companyName, CompanyName(name)?.key ?? "")],
      owner: "bia@acme.com.br"
    )
  }
}

extension Result where Success == CRMRecord, Failure == CRMError {
  var failureCode: CRMError.Code? {
    guard case .failure(let error) = self else { return nil }
    return error.code
  }
}

extension Result where Success == OpportunityState?, Failure == CRMError {
  var readCode: CRMError.Code? {
    guard case .failure(let error) = self else { return nil }
    return error.code
  }
}
