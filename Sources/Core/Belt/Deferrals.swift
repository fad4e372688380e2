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

  /// Has waited for about half an hour: whoever is in the way does not go by itself, so the next look
  /// that finds them there is a failed attempt and is reported in the end.
  var isTiredOfWaiting: Bool { deferrals >= 60 }
}
