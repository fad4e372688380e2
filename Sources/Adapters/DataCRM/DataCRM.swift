import Belt
package import Leads
package import OutsideCalls

/// DataCRM, bound to one integration and the address of its account.
///
/// Everything goes through one page, `webservice.php`, whose answers are 200 even where they refuse. Times
/// are whole seconds, a deleted record looks like a forbidden one, and `update` may empty what it does not
/// name: it is only called with the whole record, where `revise` is missing.
package struct DataCRM: CRM {
  let link: DataCRMLink
  let places: DataCRMPlaces
  let memory: DataCRMMemory
  /// Seconds since 1970, for the day on which a deal is to close.
  let now: @Sendable () -> Int64

  /// - Parameters:
  ///   - caller: Made with the address of the integration's own account.
  ///   - integration: Whose it is.
  ///   - places: Where the account keeps what not every account keeps in the same place.
  ///   - memory: One for each account, for as long as the process lives.
  ///   - now: Seconds since 1970.
  package init(
    _ caller: Caller,
    integration: String,
    places: DataCRMPlaces = DataCRMPlaces(),
    memory: DataCRMMemory,
    now: @escaping @Sendable () -> Int64
  ) {
    link = DataCRMLink(caller: caller, integration: integration)
    self.places = places
    self.memory = memory
    self.now = now
  }

  package var traits: CRMTraits { CRMKind.datacrm.traits }

  /// The forms of the three modules, with users and groups; asked anew once a minute.
  func account() async throws(CRMError) -> DataCRMAccount {
    if let known = memory.account { return known }
    let account = try await DataCRMAccount(asking: link)
    memory.keep(account)
    return account
  }

  /// Serves the items beside each other, at most eight at once; those of one lane one after another.
  func each<Item: Sendable, Answer: Sendable>(
    _ items: [Item],
    lane: (Int, Item) -> Int = { place, _ in place },
    _ serve: @escaping @Sendable (Item) async throws(CRMError) -> Answer
  ) async -> [Result<Answer, CRMError>] {
    let numbered = Array(items.enumerated())
    let lanes = Dictionary(grouping: numbered) { lane($0.offset, $0.element) }
    let served = await sideBySide(lanes, atOnce: 8) { _, lane in
      var answers: [(Int, Result<Answer, CRMError>)] = []
      for (place, item) in lane {
        do throws(CRMError) {
          answers.append((place, .success(try await serve(item))))
        } catch {
          answers.append((place, .failure(error)))
        }
      }
      return answers
    }
    return served.joined().sorted { $0.0 < $1.0 }.map(\.1)
  }
}

extension RecordKind {
  /// The module's name in every language of the screen.
  var module: String {
    switch self {
    case .contact: "Contacts"
    case .company: "Accounts"
    case .opportunity: "Potentials"
    }
  }
}
