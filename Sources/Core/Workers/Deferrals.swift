extension Message {
  /// How long to wait before another look at what others have to bring about: the longer it takes, the
  /// more seldom.
  package var waitBeforeAnotherLook: Duration {
    switch deferrals {
    case ..<12: .seconds(5)
    case ..<60: .seconds(30)
    default: .seconds(300)
    }
  }
}
