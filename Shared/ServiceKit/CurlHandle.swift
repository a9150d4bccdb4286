import CCurl
import Dispatch
import Synchronization

/// Raised when the calling task is cancelled; the transfer looks at it about once a second.
final class CancelFlag: Sendable {
  private let raised = Atomic(false)

  var isRaised: Bool { raised.load(ordering: .relaxed) }
  func raise() { raised.store(true, ordering: .relaxed) }
}

/// A libcurl easy handle, which keeps its connections from call to call.
///
/// Unchecked, because libcurl lets a handle move between threads but be used by one at a time:
/// `CurlLanes` lends it to one call, and the lane's serial queue is the only place that touches it.
final class CurlHandle: @unchecked Sendable {
  private static let connectMilliseconds = 5_000
  private static let errorRoom = Int(CURL_ERROR_SIZE)
  // A static is made once, however many threads come: what curl_global_init needs.
  private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  private let handle: UnsafeMutableRawPointer?
  private let errorText: UnsafeMutablePointer<CChar>

  init() {
    handle = CurlHandle.isReady ? curl_easy_init() : nil
    errorText = .allocate(capacity: CurlHandle.errorRoom)
    errorText.initialize(repeating: 0, count: CurlHandle.errorRoom)
  }

  deinit {
    if let handle { curl_easy_cleanup(handle) }
    errorText.deallocate()
  }

  /// Makes the call and blocks its thread until it is over.
  func perform(
    _ call: HTTPCall, _ userAgent: String, by deadline: ContinuousClock.Instant,
    unless cancel: CancelFlag
  ) -> Result<HTTPAnswer, HTTPFailure> {
    if let fault = call.fault { return .failure(HTTPFailure(call, fault)) }
    guard let handle, let headers = CurlHeaders(call) else {
      return .failure(HTTPFailure(call, "libcurl could not start"))
    }
    let left = ContinuousClock.now.duration(to: deadline) / .milliseconds(1)
    guard left >= 1 else { return .failure(.late(call)) }
    let transfer = CurlTransfer(limit: call.maximumAnswer, cancel: cancel)
    // Forgets the last call's options and pointers; connections stay.
    curl_easy_reset(handle)
    defer { curl_easy_reset(handle) }
    let code = withExtendedLifetime((transfer, headers)) {
      (call.body ?? []).withUnsafeBytes { body in
        var options = CurlOptions(handle)
        options.set(CURLOPT_USERAGENT, userAgent)
        options.set(CURLOPT_TIMEOUT_MS, Int(left))
        options.set(CURLOPT_HTTPHEADER, UnsafeMutableRawPointer(headers.list))
        setRules(&options, call)
        setRequest(&options, call, body)
        transfer.listen(&options)
        return options.refused ?? curl_easy_perform(handle)
      }
    }
    return outcome(code, call, transfer)
  }

  private func setRules(_ options: inout CurlOptions, _ call: HTTPCall) {
    options.set(CURLOPT_NOSIGNAL, 1)
    options.set(CURLOPT_PROTOCOLS_STR, "http,https")
    options.set(CURLOPT_FOLLOWLOCATION, 0)
    options.set(CURLOPT_CONNECTTIMEOUT_MS, CurlHandle.connectMilliseconds)
    options.set(CURLOPT_ACCEPT_ENCODING, "gzip")
    errorText.pointee = 0
    options.set(CURLOPT_ERRORBUFFER, UnsafeMutableRawPointer(errorText))
    // On a kept connection that turns out dead, libcurl itself sends the request again; one that
    // may not be carried out twice gets a connection of its own.
    if !call.mayRepeat { options.set(CURLOPT_FRESH_CONNECT, 1) }
  }

  private func setRequest(
    _ options: inout CurlOptions, _ call: HTTPCall, _ body: UnsafeRawBufferPointer
  ) {
    options.set(CURLOPT_URL, call.url)
    if call.method == "HEAD" { return options.set(CURLOPT_NOBODY, 1) }
    if call.sendsBody {
      options.setSize(CURLOPT_POSTFIELDSIZE_LARGE, body.count)
      // Not copied by libcurl, and so lent for the whole transfer. With no pointer it would ask a
      // callback for the body, even for an empty one.
      options.set(
        CURLOPT_POSTFIELDS,
        UnsafeMutableRawPointer(mutating: body.baseAddress) ?? UnsafeMutableRawPointer(errorText))
    }
    options.set(CURLOPT_CUSTOMREQUEST, call.method)
  }

  private func outcome(
    _ code: CURLcode, _ call: HTTPCall, _ transfer: CurlTransfer
  ) -> Result<HTTPAnswer, HTTPFailure> {
    if let reason = transfer.refusal { return .failure(HTTPFailure(call, reason)) }
    guard code == CURLE_OK else { return .failure(failure(code, call)) }
    var status = 0
    if let handle { remelt_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status) }
    return .success(
      HTTPAnswer(status: status, headers: transfer.headers, body: transfer.body))
  }

  private func failure(_ code: CURLcode, _ call: HTTPCall) -> HTTPFailure {
    let specific = String(cString: errorText)
    let reason = specific.isEmpty ? String(cString: curl_easy_strerror(code)) : specific
    switch code {
    case CURLE_OPERATION_TIMEDOUT:
      return HTTPFailure(
        call, "\(reason). Try again, or allow it more time", isTimeout: true, isPassing: true)
    case CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
      return HTTPFailure(
        call, "\(reason). Check the address, and that the service is running", isPassing: true)
    case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE,
      CURLE_SSL_CONNECT_ERROR, CURLE_HTTP2, CURLE_HTTP2_STREAM:
      return HTTPFailure(call, reason, isPassing: true)
    default: return HTTPFailure(call, reason)
    }
  }
}

/// Sets options and remembers the first that libcurl refused.
private struct CurlOptions {
  let handle: UnsafeMutableRawPointer
  var refused: CURLcode?

  init(_ handle: UnsafeMutableRawPointer) { self.handle = handle }

  mutating func set(_ option: CURLoption, _ value: Int) {
    note(remelt_curl_set_long(handle, option, value))
  }

  mutating func set(_ option: CURLoption, _ value: String) {
    note(remelt_curl_set_text(handle, option, value))
  }

  mutating func set(_ option: CURLoption, _ value: UnsafeMutableRawPointer?) {
    note(remelt_curl_set_pointer(handle, option, value))
  }

  mutating func set(_ option: CURLoption, _ value: @escaping remelt_write_callback) {
    note(remelt_curl_set_callback(handle, option, value))
  }

  mutating func setProgress(_ value: @escaping remelt_progress_callback) {
    note(remelt_curl_set_progress(handle, value))
  }

  mutating func setSize(_ option: CURLoption, _ value: Int) {
    note(remelt_curl_set_size(handle, option, value))
  }

  private mutating func note(_ code: CURLcode) {
    if code != CURLE_OK { refused = refused ?? code }
  }
}

/// The request's header lines in libcurl's own list.
private final class CurlHeaders {
  let list: UnsafeMutablePointer<curl_slist>?

  /// Nil when there is no memory for it.
  init?(_ call: HTTPCall) {
    // "Name:" takes out a header that libcurl adds on its own: Expect makes a large body wait for
    // a leave to send it, and the Content-Type would be that of a form.
    var lines = ["Expect:"]
    if !call.headers.contains(where: { $0.name.lowercased() == "content-type" }) {
      lines.append("Content-Type:")
    }
    lines += call.headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
    var list: UnsafeMutablePointer<curl_slist>?
    for line in lines {
      guard let longer = curl_slist_append(list, line) else {
        curl_slist_free_all(list)
        return nil
      }
      list = longer
    }
    self.list = list
  }

  deinit { curl_slist_free_all(list) }
}

/// What arrives during one call.
private final class CurlTransfer {
  private static let headerLimit = 262_144

  private(set) var headers: [(name: String, value: String)] = []
  private(set) var body: [UInt8] = []
  /// Why the answer was not taken to its end.
  private(set) var refusal: String?
  private var headerBytes = 0
  private let limit: Int
  private let cancel: CancelFlag

  init(limit: Int, cancel: CancelFlag) {
    self.limit = limit
    self.cancel = cancel
  }

  /// The transfer must outlive the use of these options.
  func listen(_ options: inout CurlOptions) {
    let this = Unmanaged.passUnretained(self).toOpaque()
    options.set(CURLOPT_WRITEDATA, this)
    options.set(CURLOPT_WRITEFUNCTION) { CurlTransfer.from($3)?.takeBody($0, $1 * $2) ?? 0 }
    options.set(CURLOPT_HEADERDATA, this)
    options.set(CURLOPT_HEADERFUNCTION) { CurlTransfer.from($3)?.takeHeader($0, $1 * $2) ?? 0 }
    options.set(CURLOPT_NOPROGRESS, 0)
    options.set(CURLOPT_XFERINFODATA, this)
    options.setProgress { this, _, _, _, _ in
      CurlTransfer.from(this)?.cancel.isRaised == true ? 1 : 0
    }
  }

  private static func from(_ pointer: UnsafeMutableRawPointer?) -> CurlTransfer? {
    pointer.map { Unmanaged<CurlTransfer>.fromOpaque($0).takeUnretainedValue() }
  }

  /// How many bytes were taken: fewer than came makes libcurl stop.
  private func takeBody(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
    guard count <= limit - body.count else {
      refusal = "the answer is larger than \(limit) bytes, the most that is taken"
      return 0
    }
    body.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
    return count
  }

  private func takeHeader(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
    headerBytes += count
    guard headerBytes <= CurlTransfer.headerLimit else {
      refusal = "the answer's headers are larger than \(CurlTransfer.headerLimit) bytes"
      return 0
    }
    let line = String(decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
    // Each status line begins anew: an interim answer (1xx) may come before the real one.
    if line.hasPrefix("HTTP/") { headers = [] }
    guard !line.hasPrefix("HTTP/"), let colon = line.firstIndex(of: ":") else { return count }
    headers.append((String(line[..<colon]), trimmed(line[line.index(after: colon)...])))
    return count
  }

  private func trimmed(_ text: Substring) -> String {
    let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0.isNewline }
    let start = text.drop(while: isSpace)
    guard let end = start.lastIndex(where: { !isSpace($0) }) else { return "" }
    return String(start[...end])
  }
}

extension HTTPCall {
  fileprivate var sendsBody: Bool {
    body != nil || ["POST", "PUT", "PATCH"].contains(method)
  }

  /// Why the call cannot be put into a request.
  fileprivate var fault: String? {
    let isPlain: (UInt8) -> Bool = { $0 > 0x20 && $0 != 0x7F }
    if method.isEmpty || !method.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) {
      return "the method is not a word in capital letters"
    }
    if !url.utf8.allSatisfy(isPlain) { return "the URL holds a space or a control character" }
    for (name, value) in headers {
      if name.isEmpty || !name.utf8.allSatisfy({ isPlain($0) && $0 != 0x3A && $0 != 0x3B }) {
        return "\(name.debugDescription) is no header name"
      }
      if !value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) {
        return "the header \(name) holds a line break or another control character"
      }
    }
    return nil
  }
}
