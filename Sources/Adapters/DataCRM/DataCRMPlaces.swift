import Leads

/// Where an account of DataCRM keeps what no page of the vendor settles: all of it is assumed, and each
/// account may have it elsewhere.
package struct DataCRMPlaces: Sendable, Hashable {
  /// The name in the address of the login's user, who owns what nobody else can; nil names nobody.
  package var user: String?
  /// The client's NIT: public integrations of several accounts write it there.
  package var taxID = "siccode"
  /// Our marker in a deal.
  ///
  /// Each account has the field, nobody reads it on the screen, and DataCRM's own link to RD Station does
  /// not write it while it is off.
  package var marker = "rdstationid"
  /// The uuid of RD Station's contact.
  package var rdUUID = "rdstationid"
  /// A text area of the deal that holds its tags and nothing else; nil keeps them in a line of the
  /// description.
  package var tags: String?
  /// Whether a contact wants no mail, on the screen “No enviar correo”.
  package var refusesMail = "emailoptout"
  package var lossReason = "reason_loss"
  package var wonStages: Set<String> = ["Closed Won"]
  package var lostStages: Set<String> = ["Closed Lost"]
  /// From today to the day on which a deal is to close.
  package var closingDays = 30
  /// The one pipeline's name, as DataCRM has stages and no pipelines.
  package var pipeline = "Negocios"

  package init() {}

  func status(in stage: String) -> OpportunityState.Status {
    if wonStages.contains(stage) { return .won }
    return lostStages.contains(stage) ? .lost : .open
  }
}
