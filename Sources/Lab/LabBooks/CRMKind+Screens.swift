package import Leads

extension CRMKind {
  private static let simulated: [CRMKind: any CRMScreens] = [
    .rdStationCRM: RDStationCRMScreens(), .totvs: TOTVSScreens(), .datacrm: DataCRMScreens(),
  ]

  /// The screens of the simulator that plays it; nil for the CRM that lives in our own database.
  package var screens: (any CRMScreens)? { Self.simulated[self] }
}
