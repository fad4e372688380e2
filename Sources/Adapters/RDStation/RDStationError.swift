/// Why RD Station did not do, or may not have done, what it was asked.
///
/// The description is safe to log: codes, RD's own error type and path, never a body or an address.
package struct RDStationError: Error, Sendable {
  package enum Code: Sendable, Hashable {
    /// A quota is used up; nothing was done. At most 24 h.
    case rateLimited(retryAfter: Duration)
    /// RD is failing and is being spared, or whether it is could not be asked: no call was made.
    case heldBack(Duration)
    /// The token was refused, also after one renewal; nothing was done.
    case unauthorized
    /// The login itself is dead (`INVALID_REFRESH_TOKEN`, `ACCESS_DENIED`, `EXPIRED_CODE_GRANT`):
    /// a person must connect the account again.
    case loginExpired
    /// RD knows no such contact.
    case notFound
    /// RD read the request and will never take it; nothing was done.
    case refused(errorType: String, path: String?)
    /// RD answered that it cannot now, or a read got no whole answer (then the status is nil). A
    /// later try is harmless.
    case unavailable(status: Int?)
    /// The request may have been carried out and the answer was lost: a time-out, a cut connection,
    /// a cut answer, or a gateway that gave up (502, 504).
    case outcomeUnknown
    /// Certainly nothing happened: no byte of the body left this machine.
    case notSent
    /// A sale above `RDEvent.saleValueMax`; no call was made.
    case saleValueOverLimit
    /// A sale's value that is no plain decimal; no call was made.
    case invalidSaleValue
    /// Over 0.2 MB; no call was made.
    case eventTooLarge
    /// There is no login that can be read, see `underlying`; no call was made.
    case noToken
  }

  /// What to do about it.
  package enum Remedy: Sendable, Hashable {
    /// The same call may succeed later; see `retryAfter`.
    case retry
    /// No retry can help.
    case reject
    /// Read back whether it happened before anything else.
    case readBack
    /// A person must connect the account again.
    case signIn
  }

  package let code: Code
  /// The status of RD's answer, nil when there was none.
  package let status: Int?
  /// True when the used-up quota is that of one contact: other contacts may go on.
  package let limitsOneContact: Bool
  /// How long a failing RD asks to wait, by its `Retry-After`.
  package let askedWait: Duration?
  /// What was caught here.
  ///
  /// Not part of the description, since its text is not ours.
  package let underlying: (any Error)?

  package init(
    _ code: Code,
    status: Int? = nil,
    limitsOneContact: Bool = false,
    askedWait: Duration? = nil,
    underlying: (any Error)? = nil
  ) {
    self.code = code
    self.status = status
    self.limitsOneContact = limitsOneContact
    self.askedWait = askedWait
    self.underlying = underlying
  }

  package var remedy: Remedy {
    switch code {
    case .rateLimited, .heldBack, .unavailable, .notSent, .noToken: .retry
    case .notFound, .refused, .saleValueOverLimit, .invalidSaleValue, .eventTooLarge: .reject
    case .outcomeUnknown: .readBack
    case .unauthorized, .loginExpired: .signIn
    }
  }

  /// Whether the integration's login is at fault, whatever was asked; nothing was done.
  package var isOfLogin: Bool {
    switch code {
    case .unauthorized, .loginExpired, .noToken: true
    default: false
    }
  }

  /// How long to wait, by RD's word or because the call was held back; nil when nobody says.
  ///
  /// Such a wait is nobody's fault and counts no attempt.
  package var retryAfter: Duration? {
    switch code {
    case .rateLimited(let duration), .heldBack(let duration): duration
    default: askedWait
    }
  }
}

extension RDStationError: CustomStringConvertible {
  package var description: String {
    let answered = status.map { ", status \($0)" } ?? ""
    return "RD Station: \(sentence)\(answered)"
  }

  private var sentence: String {
    switch code {
    case .rateLimited(let duration):
      "rate limit of \(limitsOneContact ? "one contact" : "the account") reached, "
        + "retry after \(duration.components.seconds) s"
    case .heldBack: "calls are held back while it recovers"
    case .unauthorized: "the access token was refused"
    case .loginExpired: "the login has expired or was revoked; connect the account again"
    case .notFound: "no such contact"
    case .refused(let type, let path): "refused as \(type)\(path.map { " at \($0)" } ?? "")"
    case .unavailable: "unavailable"
    case .outcomeUnknown: "the answer was lost; the request may have been carried out"
    case .notSent: "no connection; nothing was sent"
    case .saleValueOverLimit: "a sale above \(RDEvent.saleValueMax) is not accepted"
    case .invalidSaleValue: "the sale's value is not a decimal number"
    case .eventTooLarge: "the events are larger than \(RDEvent.bodyBytesMax) bytes"
    case .noToken: "no access token could be had"
    }
  }
}
