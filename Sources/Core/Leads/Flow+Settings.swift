extension Flow {
  /// Whether an integration's settings leave the stage anything to do; nothing is sent to one without.
  package func isNeeded(under settings: Settings) -> Bool {
    switch self {
    case .tagSync: settings.tags != .off
    case .leadImporter, .centralizer, .opportunityCreator, .rdUpdater: true
    }
  }
}
